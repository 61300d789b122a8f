//! `careplan collected`: tells that envelopes were fetched.

use proto::EnvelopeId;

use super::{Context, envelope_id};
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::view::Standing;
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / ids of envelopes
    #[arg(required = true, value_parser = envelope_id)]
    ids: Vec<EnvelopeId>,
}

/// Tells it for each id.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let connection = context.connect()?;
    for id in &args.ids {
        let told: Standing = connection
            .json(&Ask::post(format!("/v1/inbox/{id}/collected")))
            .await?;
        context
            .terminal
            .line(format!("{id}  {}", words::both(&told.status)));
    }
    Ok(Exit::Ok)
}
