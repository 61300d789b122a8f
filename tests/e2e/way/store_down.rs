//! The store is gone while envelopes are under way: they wait on the broker, nothing is parked, and go on when it is back.

use anyhow::ensure;
use harness::{RelayBuilder, Unit, World, eventually};
use proto::Status;
use standard::generate::Size;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = with_database(world, &database).await;
    database.container.rm().await?;
    told
}

async fn with_database(world: &World, database: &harness::world::Database) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on(database.url.clone())
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let mut sent = Vec::new();
    for turn in 0..20 {
        if turn == 5 {
            // What the door needs of the directory is in its snapshot, so it goes on taking envelopes.
            database.container.pause().await?;
        }
        let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
        match manager.post(manager.envelope(&unit)?).await?.accepted() {
            Ok(accepted) => sent.push(accepted.id),
            Err(_) if 5 <= turn => break,
            Err(error) => return Err(error),
        }
    }
    eventually("delivery says it waits for the store", || async {
        ensure!(!relay.processes[0].is_ready().await);
        Ok(())
    })
    .await?;
    database.container.unpause().await?;
    for id in &sent {
        manager.until(*id, Status::Delivered).await?;
    }
    ensure!(
        helper
            .inbox()
            .await?
            .iter()
            .map(|item| item.id)
            .eq(sent.iter().copied()),
        "all, in order"
    );
    let books = relay.settled_books().await?;
    ensure!(
        books.parked == 0 && books.mailboxed == i64::try_from(sent.len())?,
        "{books:?}"
    );
    relay.processes[0].ready().await
}
