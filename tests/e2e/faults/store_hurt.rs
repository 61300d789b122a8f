//! The store restarts, is read-only, is full, or its file is locked: envelopes wait, nothing is parked.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use harness::{Proxy, Relay, RelayBuilder, World, eventually};

use crate::docker;
use crate::load::Load;

pub(crate) async fn restarted(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = with_database(world, &database).await;
    database.container.rm().await?;
    told
}

async fn with_database(world: &World, database: &harness::world::Database) -> anyhow::Result<()> {
    let id = database.container.id();
    let direct = docker::port(id, 5432).await?;
    let proxy = Proxy::to(direct).await?;
    let url = database
        .url
        .replace(&format!(":{direct}/"), &format!(":{}/", proxy.port));
    ensure!(url != database.url, "the store is reached over the line");
    let relay = RelayBuilder::default().separate(1).on(url).start(world).await?;
    let load = Load::begin(&relay).await?;

    load.goes_on(10).await?;
    docker::run(&["kill", id]).await?;
    delivery_says(&relay, false).await?;
    docker::run(&["start", id]).await?;
    proxy.move_to(docker::port(id, 5432).await?);
    delivery_says(&relay, true).await?;

    load.goes_on(10).await?;
    let read_only = "ALTER ROLE relay SET default_transaction_read_only = on";
    database.sql(read_only).await?;
    proxy.reset();
    delivery_says(&relay, false).await?;
    let writable = "BEGIN READ WRITE; ALTER ROLE relay RESET default_transaction_read_only; COMMIT";
    database.sql(writable).await?;
    proxy.reset();
    delivery_says(&relay, true).await?;

    load.goes_on(10).await?;
    load.settle(&relay).await?;
    ensure!(relay.store.parked_list(1).await?.is_empty(), "nothing is parked");
    Ok(())
}

async fn delivery_says(relay: &Relay, ready: bool) -> anyhow::Result<()> {
    let delivery = relay
        .processes
        .iter()
        .find(|process| process.station == "delivery");
    let delivery = delivery.context("a delivery")?;
    eventually("delivery knows how the store is", || async {
        ensure!(delivery.is_ready().await == ready);
        Ok(())
    })
    .await
}

/// Another program holds the file's write lock for longer than anybody waits for it.
const HOLD: &str = "
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute('BEGIN IMMEDIATE')
print('locked', flush=True)
sys.stdin.readline()
";

pub(crate) async fn file_locked(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let load = Load::begin(&relay).await?;
    load.goes_on(10).await?;
    let mut holder = Command::new("python3")
        .args(["-c", HOLD])
        .arg(relay.folder().join("relay.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("python3, which ops/dev/setup installs")?;
    let mut said = String::new();
    BufReader::new(holder.stdout.take().context("its output")?).read_line(&mut said)?;
    ensure!(said.trim() == "locked", "{said}");
    eventually("the relay says that it waits for the store", || async {
        ensure!(!relay.processes[0].is_ready().await);
        Ok(())
    })
    .await?;
    holder.stdin.take().context("its input")?.write_all(b"\n")?;
    ensure!(holder.wait()?.success());
    relay.processes[0].ready().await?;
    load.goes_on(10).await?;
    load.settle(&relay).await?;
    ensure!(relay.store.parked_list(1).await?.is_empty(), "nothing is parked");
    Ok(())
}
