//! `maintenance`: announced, shown, ended.

use clap::Subcommand;
use proto::Time;
use proto::maintenance::{MaintenancePost, MaintenanceView};

use crate::exit::Failure;
use crate::requests::{Method, Request, Topic, bare, with_body};

#[derive(Debug, Subcommand)]
pub(crate) enum MaintenanceCommand {
    /// Announce it: the door answers 503 from then on and says until when. What was announced before ends.
    Start {
        /// Until when (RFC 3339); the door opens by itself then.
        #[arg(long)]
        until: Time,
        /// From when (RFC 3339); now by default.
        #[arg(long)]
        from: Option<Time>,
        /// What offices read of it, at most 500 characters.
        #[arg(default_value = "")]
        words: String,
    },
    /// End it now.
    End,
    /// What is announced or going on.
    Show,
}

/// The request of such a command.
pub(crate) fn request(command: MaintenanceCommand) -> Result<Request, Failure> {
    let path = "/v1/maintenance".to_owned();
    match command {
        MaintenanceCommand::Start { until, from, words } => {
            let body = MaintenancePost {
                begins_at: from,
                ends_at: until,
                words,
            };
            with_body(Method::Post, path, &body, Topic::Maintenance)
        }
        MaintenanceCommand::End => Ok(bare(Method::Delete, path, Topic::Maintenance)),
        MaintenanceCommand::Show => Ok(bare(Method::Get, path, Topic::Maintenance)),
    }
}

/// In words.
pub(crate) fn words(view: &MaintenanceView) -> String {
    let Some(announced) = &view.maintenance else {
        return "no maintenance\n".to_owned();
    };
    let state = if view.going_on { "going on" } else { "announced" };
    format!(
        "maintenance {state}, from {} until {}, by {}\n{}",
        announced.begins_at,
        announced.ends_at,
        announced.announced_by,
        if announced.words.is_empty() {
            String::new()
        } else {
            format!("  {}\n", announced.words)
        }
    )
}
