//! A rolling restart, as an upgrade is: every process is asked to end, ends well, and is started again, under load.

use harness::{RelayBuilder, World};

use crate::load::Load;

pub(crate) async fn restart(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(2)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    for at in 0..relay.processes.len() {
        load.goes_on(3).await?;
        // Exit status 0: what was begun is settled, what was not goes to the other replica.
        relay.processes[at].terminate().await?;
        relay.processes[at].again()?;
        relay.processes[at].ready().await?;
    }
    load.goes_on(3).await?;
    load.settle(&relay).await.map(drop)
}
