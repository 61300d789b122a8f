//! An envelope on its way, and the messages that carry it. The type says how far it is:
//! `Envelope<Received> → Envelope<Validated> → Envelope<Routed>`.

use bytes::Bytes;

use crate::stamps::{BadHeader, Headers};
use crate::topology::{Exchange, shard_key};
use crate::{EnvelopeId, Sending, Stamps, Station, StepStamp};

/// Accepted by the door; nothing is judged yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received;

/// Judged by the whole standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validated;

/// Its destination is known to the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routed;

/// An envelope: id, stamps and the original bytes, which are never re-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<State> {
    /// SHA-256 of [`Self::bytes`], as the message's id says.
    pub id: EnvelopeId,
    /// What the stations learned.
    pub stamps: Stamps,
    /// The CMS bytes as sent.
    pub bytes: Bytes,
    state: std::marker::PhantomData<State>,
}

/// The `type` property of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageType {
    /// The body is an envelope.
    Envelope,
    /// The body is the JSON of an outcome.
    Outcome,
    /// The body is the JSON of acceptance notes.
    Notes,
    /// To vendors: a change of status.
    Status,
    /// To vendors: a notice.
    Notice,
}

impl MessageType {
    /// The word in the `type` property.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Outcome => "outcome",
            Self::Notes => "notes",
            Self::Status => "status",
            Self::Notice => "notice",
        }
    }

    /// The type this word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Envelope,
            Self::Outcome,
            Self::Notes,
            Self::Status,
            Self::Notice,
        ]
        .into_iter()
        .find(|kind| kind.as_str() == word)
    }

    /// The `content_type` property of such a message.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Envelope => "application/pkcs7-mime; smime-type=signed-data",
            _ => "application/json",
        }
    }
}

/// A message as a station reads it, whatever the client library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The queue it came from.
    pub queue: String,
    /// The routing key it was published with.
    pub routing_key: String,
    /// The `message_id` property.
    pub message_id: String,
    /// The `type` property, if it is one of ours.
    pub message_type: Option<MessageType>,
    /// The `user_id` property the broker checked, if any.
    pub user_id: Option<String>,
    /// Text headers; others are dropped at the edge.
    pub headers: Headers,
    /// The broker's count of earlier deliveries (`x-delivery-count`), 0 at first.
    pub delivery_count: u64,
    /// The body.
    pub body: Bytes,
}

impl Message {
    /// The lane of the message, its destination: the header, or the key's last part when the header is missing. What is no
    /// office number shares the lane `unknown`.
    #[must_use]
    pub fn lane(&self) -> String {
        let header = self
            .headers
            .get(crate::stamps::header::DESTINATION)
            .map(String::as_str);
        let key = self.routing_key.rsplit('.').next();
        let office = [header, key]
            .into_iter()
            .flatten()
            .find(|text| text.parse::<crate::OfficeNumber>().is_ok());
        office.unwrap_or("unknown").to_owned()
    }

    /// The message that sets this one aside, whatever it is: `station.office` on `relay.parked`, known headers and the
    /// bytes as they are, the cause in ASCII without any text of the envelope.
    #[must_use]
    pub fn parked(&self, station: Station, cause: &str) -> Publication {
        let cause: String = cause
            .chars()
            .map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { '?' })
            .take(300)
            .collect();
        let known = |name: &String| crate::stamps::header::ALL.contains(&name.as_str());
        let mut headers: Headers = self
            .headers
            .iter()
            .filter(|(name, _)| known(name))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect();
        headers.insert(crate::stamps::header::STATION.to_owned(), station.to_string());
        headers.insert(crate::stamps::header::CAUSE.to_owned(), cause);
        Publication {
            exchange: Exchange::Parked,
            routing_key: format!("{station}.{}", self.lane()),
            message_id: self.message_id.clone(),
            message_type: self.message_type.unwrap_or(MessageType::Envelope),
            headers,
            body: self.body.clone(),
        }
    }
}

/// A message to publish; persistence, `mandatory` and the confirm are not the caller's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Where to.
    pub exchange: Exchange,
    /// With which key.
    pub routing_key: String,
    /// The `message_id` property.
    pub message_id: String,
    /// The `type` property; also gives `content_type`.
    pub message_type: MessageType,
    /// Headers, all written as long strings.
    pub headers: Headers,
    /// The body.
    pub body: Bytes,
}

/// A message cannot be an envelope of the way: our own fault, so it is parked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEnvelope {
    /// The `message_id` is no envelope id.
    #[error("message_id is not an envelope id")]
    MessageId,
    /// The `type` is another one.
    #[error("type is not envelope")]
    Type,
    /// A stamp is missing.
    #[error(transparent)]
    Header(#[from] BadHeader),
}

impl<State> Envelope<State> {
    fn with(id: EnvelopeId, stamps: Stamps, bytes: Bytes) -> Self {
        Self {
            id,
            stamps,
            bytes,
            state: std::marker::PhantomData,
        }
    }

    fn read(message: &Message) -> Result<Self, NotAnEnvelope> {
        if message.message_type != Some(MessageType::Envelope) {
            return Err(NotAnEnvelope::Type);
        }
        let id = message.message_id.parse().map_err(|_| NotAnEnvelope::MessageId)?;
        Ok(Self::with(
            id,
            Stamps::from_headers(&message.headers)?,
            message.body.clone(),
        ))
    }

    fn publication(&self, exchange: Exchange, routing_key: String) -> Publication {
        Publication {
            exchange,
            routing_key,
            message_id: self.id.to_string(),
            message_type: MessageType::Envelope,
            headers: self.stamps.to_headers(),
            body: self.bytes.clone(),
        }
    }
}

impl Envelope<Received> {
    /// A newly accepted envelope.
    #[must_use]
    pub fn accepted(id: EnvelopeId, stamps: Stamps, bytes: Bytes) -> Self {
        Self::with(id, stamps, bytes)
    }

    /// Reads one from `validation.NN`.
    ///
    /// # Errors
    /// When the message is not one of ours.
    pub fn from_message(message: &Message) -> Result<Self, NotAnEnvelope> {
        Self::read(message)
    }

    /// The message to validation.
    #[must_use]
    pub fn submitted(&self, shards: u16) -> Publication {
        self.publication(Exchange::Submitted, shard_key(self.stamps.destination, shards))
    }

    /// Judged good.
    #[must_use]
    pub fn validated(mut self, stamp: StepStamp, sending: Sending) -> Envelope<Validated> {
        self.stamps.validated = Some(stamp);
        self.stamps.sending = Some(sending);
        Envelope::with(self.id, self.stamps, self.bytes)
    }
}

impl Envelope<Validated> {
    /// Reads one from `routing.NN`.
    ///
    /// # Errors
    /// When the message is not one of ours, or lacks validation's stamps.
    pub fn from_message(message: &Message) -> Result<Self, NotAnEnvelope> {
        let envelope = Self::read(message)?;
        require_validated(&envelope.stamps)?;
        Ok(envelope)
    }

    /// The message to routing.
    #[must_use]
    pub fn publication_to_routing(&self, shards: u16) -> Publication {
        self.publication(Exchange::Validated, shard_key(self.stamps.destination, shards))
    }

    /// The directory knows the way.
    #[must_use]
    pub fn routed(mut self, stamp: StepStamp) -> Envelope<Routed> {
        self.stamps.routed = Some(stamp);
        Envelope::with(self.id, self.stamps, self.bytes)
    }
}

impl Envelope<Routed> {
    /// Reads one from `delivery.NN`.
    ///
    /// # Errors
    /// When the message is not one of ours, or lacks validation's or routing's stamps.
    pub fn from_message(message: &Message) -> Result<Self, NotAnEnvelope> {
        let envelope = Self::read(message)?;
        require_validated(&envelope.stamps)?;
        if envelope.stamps.routed.is_none() {
            return Err(BadHeader(crate::stamps::header::ROUTED_AT).into());
        }
        Ok(envelope)
    }

    /// The message to delivery.
    #[must_use]
    pub fn publication_to_delivery(&self, shards: u16) -> Publication {
        self.publication(Exchange::Routed, shard_key(self.stamps.destination, shards))
    }
}

fn require_validated(stamps: &Stamps) -> Result<(), BadHeader> {
    if stamps.validated.is_none() {
        return Err(BadHeader(crate::stamps::header::VALIDATED_AT));
    }
    if stamps.sending.is_none() {
        return Err(BadHeader(crate::stamps::header::SENDING));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(publication: &Publication) -> Message {
        Message {
            queue: "q".into(),
            routing_key: publication.routing_key.clone(),
            message_id: publication.message_id.clone(),
            message_type: Some(publication.message_type),
            user_id: None,
            headers: publication.headers.clone(),
            delivery_count: 0,
            body: publication.body.clone(),
        }
    }

    #[test]
    fn an_envelope_cannot_be_taken_for_further_than_it_is() {
        let mut stamps = crate::stamps::tests::sample();
        (stamps.validated, stamps.routed, stamps.parked) = (None, None, None);
        let sending = stamps.sending.take().unwrap();
        let stamp = stamps.accepted.clone();
        let bytes = Bytes::from_static(b"cms");
        let received = Envelope::accepted(EnvelopeId::of(&bytes), stamps, bytes);
        let submitted = message(&received.submitted(16));
        assert_eq!(Envelope::<Received>::from_message(&submitted).unwrap(), received);
        assert!(Envelope::<Validated>::from_message(&submitted).is_err());
        let validated = received.validated(stamp.clone(), sending);
        let to_routing = message(&validated.publication_to_routing(16));
        assert!(Envelope::<Routed>::from_message(&to_routing).is_err());
        let routed = Envelope::<Validated>::from_message(&to_routing)
            .unwrap()
            .routed(stamp);
        let parked = message(&routed.publication_to_delivery(16)).parked(Station::Delivery, "broken\nあ");
        assert_eq!(parked.headers["cause"], "broken??");
        assert_eq!(parked.routing_key, "delivery.0300000005");
        assert!(Envelope::<Routed>::from_message(&message(&routed.publication_to_delivery(16))).is_ok());
    }
}
