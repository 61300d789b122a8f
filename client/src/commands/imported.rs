//! `careplan imported`: tells whether the office's software could take an envelope in.

use proto::EnvelopeId;
use serde_json::{Value, json};

use super::{Context, envelope_id};
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::view::Standing;
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / id of the envelope
    #[arg(value_parser = envelope_id)]
    id: EnvelopeId,
    /// 取込の結果 / how it went
    #[arg(long, value_enum)]
    result: ImportResult,
    /// 取込で見つかった問題（コードと説明） / a problem: its code and words
    #[arg(long, num_args = 2, value_names = ["CODE", "TEXT"], action = clap::ArgAction::Append)]
    problem: Vec<String>,
    /// ソフト名と版（省略時は設定の software） / software, name and version; of the settings unless given
    #[arg(long)]
    software: Option<String>,
}

/// How it went.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum ImportResult {
    Ok,
    Failed,
}

/// Tells it.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let problem = |pair: &[String]| -> Option<Value> {
        let [code, text] = pair else { return None };
        Some(json!({ "code": code, "severity": "error", "message": text, "message_en": text }))
    };
    let result = match args.result {
        ImportResult::Ok => "ok",
        ImportResult::Failed => "failed",
    };
    let problems: Vec<Value> = args.problem.chunks(2).filter_map(problem).collect();
    let software = args
        .software
        .clone()
        .unwrap_or_else(|| context.settings.software());
    let body = json!({ "result": result, "problems": problems, "software": software });
    let ask = Ask::post(format!("/v1/inbox/{}/imported", args.id)).json(&body);
    let told: Standing = context.connect()?.json(&ask).await?;
    context
        .terminal
        .line(format!("{}  {}", args.id, words::both(&told.status)));
    if matches!(args.result, ImportResult::Failed) && told.status == "imported" {
        context.terminal.line(
            "    すでに取込済みと知らせてあるため、変わりません / said to be imported before; that stands",
        );
    }
    Ok(Exit::Ok)
}
