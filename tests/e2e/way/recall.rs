//! Recall: withdrawn while nobody has the bytes, a notice once somebody has.

use anyhow::ensure;
use harness::{Relay, Unit, World};
use proto::Status;
use proto::api::Recalled;
use standard::generate::Size;

pub(crate) async fn before_and_after(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let recall = |id| format!("/v1/sent/{id}/recall");
    let nothing = serde_json::json!({});

    // Not handed out: it is gone from the inbox, and its names are free again.
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let id = manager.send(&unit).await?;
    manager.until(id, Status::Delivered).await?;
    let recalled: Recalled = manager.act(&recall(id), &nothing).await?;
    ensure!(recalled.status == Status::Recalled);
    ensure!(
        helper.inbox().await?.iter().all(|item| item.id != id),
        "withdrawn"
    );
    let gone = helper
        .client
        .get(format!("{}/v1/inbox/{id}", helper.delivery))
        .send()
        .await?;
    ensure!(gone.status() == 404);
    let resent = manager.send(&unit).await?;
    manager.until(resent, Status::Delivered).await?;

    // Handed out: the status stays, the destination sees the wish.
    helper.fetch(resent).await?;
    let asked: Recalled = manager.act(&recall(resent), &nothing).await?;
    ensure!(asked.status == Status::Delivered);
    let again: Recalled = manager.act(&recall(resent), &nothing).await?;
    ensure!(again.recall_requested_at == asked.recall_requested_at);
    let seen = helper.inbox().await?;
    ensure!(seen.len() == 1 && seen[0].recall_requested_at == Some(asked.recall_requested_at));

    // Only the sender may.
    let foreign = helper
        .client
        .post(format!("{}{}", helper.delivery, recall(resent)))
        .send()
        .await?;
    ensure!(foreign.status() == 404);
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == 2 && books.recalled == 1, "{books:?}");
    Ok(())
}
