//! `careplan me`: the own office as the relay knows it.

use serde_json::Value;

use super::Context;
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Shows office, licence and certificates.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let me: Value = context.connect()?.json(&Ask::get("/v1/me")).await?;
    if args.json {
        context.terminal.json(&me);
        return Ok(Exit::Ok);
    }
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    let terminal = &mut context.terminal;
    terminal.field("名義 holder", text(&me, "holder"));
    if let Some(office) = me.get("office").filter(|office| office.is_object()) {
        terminal.field(
            "事業所 office",
            format!("{} {}", text(office, "number"), text(office, "name")),
        );
    }
    terminal.field("ライセンス licence", words::time(&text(&me, "licence_until")));
    for certificate in me
        .get("certificates")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        let until = words::time(&text(certificate, "not_after"));
        let ended = certificate.get("revoked_at").is_some_and(|at| !at.is_null());
        let note = if ended { "  失効 ended" } else { "" };
        let fingerprint: String = text(certificate, "fingerprint").chars().take(16).collect();
        terminal.field("証明書 certificate", format!("{fingerprint}…  ～{until}{note}"));
    }
    Ok(Exit::Ok)
}
