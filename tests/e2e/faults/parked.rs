//! What was parked is listed, sent again, stopped, discarded: the whole of an operator's work, on the real programs.
//!
//! The database refuses some envelopes for their data: a constraint that nobody of the relay knows.

use anyhow::{Context, ensure};
use harness::world::Database;
use harness::{Office, Operator, Relay, RelayBuilder, Unit, World, eventually};
use proto::{EnvelopeId, Status};
use serde_json::Value;
use standard::generate::Size;

use crate::accounts;

pub(crate) async fn is_redriven_or_discarded(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = worked_on(world, &database).await;
    database.container.rm().await?;
    told
}

async fn worked_on(world: &World, database: &Database) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on(database.url.clone())
        .start(world)
        .await?;
    let operator = Operator::of(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let other = relay.office("0300000013", "15").await?;
    let units: Vec<Unit> = [&helper, &helper, &helper, &helper, &other]
        .iter()
        .map(|to| Unit::plan(manager.number, to.number, &to.kind, Size::Persons(1)))
        .collect();
    for (name, unit) in [("mended", &units[0]), ("hopeless", &units[2])] {
        refuse(database, name, &format!("sequence <> '{}'", unit.sequence)).await?;
    }
    let mut sent = Vec::new();
    for unit in &units {
        let accepted = manager.post(manager.envelope(unit)?).await?.accepted()?;
        sent.push((accepted.id, accepted.accepted_at));
    }
    let ((mended, accepted_at), (hopeless, _)) = (sent[0], sent[2]);
    manager.until(mended, Status::Parked).await?;
    manager.until(hopeless, Status::Parked).await?;
    arrives(&helper, &[sent[1].0, sent[3].0]).await?;
    arrives(&other, &[sent[4].0]).await?;
    let books = relay.settled_books().await?;
    ensure!((books.parked, books.mailboxed) == (2, 3), "{books:?}");

    // Looked at, and only looked at.
    let list = operator.json(&["parked", "list", "--cause", "MENDED"])?;
    ensure!(list["items"][0]["id"] == mended.to_string(), "{list}");
    let view = operator.json(&["parked", "show", &mended.to_string()])?;
    let item = &view["items"][0];
    ensure!(
        item["accepted_at"] == accepted_at.to_string() && item["obstacle"].is_null(),
        "{view}"
    );
    let told = operator.run(0, &["parked", "redrive", "--all", "--dry-run"])?;
    ensure!(told.contains("2 would be"), "{told}");
    operator.run(64, &["parked", "redrive", "--station", "delivery"])?;
    ensure!(!relay.store.redrive_waits().await?, "neither was an order");

    // Sent again without mending anything it is parked again.
    ensure!(done(&operator.json(&["parked", "redrive", &mended.to_string()])?) == 1);
    eventually("it was tried and parked once more", || async {
        let history = manager.sent(mended).await?.history;
        ensure!(history.len() == 4, "{history:?}");
        Ok(())
    })
    .await?;

    database.sql("ALTER TABLE ledger DROP CONSTRAINT mended").await?;
    ensure!(done(&operator.json(&["parked", "redrive", &mended.to_string()])?) == 1);
    let item = manager.until(mended, Status::Delivered).await?;
    ensure!(
        item.accepted_at == accepted_at,
        "{} is not {accepted_at}",
        item.accepted_at
    );
    arrives(&helper, &[sent[1].0, sent[3].0, mended]).await?;
    let again = operator.json(&["parked", "redrive", &mended.to_string()])?;
    ensure!(
        done(&again) == 0 && again["items"] == serde_json::json!([]),
        "{again}"
    );

    let reason = "the office has sent it anew";
    operator.run(64, &["parked", "discard", &hopeless.to_string()])?;
    let discarded = operator.json(&["parked", "discard", &hopeless.to_string(), "--reason", reason])?;
    ensure!(done(&discarded) == 1, "{discarded}");
    let item = manager.until(hopeless, Status::Rejected).await?;
    ensure!(item.problems[0].code == "relay.discarded", "{:?}", item.problems);
    let told = operator.run(0, &["parked", "list"])?;
    ensure!(told == "nothing is parked\n", "{told}");

    let trail = relay.store.audit_trail(0, 100).await?;
    let acts: Vec<_> = trail.iter().map(|entry| entry.act.as_str()).collect();
    ensure!(
        acts == ["parked.redrive", "parked.redrive", "parked.discard"],
        "{acts:?}"
    );
    ensure!(trail[2].actor == "operator:sato" && trail[2].subject.ends_with(reason));
    // The same bytes once more are a new attempt; the database still does not want them.
    ensure!(
        manager.send(&units[2]).await? != hopeless,
        "sealed anew it has another id"
    );
    eventually("it is parked", || async {
        let parked = relay.store.parked_list(10).await?;
        ensure!(parked.len() == 1, "{}", parked.len());
        Ok(())
    })
    .await?;
    let books = accounts::closed(&relay).await?;
    ensure!(
        (books.parked, books.mailboxed, books.rejected) == (1, 4, 1),
        "{books:?}"
    );
    Ok(())
}

pub(crate) async fn stops_at_once_and_survives_a_kill(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = stopped_and_killed(world, &database).await;
    database.container.rm().await?;
    told
}

/// Envelopes parked in one go.
const MANY: usize = 24;

async fn stopped_and_killed(world: &World, database: &Database) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on(database.url.clone())
        .separate(1)
        .start(world)
        .await?;
    let console = relay.add("console")?;
    relay.processes[console].ready().await?;
    let operator = Operator::of(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    refuse(
        database,
        "nobody",
        "sequence IS NULL OR destination <> '0300000005'",
    )
    .await?;
    let mut sent = Vec::new();
    for _ in 0..MANY {
        let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
        sent.push(manager.send(&unit).await?);
    }
    all_parked(&relay, MANY).await?;
    database.sql("ALTER TABLE ledger DROP CONSTRAINT nobody").await?;

    // One a minute: the first goes at once, and no other before it is stopped.
    let slowly = [
        "parked",
        "redrive",
        "--office",
        "0300000005",
        "--rate",
        "1",
        "--yes",
    ];
    ensure!(done(&operator.json(&slowly)?) == u64::try_from(MANY)?);
    arrives(&helper, &sent[..1]).await?;
    let stopped = operator.json(&["parked", "stop"])?;
    ensure!(stopped["stopped"] == MANY - 1, "{stopped}");
    ensure!(!relay.store.redrive_waits().await?);
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == 1, "{books:?}");

    // Killed in the midst of it, whatever was confirmed and not closed is sent twice and delivered once.
    let delivery = relay
        .processes
        .iter()
        .position(|process| process.station == "delivery");
    let delivery = delivery.context("a delivery")?;
    operator.run(0, &["parked", "redrive", "--all", "--yes"])?;
    eventually("some have arrived", || async {
        let books = relay.store.books().await?;
        ensure!(4 <= books.mailboxed, "{books:?}");
        Ok(())
    })
    .await?;
    relay.processes[delivery].kill()?;
    relay.processes[delivery].again()?;
    relay.processes[delivery].ready().await?;
    arrives(&helper, &sent).await?;
    ensure!(relay.store.parked_list(1).await?.is_empty());
    let books = accounts::closed(&relay).await?;
    ensure!(books.mailboxed == i64::try_from(MANY)?, "{books:?}");
    Ok(())
}

/// A rule of the database that no program of ours knows.
async fn refuse(database: &Database, name: &str, check: &str) -> anyhow::Result<()> {
    let sql = format!("ALTER TABLE ledger ADD CONSTRAINT {name} CHECK ({check})");
    database.sql(&sql).await.map(drop)
}

/// The inbox holds exactly these, in this order.
async fn arrives(office: &Office, expected: &[EnvelopeId]) -> anyhow::Result<()> {
    eventually("the inbox is as expected", || async {
        let inbox: Vec<_> = office.inbox().await?.into_iter().map(|item| item.id).collect();
        ensure!(
            inbox == expected,
            "{}: {inbox:?}, not {expected:?}",
            office.number
        );
        Ok(())
    })
    .await
}

async fn all_parked(relay: &Relay, count: usize) -> anyhow::Result<()> {
    eventually("all are parked", || async {
        let parked = relay.store.parked_list(1_000).await?.len();
        ensure!(parked == count, "{parked}");
        Ok(())
    })
    .await
}

fn done(answer: &Value) -> u64 {
    answer["done"].as_u64().unwrap_or(u64::MAX)
}
