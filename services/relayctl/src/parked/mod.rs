//! `relayctl parked`: look at what is set aside, have it sent again, discard it.
//!
//! The console acts on so many at a time; the rest is asked for until nothing is left. Whoever names ids has looked; a
//! filter may hit more than was meant, so it needs `--yes`, and only says what it would do without.

mod args;
mod words;

use proto::desk_parked::{ParkedActed, ParkedDiscard, ParkedRedrive, ParkedSelection};
use serde_json::Value;

use crate::desk::Desk;
use crate::exit::Failure;
use crate::print;
use crate::requests::{Method, Request, Topic, bare, with_body};
pub(crate) use args::ParkedCommand;
use args::{Choice, Filter};
pub(crate) use words::{list, view};

/// Does one of these commands and prints what came of it.
pub(crate) async fn run(desk: &Desk, command: ParkedCommand, json: bool) -> Result<(), Failure> {
    match command {
        ParkedCommand::List { filter } => {
            let request = bare(
                Method::Get,
                format!("/v1/parked{}", query(&filter)),
                Topic::Parked,
            );
            print::answer(&request, &desk.ask(&request).await?, json)
        }
        ParkedCommand::Show { id } => {
            let request = bare(
                Method::Get,
                format!("/v1/parked/{}", encoded(&id)),
                Topic::ParkedOne,
            );
            print::answer(&request, &desk.ask(&request).await?, json)
        }
        ParkedCommand::Stop => {
            let request = bare(Method::Post, "/v1/parked/stop".to_owned(), Topic::Stopped);
            print::answer(&request, &desk.ask(&request).await?, json)
        }
        ParkedCommand::Redrive { choice, rate } => {
            let per_minute = rate;
            act(
                desk,
                &choice,
                json,
                "marked to be sent again",
                |selection, dry_run| {
                    let body = ParkedRedrive {
                        selection,
                        dry_run,
                        per_minute,
                    };
                    with_body(
                        Method::Post,
                        "/v1/parked/redrive".to_owned(),
                        &body,
                        Topic::Parked,
                    )
                },
            )
            .await
        }
        ParkedCommand::Discard { choice, reason } => {
            act(desk, &choice, json, "discarded", |selection, dry_run| {
                let body = ParkedDiscard {
                    selection,
                    dry_run,
                    reason: reason.clone(),
                };
                with_body(
                    Method::Post,
                    "/v1/parked/discard".to_owned(),
                    &body,
                    Topic::Parked,
                )
            })
            .await
        }
    }
}

/// One act on everything chosen.
async fn act(
    desk: &Desk,
    choice: &Choice,
    json: bool,
    done: &str,
    request: impl Fn(ParkedSelection, bool) -> Result<Request, Failure>,
) -> Result<(), Failure> {
    let selection = choice.selection();
    // Named by its id it was looked at.
    let sure = choice.yes || !choice.ids.is_empty();
    let dry_run = choice.dry_run || !sure;
    let mut all = ParkedActed::default();
    loop {
        let answer = desk.ask(&request(selection.clone(), dry_run)?).await?;
        let part: ParkedActed = print::shaped(&answer)?;
        all.done += part.done;
        all.more = part.more;
        all.items.extend(part.items);
        // Nothing done and more left: somebody else is at work on the same ones.
        if dry_run || !part.more || part.done == 0 {
            break;
        }
    }
    if json {
        print::json(&serde_json::to_value(&all).unwrap_or(Value::Null))?;
    } else {
        print::text(&words::acted(&all, dry_run, done))?;
    }
    if sure || choice.dry_run {
        return Ok(());
    }
    Err(Failure::Usage(
        "nothing was done: add --yes to do it, or --dry-run to only look / \
         実行していません。実行するには --yes を、確認だけなら --dry-run を付けてください"
            .to_owned(),
    ))
}

/// The filter as a query.
fn query(filter: &Filter) -> String {
    let seconds = filter.older_than.map(|seconds| seconds.to_string());
    let station = filter.station.map(|station| station.to_string());
    let pairs = [
        ("station", &station),
        ("office", &filter.office),
        ("cause", &filter.cause),
        ("older_than_seconds", &seconds),
    ];
    let given: Vec<String> = pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", encoded(value.as_ref()?))))
        .collect();
    if given.is_empty() {
        return String::new();
    }
    format!("?{}", given.join("&"))
}

/// A part of a URL (RFC 3986 §2.1): poison may bear any id.
pub(crate) fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Args, Command};
    use clap::Parser;

    fn parked(line: &str) -> ParkedCommand {
        let Command::Parked(command) = Args::try_parse_from(line.split(' ')).unwrap().command else {
            panic!("a command on parked envelopes")
        };
        command
    }

    #[test]
    fn a_filter_becomes_a_query() {
        let ParkedCommand::List { filter } =
            parked("relayctl parked list --station routing --cause 60%s --older-than 2h")
        else {
            panic!("a list")
        };
        assert_eq!(
            query(&filter),
            "?station=routing&cause=60%25s&older_than_seconds=7200"
        );
        assert_eq!(query(&Filter::default()), "");
        assert_eq!(encoded("a/b ?あ"), "a%2Fb%20%3F%E3%81%82");
    }

    #[test]
    fn a_choice_becomes_a_selection() {
        let ParkedCommand::Redrive { choice, rate } =
            parked("relayctl parked redrive a b --office 0300000005 --rate 60 --dry-run")
        else {
            panic!("a redrive")
        };
        let selection = choice.selection();
        assert_eq!((selection.ids.len(), selection.all, rate), (2, false, Some(60)));
        assert_eq!(selection.office.as_deref(), Some("0300000005"));
        let ParkedCommand::Discard { choice, reason } =
            parked("relayctl parked discard --all --reason obsolete --yes")
        else {
            panic!("a discard")
        };
        assert!(choice.selection().all && choice.yes && reason == "obsolete");
    }
}
