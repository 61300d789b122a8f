//! `careplan inbox`: what has arrived.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Context;
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::view::{InboxItem, Page};
use crate::words;

/// The longest the relay holds a request open.
const LONG_POLL: u64 = 60;
/// Between two questions that found nothing.
const PAUSE: Duration = Duration::from_secs(1);

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 新着・受取済・すべて / which ones
    #[arg(long, value_enum, default_value_t = State::New)]
    state: State,
    /// 続きから（前回の next） / read on from here (`next` of an earlier list)
    #[arg(long)]
    after: Option<String>,
    /// 届くまで待つ（--timeout 秒まで） / wait for something to arrive, up to --timeout
    #[arg(long)]
    wait: bool,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Which items.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum State {
    New,
    Collected,
    All,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Collected => "collected",
            Self::All => "all",
        }
    }
}

/// Lists every page.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let connection = context.connect()?;
    let begin = Instant::now();
    let mut items: Vec<Value> = Vec::new();
    let mut next = args.after.clone();
    loop {
        let left = context
            .patience
            .saturating_sub(begin.elapsed())
            .as_secs()
            .min(LONG_POLL);
        let wait = Some(left).filter(|left| args.wait && items.is_empty() && *left > 0);
        let ask = Ask::get("/v1/inbox")
            .with("state", Some(args.state.word()))
            .with("limit", Some(500))
            .with("after", next.as_ref())
            .with("wait", wait)
            .slow(Duration::from_secs(wait.unwrap_or(0)));
        let asked = Instant::now();
        let page: Page<Value> = connection.json(&ask).await?;
        let at_end = page.items.is_empty();
        items.extend(page.items);
        next = Some(page.next).filter(|next| !next.is_empty()).or(next);
        if at_end && (wait.is_none() || !items.is_empty()) {
            break;
        }
        // A relay that is shutting down answers at once; asking again at once would only hurt it.
        if at_end && asked.elapsed() < PAUSE {
            tokio::time::sleep(PAUSE).await;
        }
    }
    if args.json {
        context.terminal.json(&json!({ "items": items, "next": next }));
        return Ok(Exit::Ok);
    }
    if items.is_empty() {
        context
            .terminal
            .line("届いているものはありません / nothing has arrived");
    }
    for item in items {
        let item = serde_json::from_value(item).map_err(|error| Failure::Answer(error.to_string()))?;
        show(context, &item);
    }
    Ok(Exit::Ok)
}

fn show(context: &mut Context<'_>, item: &InboxItem) {
    let (status, arrived) = (words::both(&item.status), words::time(&item.arrived_at));
    let (sender, name) = (&item.sender, item.sender_name.as_deref().unwrap_or_default());
    let (month, kinds) = (item.month.as_deref().unwrap_or("-"), words::kinds(&item.kinds));
    let terminal = &mut context.terminal;
    terminal.line(format!(
        "{arrived}  {}{sender} {name}  {month}  {kinds}",
        words::padded(&status, 20)
    ));
    terminal.line(format!("    {}", item.id));
    if let Some(message) = &item.message {
        terminal.line(format!("    {}", message.replace('\n', "\n    ")));
    }
    if item.recall_requested_at.is_some() {
        terminal.line("    送信元が取消を求めています / the sender asks to disregard it");
    }
    for line in item.versions().lines() {
        terminal.line(format!("    {line}"));
    }
}
