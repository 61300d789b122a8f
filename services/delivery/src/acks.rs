//! Acknowledgements by AMQP: the queue `acks` in, the ledger out. Judged as the routes `collected` and `imported` are; the
//! user-id, which the broker has checked, says who acknowledges, and nothing else a client wrote around the body counts.

use async_trait::async_trait;
use chassis::broker::{Outcome, Publisher, Source, Stage, Transient, waiting};
use chassis::process;
use proto::api::Acknowledged;
use proto::channel::AckMessage;
use proto::stamps::Headers;
use proto::topology::ACKS_QUEUE;
use proto::{Channel, Code, EnvelopeId, Message, Problem, ProblemDocument, Right, Station, codes};
use store::{Snapshot, Store, StoreError};

use crate::channels::ChannelEvents;
use crate::imports::Imports;
use crate::traced;

/// Most bytes of an acknowledgement.
const MOST_BYTES: usize = 1024 * 1024;

/// The stage `acks`.
pub struct AckStage {
    store: Store,
    snapshot: Snapshot,
    publisher: Publisher,
    events: ChannelEvents,
    imports: Imports,
    by: String,
}

/// Why an acknowledgement changes nothing.
enum Not {
    /// It is told so: what, and about which envelope.
    Refused(Box<Problem>, Option<EnvelopeId>),
    /// The store did not do its part; it is read again.
    Store(StoreError),
}

impl From<StoreError> for Not {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Not {
    fn refused(code: &Code, id: EnvelopeId) -> Self {
        Self::Refused(Box::new(Problem::new(code)), Some(id))
    }

    fn misshapen(field: &str, id: Option<EnvelopeId>) -> Self {
        let problem = Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field);
        Self::Refused(Box::new(problem), id)
    }
}

impl AckStage {
    /// A stage over this store.
    #[must_use]
    pub fn new(
        store: Store,
        snapshot: Snapshot,
        publisher: Publisher,
        events: ChannelEvents,
        imports: Imports,
    ) -> Self {
        Self {
            store,
            snapshot,
            publisher,
            events,
            imports,
            by: process::name(Station::Delivery),
        }
    }

    async fn settle(&self, message: &Message) -> Outcome {
        let user = message.user_id.as_deref();
        let Some(channel) = user.and_then(|user| user.parse::<Channel>().ok()) else {
            self.events.acknowledgement(user, "dropped");
            return Outcome::Done;
        };
        let began = std::time::Instant::now();
        match waiting(self.enter(&channel, &message.body)).await {
            Ok(acknowledged) => {
                self.events.acknowledgement(user, "taken");
                traced::acknowledged(acknowledged.id, acknowledged.status, began.elapsed());
                tracing::info!(status = %acknowledged.status, %channel, "acknowledged by AMQP");
                Outcome::Done
            }
            Err(Not::Store(error)) if error.is_transient() => {
                Outcome::Retry(Transient::new(format!("enter an acknowledgement: {error}")))
            }
            Err(Not::Store(error)) => {
                tracing::error!(error = %error, "the store refuses an acknowledgement");
                let problem = Problem::new(&codes::HTTP_INTERNAL);
                self.tell(&channel, message, problem, None).await
            }
            Err(Not::Refused(problem, id)) => self.tell(&channel, message, *problem, id).await,
        }
    }

    async fn enter(&self, channel: &Channel, body: &[u8]) -> Result<Acknowledged, Not> {
        let ack = read(body).ok_or_else(|| Not::misshapen("body", None))?;
        let id = ack.id;
        let import = ack.import().map_err(|field| Not::misshapen(field, Some(id)))?;
        // What is not yours is not there.
        let not_found = || Not::refused(&codes::HTTP_NOT_FOUND, id);
        let office = self.store.mailbox_of(id).await?.ok_or_else(not_found)?;
        let (reader, now) = (channel.holder(), process::now());
        let may = self.snapshot.may_act_after_all(office, reader, Right::Read, now);
        if !may.await? {
            return Err(not_found());
        }
        let done = match import {
            None => self.store.collected(office, id, &self.by, now).await?,
            Some(imported) if Imports::are_bounded(&imported) => {
                self.imports.record(office, id, &imported).await?
            }
            Some(_) => return Err(Not::misshapen("problems", Some(id))),
        };
        done.ok_or_else(not_found)
    }

    /// Tried once: a channel that is full or not there must hold up nobody else's acknowledgements.
    async fn tell(
        &self,
        channel: &Channel,
        message: &Message,
        problem: Problem,
        id: Option<EnvelopeId>,
    ) -> Outcome {
        let id = id.unwrap_or_else(|| EnvelopeId::of(&message.body));
        let answer = channel.refused(channel.holder().office(), id, ProblemDocument::of(vec![problem]));
        let told = waiting(self.publisher.publish(answer)).await;
        let outcome = if told.is_ok() { "refused" } else { "untold" };
        self.events.acknowledgement(message.user_id.as_deref(), outcome);
        Outcome::Done
    }
}

/// The acknowledgement in a body; none: it is too large or no such thing.
fn read(body: &[u8]) -> Option<AckMessage> {
    if MOST_BYTES < body.len() {
        return None;
    }
    serde_json::from_slice(body).ok()
}

#[async_trait]
impl Stage for AckStage {
    fn station(&self) -> Station {
        Station::Delivery
    }

    fn name(&self) -> &'static str {
        "acks"
    }

    fn source(&self) -> Source {
        Source::Queue(ACKS_QUEUE)
    }

    fn received(&self, message: &Message) -> Option<Message> {
        let id = read(&message.body).map_or_else(|| EnvelopeId::of(&message.body), |ack| ack.id);
        Some(Message {
            routing_key: String::new(),
            message_id: id.to_string(),
            message_type: None,
            headers: Headers::new(),
            ..message.clone()
        })
    }

    /// One after the other of the same envelope.
    fn lane(&self, message: &Message) -> String {
        message.message_id.clone()
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            outcomes.push(self.settle(message).await);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        self.store.probe().await.is_ok()
    }
}
