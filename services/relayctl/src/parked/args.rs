//! The command line of `relayctl parked` as data.

use clap::{ArgGroup, Subcommand};
use proto::Station;
use proto::desk_parked::ParkedSelection;

#[derive(Debug, Subcommand)]
pub(crate) enum ParkedCommand {
    /// List what is parked and open, oldest first.
    List {
        #[command(flatten)]
        filter: Filter,
    },
    /// Show one, without what is in it: who sent it, how far it came, why it was parked, whether it can be sent again.
    Show {
        /// The message's id.
        id: String,
    },
    /// Send parked envelopes through their stations again, with the acceptance they have.
    Redrive {
        #[command(flatten)]
        choice: Choice,
        /// At most so many a minute; the installation's own limit stays.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        rate: Option<u32>,
    },
    /// Stop sending: what is marked and not yet sent stays parked.
    Stop,
    /// Discard parked envelopes: they will not be delivered, and their senders read `relay.discarded`.
    Discard {
        #[command(flatten)]
        choice: Choice,
        /// Why, for the audit log; nothing personal.
        #[arg(long)]
        reason: String,
    },
}

/// What narrows a list.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Filter {
    /// Parked by this station: validation, routing, delivery or ingest.
    #[arg(long)]
    pub(crate) station: Option<Station>,
    /// For this office number (`unknown` when the message tells none).
    #[arg(long)]
    pub(crate) office: Option<String>,
    /// Words of the cause, whatever their case.
    #[arg(long)]
    pub(crate) cause: Option<String>,
    /// Parked at least so long ago: a number with s, m, h or d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(crate) older_than: Option<u64>,
}

/// What an act is about.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(group(ArgGroup::new("chosen").required(true).multiple(true)
    .args(["ids", "station", "office", "cause", "older_than", "all"])))]
pub(crate) struct Choice {
    /// Ids as `relayctl parked list` shows them.
    pub(crate) ids: Vec<String>,
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// Everything that is parked.
    #[arg(long, conflicts_with_all = ["ids", "station", "office", "cause", "older_than"])]
    pub(crate) all: bool,
    /// Only say which.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do it, although no id is named.
    #[arg(long)]
    pub(crate) yes: bool,
}

impl Choice {
    pub(crate) fn selection(&self) -> ParkedSelection {
        ParkedSelection {
            ids: self.ids.clone(),
            station: self.filter.station,
            office: self.filter.office.clone(),
            cause: self.filter.cause.clone(),
            older_than_seconds: self.filter.older_than,
            all: self.all,
        }
    }
}

/// Seconds of an age: `90s`, `15m`, `2h`, `3d`.
fn age(text: &str) -> Result<u64, String> {
    let wrong = || "an age is a number with s, m, h or d, as in 2h".to_owned();
    let unit = text.chars().next_back().ok_or_else(wrong)?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number = text.strip_suffix(unit).ok_or_else(wrong)?;
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(seconds).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_has_a_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("2h", 7_200), ("3d", 259_200)] {
            assert_eq!(age(text), Ok(seconds));
        }
        for wrong in ["", "2", "h", "-1h", "2hh", "1w", "あ", "99999999999999999999d"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }
}
