//! Where messages of `delivery.NN` and the ledger meet: one transaction a batch.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chassis::broker::{Mode, Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use proto::topology::ShardedQueue;
use proto::{Envelope, Message, MessageType, OutcomeMessage, Routed, Severity, Station};
use store::{Entered, Learned, Store};

use crate::Config;
use crate::events::Events;
use crate::gather::Gather;
use crate::traced;

/// The stage `delivery`: `delivery.NN` in, mailbox and ledger out.
pub struct DeliveryStage {
    store: Store,
    gather: Gather,
    events: Events,
    most: usize,
    linger: Duration,
    by: String,
}

impl DeliveryStage {
    async fn enter_alone(&self, batch: &[Message]) -> Result<Vec<Entered>, String> {
        let learned: Vec<Learned> = batch.iter().filter_map(|message| read(message).ok()).collect();
        let entered = waiting(self.store.enter(&learned, &self.by, process::now())).await;
        entered.map_err(|error| error.to_string())
    }

    /// A stage over this store.
    #[must_use]
    pub fn new(store: Store, events: Events, config: &Config) -> Self {
        let linger = Duration::from_millis(config.linger_milliseconds);
        Self {
            gather: Gather::start(store.clone()),
            store,
            events,
            most: config.batch,
            linger,
            by: process::name(Station::Delivery),
        }
    }

    fn parked(&self, message: &Message, cause: &str) -> Outcome {
        Outcome::Park {
            publication: self.park(message, cause),
            cause: cause.to_owned(),
        }
    }
}

/// Reads what a message tells the ledger.
fn read(message: &Message) -> Result<Learned, String> {
    match message.message_type {
        Some(MessageType::Outcome) => {
            let outcome: OutcomeMessage =
                serde_json::from_slice(&message.body).map_err(|_| "the outcome cannot be read".to_owned())?;
            Ok(Learned::Outcome(Box::new(outcome)))
        }
        _ => {
            let envelope = Envelope::<Routed>::from_message(message).map_err(|defect| defect.to_string())?;
            Ok(Learned::Routed(Box::new(envelope)))
        }
    }
}

/// What an outcome refuses its envelope for: codes of our own stations, never a sender's words.
fn codes(learned: &Result<Learned, String>) -> BTreeSet<String> {
    let Ok(Learned::Outcome(outcome)) = learned else {
        return BTreeSet::new();
    };
    let report = &outcome.report;
    let errors = report.problems.iter();
    let errors = errors.filter(|problem| problem.severity == Severity::Error);
    errors.map(|problem| problem.code.clone()).collect()
}

#[async_trait]
impl Stage for DeliveryStage {
    fn station(&self) -> Station {
        Station::Delivery
    }

    fn source(&self) -> Source {
        Source::Sharded(ShardedQueue::Delivery)
    }

    fn mode(&self) -> Mode {
        Mode::Batch {
            most: self.most,
            linger: self.linger,
        }
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let read: Vec<Result<Learned, String>> = batch.iter().map(read).collect();
        let accepted_at: Vec<_> = read
            .iter()
            .map(|learned| match learned {
                Ok(Learned::Routed(envelope)) => Some(envelope.stamps.accepted.at),
                _ => None,
            })
            .collect();
        let codes: Vec<BTreeSet<String>> = read.iter().map(codes).collect();
        let mut defects: Vec<Option<String>> = Vec::with_capacity(read.len());
        let mut learned = Vec::with_capacity(read.len());
        for result in read {
            match result {
                Ok(fact) => {
                    learned.push(fact);
                    defects.push(None);
                }
                Err(cause) => defects.push(Some(cause)),
            }
        }
        let began = Instant::now();
        let entered = match waiting(self.gather.enter(learned)).await {
            Some(entered) => entered,
            // Once more in this task, where a panic is put down to its message.
            None => self.enter_alone(&batch).await,
        };
        let entered = match entered {
            Ok(entered) => entered,
            Err(error) => {
                let cause = format!("enter the ledger: {error}");
                let retry = || Outcome::Retry(Transient { cause: cause.clone() });
                return batch.iter().map(|_| retry()).collect();
            }
        };
        let took = began.elapsed();
        let now = process::now();
        let mut entered = entered.into_iter();
        let mut outcomes = Vec::with_capacity(batch.len());
        for (((message, defect), accepted_at), codes) in batch.iter().zip(defects).zip(accepted_at).zip(codes)
        {
            let outcome = match (defect, &mut entered) {
                (Some(cause), _) => self.parked(message, &cause),
                (None, entered) => match entered.next() {
                    Some(end) => {
                        self.events.entered(message, &end, accepted_at, now);
                        traced::entered(message, &end, took);
                        match &end {
                            Entered::Rejected | Entered::Undeliverable => {
                                self.events.refused_for(codes.iter().map(String::as_str));
                            }
                            Entered::Reused => self.events.refused_for([proto::codes::SEQUENCE_REUSED.code]),
                            _ => {}
                        }
                        match end {
                            Entered::Unfit { cause } => self.parked(message, &cause),
                            _ => Outcome::Done,
                        }
                    }
                    None => self.parked(message, "the ledger gave no answer"),
                },
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        self.store.probe().await.is_ok()
    }
}
