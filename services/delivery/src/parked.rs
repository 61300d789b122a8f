//! What was set aside: from the queue `parked` into the table `parked`, where operators find it.

use std::time::Duration;

use async_trait::async_trait;
use chassis::broker::{Mode, Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use proto::stamps::header;
use proto::topology::{ACKS_QUEUE, PARKED_QUEUE, SUBMIT_QUEUE};
use proto::{Message, Publication, Station, Traceparent};
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

/// Whether it died in a queue that clients write to. Nothing of ours ends so: its client wrote an expiration. And nothing
/// around its bytes may be believed: what looks like stamps there is the client's.
fn by_its_client(message: &Message) -> bool {
    let died_in = message.headers.get(header::DIED_IN).map(String::as_str);
    matches!(died_in, Some(SUBMIT_QUEUE | ACKS_QUEUE))
}

#[async_trait]
impl Stage for ParkedStage {
    fn station(&self) -> Station {
        Station::Delivery
    }

    fn name(&self) -> &'static str {
        "parked"
    }

    /// A client's own header decides nothing here.
    fn trace(&self, message: &Message) -> Option<Traceparent> {
        if by_its_client(message) {
            return None;
        }
        crate::traced::trace(message)
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
            if by_its_client(message) {
                let cause = "expired before it was looked at, as its client wished";
                tracing::warn!(message_id = %message.message_id, cause, "a client's message was dropped");
                outcomes.push(Outcome::Done);
                continue;
            }
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
