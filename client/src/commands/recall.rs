//! `careplan recall`: withdraws a sent envelope, or asks the destination to disregard it.

use proto::EnvelopeId;

use super::{Context, envelope_id, now};
use crate::connection::Ask;
use crate::failure::{Exit, Failure};
use crate::outbox::Outbox;
use crate::view::Standing;
use crate::words;

/// Arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 封筒のID / id of the envelope
    #[arg(value_parser = envelope_id)]
    id: EnvelopeId,
}

/// Recalls it; the same files sent again later are a new envelope then.
pub(super) async fn run(context: &mut Context<'_>, args: &Args) -> Result<Exit, Failure> {
    let ask = Ask::post(format!("/v1/sent/{}/recall", args.id));
    let told: Standing = context.connect()?.json(&ask).await?;
    Outbox::open(context.settings.state_dir(), now())?.forget(args.id)?;
    context.terminal.field("状態 status", words::both(&told.status));
    context.terminal.line(if told.status == "recalled" {
        "取り消しました。相手には渡っていません。 / Withdrawn; the destination has not seen it."
    } else {
        "取消を受け付けました。配達中のものは取り消され、すでに渡ったものは相手に取消依頼が届きます。 / The recall is noted; \
         what is still under way is withdrawn, for what was already handed out the destination is asked to disregard it."
    });
    Ok(Exit::Ok)
}
