//! What a soak stands on: a broker and a store of its own, each behind a line that can be hurt, two of every station.

use anyhow::ensure;
use harness::world::{Database, queues_are_kept, start_broker};
use harness::{Proxy, Relay, RelayBuilder, World};

use crate::docker::{self, Container};

pub(crate) struct Ground {
    pub(crate) relay: Relay,
    pub(crate) broker: Container,
    pub(crate) database: Database,
    pub(crate) broker_line: Proxy,
    pub(crate) store_line: Proxy,
}

impl Ground {
    pub(crate) async fn prepare(world: &World) -> anyhow::Result<Self> {
        let (broker, database) = tokio::join!(start_broker(), world.own_postgres());
        let (broker, database) = (broker?, database?);
        let broker_line = Proxy::to(docker::port(broker.id(), 5672).await?).await?;
        let direct = docker::port(database.container.id(), 5432).await?;
        let store_line = Proxy::to(direct).await?;
        let url = database
            .url
            .replace(&format!(":{direct}/"), &format!(":{}/", store_line.port));
        ensure!(url != database.url, "the store is reached over the line");
        let port = broker_line.port;
        let relay = RelayBuilder::default()
            .separate(2)
            .on(url)
            .with_broker(format!("amqp://guest:guest@127.0.0.1:{port}/%2f?heartbeat=3"))
            .with("broker__lease_mean_seconds", "10.0")
            // The doors slow down before hours of work lie in front of five lanes.
            .with("ingest__backlog_slow_messages", "500")
            .with("ingest__backlog_full_messages", "3000")
            .with("ingest__door__requests_per_minute", "1000000")
            .with("delivery__door__requests_per_minute", "1000000")
            .start(world)
            .await?;
        queues_are_kept(&broker).await?;
        Ok(Self {
            relay,
            broker,
            database,
            broker_line,
            store_line,
        })
    }

    /// The ends of all logs, when something went wrong.
    pub(crate) fn show_logs(&self) {
        for process in &self.relay.processes {
            let log = process.log();
            let lines: Vec<&str> = log.lines().collect();
            let last = lines.get(lines.len().saturating_sub(8)..).unwrap_or_default();
            println!("-- {} {}\n{}", process.station, process.admin, last.join("\n"));
        }
    }

    pub(crate) async fn remove(self) -> anyhow::Result<()> {
        drop(self.relay);
        self.broker.rm().await?;
        self.database.container.rm().await?;
        Ok(())
    }
}
