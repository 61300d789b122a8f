//! The store restarts, is read-only, is full, or its file is locked: envelopes wait, nothing is parked.

use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use harness::disk::SmallDisk;
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

/// Where the store's tables lie for [`full`]: a small file system every container has.
const SMALL: &str = "/dev/shm";

/// No space is left for the tables: delivery waits, the doors go on taking as long as the broker does.
pub(crate) async fn full(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = filled(world, &database).await;
    database.container.rm().await?;
    told
}

async fn filled(world: &World, database: &harness::world::Database) -> anyhow::Result<()> {
    let id = database.container.id();
    let space = format!("{SMALL}/space");
    docker::run(&["exec", "-u", "postgres", id, "mkdir", &space]).await?;
    database
        .sql(&format!("CREATE TABLESPACE small LOCATION '{space}'"))
        .await?;
    database
        .sql("ALTER ROLE relay SET default_tablespace = small")
        .await?;
    let relay = RelayBuilder::default()
        .separate(1)
        .on(database.url.clone())
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    load.goes_on(10).await?;
    // Ends when nothing fits any more; that is what it is for.
    let ballast =
        format!("dd if=/dev/zero of={SMALL}/ballast bs=4k 2>/dev/null; test $(stat -f -c %a {SMALL}) = 0");
    docker::run(&["exec", "-u", "postgres", id, "sh", "-c", &ballast]).await?;
    eventually("delivery is told that no space is left", || async {
        let delivery = relay
            .processes
            .iter()
            .find(|process| process.station == "delivery");
        let log = delivery.context("a delivery")?.log();
        ensure!(
            log.contains("no space left on its disk"),
            "no word of a full disk"
        );
        Ok(())
    })
    .await?;
    load.goes_on(10).await?;
    docker::run(&["exec", "-u", "postgres", id, "rm", &format!("{SMALL}/ballast")]).await?;
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

/// Bytes of the disk in [`disk_full`].
const DISK: u64 = 24 << 20;

/// No space is left on the disk that holds the SQLite file and its log: the same.
pub(crate) async fn disk_full(world: &World) -> anyhow::Result<()> {
    let disk = SmallDisk::mount(DISK)?;
    let relay = RelayBuilder::default()
        .on(format!("sqlite:{}", disk.path().join("relay.db").display()))
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    load.goes_on(10).await?;
    let ballast = disk.path().join("ballast");
    let file = File::create(&ballast)?;
    eventually("the relay says that it waits for the store", || async {
        fill(&file)?;
        ensure!(!relay.processes[0].is_ready().await);
        let log = relay.processes[0].log();
        ensure!(
            log.contains("no space left on its disk"),
            "no word of a full disk"
        );
        Ok(())
    })
    .await?;
    load.goes_on(10).await?;
    drop(file);
    std::fs::remove_file(&ballast)?;
    relay.processes[0].ready().await?;
    load.goes_on(10).await?;
    load.settle(&relay).await?;
    ensure!(relay.store.parked_list(1).await?.is_empty(), "nothing is parked");
    Ok(())
}

/// Writes until nothing fits any more.
fn fill(mut file: &File) -> std::io::Result<()> {
    loop {
        match file.write_all(&[0; 4096]) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::StorageFull => return Ok(()),
            Err(error) => return Err(error),
        }
    }
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
