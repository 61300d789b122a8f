//! Each station is killed without warning while envelopes pass, and started again.

use anyhow::Context;
use harness::eventually::within;
use harness::{RelayBuilder, World};
use std::time::Duration;

use crate::load::Load;

/// Settled messages between two kills: the next blow falls while work is under way.
const BETWEEN: f64 = 5.0;

pub(crate) async fn each_in_turn(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(2)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    for station in ["validation", "routing", "delivery", "ingest"] {
        let at = relay
            .processes
            .iter()
            .position(|process| process.station == station)
            .context("a process of the station")?;
        under_load(&relay.processes[at]).await?;
        relay.processes[at].kill()?;
        relay.processes[at].again()?;
        relay.processes[at].ready().await?;
    }
    load.settle(&relay).await.map(drop)
}

/// Waits until the station has worked since it was looked at first.
async fn under_load(process: &harness::processes::Process) -> anyhow::Result<()> {
    within(Duration::from_secs(60), "the station works", || async {
        let settled: f64 = process
            .metrics()
            .await?
            .lines()
            .filter(|line| {
                line.starts_with("relay_settled_total") || line.starts_with("relay_door_requests_total")
            })
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum();
        anyhow::ensure!(BETWEEN <= settled, "{settled}");
        Ok(())
    })
    .await
}
