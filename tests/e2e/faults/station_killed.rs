//! Stations are killed without warning while envelopes pass.

use anyhow::{Context, ensure};
use harness::eventually;
use harness::processes::Process;
use harness::{Relay, RelayBuilder, World};

use crate::load::Load;

const STATIONS: [&str; 4] = ["validation", "routing", "delivery", "ingest"];

/// Settled messages before a blow: it falls while work is under way.
const BEFORE: f64 = 5.0;

async fn two_of_each(world: &World) -> anyhow::Result<Relay> {
    RelayBuilder::default()
        .on_postgres()
        .separate(2)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await
}

/// Each station is killed and started again.
pub(crate) async fn each_in_turn(world: &World) -> anyhow::Result<()> {
    let mut relay = two_of_each(world).await?;
    let load = Load::begin(&relay).await?;
    for station in STATIONS {
        let at = busy(&relay, station).await?;
        relay.processes[at].kill()?;
        relay.processes[at].again()?;
        relay.processes[at].ready().await?;
    }
    load.settle(&relay).await.map(drop)
}

/// One replica of each station is killed and stays away; the other does the work alone.
pub(crate) async fn one_of_two(world: &World) -> anyhow::Result<()> {
    let mut relay = two_of_each(world).await?;
    let load = Load::begin(&relay).await?;
    for station in STATIONS {
        let at = busy(&relay, station).await?;
        // The offices of the load read at the first delivery door.
        let first = relay
            .processes
            .iter()
            .position(|process| process.station == station);
        let at = if station == "delivery" && Some(at) == first {
            at + STATIONS.len()
        } else {
            at
        };
        relay.processes[at].kill()?;
        load.goes_on(6).await?;
    }
    load.settle(&relay).await.map(drop)
}

/// The place of a process of this station that has work.
async fn busy(relay: &Relay, station: &str) -> anyhow::Result<usize> {
    eventually("a process of the station works", || async {
        for (at, process) in relay.processes.iter().enumerate() {
            if process.station == station && BEFORE <= work(process).await.unwrap_or_default() {
                return Ok(at);
            }
        }
        anyhow::bail!("{station} is idle")
    })
    .await
    .context("before a blow")
}

/// Messages settled and requests answered since its start.
async fn work(process: &Process) -> anyhow::Result<f64> {
    let metrics = process.metrics().await?;
    let counted = ["relay_settled_total", "relay_door_requests_total"];
    let values = metrics
        .lines()
        .filter(|line| counted.iter().any(|name| line.starts_with(name)))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
    let sum = values.sum();
    ensure!(0.0 <= sum, "counters do not fall");
    Ok(sum)
}
