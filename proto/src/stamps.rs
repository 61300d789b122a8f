//! The stamps a message bears: what stations learned, written as AMQP headers, always built anew.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Acceptance, Holder, OfficeNumber, Station, Time, Traceparent, Versions};

/// When a step was done, and by which process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StepStamp {
    /// The instant, by the station's clock.
    pub at: Time,
    /// The process, `<station>/<host>/<pid>`; never an office.
    pub by: String,
}

/// What validation found the envelope to hold; delivery decides "one sending, one delivery" by it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Sending {
    /// 14 digits.
    pub sequence: String,
    /// File kinds of the standard files (`UPPLAN`, …), sorted; empty when there are attachments only.
    pub kinds: Vec<String>,
    /// Service month `YYYYMM`, if the files have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
    /// CSV version of the files (`202407`), if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The manifest's message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Names of the standard files, sorted: the sending's identity together with the sender.
    pub names: Vec<String>,
    /// [`Sending::digest_of`] all files and the message: equal means the same sending.
    pub digest: String,
    /// The holder whose certificate sealed it.
    pub signer: String,
    /// The software that made the files, as the manifest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// Its records, for the version chain; none: it is not followed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<Versions>,
}

impl Sending {
    /// SHA-256, in lower-case hexadecimal, over name and SHA-256 of every file (sorted by name, each field ended by LF),
    /// then the message. Attachments count too.
    #[must_use]
    pub fn digest_of<'a>(files: impl Iterator<Item = (&'a str, &'a str)>, message: Option<&str>) -> String {
        let mut files: Vec<_> = files.collect();
        files.sort_unstable();
        let mut hash = Sha256::new();
        for (name, sha256) in files {
            hash.update(name.as_bytes());
            hash.update(b"\n");
            hash.update(sha256.as_bytes());
            hash.update(b"\n");
        }
        hash.update(b"\n");
        hash.update(message.unwrap_or_default().as_bytes());
        hex::encode(hash.finalize())
    }

    /// The names that identify the sending with its sender: those of the standard files, or, with attachments alone,
    /// one made of destination and sequence.
    #[must_use]
    pub fn identity(&self, destination: OfficeNumber) -> Vec<String> {
        if self.names.is_empty() {
            vec![format!("attachments:{destination}:{}", self.sequence)]
        } else {
            self.names.clone()
        }
    }
}

/// Everything a message of the way bears beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamps {
    /// The acceptance this message belongs to.
    pub acceptance: Acceptance,
    /// When the door took it, and which one.
    pub accepted: StepStamp,
    /// Who submitted it.
    pub submitter: Holder,
    /// The manifest's sender.
    pub sender: OfficeNumber,
    /// The manifest's destination.
    pub destination: OfficeNumber,
    /// When validation passed it on.
    pub validated: Option<StepStamp>,
    /// What validation found.
    pub sending: Option<Sending>,
    /// When routing passed it on.
    pub routed: Option<StepStamp>,
    /// Trace context.
    pub traceparent: Option<Traceparent>,
    /// Where it was parked and why, on parked messages only; ASCII, no text of the envelope.
    pub parked: Option<(Station, String)>,
}

/// A header is missing or cannot be read: our own fault, so the message is parked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("header {0} is missing or cannot be read")]
pub struct BadHeader(pub &'static str);

/// Names of the headers.
pub mod header {
    /// Acceptance, 32 hex digits.
    pub const ACCEPTANCE: &str = "acceptance";
    /// RFC 3339.
    pub const ACCEPTED_AT: &str = "accepted_at";
    /// Process name.
    pub const ACCEPTED_BY: &str = "accepted_by";
    /// Holder.
    pub const SUBMITTER: &str = "submitter";
    /// Office number.
    pub const SENDER: &str = "sender";
    /// Office number.
    pub const DESTINATION: &str = "destination";
    /// RFC 3339.
    pub const VALIDATED_AT: &str = "validated_at";
    /// Process name.
    pub const VALIDATED_BY: &str = "validated_by";
    /// JSON of [`super::Sending`].
    pub const SENDING: &str = "sending";
    /// RFC 3339.
    pub const ROUTED_AT: &str = "routed_at";
    /// Process name.
    pub const ROUTED_BY: &str = "routed_by";
    /// W3C trace context.
    pub const TRACEPARENT: &str = "traceparent";
    /// Station that parked it.
    pub const STATION: &str = "station";
    /// Why it was parked, ASCII.
    pub const CAUSE: &str = "cause";
    /// To channels: 連番 of the envelope.
    pub const SEQUENCE: &str = "sequence";
    /// To channels: file kinds between blanks.
    pub const KINDS: &str = "kinds";
    /// To channels: service month, `YYYYMM`.
    pub const MONTH: &str = "month";
    /// On a message the broker has dead-lettered, and on no other: the queue it died in last. Written at the edge from the
    /// broker's own list of deaths (`x-death`, newest first), whatever a client wrote under this name.
    pub const DIED_IN: &str = "x-last-death-queue";
    /// Every header of the way; nothing else is ever written.
    pub const ALL: &[&str] = &[
        ACCEPTANCE,
        ACCEPTED_AT,
        ACCEPTED_BY,
        SUBMITTER,
        SENDER,
        DESTINATION,
        VALIDATED_AT,
        VALIDATED_BY,
        SENDING,
        ROUTED_AT,
        ROUTED_BY,
        TRACEPARENT,
        STATION,
        CAUSE,
    ];
}

/// Headers as text; the broker's edge writes them as long strings (AMQP 0-9-1 §4.2.5).
pub type Headers = BTreeMap<String, String>;

impl Stamps {
    /// The headers of these stamps.
    #[must_use]
    pub fn to_headers(&self) -> Headers {
        let mut headers = Headers::new();
        let mut put = |name: &str, value: String| drop(headers.insert(name.to_owned(), value));
        put(header::ACCEPTANCE, self.acceptance.to_string());
        put(header::ACCEPTED_AT, self.accepted.at.to_string());
        put(header::ACCEPTED_BY, self.accepted.by.clone());
        put(header::SUBMITTER, self.submitter.to_string());
        put(header::SENDER, self.sender.to_string());
        put(header::DESTINATION, self.destination.to_string());
        if let Some(stamp) = &self.validated {
            put(header::VALIDATED_AT, stamp.at.to_string());
            put(header::VALIDATED_BY, stamp.by.clone());
        }
        if let Some(sending) = &self.sending {
            put(
                header::SENDING,
                serde_json::to_string(sending).unwrap_or_default(),
            );
        }
        if let Some(stamp) = &self.routed {
            put(header::ROUTED_AT, stamp.at.to_string());
            put(header::ROUTED_BY, stamp.by.clone());
        }
        if let Some(traceparent) = &self.traceparent {
            put(header::TRACEPARENT, traceparent.to_string());
        }
        if let Some((station, cause)) = &self.parked {
            put(header::STATION, station.to_string());
            put(header::CAUSE, cause.clone());
        }
        headers
    }

    /// Reads stamps back.
    ///
    /// # Errors
    /// The first header that is missing or cannot be read.
    pub fn from_headers(headers: &Headers) -> Result<Self, BadHeader> {
        fn read<T: std::str::FromStr>(headers: &Headers, name: &'static str) -> Result<T, BadHeader> {
            headers
                .get(name)
                .and_then(|text| text.parse().ok())
                .ok_or(BadHeader(name))
        }
        let optional = |at: &'static str, by: &'static str| match headers.contains_key(at) {
            true => Ok(Some(StepStamp {
                at: read(headers, at)?,
                by: read(headers, by)?,
            })),
            false => Ok(None),
        };
        let sending = headers
            .get(header::SENDING)
            .map(|json| serde_json::from_str(json).map_err(|_| BadHeader(header::SENDING)))
            .transpose()?;
        let parked = match headers.contains_key(header::STATION) {
            true => Some((read(headers, header::STATION)?, read(headers, header::CAUSE)?)),
            false => None,
        };
        Ok(Self {
            acceptance: read(headers, header::ACCEPTANCE)?,
            accepted: StepStamp {
                at: read(headers, header::ACCEPTED_AT)?,
                by: read(headers, header::ACCEPTED_BY)?,
            },
            submitter: read(headers, header::SUBMITTER)?,
            sender: read(headers, header::SENDER)?,
            destination: read(headers, header::DESTINATION)?,
            validated: optional(header::VALIDATED_AT, header::VALIDATED_BY)?,
            sending,
            routed: optional(header::ROUTED_AT, header::ROUTED_BY)?,
            // A broken trace context is no reason to stop an envelope.
            traceparent: headers
                .get(header::TRACEPARENT)
                .and_then(|text| text.parse().ok()),
            parked,
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn sample() -> Stamps {
        let at: Time = "2025-04-01T09:30:00.25+09:00".parse().unwrap();
        let stamp = |by: &str| StepStamp { at, by: by.into() };
        Stamps {
            acceptance: Acceptance::from_bytes([7; 16]),
            accepted: stamp("ingest/a/1"),
            submitter: "vendor:abc".parse().unwrap(),
            sender: "0300000100".parse().unwrap(),
            destination: "0300000005".parse().unwrap(),
            validated: Some(stamp("validation/a/2")),
            sending: Some(Sending {
                sequence: "20250401093000".into(),
                kinds: vec!["UPPLAN".into()],
                month: Some("202504".into()),
                version: Some("202407".into()),
                message: Some("四月分".into()),
                names: vec!["UPPLAN_202504_0300000100_43_0300000005_11_20250401093000.CSV".into()],
                digest: "0".repeat(64),
                signer: "office:0300000100".into(),
                software: Some("Kaigo 3.1".into()),
                versions: None,
            }),
            routed: Some(stamp("routing/a/3")),
            traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                .parse()
                .ok(),
            parked: Some((Station::Routing, "facts differ".into())),
        }
    }

    #[test]
    fn stamps_round_trip_and_use_known_headers_only() {
        let stamps = sample();
        let headers = stamps.to_headers();
        assert_eq!(Stamps::from_headers(&headers), Ok(stamps));
        assert!(headers.keys().all(|name| header::ALL.contains(&name.as_str())));
    }

    #[test]
    fn a_missing_header_is_named() {
        for name in [
            "acceptance",
            "accepted_at",
            "submitter",
            "sender",
            "destination",
            "validated_by",
            "cause",
        ] {
            let mut headers = sample().to_headers();
            headers.remove(name);
            assert_eq!(Stamps::from_headers(&headers).unwrap_err().0, name);
        }
    }

    #[test]
    fn the_digest_does_not_depend_on_order_but_on_everything_else() {
        let digest = |files: &[(&'static str, &'static str)], message| {
            Sending::digest_of(files.iter().copied(), message)
        };
        let base = digest(&[("a", "1"), ("b", "2")], None);
        assert_eq!(base, digest(&[("b", "2"), ("a", "1")], None));
        assert_ne!(base, digest(&[("a", "1"), ("b", "2")], Some("x")));
        assert_ne!(base, digest(&[("a", "2"), ("b", "2")], None));
    }
}
