//! A recall that is posted while the envelope waits in front of a station that stands still: it is withdrawn on arrival.

use anyhow::ensure;
use harness::{RelayBuilder, Unit, World, eventually};
use proto::Status;
use proto::api::Recalled;
use standard::generate::Size;

pub(crate) async fn before_it_arrives(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let unit = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let recall = |id| format!("/v1/sent/{id}/recall");
    let nothing = serde_json::json!({});

    let routing = relay
        .processes
        .iter()
        .position(|process| process.station == "routing");
    let routing = routing.ok_or_else(|| anyhow::anyhow!("no routing"))?;
    relay.processes[routing].kill()?;
    // One that the ledger knows of by its note, one that it may not have heard of yet, one that is left alone.
    let known = manager.send(&unit()).await?;
    manager.until(known, Status::Accepted).await?;
    let unheard = manager.send(&unit()).await?;
    let mut asked = Vec::new();
    for id in [unheard, known] {
        let recalled: Recalled = manager.act(&recall(id), &nothing).await?;
        ensure!(recalled.status == Status::Accepted, "{}", recalled.status);
        asked.push((id, recalled.recall_requested_at));
    }
    let left = manager.send(&unit()).await?;
    ensure!(helper.inbox().await?.is_empty());

    relay.processes[routing].again()?;
    relay.processes[routing].ready().await?;
    manager.until(left, Status::Delivered).await?;
    for (id, at) in asked {
        let item = manager.until(id, Status::Recalled).await?;
        ensure!(item.recall_requested_at == Some(at), "{item:?}");
        let again: Recalled = manager.act(&recall(id), &nothing).await?;
        ensure!(again.status == Status::Recalled && again.recall_requested_at == at);
    }
    let inbox = helper.inbox().await?;
    ensure!(inbox.len() == 1 && inbox[0].id == left, "{inbox:?}");
    let books = relay.settled_books().await?;
    ensure!(
        books.withdrawn == 2 && books.mailboxed == 1 && books.recalled == 0,
        "{books:?}"
    );
    eventually("every acceptance has reached delivery", || async {
        let unaccounted = relay.unaccounted(harness::files::now()).await?;
        ensure!(unaccounted == 0, "{unaccounted}");
        Ok(())
    })
    .await
}
