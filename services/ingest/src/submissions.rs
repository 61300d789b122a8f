//! Submissions by AMQP: what vendors and offices publish to `relay.submit`, one destination's in order.
//!
//! The user-id, which the broker has checked, says who submits; the peek says for whom. Everything else a client wrote
//! into key, properties and headers is thrown away on receipt. A refusal goes to the submitter's own channel.

use async_trait::async_trait;
use chassis::broker::{Outcome, Source, Stage, Transient, waiting};
use chassis::process;
use door::Refused;
use proto::otlp::Kind;
use proto::stamps::{Headers, header};
use proto::topology::SUBMIT_QUEUE;
use proto::{Channel, EnvelopeId, Message, OfficeNumber, Right, Station, Traceparent, codes};
use store::Freshness;

use crate::IngestState;
use crate::accept;
use crate::peek;

/// The stage `submit`: the queue `submit` in, envelopes and notes out.
pub struct SubmissionStage {
    state: IngestState,
}

impl SubmissionStage {
    /// A stage on the same ground as the HTTPS door.
    #[must_use]
    pub fn new(state: IngestState) -> Self {
        Self { state }
    }

    fn too_large(&self, message: &Message) -> bool {
        self.state.rules.limits.envelope_bytes < message.body.len() as u64
    }

    async fn take(&self, message: &Message) -> Outcome {
        let channel: Option<Channel> = message.user_id.as_deref().and_then(|user| user.parse().ok());
        let Some(channel) = channel else {
            self.state.events.without_user();
            return Outcome::Done;
        };
        let traceparent = message.headers.get(header::TRACEPARENT).map(String::as_str);
        let taken = if self.too_large(message) {
            Err(Refused::from(&codes::HTTP_TOO_LARGE))
        } else {
            match waiting(self.state.valve.pass()).await {
                Ok(()) => {
                    let body = message.body.clone();
                    let by = accept::By {
                        submitter: channel.holder(),
                        traceparent,
                        door: (Kind::Consumer, "process submit"),
                    };
                    let take = accept::take(&self.state, &by, body);
                    waiting(take).await.map(drop)
                }
                Err(full) => Err(full),
            }
        };
        let Err(refused) = taken else {
            return Outcome::Done;
        };
        self.state.events.refused(&refused);
        if refused.status().is_server_error() {
            // Ours, or the broker's or the store's: the same bytes are taken later.
            return Outcome::Retry(Transient::new(refused.document.code));
        }
        self.answer(&channel, message, refused).await;
        Outcome::Done
    }

    /// Tried once: a channel that is full or not there must hold up nobody else's submissions.
    async fn answer(&self, channel: &Channel, message: &Message, refused: Refused) {
        let sender: Option<OfficeNumber> = message
            .headers
            .get(header::SENDER)
            .and_then(|text| text.parse().ok());
        let office = sender.or(channel.holder().office());
        let id = EnvelopeId::of(&message.body);
        let answer = channel.refused(office, id, *refused.document);
        if let Err(error) = waiting(self.state.publisher.publish(answer)).await {
            let (id, cause) = (id.to_string(), error.to_string());
            self.state.events.unanswered(channel, &id, &cause);
        }
    }
}

#[async_trait]
impl Stage for SubmissionStage {
    fn station(&self) -> Station {
        Station::Ingest
    }

    fn name(&self) -> &'static str {
        "submit"
    }

    fn source(&self) -> Source {
        Source::Queue(SUBMIT_QUEUE)
    }

    fn received(&self, message: &Message) -> Option<Message> {
        let mut headers = Headers::new();
        // A trace may be gone on with; it decides nothing, and is read anew before it is passed on.
        if let Some(traceparent) = message.headers.get(header::TRACEPARENT) {
            headers.insert(header::TRACEPARENT.to_owned(), traceparent.clone());
        }
        let head = if self.too_large(message) {
            None
        } else {
            peek::head(&message.body)
        };
        if let Some(head) = head {
            headers.insert(header::SENDER.to_owned(), head.sender.to_string());
            headers.insert(header::DESTINATION.to_owned(), head.destination.to_string());
        }
        Some(Message {
            routing_key: String::new(),
            message_id: EnvelopeId::of(&message.body).to_string(),
            message_type: None,
            headers,
            ..message.clone()
        })
    }

    /// Recorded by [`accept::take`], as at the other door: whoever publishes to us decides nothing about our records.
    fn trace(&self, _message: &Message) -> Option<Traceparent> {
        None
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(batch.len());
        for message in &batch {
            outcomes.push(self.take(message).await);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        // The directory is asked about whomever: that it answers is what matters.
        let Ok(office) = "0000000000".parse() else {
            return false;
        };
        let nobody = proto::Holder::Vendor("probe".to_owned());
        let asked = self
            .state
            .snapshot
            .may_act(office, &nobody, Right::Send, process::now(), Freshness::Now);
        self.state.publisher.is_available() && self.state.valve.pass().await.is_ok() && asked.await.is_ok()
    }
}
