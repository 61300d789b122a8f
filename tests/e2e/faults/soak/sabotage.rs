//! The check checked: the relay is broken behind its back, in one way, and the account must say which.

use anyhow::{Context, bail};
use harness::eventually;
use tokio::process::Command;

use super::ground::Ground;
use super::senders::Senders;
use crate::docker;

/// How the relay is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// Messages vanish from a queue.
    Drop,
    /// An entry of an inbox is there twice, under another id.
    Double,
    /// Two entries of an inbox change places.
    Swap,
    /// A byte of a delivered envelope is another.
    Alter,
}

impl Sabotage {
    /// What `SABOTAGE` asks for.
    pub(crate) fn asked() -> anyhow::Result<Option<Self>> {
        Ok(match std::env::var("SABOTAGE").unwrap_or_default().as_str() {
            "" => None,
            "drop" => Some(Self::Drop),
            "double" => Some(Self::Double),
            "swap" => Some(Self::Swap),
            "alter" => Some(Self::Alter),
            other => bail!("SABOTAGE={other}: one of drop, double, swap, alter"),
        })
    }
}

/// Does it; how many acceptances will never have an end.
pub(crate) async fn strike(
    ground: &mut Ground,
    sabotage: Sabotage,
    senders: &Senders,
) -> anyhow::Result<i64> {
    match sabotage {
        Sabotage::Drop => drop_some(ground, senders).await,
        Sabotage::Double => sql(ground, DOUBLE).await,
        Sabotage::Swap => sql(ground, SWAP).await,
        Sabotage::Alter => sql(ground, ALTER).await,
    }
}

/// A row nobody has withdrawn, somewhere in the middle; its neighbour was sent by the same sender to the same destination.
const DOUBLE: &str = "
    CREATE TEMP TABLE victim AS SELECT * FROM mailbox WHERE withdrawn_at IS NULL ORDER BY arrived_at LIMIT 1;
    CREATE TEMP TABLE entry AS SELECT * FROM ledger WHERE id = (SELECT id FROM victim);
    CREATE TEMP TABLE body AS SELECT * FROM contents WHERE id = (SELECT id FROM victim);
    UPDATE body SET id = sha256(id), bytes = bytes;
    UPDATE entry SET id = sha256(id), acceptance = substring(sha256(acceptance) for 16), sent_position = 1000000000;
    UPDATE victim SET id = sha256(id), position = 1000000000;
    INSERT INTO ledger SELECT * FROM entry;
    INSERT INTO contents SELECT * FROM body;
    INSERT INTO mailbox SELECT * FROM victim;";

const SWAP: &str = "
    CREATE TEMP TABLE ends AS SELECT destination, min(position) AS first, max(position) AS last FROM mailbox
        WHERE withdrawn_at IS NULL GROUP BY destination ORDER BY count(*) DESC LIMIT 1;
    UPDATE mailbox SET position = -1 FROM ends WHERE mailbox.destination = ends.destination AND position = first;
    UPDATE mailbox SET position = first FROM ends WHERE mailbox.destination = ends.destination AND position = last;
    UPDATE mailbox SET position = last FROM ends WHERE mailbox.destination = ends.destination AND position = -1;";

const ALTER: &str = "
    UPDATE contents SET bytes = set_byte(bytes, 100, get_byte(bytes, 100) # 1)
        WHERE id = (SELECT id FROM mailbox WHERE withdrawn_at IS NULL ORDER BY arrived_at LIMIT 1);";

async fn sql(ground: &Ground, text: &str) -> anyhow::Result<i64> {
    ground.database.sql(text).await?;
    Ok(0)
}

/// Empties a stage's queue while the station is away.
async fn drop_some(ground: &mut Ground, senders: &Senders) -> anyhow::Result<i64> {
    let places: Vec<usize> = (0..ground.relay.processes.len())
        .filter(|at| ground.relay.processes[*at].station == "validation")
        .collect();
    for at in &places {
        ground.relay.processes[*at].kill()?;
    }
    senders.go_on(5).await?;
    let dropped = eventually("messages wait in a queue", || async {
        for shard in ["00", "01"] {
            let dropped = purge(ground, &format!("validation.{shard}")).await?;
            if 0 < dropped {
                return Ok(dropped);
            }
        }
        bail!("no message yet")
    })
    .await?;
    for at in &places {
        ground.relay.processes[*at].again()?;
        ground.relay.processes[*at].ready().await?;
    }
    Ok(dropped)
}

/// Purges a queue by AMQP: the answer has the number of messages, to the last one, while more come in.
const PURGE: &str = "
import sys, pika
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
print(channel.queue_purge(sys.argv[2]).method.message_count)";

/// Empties a queue nobody reads just now; how many messages there were.
async fn purge(ground: &Ground, queue: &str) -> anyhow::Result<i64> {
    let port = docker::port(ground.broker.id(), 5672).await?;
    let url = format!("amqp://guest:guest@127.0.0.1:{port}/%2f");
    // Debian's own, which `python3-pika` belongs to.
    let mut python = Command::new("/usr/bin/python3");
    let output = python.args(["-c", PURGE, &url, queue]).output().await?;
    let told = String::from_utf8_lossy(&output.stdout);
    let count = told.trim().parse();
    count.with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())
}
