//! The store is lost. A backup made under load is restored; what was accepted after it is listed exactly, the sender sends
//! it again, and at the end everything is in its mailbox once.

use std::collections::BTreeSet;

use anyhow::{Context, ensure};
use harness::world::{Database, in_container};
use harness::{Office, Relay, RelayBuilder, Unit, World, eventually};
use proto::EnvelopeId;
use standard::generate::Size;
use store::{Store, StoreConfig};

use crate::programs::{Careplan, Operator};

/// Units to each destination, of each of the three loads.
const UNITS: usize = 10;

/// Numbers and service kinds.
const DESTINATIONS: [(&str, &str); 2] = [("0300000005", "11"), ("0300000013", "15")];

pub(crate) async fn on_sqlite(world: &World) -> anyhow::Result<()> {
    tell(world, None).await
}

pub(crate) async fn on_postgres(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = tell(world, Some(&database)).await;
    database.container.rm().await?;
    told
}

async fn tell(world: &World, database: Option<&Database>) -> anyhow::Result<()> {
    let mut builder = RelayBuilder::default();
    if let Some(database) = database {
        builder = builder.on(database.url.clone());
    }
    let mut relay = builder.start(world).await?;
    let operator = Operator::at(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let mut helpers = Vec::new();
    for (number, kind) in DESTINATIONS {
        helpers.push(relay.office(number, kind).await?);
    }
    let store = match database {
        Some(database) => database.url.clone(),
        None => format!("sqlite:{}", relay.folder().join("relay.db").display()),
    };

    let sender = Careplan::of(&manager, &relay)?;
    for load in ["before", "during", "after"] {
        sender.write(load, &units(&manager, &helpers))?;
    }
    let before = sender.send("before").await?;
    mailboxed(&relay, before.len()).await?;

    // The backup is made while the second load passes.
    let begun = i64::try_from(before.len())?;
    let backup = async {
        eventually("the second load has begun", || async {
            let accepted = relay.store.books().await?.accepted;
            ensure!(begun < accepted, "{accepted}");
            Ok(())
        })
        .await?;
        let told = operator
            .run(&["backup", "--store", &store, "--out", "relay.backup"])
            .await?;
        ensure!(told.starts_with("backed up: "), "{told}");
        Ok(())
    };
    let (during, made) = tokio::join!(sender.send("during"), backup);
    let during = during?;
    made?;
    let after = sender.send("after").await?;
    let accepted: Vec<EnvelopeId> = [before.clone(), during, after.clone()].concat();
    mailboxed(&relay, accepted.len()).await?;
    // One that the backup does not have is fetched by its destination.
    let (receiver, fetched) = fetch_one(&relay, &helpers, &after).await?;

    relay.processes[0].terminate().await?;
    destroy(&mut relay, database).await?;
    let told = operator
        .run(&["restore", "--from", "relay.backup", "--store", &store])
        .await?;
    ensure!(told.contains("careplan resend"), "{told}");
    relay.store = Store::open(&StoreConfig::at(store)).await?;
    relay.processes[0].again()?;
    relay.processes[0].ready().await?;

    // Exactly what is in no mailbox is listed as missing.
    let missing = eventually("every acceptance is in a mailbox or missing", || async {
        let missing = operator.missing().await?;
        let there: BTreeSet<_> = inboxes(&helpers).await?.into_iter().collect();
        ensure!(missing.is_disjoint(&there), "both there and missing");
        let known: BTreeSet<_> = missing.union(&there).copied().collect();
        let all: BTreeSet<_> = accepted.iter().copied().collect();
        ensure!(known == all, "{} of {}", known.len(), all.len());
        Ok(missing)
    })
    .await?;
    ensure!(
        after.iter().all(|id| missing.contains(id)),
        "sent after the backup"
    );
    ensure!(
        !before.iter().any(|id| missing.contains(id)),
        "delivered before it"
    );
    let words = operator.ask(&["missing", "--minutes", "0"]).await?;
    ensure!(words.contains("careplan resend"), "{words}");

    let (kept, again) = sender.resend(&["--minutes", "0"]).await?;
    ensure!(usize::try_from(kept)? == accepted.len(), "{kept} kept");
    let sent_again: BTreeSet<_> = again.iter().copied().collect();
    ensure!(
        sent_again == missing && again.len() == missing.len(),
        "{} sent again, {} were missing",
        again.len(),
        missing.len()
    );
    mailboxed(&relay, accepted.len()).await?;
    for (helper, (number, _)) in helpers.iter().zip(DESTINATIONS) {
        let inbox: Vec<_> = helper.inbox().await?.into_iter().map(|item| item.id).collect();
        let sent = of_destination(&manager, &accepted, number).await?;
        ensure!(inbox == sent, "{number}: once each, in the order of the 202s");
    }
    let books = relay.settled_books().await?;
    let count = i64::try_from(accepted.len())?;
    ensure!(
        (books.accepted, books.mailboxed) == (count, count),
        "{books:?} of {count}"
    );
    ensure!(relay.unaccounted(harness::files::now()).await? == 0);
    ensure!(operator.missing().await?.is_empty());
    let (_, again) = sender.resend(&["--minutes", "0"]).await?;
    ensure!(again.is_empty(), "{again:?}");
    // Who has it already gets it again under the same id, and writes nothing twice.
    let listed = receiver.run(&["inbox"]).await?;
    ensure!(listed.contains(&fetched.to_string()), "{listed}");
    receiver
        .run(&["get", &fetched.to_string(), "--out", "in"])
        .await?;
    Ok(())
}

fn units(manager: &Office, helpers: &[Office]) -> Vec<Unit> {
    let each = (0..UNITS).flat_map(|_| helpers);
    each.map(|helper| Unit::plan(manager.number, helper.number, &helper.kind, Size::Persons(1)))
        .collect()
}

async fn mailboxed(relay: &Relay, count: usize) -> anyhow::Result<()> {
    let count = i64::try_from(count)?;
    eventually("everything is in a mailbox", || async {
        let books = relay.store.books().await?;
        ensure!(books.mailboxed == count, "{books:?} of {count}");
        Ok(())
    })
    .await
}

async fn inboxes(helpers: &[Office]) -> anyhow::Result<Vec<EnvelopeId>> {
    let mut all = Vec::new();
    for helper in helpers {
        all.extend(helper.inbox().await?.into_iter().map(|item| item.id));
    }
    Ok(all)
}

/// Those of the accepted ones that go to this destination, in their order.
async fn of_destination(
    manager: &Office,
    accepted: &[EnvelopeId],
    number: &str,
) -> anyhow::Result<Vec<EnvelopeId>> {
    let mut found = Vec::new();
    for id in accepted {
        if manager.sent(*id).await?.destination.as_str() == number {
            found.push(*id);
        }
    }
    Ok(found)
}

/// A destination fetches one of these and says so.
async fn fetch_one(
    relay: &Relay,
    helpers: &[Office],
    of: &[EnvelopeId],
) -> anyhow::Result<(Careplan, EnvelopeId)> {
    for helper in helpers {
        let inbox = helper.inbox().await?;
        if let Some(item) = inbox.iter().find(|item| of.contains(&item.id)) {
            let receiver = Careplan::of(helper, relay)?;
            let id = item.id.to_string();
            receiver.run(&["get", &id, "--out", "in", "--collect"]).await?;
            return Ok((receiver, item.id));
        }
    }
    None.context("nothing to fetch")
}

/// The store is gone, with all that was in it.
async fn destroy(relay: &mut Relay, database: Option<&Database>) -> anyhow::Result<()> {
    relay.store.close().await;
    match database {
        Some(database) => {
            let inside = database.url.rsplit_once('@').context("an address")?.0;
            let url = format!("{inside}@127.0.0.1:5432/relay");
            let sql = "DROP SCHEMA public CASCADE; CREATE SCHEMA public";
            let psql = "/usr/lib/postgresql/15/bin/psql";
            in_container(&database.container, &[psql, &url, "-q", "-c", sql]).await
        }
        None => {
            for ending in ["", "-wal", "-shm"] {
                let path = relay.folder().join(format!("relay.db{ending}"));
                if path.exists() {
                    std::fs::remove_file(path)?;
                }
            }
            Ok(())
        }
    }
}
