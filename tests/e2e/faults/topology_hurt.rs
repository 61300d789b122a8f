//! A queue disappears, or is there with other arguments: it is said clearly, and nothing is lost.

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::{RelayBuilder, World};
use std::time::Duration;

use crate::load::Load;

/// Longer than a lease, the closing of its channel and the time after which a subscription is late, shorter than the senders' patience.
const A_WHILE: Duration = Duration::from_secs(40);

/// How often it is tried to have somebody subscribe meanwhile.
const ROUNDS: usize = 5;

/// An operator deletes a queue while it is empty: it is declared again, and what was published meanwhile waits.
pub(crate) async fn queue_deleted(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    for queue in ["validation.00", "routing.01", "delivery.00"] {
        load.goes_on(6).await?;
        // Only an empty one: what lies in a queue goes with it, and the books would tell.
        load.rests(&relay).await?;
        world
            .manage("DELETE", &format!("queues/{}/{queue}", relay.vhost))
            .await?;
        load.resume();
        load.goes_on(6).await?;
    }
    load.settle(&relay).await.map(drop)
}

/// A queue answers late, as one does that has lost its leader: whoever subscribed meanwhile takes what is in it then.
pub(crate) async fn queue_silent(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    let validation = relay.processes.iter().find(|one| one.station == "validation");
    let validation = validation.context("a process of the station")?;
    let process = |act: &str| format!("sys:{act}(list_to_atom(\"{}_validation.00\")).", relay.vhost);
    let late = || {
        let log = validation.log();
        let is_late = |line: &&str| line.contains("not subscribed in time") && line.contains("validation.00");
        log.lines().filter(is_late).count()
    };
    let mut seen = false;
    for _ in 0..ROUNDS {
        if seen {
            break;
        }
        load.goes_on(6).await?;
        let before = late();
        let suspend = process("suspend");
        world.in_broker(&["rabbitmqctl", "eval", &suspend]).await?;
        // A lease ends after seconds, then it subscribes again; who has had no message yet has no lease, and waits on.
        let subscribed = within(A_WHILE, "a subscription is late", || async {
            ensure!(before < late(), "none yet");
            Ok(())
        });
        seen = subscribed.await.is_ok();
        let resume = process("resume");
        world.in_broker(&["rabbitmqctl", "eval", &resume]).await?;
    }
    ensure!(seen, "the queue was never silent when somebody subscribed");
    load.settle(&relay).await.map(drop)
}

/// A queue of the same name with other arguments: the station says which, and ends with status 64.
pub(crate) async fn queue_differs(world: &World) -> anyhow::Result<()> {
    let (url, vhost) = world.vhost().await?;
    let body = serde_json::json!({ "durable": true, "auto_delete": false, "arguments": { "x-queue-type": "quorum", "x-overflow": "drop-head" } });
    world
        .manage_with("PUT", &format!("queues/{vhost}/routing.00"), Some(body))
        .await?;
    let started = RelayBuilder::default().with_broker(url).start(world).await;
    let Err(error) = started else {
        anyhow::bail!("a relay started over a queue that may drop messages");
    };
    let told = format!("{error:#}");
    ensure!(told.contains("routing.00"), "the queue is named: {told}");
    Ok(())
}
