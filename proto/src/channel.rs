//! Queues of vendors' and offices' own: their names, what lies in them, and what comes back as an acknowledgement.
//!
//! A channel is such a queue. Its name is that of the queue and that of the broker's user, so the user-id the broker has
//! checked says who speaks, and the user's permissions say what may be read.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::{ImportResult, Imported, InboxItem, NoticeEntry, SentItem};
use crate::stamps::{Headers, header};
use crate::topology::Exchange;
use crate::{
    EnvelopeId, Holder, MessageType, OfficeNumber, Problem, ProblemDocument, Publication, Step, Traceparent,
};

/// A queue of an office's or a vendor's own, written `office.0300000100` or `vendor.abc`: queue and user of that name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Channel(Holder);

/// The text names no channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a channel is written vendor.<name> (a-z, 0-9, -; at most 32) or office.<10 digits>")]
pub struct NotAChannel;

impl Channel {
    /// The channel of this holder; stations and operators have none.
    #[must_use]
    pub fn of(holder: &Holder) -> Option<Self> {
        matches!(holder, Holder::Office(_) | Holder::Vendor(_)).then(|| Self(holder.clone()))
    }

    /// Whose it is.
    #[must_use]
    pub fn holder(&self) -> &Holder {
        &self.0
    }

    /// The office a message concerns goes last into the key; what concerns none that is known ends in `unknown`.
    #[must_use]
    pub fn routing_key(&self, office: Option<OfficeNumber>) -> String {
        let office = office.map_or_else(|| "unknown".to_owned(), |office| office.to_string());
        format!("{self}.{office}")
    }

    /// The permissions of its user, each anchored: nothing is made, submissions and acknowledgements are written, its own
    /// queue is read.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        let name = self.to_string().replace('.', r"\.");
        Permissions {
            configure: "^$".to_owned(),
            write: r"^relay\.(submit|acks)$".to_owned(),
            read: format!("^{name}$"),
        }
    }

    fn publication(
        &self,
        office: Option<OfficeNumber>,
        message_id: String,
        message_type: MessageType,
        headers: Headers,
        body: Bytes,
    ) -> Publication {
        Publication {
            exchange: Exchange::Office,
            routing_key: self.routing_key(office),
            message_id,
            message_type,
            headers,
            body,
        }
    }

    /// An item of this office's inbox with its bytes.
    #[must_use]
    pub fn envelope(
        &self,
        office: OfficeNumber,
        item: &InboxItem,
        traceparent: Option<Traceparent>,
        bytes: Bytes,
    ) -> Publication {
        let mut headers = Headers::new();
        headers.insert(header::SENDER.to_owned(), item.sender.to_string());
        headers.insert(header::DESTINATION.to_owned(), office.to_string());
        headers.insert(header::SEQUENCE.to_owned(), item.sequence.clone());
        headers.insert(header::KINDS.to_owned(), item.kinds.join(" "));
        if let Some(month) = &item.month {
            headers.insert(header::MONTH.to_owned(), month.clone());
        }
        if let Some(traceparent) = traceparent {
            headers.insert(header::TRACEPARENT.to_owned(), traceparent.to_string());
        }
        let id = item.id.to_string();
        self.publication(Some(office), id, MessageType::Envelope, headers, bytes)
    }

    /// Where an envelope this holder submitted for the office stands now.
    #[must_use]
    pub fn sent(&self, office: OfficeNumber, item: SentItem) -> Publication {
        let message = StatusMessage {
            id: item.id,
            sent: Some(item),
            refused: None,
        };
        self.status(Some(office), &message)
    }

    /// A submission or an acknowledgement was not taken.
    #[must_use]
    pub fn refused(&self, office: Option<OfficeNumber>, id: EnvelopeId, why: ProblemDocument) -> Publication {
        let message = StatusMessage {
            id,
            sent: None,
            refused: Some(why),
        };
        self.status(office, &message)
    }

    fn status(&self, office: Option<OfficeNumber>, message: &StatusMessage) -> Publication {
        let body = json(message);
        let id = message.id.to_string();
        self.publication(office, id, MessageType::Status, Headers::new(), body)
    }

    /// A notice to this office.
    #[must_use]
    pub fn notice(&self, office: OfficeNumber, entry: &NoticeEntry) -> Publication {
        let id = format!("notice-{}", entry.id);
        self.publication(Some(office), id, MessageType::Notice, Headers::new(), json(entry))
    }
}

/// These shapes have nothing JSON cannot say.
fn json(value: &impl Serialize) -> Bytes {
    serde_json::to_vec(value).unwrap_or_default().into()
}

impl fmt::Display for Channel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_string().replacen(':', ".", 1))
    }
}

impl FromStr for Channel {
    type Err = NotAChannel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, name) = text.split_once('.').ok_or(NotAChannel)?;
        let holder = format!("{kind}:{name}").parse().map_err(|_| NotAChannel)?;
        Self::of(&holder).ok_or(NotAChannel)
    }
}

/// What a user of the broker may do: regular expressions over names of exchanges and queues
/// (RabbitMQ documentation, Access Control § Authorisation).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permissions {
    /// What it may declare, bind and delete.
    pub configure: String,
    /// Exchanges it may publish to.
    pub write: String,
    /// Queues it may consume.
    pub read: String,
}

/// Body of a message of type `status`: one of both, `sent` or `refused`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatusMessage {
    /// The envelope. With `refused`: what the acknowledgement named, else the SHA-256 of the refused body.
    pub id: EnvelopeId,
    /// Where it stands: the item as in the sender's sent list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<SentItem>,
    /// Why the submission or acknowledgement was not taken. It has changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<ProblemDocument>,
}

/// Body of a message to `relay.acks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AckMessage {
    /// The envelope.
    pub id: EnvelopeId,
    /// `collected` or `imported`.
    pub step: Step,
    /// With `imported`: how it went.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<ImportResult>,
    /// With `imported`: what the software had to say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// With `imported`: which software, name and version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
}

impl AckMessage {
    /// What it says: none is collected, else the report of the import. `Err` names the field that does not fit.
    ///
    /// # Errors
    /// `step` for one the destination does not do, `result` when `imported` does not say how it went.
    pub fn import(self) -> Result<Option<Imported>, &'static str> {
        match (self.step, self.result) {
            (Step::Collected, _) => Ok(None),
            (Step::Imported, Some(result)) => Ok(Some(Imported {
                result,
                problems: self.problems,
                software: self.software,
            })),
            (Step::Imported, None) => Err("result"),
            _ => Err("step"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_read_as_it_is_written() {
        for (text, holder) in [
            ("vendor.abc-1", "vendor:abc-1"),
            ("office.0300000100", "office:0300000100"),
        ] {
            let channel: Channel = text.parse().unwrap();
            assert_eq!(
                (
                    channel.to_string().as_str(),
                    channel.holder().to_string().as_str()
                ),
                (text, holder)
            );
        }
        for bad in [
            "guest",
            "vendor.",
            "vendor.A",
            "vendor.a.b",
            "vendor.a:b",
            "office.1",
            "station.ingest",
            "operator.sato",
            "vendor:abc",
            "vendor..*",
        ] {
            assert!(bad.parse::<Channel>().is_err(), "{bad}");
        }
    }

    #[test]
    fn its_user_reads_its_own_queue_and_no_other() {
        let channel: Channel = "vendor.abc".parse().unwrap();
        let permissions = channel.permissions();
        assert_eq!(permissions.read, r"^vendor\.abc$");
        assert_eq!(permissions.write, r"^relay\.(submit|acks)$");
        assert_eq!(permissions.configure, "^$");
        let office = "0300000005".parse().unwrap();
        assert_eq!(channel.routing_key(Some(office)), "vendor.abc.0300000005");
    }

    #[test]
    fn an_acknowledgement_says_how_it_went() {
        let read = |text: &str| {
            let id = EnvelopeId::of(b"x");
            serde_json::from_str::<AckMessage>(&text.replace("ID", &id.to_string()))
                .map_err(|_| "shape")
                .and_then(AckMessage::import)
        };
        assert_eq!(read(r#"{"id":"ID","step":"collected"}"#), Ok(None));
        let failed = read(r#"{"id":"ID","step":"imported","result":"failed","other":1}"#);
        assert_eq!(failed.unwrap().unwrap().result, ImportResult::Failed);
        assert_eq!(read(r#"{"id":"ID","step":"imported"}"#), Err("result"));
        assert_eq!(read(r#"{"id":"ID","step":"delivered"}"#), Err("step"));
        assert_eq!(read(r#"{"id":"1","step":"collected"}"#), Err("shape"));
    }
}
