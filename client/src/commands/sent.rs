//! `careplan sent`: what was sent, in the order in which something last changed.

use serde_json::{Value, json};

use super::Context;
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::view::{Page, SentItem};
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// この状態のものだけ / only those that stand there, such as `rejected`
    #[arg(long)]
    status: Option<String>,
    /// まだ受け取られていないもの（営業日数以上） / delivered and not collected, for so many business days (0 unless said)
    #[arg(long, value_name = "DAYS", num_args = 0..=1, default_missing_value = "0", conflicts_with = "status")]
    uncollected: Option<u32>,
    /// 続きから（前回の next） / read on from here (`next` of an earlier list)
    #[arg(long)]
    after: Option<String>,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Lists every page.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let connection = context.connect()?;
    let mut items: Vec<Value> = Vec::new();
    let mut next = args.after.clone();
    loop {
        let ask = Ask::get("/v1/sent")
            .with("status", args.status.as_ref())
            .with("uncollected", args.uncollected)
            .with("limit", Some(500))
            .with("after", next.as_ref());
        let page: Page<Value> = connection.json(&ask).await?;
        if page.items.is_empty() {
            next = Some(page.next).filter(|next| !next.is_empty()).or(next);
            break;
        }
        items.extend(page.items);
        next = Some(page.next);
    }
    if args.json {
        context.terminal.json(&json!({ "items": items, "next": next }));
        return Ok(Exit::Ok);
    }
    if items.is_empty() {
        context
            .terminal
            .line("該当するものはありません / there is nothing");
    }
    for item in items {
        let item: SentItem =
            serde_json::from_value(item).map_err(|error| Failure::Answer(error.to_string()))?;
        let (accepted, status) = (words::time(&item.accepted_at), words::both(&item.status));
        let (month, kinds) = (item.month.as_deref().unwrap_or("-"), item.kinds.join(" "));
        let status = words::padded(&status, 24);
        context.terminal.line(format!(
            "{accepted}  {status}→ {}  {month}  {kinds}",
            item.destination
        ));
        context.terminal.line(format!("    {}", item.id));
        if let Some(days) = item.uncollected_days.filter(|_| args.uncollected.is_some()) {
            context.terminal.line(format!(
                "    {days}営業日 受け取られていません / not collected for {days} business days"
            ));
        }
        for line in item.versions().lines() {
            context.terminal.line(format!("    {line}"));
        }
    }
    Ok(Exit::Ok)
}
