//! How an envelope ends that does not reach a mailbox: the message of `relay.outcome`. It carries no envelope.

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stamps::Headers;
use crate::topology::{Exchange, shard_key};
use crate::{
    Acceptance, EnvelopeId, Limits, MessageType, OfficeNumber, Problems, Publication, Stamps, Status,
    StepStamp,
};

/// The two ends a station before delivery can give.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Refusal {
    /// The sender's fault.
    Rejected,
    /// The destination cannot be delivered to.
    Undeliverable,
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected => Self::Rejected,
            Refusal::Undeliverable => Self::Undeliverable,
        }
    }
}

/// The body of an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeMessage {
    /// The envelope.
    pub id: EnvelopeId,
    /// Its acceptance.
    pub acceptance: Acceptance,
    /// When the door took it, and which one.
    pub accepted: StepStamp,
    /// Who submitted it.
    pub submitter: String,
    /// The manifest's sender.
    pub sender: OfficeNumber,
    /// The manifest's destination.
    pub destination: OfficeNumber,
    /// When validation passed it on, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validated: Option<StepStamp>,
    /// How it ended.
    pub status: Refusal,
    /// When, and by which process.
    pub ended: StepStamp,
    /// Sequence of the manifest, when it could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// The new number, when the destination was renumbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renumbered_to: Option<OfficeNumber>,
    /// Why.
    pub report: Problems,
    /// Trace context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

impl OutcomeMessage {
    /// The outcome of an envelope with these stamps.
    #[must_use]
    pub fn new(id: EnvelopeId, stamps: &Stamps, status: Refusal, ended: StepStamp, report: Problems) -> Self {
        Self {
            id,
            acceptance: stamps.acceptance,
            accepted: stamps.accepted.clone(),
            submitter: stamps.submitter.to_string(),
            sender: stamps.sender,
            destination: stamps.destination,
            validated: stamps.validated.clone(),
            status,
            ended,
            sequence: stamps.sending.as_ref().map(|sending| sending.sequence.clone()),
            renumbered_to: None,
            report,
            traceparent: stamps.traceparent.map(|traceparent| traceparent.to_string()),
        }
    }

    /// The message to delivery; the report is shortened until it fits 1 MiB.
    #[must_use]
    pub fn publication(mut self, shards: u16) -> Publication {
        self.report.fit(Limits::OUTCOME_BYTES - 4_096);
        Publication {
            exchange: Exchange::Outcome,
            routing_key: shard_key(self.destination, shards),
            message_id: self.id.to_string(),
            message_type: MessageType::Outcome,
            headers: Headers::new(),
            body: Bytes::from(serde_json::to_vec(&self).unwrap_or_default()),
        }
    }
}
