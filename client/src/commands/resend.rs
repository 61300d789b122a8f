//! `careplan resend`: what was accepted and is gone goes out once more, as the same bytes.
//!
//! The relay is asked about every envelope kept here. The same bytes are the same envelope, so that one too many is
//! discarded there and cannot arrive twice.

use proto::{EnvelopeId, Time};
use serde_json::{Value, json};

use super::{Context, now};
use crate::connection::{Ask, Connection};
use crate::failure::{Exit, Failure};
use crate::outbox::{Outbox, Sent};
use crate::view::SentItem;
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// この日時以降に受け付けられたものだけ / only what was accepted since (RFC 3339)
    #[arg(long, value_name = "TIME")]
    since: Option<Time>,
    /// 「受付済」のままこの分数を過ぎたものを送り直す / minutes after which what still is `accepted` counts as gone
    #[arg(long, value_name = "N", default_value_t = 15)]
    minutes: u16,
    /// 送らずに一覧だけ表示 / only show what would be sent
    #[arg(long)]
    dry_run: bool,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Asks about everything first, then sends in the order in which it was accepted.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let outbox = Outbox::open(context.settings.state_dir(), now())?;
    let connection = context.connect()?;
    let kept: Vec<Sent> = outbox
        .sent(context.settings.office()?)?
        .into_iter()
        .filter(|sent| args.since.is_none_or(|since| since <= sent.accepted.accepted_at))
        .collect();
    let mut gone = Vec::new();
    for sent in &kept {
        if is_gone(&connection, sent.accepted.id, args.minutes).await? {
            gone.push(sent);
        }
    }
    let mut results: Vec<Value> = Vec::new();
    let mut worst = Exit::Ok;
    for sent in &gone {
        let id = sent.accepted.id;
        let again = if args.dry_run {
            Ok("would be sent")
        } else {
            send(&connection, sent).await.map(|()| "accepted")
        };
        let result = match &again {
            Ok(word) => (*word).to_owned(),
            Err(failure) => {
                worst = worst.max(failure.exit());
                failure.to_string()
            }
        };
        if !args.json {
            let first = words::time(&sent.accepted.accepted_at.to_string());
            let what = match &again {
                Ok("accepted") => "送り直し sent again",
                Ok(_) => "送信予定 would send",
                Err(_) => "未送信 not sent",
            };
            let what = words::padded(what, 22);
            context.terminal.line(format!("{what}{first}  {id}"));
        }
        results.push(json!({ "id": id, "accepted_at": sent.accepted.accepted_at, "result": result }));
        if let Err(failure) = &again {
            context.terminal.failure(failure);
        }
        if worst >= Exit::Unreachable {
            break;
        }
    }
    if args.json {
        context
            .terminal
            .json(&json!({ "kept": kept.len(), "missing": gone.len(), "items": results }));
    } else {
        context.terminal.line(format!(
            "控え {} 件のうち、届いていないもの {} 件 / {} kept here, {} of them missing at the relay",
            kept.len(),
            gone.len(),
            kept.len(),
            gone.len()
        ));
    }
    Ok(worst)
}

/// Whether the relay does not know it, or knows it only as accepted for longer than that.
async fn is_gone(connection: &Connection, id: EnvelopeId, minutes: u16) -> Result<bool, Failure> {
    // Many may be missing: none of them is waited for.
    let ask = Ask::get(format!("/v1/sent/{id}")).with("wait", Some(0));
    match connection.json::<SentItem>(&ask).await {
        Ok(item) => {
            let accepted_at: Option<Time> = item.accepted_at.parse().ok();
            let waiting = accepted_at.map_or(0.0, |at| now().seconds_since(at));
            Ok(item.status == "accepted" && f64::from(minutes) * 60.0 <= waiting)
        }
        Err(Failure::Refused(document)) if document.status == 404 => Ok(true),
        Err(failure) => Err(failure),
    }
}

async fn send(connection: &Connection, sent: &Sent) -> Result<(), Failure> {
    let bytes = std::fs::read(&sent.path).map_err(Failure::read(&sent.path))?;
    let accepted: proto::api::Accepted = connection.json(&Ask::envelope(bytes)).await?;
    if accepted.id == sent.accepted.id {
        Ok(())
    } else {
        Err(Failure::Answer(format!("another id: {}", accepted.id)))
    }
}
