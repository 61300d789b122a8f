//! `careplan status`: the history of a sent envelope, and why it came back if it did.

use proto::EnvelopeId;
use serde_json::Value;

use super::{Context, envelope_id};
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::view::SentItem;
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / id of the envelope
    #[arg(value_parser = envelope_id)]
    id: EnvelopeId,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Exit 1 when the envelope came back.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let found: Value = context
        .connect()?
        .json(&Ask::get(format!("/v1/sent/{}", args.id)))
        .await?;
    if args.json {
        context.terminal.json(&found);
    }
    let item: SentItem = serde_json::from_value(found).map_err(|error| Failure::Answer(error.to_string()))?;
    if !args.json {
        show(context, &item);
    }
    let came_back = matches!(item.status.as_str(), "rejected" | "undeliverable");
    Ok(if came_back { Exit::Refused } else { Exit::Ok })
}

fn show(context: &mut Context<'_>, item: &SentItem) {
    let terminal = &mut context.terminal;
    terminal.field("ID", &item.id);
    terminal.field("送信先 destination", &item.destination);
    terminal.field("状態 status", words::both(&item.status));
    if let Some(number) = &item.renumbered_to {
        terminal.field("新しい番号 new number", number);
    }
    if let Some(same) = &item.same_as {
        terminal.field("同じ送信 same as", same);
    }
    if let Some(at) = &item.recall_requested_at {
        terminal.field("取消依頼 recall", words::time(at));
    }
    for line in item.versions().lines() {
        terminal.line(line);
    }
    terminal.line("経過 history");
    for step in &item.history {
        let status = words::padded(&words::both(&step.status), 26);
        terminal.line(format!("  {}  {status}{}", words::time(&step.at), step.by));
    }
    if !item.problems.is_empty() {
        terminal.line("問題 problems");
        terminal.problems(&item.problems);
    }
    for (code, count) in &item.more {
        terminal.line(format!("ほか {count} 件 / {count} more: {code}"));
    }
    if !item.receipts.is_empty() {
        // The last part of a path is what `careplan receipt` wants to hear.
        let step = |path: &String| path.rsplit('/').next().unwrap_or_default().to_owned();
        let steps: Vec<String> = item.receipts.iter().map(step).collect();
        terminal.field("受領証 receipts", steps.join(" "));
        terminal.line("  careplan receipt ID STEP --out FILE で保存できます / saves one of them");
    }
}
