//! Invented envelopes.

use bytes::Bytes;
use proto::{
    Acceptance, AcceptanceNote, Envelope, EnvelopeId, Holder, Message, OfficeNumber, OutcomeMessage, Problem,
    Problems, Publication, Received, Refusal, Routed, Sending, Stamps, Station, StepStamp, Time, Versions,
};
use store::{Entered, Learned, ParkedKey, ParkedRow, Store};

pub(crate) const BY: &str = "delivery/test/1";

/// 2025-04-01T09:30:00+09:00 and so many seconds.
pub(crate) fn at(seconds: i64) -> Time {
    Time::from_micros(1_743_467_400_000_000).plus_seconds(seconds)
}

pub(crate) fn office(text: &str) -> OfficeNumber {
    text.parse().unwrap()
}

pub(crate) fn sender() -> OfficeNumber {
    office("0300000100")
}

pub(crate) fn destination() -> OfficeNumber {
    office("0300000005")
}

/// One envelope as a test describes it.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) sender: OfficeNumber,
    pub(crate) destination: OfficeNumber,
    /// The bytes, hence the id.
    pub(crate) bytes: Vec<u8>,
    pub(crate) acceptance: u64,
    pub(crate) sequence: String,
    pub(crate) names: Vec<String>,
    /// What the files hold, hence the digest.
    pub(crate) contents: String,
    pub(crate) message: Option<String>,
    pub(crate) software: Option<String>,
    pub(crate) accepted_at: Time,
    /// Persons it holds records of; none: the version chain does not follow it.
    pub(crate) persons: Vec<u32>,
    /// A deletion.
    pub(crate) withdraws: bool,
}

/// The sample of this number; different numbers share nothing.
pub(crate) fn sample(n: u64) -> Sample {
    let sequence = format!("2025040109{n:04}");
    Sample {
        sender: sender(),
        destination: destination(),
        bytes: format!("envelope {n}").into_bytes(),
        acceptance: n,
        names: vec![format!(
            "UPPLAN_202504_0300000100_43_0300000005_11_{sequence}.CSV"
        )],
        sequence,
        contents: format!("contents {n}"),
        message: None,
        software: None,
        accepted_at: at(0),
        persons: Vec::new(),
        withdraws: false,
    }
}

impl Sample {
    pub(crate) fn id(&self) -> EnvelopeId {
        EnvelopeId::of(&self.bytes)
    }

    /// The same sending sealed anew: other bytes, other id.
    pub(crate) fn sealed_anew(&self, acceptance: u64) -> Self {
        let mut other = self.clone();
        other.bytes.extend(b" sealed anew");
        other.acceptance = acceptance;
        other
    }

    /// The same bytes accepted once more.
    pub(crate) fn accepted_again(&self, acceptance: u64) -> Self {
        Self {
            acceptance,
            ..self.clone()
        }
    }

    pub(crate) fn acceptance(&self) -> Acceptance {
        let mut random = [0; 16];
        random[8..].copy_from_slice(&self.acceptance.to_be_bytes());
        Acceptance::from_bytes(random)
    }

    pub(crate) fn note(&self) -> AcceptanceNote {
        AcceptanceNote {
            id: self.id(),
            acceptance: self.acceptance(),
            accepted_at: self.accepted_at,
            sender: self.sender,
            destination: self.destination,
            submitter: Holder::Office(self.sender).to_string(),
        }
    }

    pub(crate) fn received(&self) -> Envelope<Received> {
        let stamps = Stamps {
            acceptance: self.acceptance(),
            accepted: stamp(self.accepted_at, "ingest/test/1"),
            submitter: Holder::Office(self.sender),
            sender: self.sender,
            destination: self.destination,
            validated: None,
            sending: None,
            routed: None,
            traceparent: None,
            parked: None,
        };
        Envelope::accepted(self.id(), stamps, Bytes::from(self.bytes.clone()))
    }

    pub(crate) fn sending(&self) -> Sending {
        let files = self
            .names
            .iter()
            .map(|name| (name.as_str(), self.contents.as_str()));
        Sending {
            sequence: self.sequence.clone(),
            kinds: vec![if self.withdraws { "DLTPLAN" } else { "UPPLAN" }.into()],
            month: Some("202504".into()),
            version: Some("202407".into()),
            message: self.message.clone(),
            names: self.names.clone(),
            digest: Sending::digest_of(files, self.message.as_deref()),
            signer: Holder::Office(self.sender).to_string(),
            software: self.software.clone(),
            versions: self.versions(),
        }
    }

    fn versions(&self) -> Option<Versions> {
        let group = proto::versions::Group {
            sender: self.sender,
            destination: self.destination,
            service_kinds: &[],
            month: Some("202504"),
        };
        let persons: Vec<_> = self.persons.iter().map(u32::to_string).collect();
        let records = persons.iter().map(|person| [person.as_str()]);
        Versions::of(&group, self.withdraws, records)
    }

    pub(crate) fn routed(&self) -> Envelope<Routed> {
        self.received()
            .validated(
                stamp(self.accepted_at.plus_seconds(1), "validation/test/1"),
                self.sending(),
            )
            .routed(stamp(self.accepted_at.plus_seconds(2), "routing/test/1"))
    }

    pub(crate) fn learned(&self) -> Learned {
        Learned::Routed(Box::new(self.routed()))
    }

    pub(crate) fn outcome(&self, refusal: Refusal) -> Learned {
        let ended = stamp(self.accepted_at.plus_seconds(1), "validation/test/1");
        let report = Problems::from(Problem::new(&proto::codes::SEAL_SIGNATURE));
        let outcome = OutcomeMessage::new(self.id(), &self.received().stamps, refusal, ended, report);
        Learned::Outcome(Box::new(outcome))
    }
}

fn stamp(at: Time, by: &str) -> StepStamp {
    StepStamp { at, by: by.into() }
}

/// Enters one and says what became of it.
pub(crate) async fn enter(store: &Store, learned: Learned) -> Entered {
    let entered = store.enter(&[learned], BY, at(10)).await.unwrap();
    assert_eq!(entered.len(), 1);
    entered.into_iter().next().unwrap()
}

/// The message as its consumer reads it.
fn message(publication: Publication) -> Message {
    Message {
        queue: "test".into(),
        routing_key: publication.routing_key,
        message_id: publication.message_id,
        message_type: Some(publication.message_type),
        user_id: None,
        headers: publication.headers,
        delivery_count: 0,
        body: publication.body,
    }
}

/// Set aside by validation.
pub(crate) fn parked(one: &Sample) -> ParkedRow {
    let submitted = message(one.received().submitted(16));
    ParkedRow::of(&message(
        submitted.parked(Station::Validation, "facts differ from the door's"),
    ))
}

/// Set aside by delivery.
pub(crate) fn parked_outcome(outcome: &OutcomeMessage) -> ParkedRow {
    let sent = message(outcome.clone().publication(16));
    ParkedRow::of(&message(sent.parked(Station::Delivery, "unfit")))
}

/// What is on the table.
pub(crate) async fn keys(store: &Store) -> Vec<ParkedKey> {
    let list = store.parked_list(100).await.unwrap();
    list.iter().map(store::Parked::key).collect()
}
