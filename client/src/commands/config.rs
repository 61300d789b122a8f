//! `careplan config`: the settings in force and where they come from.

use serde_json::{Map, Value, json};

use super::Context;
use crate::failure::{Exit, Failure};
use crate::settings::Settings;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSONで出力 / print JSON
    #[arg(long)]
    json: bool,
}

/// Shows them.
pub(super) fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let settings = &context.settings;
    let file = settings.file.as_ref().map(|file| file.display().to_string());
    let effective = settings.effective();
    if args.json {
        let values: Map<String, Value> = effective
            .into_iter()
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect();
        context
            .terminal
            .json(&json!({ "file": file, "settings": values }));
        return Ok(Exit::Ok);
    }
    context
        .terminal
        .field("設定ファイル file", file.unwrap_or_else(|| "-".to_owned()));
    for ((key, value), (_, ja, en)) in effective.into_iter().zip(Settings::KEYS) {
        context.terminal.field(
            key,
            value.unwrap_or_else(|| format!("（未設定 not set） {ja} / {en}")),
        );
    }
    Ok(Exit::Ok)
}
