//! Something that is no envelope lies in a stage queue: it is set aside with its cause, and blocks nobody behind it.

use anyhow::{Context, ensure};
use harness::{Relay, Unit, World, eventually};
use proto::topology::{Exchange, shard_key};
use proto::{EnvelopeId, Status};
use standard::generate::Size;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let key = shard_key(helper.number, 2);
    for exchange in [Exchange::Submitted, Exchange::Validated, Exchange::Routed] {
        let body = serde_json::json!({
            "properties": { "message_id": id_of(exchange), "type": "envelope", "headers": { "foreign": "1" } },
            "routing_key": key, "payload": "no envelope", "payload_encoding": "string"
        });
        let path = format!("exchanges/{}/{exchange}/publish", relay.vhost);
        let answer = world.manage_with("POST", &path, Some(body)).await?;
        ensure!(answer["routed"] == true, "{exchange}: {answer}");
    }
    let id = manager
        .send(&Unit::plan(manager.number, helper.number, "11", Size::Persons(1)))
        .await?;
    manager.until(id, Status::Delivered).await?;
    let parked = eventually("all three are on the table", || async {
        let parked = relay.store.parked_list(10).await?;
        ensure!(parked.len() == 3, "{}", parked.len());
        Ok(parked)
    })
    .await?;
    for exchange in [Exchange::Submitted, Exchange::Validated, Exchange::Routed] {
        let id = id_of(exchange);
        let found = parked
            .iter()
            .find(|parked| parked.row.message_id == id)
            .context(id)?;
        ensure!(
            found.row.cause.is_ascii() && found.row.cause.contains("header"),
            "{}",
            found.row.cause
        );
        ensure!(found.row.office == helper.number.as_str() && !found.row.headers.contains_key("foreign"));
    }
    Ok(())
}

/// An id of the right form, so that the missing stamps are what is wrong.
fn id_of(exchange: Exchange) -> String {
    EnvelopeId::of(exchange.name().as_bytes()).to_string()
}
