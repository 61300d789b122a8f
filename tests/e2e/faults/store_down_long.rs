//! The store is away for several times the broker's `consumer_timeout`, with nine replicas of every station: each takes the
//! envelopes, cannot work, gives them back. Deliveries are counted up far beyond what makes suspect, and still nothing is
//! parked: all arrive, in order, once the store is back.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::world::{Database, in_container, start_broker};
use harness::{Office, Relay, RelayBuilder, Unit, World};
use proto::EnvelopeId;
use standard::generate::Size;
use testcontainers::core::IntoContainerPort;

use crate::accounts;
use crate::docker::Container;

/// How long the broker lets a delivery be unsettled.
const CONSUMER_TIMEOUT: Duration = Duration::from_secs(15);

/// How long the store is away.
const AWAY: Duration = CONSUMER_TIMEOUT.saturating_mul(5);

/// Longest wait for anything while so many processes share the machine.
const PATIENCE: Duration = Duration::from_secs(300);

const REPLICAS: usize = 9;

pub(crate) async fn nine_replicas(world: &World) -> anyhow::Result<()> {
    let (broker, database) = (start_broker().await?, world.own_postgres().await?);
    let told = away(&broker, &database).await;
    broker.rm().await?;
    database.container.rm().await?;
    told
}

async fn away(broker: &Container, database: &Database) -> anyhow::Result<()> {
    // Looked at every three seconds instead of every minute.
    let settings = format!(
        "application:set_env(rabbit, consumer_timeout, {}), application:set_env(rabbit, channel_tick_interval, 3000).",
        CONSUMER_TIMEOUT.as_millis()
    );
    in_container(broker, &["rabbitmqctl", "eval", &settings]).await?;
    let port = broker.get_host_port_ipv4(5672.tcp()).await?;
    let relay = RelayBuilder::default()
        .on(database.url.clone())
        .with_broker(format!("amqp://guest:guest@127.0.0.1:{port}/%2f"))
        .replicas(REPLICAS)
        // Nine pools fit into the server's hundred connections; the door goes on with what it knows of the directory.
        .with("store__max_connections", "6")
        .with("snapshot__max_age_seconds", "60")
        .start_alone()
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let other = relay.office("0300000013", "15").await?;
    let mut books = Sent::default();
    for _ in 0..3 {
        books.send(&manager, &helper, &other).await?;
    }
    books.arrived(&helper, &other).await?;

    database.container.pause().await?;
    let begun = Instant::now();
    for _ in 0..6 {
        books.send(&manager, &helper, &other).await?;
    }
    within(PATIENCE, "away for long, and suspects are made", || async {
        ensure!(AWAY <= begun.elapsed());
        ensure!(counted_up(&relay), "no delivery was counted up far enough");
        Ok(())
    })
    .await?;
    database.container.unpause().await?;

    books.arrived(&helper, &other).await?;
    let closed = accounts::closed(&relay).await?;
    ensure!(
        closed.parked == 0
            && closed.mailboxed == i64::try_from(books.to_helper.len() + books.to_other.len())?,
        "{closed:?}"
    );
    Ok(())
}

/// Some replica was handed what others had given back three times or more.
fn counted_up(relay: &Relay) -> bool {
    let told = "the store does not count tries of suspects";
    relay.processes.iter().any(|process| process.log().contains(told))
}

#[derive(Default)]
struct Sent {
    to_helper: Vec<EnvelopeId>,
    to_other: Vec<EnvelopeId>,
}

impl Sent {
    /// One envelope to each.
    async fn send(&mut self, manager: &Office, helper: &Office, other: &Office) -> anyhow::Result<()> {
        for (office, sent) in [(helper, &mut self.to_helper), (other, &mut self.to_other)] {
            let unit = Unit::plan(manager.number, office.number, &office.kind, Size::Persons(1));
            let envelope = manager.envelope(&unit)?;
            let accepted = manager.post(envelope).await?.accepted();
            sent.push(accepted.context("the door takes it")?.id);
        }
        Ok(())
    }

    async fn arrived(&self, helper: &Office, other: &Office) -> anyhow::Result<()> {
        for (office, sent) in [(helper, &self.to_helper), (other, &self.to_other)] {
            within(PATIENCE, "everything has arrived, in order", || async {
                let inbox: Vec<_> = office.inbox().await?.into_iter().map(|item| item.id).collect();
                ensure!(
                    inbox == *sent,
                    "{}: {} of {}",
                    office.number,
                    inbox.len(),
                    sent.len()
                );
                Ok(())
            })
            .await?;
        }
        Ok(())
    }
}
