//! Faults, one at a time, and how long until envelopes are accepted and delivered again.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use harness::Line;
use harness::world::in_container;

use super::dice::Dice;
use super::ground::Ground;
use super::senders::Senders;
use crate::docker;

/// What can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// kill -9 of the process at this place, started again at once.
    Killed(usize),
    /// SIGTERM of the process at this place, started again after its drain.
    Drained(usize),
    /// The line to the broker is cut and comes back.
    BrokerCut,
    /// The line to the broker carries nothing for a while and tells nobody.
    BrokerSilent,
    /// The line to the broker is slow for a while.
    BrokerSlow,
    /// The broker is short of memory for a while.
    BrokerBlocked,
    /// The broker's application stops and starts.
    BrokerStopped,
    /// The broker dies and starts from its disk.
    BrokerKilled,
    /// The line to the store is cut and comes back.
    StoreCut,
    /// The store freezes for a while.
    StorePaused,
    /// The store dies and starts from its disk.
    StoreKilled,
}

/// One by chance; the cheap ones more often, as in life.
pub(crate) fn choose(dice: &mut Dice) -> Fault {
    let process = usize::try_from(dice.below(8)).unwrap_or_default();
    match dice.below(20) {
        0..6 => Fault::Killed(process),
        6..9 => Fault::Drained(process),
        9..11 => Fault::BrokerCut,
        11 => Fault::BrokerSilent,
        12 => Fault::BrokerSlow,
        13 => Fault::BrokerBlocked,
        14 => Fault::BrokerStopped,
        15 => Fault::BrokerKilled,
        16..18 => Fault::StoreCut,
        18 => Fault::StorePaused,
        _ => Fault::StoreKilled,
    }
}

/// Breaks one thing under load, mends it, and waits until envelopes are accepted again; how long that took.
pub(crate) async fn one(ground: &mut Ground, fault: Fault, senders: &Senders) -> anyhow::Result<Duration> {
    let broker = ground.broker.id().to_owned();
    let database = ground.database.container.id().to_owned();
    match fault {
        Fault::Killed(at) => {
            ground.relay.processes[at].kill()?;
            ground.relay.processes[at].again()?;
        }
        Fault::Drained(at) => {
            ground.relay.processes[at].terminate().await?;
            ground.relay.processes[at].again()?;
        }
        Fault::BrokerCut => ground.broker_line.reset(),
        Fault::BrokerSilent => for_a_while(ground, Line::Silent).await,
        Fault::BrokerSlow => for_a_while(ground, Line::Slow(200_000)).await,
        Fault::BrokerBlocked => {
            for mark in [&["absolute", "1"][..], &["0.6"]] {
                let command = [&["rabbitmqctl", "set_vm_memory_high_watermark"][..], mark].concat();
                in_container(&ground.broker, &command).await?;
            }
        }
        Fault::BrokerStopped => {
            in_container(&ground.broker, &["rabbitmqctl", "stop_app"]).await?;
            in_container(&ground.broker, &["rabbitmqctl", "start_app"]).await?;
        }
        Fault::BrokerKilled => {
            docker::run(&["kill", &broker]).await?;
            docker::run(&["start", &broker]).await?;
            ground.broker_line.move_to(docker::port(&broker, 5672).await?);
        }
        Fault::StoreCut => ground.store_line.reset(),
        Fault::StorePaused => {
            docker::run(&["pause", &database]).await?;
            tick().await;
            docker::run(&["unpause", &database]).await?;
        }
        Fault::StoreKilled => {
            docker::run(&["kill", &database]).await?;
            docker::run(&["start", &database]).await?;
            ground.store_line.move_to(docker::port(&database, 5432).await?);
        }
    }
    // From when it is mended until it is as before.
    let mended = Instant::now();
    for process in &ground.relay.processes {
        process.ready().await?;
    }
    senders.go_on(10).await?;
    Ok(mended.elapsed())
}

/// The line to the broker is so for two seconds, then good.
async fn for_a_while(ground: &Ground, line: Line) {
    ground.broker_line.make(line);
    tick().await;
    ground.broker_line.make(Line::Good);
}

/// How long a fault lasts that has a length: long enough that stations notice, or begin to.
async fn tick() {
    let mut clock = tokio::time::interval(Duration::from_secs(4));
    clock.tick().await;
    clock.tick().await;
}

/// Prints how often each kind of fault struck, and the median and longest recovery.
pub(crate) fn summary(recovered: &[(Fault, Duration)]) {
    let mut kinds: BTreeMap<&'static str, Vec<u128>> = BTreeMap::new();
    for (fault, took) in recovered {
        let name = match fault {
            Fault::Killed(_) => "station killed",
            Fault::Drained(_) => "station drained and restarted",
            Fault::BrokerCut => "line to the broker cut",
            Fault::BrokerSilent => "line to the broker silent",
            Fault::BrokerSlow => "line to the broker slow",
            Fault::BrokerBlocked => "broker short of memory",
            Fault::BrokerStopped => "broker stopped",
            Fault::BrokerKilled => "broker killed",
            Fault::StoreCut => "line to the store cut",
            Fault::StorePaused => "store frozen",
            Fault::StoreKilled => "store killed",
        };
        kinds.entry(name).or_default().push(took.as_millis());
    }
    for (name, mut times) in kinds {
        times.sort_unstable();
        let (count, median, most) = (times.len(), times[times.len() / 2], times[times.len() - 1]);
        println!("soak: | {name} | {count} | {median} ms | {most} ms |");
    }
}
