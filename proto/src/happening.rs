//! What webhooks and the stream of events tell: that something happened, and to which envelope. Never its contents, never
//! whose they are; who may read asks for the rest.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EnvelopeId, OfficeNumber, Time};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HappeningKind {
    /// An envelope came into the office's inbox: `GET /v1/inbox/{id}`.
    Envelope,
    /// An envelope the office sent came to an end or to a later status: `GET /v1/sent/{id}`.
    Status,
}

/// One happening: data of an event of `GET /v1/events`, body of a webhook's request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Happening {
    /// What happened. Kinds to come are to be passed over and answered 2xx.
    pub kind: HappeningKind,
    /// The envelope.
    pub id: EnvelopeId,
    /// Whose list it is in.
    pub office: OfficeNumber,
    /// Its position in that list; it rises, per office and kind.
    pub position: i64,
    /// When it happened.
    pub at: Time,
}

impl HappeningKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Envelope, Self::Status];

    /// Its word, also the name of the event.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Envelope => "envelope",
            Self::Status => "status",
        }
    }
}

impl Happening {
    /// The same for the same happening, whoever tells it and however often: `0300000005-envelope-12`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}-{}-{}", self.office, self.kind.as_str(), self.position)
    }
}

/// How far somebody is in both lists of an office: the `id` of an event. Opaque to clients, good for years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The position of the last one read of the inbox.
    pub inbox: i64,
    /// The same of the sent list.
    pub sent: i64,
}

/// The text is no place in a stream of events this relay gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event's id of this relay: give it as it was")]
pub struct NotMarks;

impl fmt::Display for Marks {
    /// Both positions in hexadecimal, each after its letter.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "e{:x}.{:x}", self.inbox, self.sent)
    }
}

impl FromStr for Marks {
    type Err = NotMarks;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (inbox, sent) = text
            .strip_prefix('e')
            .and_then(|rest| rest.split_once('.'))
            .ok_or(NotMarks)?;
        let position = |digits: &str| match i64::from_str_radix(digits, 16) {
            Ok(position) if 0 <= position && !digits.starts_with('+') => Ok(position),
            _ => Err(NotMarks),
        };
        Ok(Self {
            inbox: position(inbox)?,
            sent: position(sent)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn marks_are_read_as_they_are_written(inbox in 0..=i64::MAX, sent in 0..=i64::MAX) {
            let marks = Marks { inbox, sent };
            prop_assert_eq!(marks.to_string().parse(), Ok(marks));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}|e[0-9a-f+-]{0,20}\\.[0-9a-f+-]{0,20}") {
            if let Ok(marks) = text.parse::<Marks>() {
                prop_assert!(0 <= marks.inbox && 0 <= marks.sent);
            }
        }
    }

    #[test]
    fn what_is_told_is_ids_and_nothing_else() {
        let happening = Happening {
            kind: HappeningKind::Envelope,
            id: EnvelopeId::of(b"x"),
            office: "0300000005".parse().unwrap(),
            position: 12,
            at: Time::from_micros(0),
        };
        let told = serde_json::to_value(&happening).unwrap();
        let fields: Vec<_> = told.as_object().unwrap().keys().cloned().collect();
        assert_eq!(fields, ["kind", "id", "office", "position", "at"]);
        assert_eq!(happening.name(), "0300000005-envelope-12");
        for bad in ["", "e", "e.", "e1", "p1.2", "e1.-2", "e+1.2", "e1.2.3", "e1.g"] {
            assert_eq!(bad.parse::<Marks>(), Err(NotMarks), "{bad}");
        }
    }
}
