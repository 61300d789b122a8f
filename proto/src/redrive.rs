//! A parked message sent through its station once more: the same bytes and acceptance, everything around them built anew.

use crate::envelope::NotAnEnvelope;
use crate::{
    Envelope, Message, MessageType, OutcomeMessage, Publication, Received, Routed, Station, Validated,
};

/// It cannot be sent again as it is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotRedrive {
    /// It is no envelope its station could read.
    #[error(transparent)]
    Envelope(#[from] NotAnEnvelope),
    /// It says it is an outcome, and is not.
    #[error("the outcome cannot be read")]
    Outcome,
    /// That station reads nothing that is ours to publish.
    #[error("station {0} takes no message sent again")]
    Station(Station),
}

/// What `station` read when it parked this message, for an installation of so many shards: exchange and key of that
/// station, the acceptance and its time as they were, headers from the stamps and nothing else.
///
/// # Errors
/// When the message cannot be read; its station would only park it again.
pub fn redrive(message: &Message, station: Station, shards: u16) -> Result<Publication, CannotRedrive> {
    match (station, message.message_type) {
        (Station::Delivery, Some(MessageType::Outcome)) => {
            let outcome: OutcomeMessage =
                serde_json::from_slice(&message.body).map_err(|_| CannotRedrive::Outcome)?;
            Ok(outcome.publication(shards))
        }
        (Station::Validation, _) => {
            let mut envelope = Envelope::<Received>::from_message(message)?;
            envelope.stamps.parked = None;
            Ok(envelope.submitted(shards))
        }
        (Station::Routing, _) => {
            let mut envelope = Envelope::<Validated>::from_message(message)?;
            envelope.stamps.parked = None;
            Ok(envelope.publication_to_routing(shards))
        }
        (Station::Delivery, _) => {
            let mut envelope = Envelope::<Routed>::from_message(message)?;
            envelope.stamps.parked = None;
            Ok(envelope.publication_to_delivery(shards))
        }
        (Station::Ingest | Station::Console, _) => Err(CannotRedrive::Station(station)),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::stamps::header;
    use crate::{EnvelopeId, Problems, Refusal};

    fn read(publication: &Publication) -> Message {
        Message {
            queue: "q".into(),
            routing_key: publication.routing_key.clone(),
            message_id: publication.message_id.clone(),
            message_type: Some(publication.message_type),
            user_id: None,
            headers: publication.headers.clone(),
            delivery_count: 7,
            body: publication.body.clone(),
        }
    }

    #[test]
    fn what_a_station_parked_it_reads_again() {
        let mut stamps = crate::stamps::tests::sample();
        let (stamp, sending) = (stamps.accepted.clone(), stamps.sending.take().unwrap());
        (stamps.validated, stamps.routed, stamps.parked) = (None, None, None);
        let bytes = Bytes::from_static(b"cms");
        let id = EnvelopeId::of(&bytes);
        let outcome = OutcomeMessage::new(id, &stamps, Refusal::Rejected, stamp.clone(), Problems::default());
        let received = Envelope::accepted(id, stamps, bytes);
        let validated = received.clone().validated(stamp.clone(), sending);
        let routed = validated.clone().routed(stamp);
        for (station, sent) in [
            (Station::Validation, received.submitted(16)),
            (Station::Routing, validated.publication_to_routing(16)),
            (Station::Delivery, routed.publication_to_delivery(16)),
            (Station::Delivery, outcome.publication(16)),
        ] {
            let mut foreign = read(&sent);
            foreign.headers.insert("expiration".into(), "1".into());
            let parked = read(&foreign.parked(station, "a defect"));
            assert_eq!(redrive(&parked, station, 16), Ok(sent), "{station}");
        }
    }

    #[test]
    fn what_no_station_could_read_is_not_sent() {
        let mut message = read(&Publication {
            exchange: crate::topology::Exchange::Parked,
            routing_key: "validation.0300000005".into(),
            message_id: "poison".into(),
            message_type: MessageType::Envelope,
            headers: crate::stamps::tests::sample().to_headers(),
            body: Bytes::from_static(b"{}"),
        });
        let told = |message: &Message, station| redrive(message, station, 16).unwrap_err().to_string();
        assert!(told(&message, Station::Validation).contains("message_id"));
        message.message_id = EnvelopeId::of(b"x").to_string();
        message.headers.remove(header::ACCEPTED_AT);
        assert!(told(&message, Station::Routing).contains(header::ACCEPTED_AT));
        assert!(told(&message, Station::Ingest).contains("ingest"));
        message.message_type = Some(MessageType::Outcome);
        assert!(told(&message, Station::Delivery).contains("outcome"));
        assert!(told(&message, Station::Validation).contains("type"));
    }
}
