//! Acceptance notes: how the ledger learns acceptances without the pipeline.

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::stamps::Headers;
use crate::topology::{Exchange, NOTE_KEY};
use crate::{Acceptance, EnvelopeId, MessageType, OfficeNumber, Publication, Time};

/// One acceptance, written by the door after the envelope's confirm and before its 202.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptanceNote {
    /// The envelope.
    pub id: EnvelopeId,
    /// The acceptance, also a stamp on the envelope's message.
    pub acceptance: Acceptance,
    /// When the door took it.
    pub accepted_at: Time,
    /// The manifest's sender.
    pub sender: OfficeNumber,
    /// The manifest's destination.
    pub destination: OfficeNumber,
    /// Who submitted it, a holder.
    pub submitter: String,
}

/// What one message of the stream `accepted` holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NoteMessage {
    /// Acceptances, in the order of their confirms.
    Notes(Vec<AcceptanceNote>),
    /// Delivery's own mark, read back to prove the stream is alive.
    Mark {
        /// A random number the writer recognises.
        nonce: String,
        /// When it was written.
        at: Time,
    },
}

impl NoteMessage {
    /// The message to the stream.
    #[must_use]
    pub fn publication(&self, message_id: String) -> Publication {
        Publication {
            exchange: Exchange::Accepted,
            routing_key: NOTE_KEY.to_owned(),
            message_id,
            message_type: MessageType::Notes,
            headers: Headers::new(),
            body: Bytes::from(serde_json::to_vec(self).unwrap_or_default()),
        }
    }
}
