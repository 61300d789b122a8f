//! Where message, directory and decision meet.

use async_trait::async_trait;
use chassis::broker::{Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use proto::topology::ShardedQueue;
use proto::{Envelope, Message, OutcomeMessage, Problem, Problems, Refusal, Station, StepStamp, Validated};
use store::{Snapshot, Store};

use crate::Config;
use crate::decide::{Asked, Decision, LicencePolicy};
use crate::directory;

/// The stage `routing`: `routing.NN` in, `relay.routed` or `relay.outcome` out.
pub struct RoutingStage {
    snapshot: Snapshot,
    store: Store,
    shards: u16,
    licences: LicencePolicy,
    by: String,
}

impl RoutingStage {
    /// A stage over this store.
    #[must_use]
    pub fn new(store: Store, snapshot: Snapshot, shards: u16, config: &Config) -> Self {
        let licences = LicencePolicy {
            enforce: config.enforce_licences,
            grace_days: config.licence_grace_days,
        };
        Self {
            snapshot,
            store,
            shards,
            licences,
            by: process::name(Station::Routing),
        }
    }

    async fn route(&self, message: &Message) -> Outcome {
        let envelope = match Envelope::<Validated>::from_message(message) {
            Ok(envelope) => envelope,
            Err(defect) => {
                let cause = defect.to_string();
                return Outcome::Park {
                    publication: self.park(message, &cause),
                    cause,
                };
            }
        };
        let asked = Asked {
            accepted_at: envelope.stamps.accepted.at,
            version: envelope
                .stamps
                .sending
                .as_ref()
                .and_then(|sending| sending.version.as_deref()),
            bytes: envelope.bytes.len() as u64,
        };
        let decision = directory::route(&self.snapshot, envelope.stamps.destination, &asked, self.licences);
        let decision = waiting(decision).await;
        let stamp = StepStamp {
            at: process::now(),
            by: self.by.clone(),
        };
        match decision {
            Ok(Decision::Route) => {
                Outcome::Forward(envelope.routed(stamp).publication_to_delivery(self.shards))
            }
            Ok(Decision::Undeliverable { code, renumbered_to }) => {
                let mut problem = Problem::new(code);
                if let Some(new) = renumbered_to {
                    problem = problem.with_value(new.to_string());
                }
                let report = Problems::from(problem);
                let mut outcome = OutcomeMessage::new(
                    envelope.id,
                    &envelope.stamps,
                    Refusal::Undeliverable,
                    stamp,
                    report,
                );
                outcome.renumbered_to = renumbered_to;
                Outcome::Return(outcome.publication(self.shards))
            }
            Err(error) => Outcome::Retry(Transient {
                cause: format!("read the directory: {error}"),
            }),
        }
    }
}

#[async_trait]
impl Stage for RoutingStage {
    fn station(&self) -> Station {
        Station::Routing
    }

    fn source(&self) -> Source {
        Source::Sharded(ShardedQueue::Routing)
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            outcomes.push(self.route(message).await);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        self.store.probe().await.is_ok()
    }
}
