//! Somebody drops a message from a stage queue behind the relay's back: the books and the metric tell.

use anyhow::ensure;
use harness::{RelayBuilder, Unit, World, eventually};
use proto::topology::ShardedQueue;
use standard::generate::Size;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("delivery__unaccounted_after_seconds", "2")
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;

    // Routing stands still, so the envelope waits in its queue, where it is purged by hand.
    let routing = relay
        .processes
        .iter()
        .position(|process| process.station == "routing")
        .unwrap_or_default();
    relay.processes[routing].terminate().await?;
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let envelope = manager.envelope(&unit)?;
    let id = manager.post(envelope.clone()).await?.accepted()?.id;
    let queue = ShardedQueue::Routing.name(helper.number.shard(2));
    let path = format!("queues/{}/{queue}", relay.vhost);
    eventually("the envelope waits for routing", || async {
        let state = world.manage_with("GET", &path, None).await?;
        ensure!(state["messages"] == 1, "{}", state["messages"]);
        Ok(())
    })
    .await?;
    world.manage("DELETE", &format!("{path}/contents")).await?;
    let delivery = relay
        .processes
        .iter()
        .position(|process| process.station == "delivery")
        .unwrap_or_default();
    eventually("the metric shows the missing envelope", || async {
        let unaccounted = relay.processes[delivery]
            .metric("relay_unaccounted_envelopes")
            .await?;
        ensure!(unaccounted > 0.5, "{unaccounted}");
        Ok(())
    })
    .await?;
    let books = relay.store.books().await?;
    ensure!(
        books.accepted == 1 && books.under_way == 1 && books.mailboxed == 0,
        "{books:?}"
    );

    // The sender sees where it stands, and still has the same bytes: sent again they arrive, and the books balance.
    ensure!(manager.sent(id).await?.status == proto::Status::Accepted);
    let added = relay.add("routing")?;
    relay.processes[added].ready().await?;
    ensure!(manager.post(envelope).await?.accepted()?.id == id);
    manager.until(id, proto::Status::Delivered).await?;
    let books = relay.settled_books().await?;
    ensure!(books.accepted == 1 && books.mailboxed == 1, "{books:?}");
    eventually("nothing is missing any more", || async {
        let unaccounted = relay.processes[delivery]
            .metric("relay_unaccounted_envelopes")
            .await?;
        ensure!(unaccounted < 0.5, "{unaccounted}");
        Ok(())
    })
    .await
}
