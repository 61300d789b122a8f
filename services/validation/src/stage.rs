//! Where message, seal, standard and directory meet.

use std::sync::Arc;

use async_trait::async_trait;
use chassis::broker::{Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use parcel::Rules;
use proto::topology::ShardedQueue;
use proto::{Envelope, Message, OutcomeMessage, Problems, Received, Refusal, Station, StepStamp};
use seal::trust::SharedTrust;
use store::{Snapshot, Store};

use crate::bench::{InspectError, Inspected, Workbench};
use crate::decide::{self, Decision, DoorSaw};
use crate::{Config, signer};

/// The stage `validation`: `validation.NN` in, `relay.validated` or `relay.outcome` out.
pub struct ValidationStage {
    trust: SharedTrust,
    store: Store,
    snapshot: Snapshot,
    workbench: Workbench,
    shards: u16,
    by: String,
}

impl ValidationStage {
    /// A stage with this trust and store, judging by these rules.
    #[must_use]
    pub fn new(
        trust: SharedTrust,
        store: Store,
        snapshot: Snapshot,
        rules: Arc<Rules>,
        shards: u16,
        config: &Config,
    ) -> Self {
        let workbench = Workbench::new(config.threads, rules);
        Self {
            trust,
            store,
            snapshot,
            workbench,
            shards,
            by: process::name(Station::Validation),
        }
    }

    async fn validate(&self, message: &Message) -> Outcome {
        let envelope = match Envelope::<Received>::from_message(message) {
            Ok(envelope) => envelope,
            Err(defect) => return self.parked(message, &defect.to_string()),
        };
        let accepted_at = envelope.stamps.accepted.at;
        let inspected = self
            .workbench
            .inspect(
                envelope.bytes.clone(),
                self.trust.current(),
                accepted_at,
                process::now(),
            )
            .await;
        let decision = match inspected {
            Ok(Inspected::Unsealed(problems)) => Decision::Rejected {
                sequence: None,
                report: Problems::from(problems),
            },
            Ok(Inspected::Sealed {
                signer: subject,
                head,
                judged,
            }) => {
                let sender = envelope.stamps.sender;
                let facts = signer::facts(&self.snapshot, &subject.fingerprint, sender, accepted_at);
                let facts = match waiting(facts).await {
                    Ok(facts) => facts,
                    Err(error) => return retry(format!("read the directory: {error}")),
                };
                let door = DoorSaw {
                    sender,
                    destination: envelope.stamps.destination,
                    accepted_at,
                };
                decide::judge(door, &subject, &facts, head.as_ref(), *judged)
            }
            Err(InspectError::CrlStale) => return retry("the revocation list is out of date".to_owned()),
            Err(InspectError::Died) => return self.parked(message, "the judging thread ended early"),
        };
        let stamp = StepStamp {
            at: process::now(),
            by: self.by.clone(),
        };
        match decision {
            Decision::Validated(sending) => Outcome::Forward(
                envelope
                    .validated(stamp, sending)
                    .publication_to_routing(self.shards),
            ),
            Decision::Rejected { sequence, report } => {
                let mut outcome =
                    OutcomeMessage::new(envelope.id, &envelope.stamps, Refusal::Rejected, stamp, report);
                outcome.sequence = sequence;
                Outcome::Return(outcome.publication(self.shards))
            }
            Decision::Park(cause) => self.parked(message, cause),
        }
    }

    fn parked(&self, message: &Message, cause: &str) -> Outcome {
        Outcome::Park {
            publication: self.park(message, cause),
            cause: cause.to_owned(),
        }
    }
}

#[async_trait]
impl Stage for ValidationStage {
    fn station(&self) -> Station {
        Station::Validation
    }

    fn source(&self) -> Source {
        Source::Sharded(ShardedQueue::Validation)
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            outcomes.push(self.validate(message).await);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        // A new list may lie there already; the old one stays when it cannot be read.
        if let Err(error) = self.trust.reload() {
            tracing::warn!(error = %error, "trust bundle not reloaded");
        }
        process::now() < self.trust.current().stale_from() && self.store.probe().await.is_ok()
    }
}

fn retry(cause: String) -> Outcome {
    Outcome::Retry(Transient { cause })
}
