//! `careplan receipt`: saves the relay's signed receipt of a step.

use std::path::PathBuf;

use proto::{EnvelopeId, Step};

use super::{Context, envelope_id};
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::received;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / id of the envelope
    #[arg(value_parser = envelope_id)]
    id: EnvelopeId,
    /// accepted, validated, delivered, collected, imported
    #[arg(value_parser = step)]
    step: Step,
    /// 保存先ファイル（上書きしません） / file to write, which must not be there
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Saves it as DER.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let ask = Ask::get(format!("/v1/receipts/{}/{}", args.id, args.step.as_str()));
    let bytes = context.connect()?.bytes(&ask).await?;
    received::write_new(&args.out, &bytes).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Exists(args.out.clone()),
        _ => Failure::write(&args.out)(error),
    })?;
    context
        .terminal
        .field("保存 written", args.out.display().to_string());
    Ok(Exit::Ok)
}

fn step(word: &str) -> Result<Step, String> {
    let words = || {
        Step::ALL
            .iter()
            .map(|step| step.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    word.parse().map_err(|_| words())
}
