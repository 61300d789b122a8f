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
        "取り消しました。相手には渡っていません。\nWithdrawn; the destination has not seen it."
    } else if matches!(told.status.as_str(), "delivered" | "collected" | "imported" | "import_failed") {
        "すでに相手に渡っているため、取り消せません。取り込まないよう求める取消依頼を相手に伝えました。電話などでも知らせてください。\n\
         It was handed out already and cannot be withdrawn. The destination is asked to disregard it; tell them as well."
    } else {
        "取消を受け付けました。まだ配達されていなければ取り消されます。status で結果を確かめてください。\n\
         The recall is noted; what is not delivered yet is withdrawn. See the outcome with `status`."
    });
    Ok(Exit::Ok)
}
