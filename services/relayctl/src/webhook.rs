//! `webhook`: URLs that are told what happens. The desk makes the secret; it is shown once, or written for the owner alone.

use std::io::Write;
use std::path::PathBuf;

use clap::{ArgAction, Subcommand};
use proto::desk_webhooks::{WebhookLine, WebhookPut, WebhookTested, WebhookView, Webhooks};
use proto::webhook::CallOutcome;
use proto::webhook_url::WebhookUrl;
use proto::{Channel, OfficeNumber};

use crate::desk::Desk;
use crate::exit::Failure;
use crate::print;
use crate::requests::{Method, Request, Topic, bare, with_body};
use crate::vendor::{channel, remove, secret_file};

#[derive(Debug, Subcommand)]
pub(crate) enum WebhookCommand {
    /// Make a webhook, or change where it calls; let it tell of more offices.
    Set {
        /// Whose: `office.<10 digits>`, `vendor.<name>`, or a vendor's name alone.
        #[arg(value_parser = channel)]
        name: Channel,
        /// Where to call: `https://…`.
        #[arg(long)]
        url: WebhookUrl,
        /// An office a vendor's webhook tells of, once for each, once the office lets the vendor read (`delegation add`).
        #[arg(long = "office", value_name = "NUMBER", action = ArgAction::Append)]
        offices: Vec<OfficeNumber>,
        /// Where to write the secret, for the owner alone; it must not be there yet. Printed once by default.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// Make a new secret; calls are signed with the old one, too, for a day.
    Rotate {
        /// As with `set`.
        #[arg(value_parser = channel)]
        name: Channel,
        /// As with `set`.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// Show one, or all: where they call, how they stand.
    Show {
        /// As with `set`; all of them by default.
        #[arg(value_parser = channel)]
        name: Option<Channel>,
    },
    /// Have it called once and say what came back; ends with 1 unless that was 2xx.
    Test {
        /// As with `set`.
        #[arg(value_parser = channel)]
        name: Channel,
    },
    /// Go on at once where it stopped, also after it was given up.
    Enable {
        /// As with `set`.
        #[arg(value_parser = channel)]
        name: Channel,
    },
    /// Remove it, or take offices from it.
    Remove {
        /// As with `set`.
        #[arg(value_parser = channel)]
        name: Channel,
        /// An office it tells of no more, once for each; without any the whole is removed.
        #[arg(long = "office", value_name = "NUMBER", action = ArgAction::Append)]
        offices: Vec<OfficeNumber>,
    },
}

/// Does what was asked.
pub(crate) async fn run(desk: &Desk, command: WebhookCommand, as_json: bool) -> Result<(), Failure> {
    match command {
        WebhookCommand::Set {
            name,
            url,
            offices,
            secret_file,
        } => {
            let wish = WebhookPut {
                url: url.to_string(),
                offices,
            };
            let path = format!("/v1/webhooks/{name}");
            let request = with_body(Method::Put, path, &wish, Topic::Ended)?;
            with_secret(desk, &request, secret_file, as_json).await
        }
        WebhookCommand::Rotate { name, secret_file } => {
            let request = post(&name, "rotate");
            with_secret(desk, &request, secret_file, as_json).await
        }
        WebhookCommand::Show { name } => {
            let path = name.map_or_else(
                || "/v1/webhooks".to_owned(),
                |name| format!("/v1/webhooks/{name}"),
            );
            let answer = desk.ask(&bare(Method::Get, path, Topic::Ended)).await?;
            if as_json {
                return print::json(&answer);
            }
            let views = match answer.get("items") {
                Some(_) => print::shaped::<Webhooks>(&answer)?.items,
                None => vec![print::shaped::<WebhookView>(&answer)?],
            };
            let words: String = views.iter().map(words).collect();
            print::text(if words.is_empty() { "none\n" } else { &words })
        }
        WebhookCommand::Test { name } => {
            let answer = desk.ask(&post(&name, "test")).await?;
            let tested: WebhookTested = print::shaped(&answer)?;
            if as_json {
                print::json(&answer)?;
            } else {
                print::text(&came_back(&tested))?;
            }
            if tested.outcome == Some(CallOutcome::Taken) {
                Ok(())
            } else {
                Err(Failure::Found)
            }
        }
        WebhookCommand::Enable { name } => {
            let answer = desk.ask(&post(&name, "enable")).await?;
            if as_json {
                return print::json(&answer);
            }
            print::text(&words(&print::shaped(&answer)?))
        }
        WebhookCommand::Remove { name, offices } => {
            remove(desk, &format!("/v1/webhooks/{name}"), &offices, as_json).await
        }
    }
}

fn post(name: &Channel, act: &str) -> Request {
    bare(Method::Post, format!("/v1/webhooks/{name}/{act}"), Topic::Ended)
}

/// Asks for something that may make a secret, and hands that over.
async fn with_secret(
    desk: &Desk,
    request: &Request,
    file: Option<PathBuf>,
    as_json: bool,
) -> Result<(), Failure> {
    // Before the act: a secret nobody could write down would be lost.
    let open = file.as_deref().map(secret_file).transpose()?;
    let answer = desk.ask(request).await;
    let view: Result<WebhookView, Failure> = answer.and_then(|answer| print::shaped(&answer));
    let secret = view.as_ref().ok().and_then(|view| view.secret.clone());
    if let (Some(path), Some(mut open)) = (file, open) {
        match &secret {
            Some(secret) => writeln!(open, "{secret}")
                .and_then(|()| open.sync_all())
                .map_err(|error| Failure::cannot(&format!("write {}", path.display()), &error))?,
            None => drop(std::fs::remove_file(&path)),
        }
        let shown = WebhookView {
            secret: None,
            ..view?
        };
        return tell(&shown, as_json);
    }
    tell(&view?, as_json)
}

fn tell(view: &WebhookView, as_json: bool) -> Result<(), Failure> {
    if as_json {
        let value = serde_json::to_value(view);
        return print::json(&value.map_err(|error| Failure::cannot("write JSON", &error))?);
    }
    print::text(&words(view))
}

fn came_back(tested: &WebhookTested) -> String {
    let outcome = tested.outcome.map_or("not called", CallOutcome::as_str);
    format!("{outcome} after {} ms: {}\n", tested.milliseconds, tested.words)
}

fn words(view: &WebhookView) -> String {
    let mut words = format!("{} since {}\n  url      {}\n", view.name, view.since, view.url);
    if let Some(secret) = &view.secret {
        words = format!("{words}  secret   {secret}\n");
    }
    if let Some(until) = view.old_secret_until {
        words = format!("{words}  the secret before signs until {until}\n");
    }
    for line in &view.offices {
        words = format!("{words}  office   {} {}\n", line.office, standing(line));
    }
    words
}

fn standing(line: &WebhookLine) -> String {
    let outcome = line.outcome.map_or("", CallOutcome::as_str);
    match (line.failing_since, line.disabled_at) {
        (_, Some(at)) => format!("given up {at}: {outcome} ({} calls)", line.tries),
        (Some(since), None) => {
            let next = line
                .next_at
                .map_or(String::new(), |next| format!(", again {next}"));
            format!("in vain since {since}: {outcome} ({} calls){next}", line.tries)
        }
        (None, None) if !line.may_read => "waits: the office does not let it read".to_owned(),
        (None, None) if line.waits => "is being told".to_owned(),
        (None, None) => "told".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_it_stands() {
        let mut line = WebhookLine {
            office: "0300000005".parse().unwrap(),
            may_read: true,
            waits: false,
            failing_since: None,
            tries: 0,
            outcome: None,
            next_at: None,
            disabled_at: None,
        };
        assert_eq!(standing(&line), "told");
        line.may_read = false;
        assert!(standing(&line).starts_with("waits"));
        let at = "2025-04-01T09:30:00+09:00".parse().ok();
        (line.failing_since, line.tries, line.outcome) = (at, 3, Some(CallOutcome::Redirected));
        assert!(
            standing(&line).contains("redirected (3 calls)"),
            "{}",
            standing(&line)
        );
        line.disabled_at = at;
        assert!(standing(&line).starts_with("given up"), "{}", standing(&line));
    }
}
