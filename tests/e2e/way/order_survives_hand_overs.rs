//! A backlog to three destinations, and stations that change hands over it: by short leases, by `kill -9`, by SIGTERM.
//! Every mailbox holds everything, in the order of the 202s.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures_util::future::try_join_all;
use harness::eventually::within;
use harness::{Office, Relay, RelayBuilder, Unit, World};
use proto::EnvelopeId;
use standard::generate::Size;

/// Envelopes to each destination.
const EACH: usize = 150;

/// For a backlog, on a slow machine with a debug build.
const PATIENCE: Duration = Duration::from_secs(180);

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("broker__lease_mean_seconds", "0.5")
        .with("broker__lease_min_seconds", "0.1")
        .with("broker__lease_max_seconds", "1.5")
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let mut destinations = Vec::new();
    for (number, kind) in [("0300000005", "11"), ("0300000013", "15"), ("1300000021", "17")] {
        destinations.push(relay.office(number, kind).await?);
    }
    let first = relay
        .processes
        .iter()
        .position(|process| process.station == "validation")
        .context("a validation station")?;
    relay.processes[first].terminate().await?;

    let sent = try_join_all(destinations.iter().map(|office| send_all(&manager, office))).await?;
    let all = i64::try_from(EACH * destinations.len())?;
    ensure!(
        relay.store.books().await?.mailboxed == 0,
        "the backlog waits for validation"
    );

    let killed = relay.add("validation")?;
    let ended = relay.add("validation")?;
    arrived(&relay, all / 9).await?;
    relay.processes[killed].kill()?;
    let follower = relay.add("validation")?;
    arrived(&relay, all / 3).await?;
    relay.processes[ended].terminate().await?;
    let last = relay.add("validation")?;
    let midway = relay.store.books().await?.mailboxed;
    ensure!(midway < all, "both ends came while a backlog was there");
    arrived(&relay, all).await?;
    for index in [follower, last] {
        relay.processes[index].ready().await?;
    }

    for (office, sent) in destinations.iter().zip(&sent) {
        let inbox: Vec<EnvelopeId> = office.inbox().await?.into_iter().map(|item| item.id).collect();
        let places: Vec<_> = inbox
            .iter()
            .map(|id| sent.iter().position(|sent| sent == id))
            .collect();
        ensure!(
            inbox == *sent,
            "{}: the mailbox holds, by number of the 202, {places:?}",
            office.number
        );
    }
    let books = relay.settled_books().await?;
    ensure!(books.accepted == all && books.mailboxed == all, "{books:?}");
    Ok(())
}

/// One after the other to one destination; the ids in the order of the 202s.
async fn send_all(manager: &Office, office: &Office) -> anyhow::Result<Vec<EnvelopeId>> {
    let mut sent = Vec::with_capacity(EACH);
    for _ in 0..EACH {
        let unit = Unit::plan(manager.number, office.number, &office.kind, Size::Persons(1));
        sent.push(manager.send(&unit).await?);
    }
    Ok(sent)
}

/// Waits until so many have reached their mailboxes.
async fn arrived(relay: &Relay, count: i64) -> anyhow::Result<()> {
    within(PATIENCE, "enough have arrived", || async {
        let books = relay.store.books().await?;
        ensure!(count <= books.mailboxed, "{books:?}");
        Ok(())
    })
    .await
}
