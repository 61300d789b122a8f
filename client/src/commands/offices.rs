//! `careplan offices`: finds offices in the relay's directory.

use serde_json::Value;

use super::Context;
use crate::connection::Ask;
use crate::failure::{Exit, Failure};

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 名称または番号の一部 / part of the name or number
    query: Option<String>,
    /// 都道府県コード（2桁） / prefecture code, two digits
    #[arg(long)]
    prefecture: Option<String>,
    /// サービス種類コード / service kind
    #[arg(long)]
    service: Option<String>,
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Lists the first matches.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let ask = Ask::get("/v1/offices")
        .with("q", args.query.as_ref())
        .with("prefecture", args.prefecture.as_ref())
        .with("service", args.service.as_ref());
    let found: Value = context.connect()?.json(&ask).await?;
    if args.json {
        context.terminal.json(&found);
        return Ok(Exit::Ok);
    }
    let items = found
        .get("items")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if items.is_empty() {
        context.terminal.line("見つかりません / nothing was found");
    }
    for item in &items {
        let text = |key: &str| item.get(key).and_then(Value::as_str).unwrap_or_default();
        let services = item
            .get("services")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let services: Vec<&str> = services.filter_map(Value::as_str).collect();
        context.terminal.line(format!(
            "{}  {}  {}",
            text("number"),
            text("name"),
            services.join(" ")
        ));
    }
    Ok(Exit::Ok)
}
