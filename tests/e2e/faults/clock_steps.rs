//! A station's wall clock jumps an hour forward, two back, and right again under load, as a wrong time server does it.

use anyhow::{Context, ensure};
use harness::processes::Process;
use harness::{Relay, RelayBuilder, World, eventually};
use proto::Status;

use crate::load::Load;

const HOUR: i64 = 3_600;

/// Whose clock jumps, and the step of an envelope's history that it stamps.
const STATIONS: [(&str, Status); 4] = [
    ("validation", Status::Validated),
    ("routing", Status::Routed),
    ("delivery", Status::Delivered),
    ("ingest", Status::Accepted),
];

pub(crate) async fn each(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with_clocks_of(&STATIONS.map(|(station, _)| station))
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    for (station, step) in STATIONS {
        load.goes_on(6).await?;
        // A door that is behind takes its acceptances for older than what the offices write as the time of creation, and what was
        // created more than ten minutes after its acceptance is rejected; so says the contract.
        let steps: &[i64] = if station == "ingest" {
            &[HOUR, 0]
        } else {
            &[HOUR, -HOUR, 0]
        };
        for &ahead in steps {
            clock_of(&relay, station)?.set_clock(ahead)?;
            stamped(&load, step, ahead).await?;
            load.goes_on(6).await?;
        }
    }
    // Killed with a clock that is ahead: what it held in the store is taken over as soon as of any other.
    let delivery = relay
        .processes
        .iter()
        .position(|process| process.station == "delivery");
    let delivery = delivery.context("a delivery")?;
    relay.processes[delivery].set_clock(HOUR)?;
    stamped(&load, Status::Delivered, HOUR).await?;
    relay.processes[delivery].kill()?;
    relay.processes[delivery].set_clock(0)?;
    relay.processes[delivery].again()?;
    relay.processes[delivery].ready().await?;
    load.goes_on(6).await?;
    load.settle(&relay).await?;
    for process in &relay.processes {
        ensure!(process.is_ready().await, "{} is ready", process.station);
        let log = process.log();
        let alarms: Vec<&str> = log
            .lines()
            .filter(|line| line.contains("\"level\":\"ERROR\""))
            .collect();
        ensure!(alarms.is_empty(), "{} raises alarm: {alarms:#?}", process.station);
    }
    ensure!(relay.store.parked_list(1).await?.is_empty(), "nothing is parked");
    Ok(())
}

fn clock_of<'a>(relay: &'a Relay, station: &str) -> anyhow::Result<&'a Process> {
    let mut all = relay.processes.iter();
    all.find(|process| process.station == station)
        .context("a process of the station")
}

/// Envelopes are stamped by a clock so far ahead, so it has jumped in truth; what was begun before may still tell the old time.
async fn stamped(load: &Load, step: Status, ahead: i64) -> anyhow::Result<()> {
    eventually("an envelope bears the clock's new time", || async {
        let item = load.next_delivered().await?;
        let stamp = item.history.iter().find(|entry| entry.status == step);
        let stamp = stamp.with_context(|| format!("{step} in the history"))?;
        let off = stamp.at.seconds_since(harness::files::now().plus_seconds(ahead));
        ensure!(off.abs() < 300.0, "{step}: {off} s beside");
        Ok(())
    })
    .await
}
