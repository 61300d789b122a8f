//! The line between stations and broker is cut, falls silent, or is slow, while envelopes pass.

use anyhow::ensure;
use harness::{Line, Relay, RelayBuilder, World, eventually};

use crate::load::Load;

pub(crate) async fn cut(world: &World) -> anyhow::Result<()> {
    hurt(world, Line::Cut, true).await
}

pub(crate) async fn half_open(world: &World) -> anyhow::Result<()> {
    hurt(world, Line::Silent, true).await
}

/// 20 kB a second: an envelope takes a good second for its hops, and nothing gives up.
pub(crate) async fn slow(world: &World) -> anyhow::Result<()> {
    hurt(world, Line::Slow(20_000), false).await
}

async fn hurt(world: &World, line: Line, noticed: bool) -> anyhow::Result<()> {
    let (url, _, proxy) = world.vhost_over_a_line().await?;
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with_broker(url)
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    load.goes_on(6).await?;
    proxy.make(line);
    if noticed {
        all_say(&relay, false).await?;
    } else {
        load.goes_on(6).await?;
    }
    proxy.make(Line::Good);
    // Once more, at another moment, without a pause for anybody to notice.
    load.goes_on(3).await?;
    proxy.reset();
    load.goes_on(3).await?;
    all_say(&relay, true).await?;
    load.settle(&relay).await.map(drop)
}

/// Waits until every process says that it is ready, or that it is not.
async fn all_say(relay: &Relay, ready: bool) -> anyhow::Result<()> {
    for process in &relay.processes {
        eventually("every station knows", || async {
            ensure!(process.is_ready().await == ready, "{}", process.station);
            Ok(())
        })
        .await?;
    }
    Ok(())
}
