//! Every alert is made to fire by its fault, in a real Prometheus beside the running relay. The rules are the tree's; each
//! duration in them is a sixtieth, a minute a second, and nothing else of them is changed.

mod calendar;
mod faults;

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use harness::world::Database;
use harness::{Office, Proxy, Relay, RelayBuilder, Unit, World, eventually};
use proto::{EnvelopeId, Status};
use serde_json::json;
use standard::generate::Size;
use tokio::process::Command;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::prometheus::{Prometheus, names, ops, shortened};

/// Longest wait for an alert while its fault lasts.
const PATIENCE: Duration = Duration::from_secs(150);

/// Between two looks, and two rounds of load.
const LOOK: Duration = Duration::from_millis(200);

const DAY: i64 = 86_400;

/// What goes on while an alert is waited for, each round.
enum Load {
    None,
    /// So many sendings; the door may refuse them.
    Sendings(u32),
    /// One is delivered, and its destination's software cannot take it in.
    FailedImports,
    /// One sending, and this process stands still for four rounds of five.
    Starving(String),
}

struct Ground<'a> {
    world: &'a World,
    relay: Relay,
    vhost: String,
    line: Proxy,
    database: Database,
    prometheus: Prometheus,
    manager: Office,
    helper: Office,
    fired: BTreeSet<String>,
    /// Everything submitted: what a fault loses is sent again, as the same bytes.
    sent: Vec<Vec<u8>>,
}

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut ground = Ground::lay(world).await?;
    ground.a_webhook_leads_nowhere().await?;
    ground.certificates_and_licences_end().await?;
    ground.a_vendor_does_not_read().await?;
    ground.something_is_parked().await?;
    ground.software_takes_nothing_in().await?;
    ground.queues_are_deleted().await?;
    ground.a_station_starves().await?;
    ground.a_station_is_killed().await?;
    // It has failed all the while: of its hour a minute is left.
    ground.fire(&["WebhookFailing"]).await?;
    ground.the_broker_is_away().await?;
    ground.the_store_is_away().await?;
    ground.claims_come_near().await?;

    let all: BTreeSet<String> = names(&std::fs::read_to_string(ops().join("prometheus/alerts.yml"))?);
    let silent: Vec<&String> = all.difference(&ground.fired).collect();
    ensure!(silent.is_empty(), "never fired: {silent:?}");
    // With the faults gone they end, and every envelope has its end.
    let over = [
        "RelayDown",
        "BrokerDisconnected",
        "StoreDown",
        "DoorFull",
        "EnvelopesUnaccounted",
    ];
    eventually("what is over is silent again", || async {
        let firing = ground.prometheus.firing().await?;
        let still: Vec<_> = over.into_iter().filter(|name| firing.contains(*name)).collect();
        ensure!(still.is_empty(), "{still:?}");
        Ok(())
    })
    .await?;
    ground.relay.settled_books().await.map(drop)
}

impl<'a> Ground<'a> {
    async fn lay(world: &'a World) -> anyhow::Result<Self> {
        let (url, vhost, line) = world.vhost_over_a_line().await?;
        let database = world.own_postgres().await?;
        let mut relay = RelayBuilder::default()
            .separate(1)
            .with_clocks_of(&["delivery"])
            .with_broker(url)
            .on(database.url.clone())
            .with("console__management_url", &world.management_of(&vhost))
            .with("ingest__backlog_slow_messages", "20")
            .with("ingest__backlog_full_messages", "30")
            .with("ingest__backlog_delay_milliseconds", "1")
            .with("ingest__backlog_look_milliseconds", "200")
            .with("delivery__unaccounted_after_seconds", "2")
            .with("delivery__upkeep_every_seconds", "1")
            .with("delivery__mark_every_seconds", "1")
            .with("delivery__mark_lost_seconds", "5")
            .start(world)
            .await?;
        let desk = relay.add("console")?;
        relay.processes[desk].ready().await?;
        let manager = relay.office("0300000100", "43").await?;
        let helper = relay.office("0300000005", "11").await?;
        let rules = std::fs::read_to_string(ops().join("prometheus/alerts.yml"))?;
        let prometheus = Prometheus::start(&relay, &shortened(&rules))?;
        let ground = Self {
            world,
            relay,
            vhost,
            line,
            database,
            prometheus,
            manager,
            helper,
            fired: BTreeSet::new(),
            sent: Vec::new(),
        };
        eventually("prometheus looks at all of them", || async {
            let seen = ground.prometheus.ask("sum(up) == 5").await?;
            ensure!(seen.as_array().is_some_and(|one| !one.is_empty()), "{seen}");
            Ok(())
        })
        .await?;
        let firing = ground.prometheus.firing().await?;
        ensure!(firing.is_empty(), "without any fault: {firing:?}");
        Ok(ground)
    }

    /// Waits until these fire.
    async fn fire(&mut self, alerts: &[&str]) -> anyhow::Result<()> {
        self.fire_under(alerts, &Load::None).await
    }

    /// Waits until these have fired, with load meanwhile.
    async fn fire_under(&mut self, alerts: &[&str], load: &Load) -> anyhow::Result<()> {
        let mut missing: BTreeSet<&str> = alerts.iter().copied().collect();
        let end = Instant::now() + PATIENCE;
        let mut clock = interval(LOOK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for round in 0.. {
            clock.tick().await;
            self.put_under(load, round).await?;
            let firing = self.prometheus.firing().await?;
            missing.retain(|name| !firing.contains(*name));
            self.fired.extend(firing);
            if missing.is_empty() {
                return Ok(());
            }
            if end <= Instant::now() {
                bail!("not fired within {PATIENCE:?}: {missing:?}; {:?}", self.fired);
            }
        }
        Ok(())
    }

    async fn put_under(&mut self, load: &Load, round: u32) -> anyhow::Result<()> {
        match load {
            Load::None => {}
            Load::Sendings(count) => {
                for _ in 0..*count {
                    self.send().await?;
                }
            }
            Load::FailedImports => {
                let id = self.send().await?.context("the door takes it")?;
                self.manager.until(id, Status::Delivered).await?;
                let path = format!("/v1/inbox/{id}/imported");
                let report = json!({"result": "failed", "software": "soft 1"});
                let _: proto::api::Acknowledged = self.helper.act(&path, &report).await?;
            }
            Load::Starving(process) => {
                match round % 5 {
                    0 => signal("-STOP", process).await?,
                    4 => signal("-CONT", process).await?,
                    _ => {}
                }
                self.send().await?;
            }
        }
        Ok(())
    }

    fn plan(&self) -> Unit {
        Unit::plan(self.manager.number, self.helper.number, "11", Size::Persons(1))
    }

    /// Sends one; none: the door did not take it.
    async fn send(&mut self) -> anyhow::Result<Option<EnvelopeId>> {
        let sealed = self.manager.envelope(&self.plan())?;
        let answer = self.manager.post(sealed.clone()).await?;
        Ok(answer.accepted().ok().map(|accepted| {
            self.sent.push(sealed);
            accepted.id
        }))
    }

    fn station(&self, name: &str) -> anyhow::Result<usize> {
        let found = self
            .relay
            .processes
            .iter()
            .position(|process| process.station == name);
        found.with_context(|| format!("no {name}"))
    }
}

async fn signal(which: &str, process: &str) -> anyhow::Result<()> {
    let status = Command::new("kill").args([which, process]).status().await?;
    ensure!(status.success(), "kill {which} {process}");
    Ok(())
}
