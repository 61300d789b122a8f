//! Poison: an envelope over which its handler's process dies each time, or that takes longer than a handler may. It is parked
//! and blocks nobody, its neighbours of the same and of other destinations are not parked, and once nothing kills it any
//! more it is sent again and delivered.

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::world::Database;
use harness::{Office, Operator, Relay, RelayBuilder, Unit, World, eventually};
use proto::{EnvelopeId, Status};
use standard::generate::Size;
use std::time::Duration;

use crate::accounts;

/// Bytes of the files of an envelope that keeps its handler busy for seconds.
const LARGE: usize = 24 << 20;

/// Kills before a message is suspect.
const UNSUSPECTED: usize = 3;

/// Tries that a suspect has.
const TRIES: usize = 5;

pub(crate) async fn kills(world: &World) -> anyhow::Result<()> {
    let database = world.own_postgres().await?;
    let told = killing(world, &database).await;
    database.container.rm().await?;
    told
}

async fn killing(world: &World, database: &Database) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on(database.url.clone())
        .separate(1)
        .start(world)
        .await?;
    let mut offices = Offices::of(&mut relay).await?;
    let validation = position(&relay, "validation")?;
    let poison = offices.sends_poison().await?;
    for _ in 0..UNSUSPECTED {
        // Nothing else is in the house yet.
        within(PATIENCE, "validation has it in hand", || async {
            let series = "relay_in_flight{stage=\"validation\"}";
            let in_hand = relay.processes[validation].metric(series).await?;
            ensure!(0.0 < in_hand);
            Ok(())
        })
        .await?;
        again(&mut relay, validation).await?;
    }
    offices.sends_neighbours().await?;
    for tries in 1..=TRIES {
        within(PATIENCE, "the suspect is tried", || async {
            let sql = format!("SELECT tries FROM suspects WHERE id = '{poison}' AND station = 'validation'");
            let counted = database.sql(&sql).await?;
            ensure!(counted == tries.to_string(), "{counted:?}, not {tries}");
            Ok(())
        })
        .await?;
        again(&mut relay, validation).await?;
    }
    offices.manager.until(poison, Status::Parked).await?;
    offices.neighbours_pass().await?;
    let list = offices.operator.json(&["parked", "list"])?;
    let cause = list["items"][0]["cause"].as_str().unwrap_or_default();
    ensure!(
        cause.contains("died 5 times") && list["items"][0]["station"] == "validation",
        "{list}"
    );
    let left = database.sql("SELECT COUNT(*) FROM suspects").await?;
    ensure!(left == "0", "{left} suspects left");
    offices.ends_well(&relay, poison).await
}

pub(crate) async fn hangs(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("broker__handler_seconds", "0.5")
        .start(world)
        .await?;
    let mut offices = Offices::of(&mut relay).await?;
    let poison = offices.sends_poison().await?;
    offices.sends_neighbours().await?;
    offices.manager.until(poison, Status::Parked).await?;
    offices.neighbours_pass().await?;
    let view = offices.operator.json(&["parked", "show", &poison.to_string()])?;
    let cause = &view["items"][0]["entry"]["cause"];
    ensure!(
        cause.as_str().unwrap_or_default().contains("more than 0.5 s"),
        "{view}"
    );
    // The setting was the fault: a replica with the usual one takes its place.
    let mended = relay.add_with("validation", "broker", "handler_seconds", 60.0.into())?;
    relay.processes[mended].ready().await?;
    let short = position(&relay, "validation")?;
    relay.processes[short].kill()?;
    offices.ends_well(&relay, poison).await
}

/// Longest wait for a large envelope on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

struct Offices {
    operator: Operator,
    manager: Office,
    helper: Office,
    other: Office,
    /// What was sent to them after the poison.
    to_helper: Vec<EnvelopeId>,
    to_other: Vec<EnvelopeId>,
}

impl Offices {
    async fn of(relay: &mut Relay) -> anyhow::Result<Self> {
        let console = relay.add("console")?;
        relay.processes[console].ready().await?;
        Ok(Self {
            operator: Operator::of(relay).await?,
            manager: relay.office("0300000100", "43").await?,
            helper: relay.office("0300000005", "11").await?,
            other: relay.office("0300000013", "15").await?,
            to_helper: Vec::new(),
            to_other: Vec::new(),
        })
    }

    async fn sends_poison(&self) -> anyhow::Result<EnvelopeId> {
        let unit = Unit::plan(self.manager.number, self.helper.number, "11", Size::Bytes(LARGE));
        self.manager.send(&unit).await
    }

    async fn sends_neighbours(&mut self) -> anyhow::Result<()> {
        for _ in 0..4 {
            for (office, sent) in [
                (&self.helper, &mut self.to_helper),
                (&self.other, &mut self.to_other),
            ] {
                let unit = Unit::plan(self.manager.number, office.number, &office.kind, Size::Persons(1));
                sent.push(self.manager.send(&unit).await?);
            }
        }
        Ok(())
    }

    async fn neighbours_pass(&self) -> anyhow::Result<()> {
        holds(&self.helper, &self.to_helper).await?;
        holds(&self.other, &self.to_other).await
    }

    /// Sent again it arrives, behind its neighbours; the books close.
    async fn ends_well(mut self, relay: &Relay, poison: EnvelopeId) -> anyhow::Result<()> {
        let books = accounts::closed(relay).await?;
        ensure!((books.parked, books.mailboxed) == (1, 8), "{books:?}");
        let redriven = self.operator.json(&["parked", "redrive", &poison.to_string()])?;
        ensure!(redriven["done"] == 1, "{redriven}");
        within(PATIENCE, "it is delivered", || async {
            let status = self.manager.sent(poison).await?.status;
            ensure!(status == Status::Delivered, "{status}");
            Ok(())
        })
        .await?;
        self.to_helper.push(poison);
        self.neighbours_pass().await?;
        let books = accounts::closed(relay).await?;
        ensure!((books.parked, books.mailboxed) == (0, 9), "{books:?}");
        Ok(())
    }
}

async fn holds(office: &Office, expected: &[EnvelopeId]) -> anyhow::Result<()> {
    eventually("the neighbours have arrived, in order", || async {
        let inbox: Vec<_> = office.inbox().await?.into_iter().map(|item| item.id).collect();
        ensure!(
            inbox == expected,
            "{}: {} of {}",
            office.number,
            inbox.len(),
            expected.len()
        );
        Ok(())
    })
    .await
}

fn position(relay: &Relay, station: &str) -> anyhow::Result<usize> {
    let found = relay
        .processes
        .iter()
        .position(|process| process.station == station);
    found.with_context(|| format!("a process of {station}"))
}

/// Killed without warning, and started again.
async fn again(relay: &mut Relay, at: usize) -> anyhow::Result<()> {
    relay.processes[at].kill()?;
    relay.processes[at].again()?;
    relay.processes[at].ready().await
}
