//! The broker: everything between two stations.
//!
//! A station gives a [`Stage`] and gets its messages one lane at a time, its outcomes published with the broker's
//! confirm and only then acknowledged. Connections are supervised here and not by the client library; the topology is
//! declared actively at every connect. What is *not* here: what an envelope means, and which channels there are.

mod ages;
mod answers;
mod attempt;
mod backlog;
mod backoff;
#[cfg(feature = "baseline")]
pub mod baseline;
mod budget;
mod config;
mod confirm;
mod declare;
mod error;
mod hold;
mod intake;
mod lanes;
mod message;
mod numbers;
mod publish;
mod readiness;
mod settle;
mod shard;
mod stage;
mod stream;
mod subscription;
mod supervisor;
mod suspects;
mod traced;
mod work;

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::health::Health;
use crate::metrics::Metrics;
use crate::shutdown::{Drained, Shutdown};

pub use attempt::waiting;
pub use backlog::Waiting;
pub use config::BrokerConfig;
pub use error::{BrokerError, PublishError};
pub use publish::Publisher;
pub use stage::{Mode, Outcome, Source, Stage, StreamOffset, StreamSink, Suspects, Transient};
pub use traced::publishing;

use budget::ByteBudget;
use numbers::Numbers;
use shard::Shard;
use supervisor::{Link, Role, Supervisor};
use work::Context;

/// How long the shards may take to close their channels when the grace is over.
const GIVING_UP: Duration = Duration::from_secs(15);

/// The process's access to the broker. Clones share connections; the last one dropped closes them.
#[derive(Clone)]
pub struct Broker {
    inner: Arc<Inner>,
}

struct Inner {
    config: BrokerConfig,
    health: Health,
    shutdown: Shutdown,
    numbers: Numbers,
    budget: ByteBudget,
    publisher: Publisher,
    consume: Link,
    _supervisor: Supervisor,
}

impl Broker {
    /// Connects twice, for publishing and for consuming apart, and declares the topology. While the broker is not there
    /// it tries again, without limit, until shutdown begins.
    ///
    /// # Errors
    /// [`BrokerError::Topology`] when the broker holds something different from what this station would declare (another
    /// number of shards, other queue arguments): the program exits with [`crate::config::EXIT_USAGE`];
    /// [`BrokerError::Config`] for a key that cannot be used; [`BrokerError::Shutdown`] when shutdown began first.
    pub async fn start(
        config: BrokerConfig,
        metrics: Metrics,
        health: Health,
        shutdown: Shutdown,
    ) -> Result<Self, BrokerError> {
        config.check_values()?;
        let numbers = Numbers::new(&metrics);
        let part = health.part("broker");
        let connected = readiness::Readiness::new(part);
        let (publish, publish_supervisor) =
            supervisor::start(Role::Publish, &config, &numbers, connected.clone(), &shutdown).await?;
        let (consume, consume_supervisor) =
            supervisor::start(Role::Consume, &config, &numbers, connected, &shutdown).await?;
        let publisher = Publisher::start(&config, publish, publish_supervisor, &numbers);
        let budget = ByteBudget::new(config.byte_budget);
        let inner = Inner {
            config,
            health,
            shutdown,
            numbers,
            budget,
            publisher,
            consume,
            _supervisor: consume_supervisor,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Publishes with confirms; cheap to clone.
    #[must_use]
    pub fn publisher(&self) -> Publisher {
        self.inner.publisher.clone()
    }

    /// Number of shards of the installation, as configured and as held by the broker.
    #[must_use]
    pub fn shards(&self) -> u16 {
        self.inner.config.shards
    }

    /// Consumes the stage's queues until shutdown begins, then settles what was begun, within the grace.
    pub async fn run(&self, stage: Arc<dyn Stage>, suspects: Arc<dyn Suspects>) {
        let inner = &self.inner;
        let queues: Vec<String> = match stage.source() {
            Source::Sharded(queue) => (0..inner.config.shards).map(|shard| queue.name(shard)).collect(),
            Source::Queue(name) => vec![name.to_owned()],
        };
        let context = Arc::new(Context::new(
            stage,
            suspects,
            inner.publisher.clone(),
            inner.budget.clone(),
            &inner.numbers,
            &inner.config,
            &inner.health,
        ));
        let mut shards = JoinSet::new();
        let give_up = CancellationToken::new();
        for queue in queues {
            let shard = Shard::new(
                queue,
                context.clone(),
                inner.consume.clone(),
                &inner.config,
                inner.shutdown.clone(),
                give_up.clone(),
            );
            shards.spawn(shard.run());
        }
        let all = async { while shards.join_next().await.is_some() {} };
        if inner.shutdown.drain(all).await == Drained::GraceOver {
            // What is not settled stays unacknowledged; the broker hands it out again, but only over closed channels.
            give_up.cancel();
            let all = async { while shards.join_next().await.is_some() {} };
            if timeout(GIVING_UP, all).await.is_err() {
                tracing::error!("a shard could not be given up in time");
                shards.shutdown().await;
            }
        }
    }

    /// Declares a queue beside the topology, with its bindings: what is equal is left alone.
    ///
    /// # Errors
    /// [`BrokerError::Topology`] when a different one is there, [`BrokerError::Unavailable`] when the broker does not answer.
    pub async fn declare(&self, queue: &proto::topology::Queue) -> Result<(), BrokerError> {
        let silent = || BrokerError::Unavailable("no connection".to_owned());
        let live = self.inner.consume.current().ok_or_else(silent)?;
        timeout(GIVING_UP, declare::one(&live.connection, queue))
            .await
            .map_err(|_| BrokerError::Unavailable("not declared in time".to_owned()))?
    }

    /// Reads the stream of acceptance notes from an offset on, in batches, until the sink says stop or shutdown begins.
    pub async fn read_stream(&self, from: StreamOffset, sink: Arc<dyn StreamSink>) {
        stream::read(&self.inner.consume, &self.inner.shutdown, from, sink).await;
    }
}
