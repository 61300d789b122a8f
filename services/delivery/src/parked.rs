//! What was set aside: from the queue `parked` into the table `parked`, where operators find it.

use std::time::Duration;

use async_trait::async_trait;
use chassis::broker::{Mode, Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use proto::stamps::header;
use proto::topology::PARKED_QUEUE;
use proto::{Message, Publication, Station};
use store::{ParkedRow, Store};

/// Most parked messages taken at once.
const MOST: usize = 16;

/// Header of the broker that names the queue a dead letter first came from (RabbitMQ documentation, Dead Lettering).
const FIRST_DEATH_QUEUE: &str = "x-first-death-queue";

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

/// The row of a message: what a station wrote on it, or, for a dead letter of the broker, what can still be told.
fn row(message: &Message) -> ParkedRow {
    let text = |name: &str| message.headers.get(name).cloned();
    let named = text(header::STATION).and_then(|word| word.parse().ok());
    let died_in = text(FIRST_DEATH_QUEUE).unwrap_or_default();
    let queue = died_in.split('.').next().unwrap_or_default();
    let (station, cause) = match (named, queue.parse::<Station>()) {
        (Some(station), _) => (station, text(header::CAUSE).unwrap_or_default()),
        (None, Ok(station)) => (station, "dead letter of the broker".to_owned()),
        (None, Err(_)) => (
            Station::Delivery,
            "dead letter of the broker, queue unknown".to_owned(),
        ),
    };
    let known = |name: &String| header::ALL.contains(&name.as_str());
    ParkedRow {
        message_id: message.message_id.clone(),
        acceptance: text(header::ACCEPTANCE).unwrap_or_default(),
        station,
        office: message.lane(),
        cause,
        routing_key: message.routing_key.clone(),
        message_type: message
            .message_type
            .map(|kind| kind.as_str().to_owned())
            .unwrap_or_default(),
        headers: message
            .headers
            .iter()
            .filter(|(name, _)| known(name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect(),
        body: message.body.clone(),
    }
}

#[async_trait]
impl Stage for ParkedStage {
    fn station(&self) -> Station {
        Station::Delivery
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

    fn lane(&self, message: &Message) -> String {
        message.lane()
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            let row = row(message);
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
        // Already parked; it comes back to the end of the same queue.
        message.parked(row(message).station, cause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn message(headers: &[(&str, &str)]) -> Message {
        Message {
            queue: PARKED_QUEUE.into(),
            routing_key: "03.0300000005".into(),
            message_id: "x".into(),
            message_type: None,
            user_id: None,
            headers: headers
                .iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            delivery_count: 0,
            body: bytes::Bytes::new(),
        }
    }

    #[test]
    fn a_station_s_word_stands_and_a_dead_letter_tells_its_queue() {
        let parked = row(&message(&[
            ("station", "routing"),
            ("cause", "poison"),
            ("destination", "0300000013"),
        ]));
        assert_eq!(
            (parked.station, parked.cause.as_str()),
            (Station::Routing, "poison")
        );
        assert_eq!(parked.office, "0300000013");
        let dead = row(&message(&[
            ("x-first-death-queue", "validation.03"),
            ("foreign", "1"),
        ]));
        assert_eq!(
            (dead.station, dead.cause.as_str()),
            (Station::Validation, "dead letter of the broker")
        );
        assert_eq!(dead.office, "0300000005");
        assert!(dead.headers.is_empty(), "nothing foreign is kept");
    }
}
