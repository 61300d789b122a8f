//! What was set aside: from the queue `parked` into the table `parked`, where operators find it.

use std::time::Duration;

use async_trait::async_trait;
use chassis::broker::{Mode, Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use proto::topology::PARKED_QUEUE;
use proto::{Message, Publication, Station};
use store::{ParkedRow, Store};

/// Most parked messages taken at once.
const MOST: usize = 16;

/// The stage `parked`: the queue `parked` in, the table out.
pub struct ParkedStage {
    store: Store,
    by: String,
}

impl ParkedStage {
    /// A stage over this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self {
            store,
            by: process::name(Station::Delivery),
        }
    }
}

#[async_trait]
impl Stage for ParkedStage {
    fn station(&self) -> Station {
        Station::Delivery
    }

    fn name(&self) -> &'static str {
        "parked"
    }

    fn source(&self) -> Source {
        Source::Queue(PARKED_QUEUE)
    }

    fn mode(&self) -> Mode {
        Mode::Batch {
            most: MOST,
            linger: Duration::from_millis(1),
        }
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            let row = ParkedRow::of(message);
            let outcome = match waiting(self.store.park(&row, &self.by, process::now())).await {
                Ok(open) => {
                    let (station, cause) = (row.station, row.cause);
                    tracing::error!(envelope.id = %row.message_id, %station, cause, open, "parked");
                    Outcome::Done
                }
                Err(error) => Outcome::Retry(Transient {
                    cause: format!("park in the store: {error}"),
                }),
            };
            outcomes.push(outcome);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        self.store.probe().await.is_ok()
    }

    fn park(&self, message: &Message, cause: &str) -> Publication {
        // Never asked: what cannot be taken stays in the queue.
        message.parked(ParkedRow::of(message).station, cause)
    }
}
