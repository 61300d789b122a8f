//! A queue disappears, or is there with other arguments: it is said clearly, and nothing is lost.

use anyhow::ensure;
use harness::{RelayBuilder, World};

use crate::load::Load;

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
