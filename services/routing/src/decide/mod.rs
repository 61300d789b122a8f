//! The decision: facts of the directory in, the way or the refusal out.

use proto::{Code, OfficeNumber, Time, codes};
use store::{OfficeFacts, OfficeState};

/// What routing may look at of an envelope.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// When the door took it.
    pub accepted_at: Time,
    /// CSV version of its files, if it has any.
    pub version: Option<&'a str>,
    /// Its size in bytes.
    pub bytes: u64,
}

/// How licences count.
#[derive(Clone, Copy, Debug)]
pub struct LicencePolicy {
    /// Whether they count at all.
    pub enforce: bool,
    /// Days after the end in which mail still arrives; an office may have been given more.
    pub grace_days: u32,
}

/// Where the envelope goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// To the destination's mailbox.
    Route,
    /// Back to the sender.
    Undeliverable {
        /// Why.
        code: &'static Code,
        /// The destination's new number, if that is why.
        renumbered_to: Option<OfficeNumber>,
    },
}

/// Decides by what the directory says of the destination.
#[must_use]
pub fn route(destination: Option<&OfficeFacts>, asked: &Asked<'_>, licences: LicencePolicy) -> Decision {
    let refuse = |code| Decision::Undeliverable {
        code,
        renumbered_to: None,
    };
    let Some(office) = destination else {
        return refuse(&codes::OFFICE_UNKNOWN);
    };
    match office.state {
        OfficeState::Open => {}
        OfficeState::Closed => return refuse(&codes::OFFICE_CLOSED),
        OfficeState::Renumbered(new) => {
            // Never forwarded: the files inside bear the old number.
            return Decision::Undeliverable {
                code: &codes::OFFICE_RENUMBERED,
                renumbered_to: Some(new),
            };
        }
    }
    if licences.enforce
        && !licensed(
            office,
            asked.accepted_at,
            licences.grace_days.max(office.grace_days),
        )
    {
        return refuse(&codes::OFFICE_UNLICENSED);
    }
    let takes_version = office.versions.is_empty()
        || asked
            .version
            .is_none_or(|version| office.versions.iter().any(|known| known == version));
    if !takes_version || office.max_bytes.is_some_and(|most| most < asked.bytes) {
        return refuse(&codes::OFFICE_CAPABILITY);
    }
    Decision::Route
}

fn licensed(office: &OfficeFacts, at: Time, grace_days: u32) -> bool {
    office
        .licence_until
        .is_some_and(|until| at <= until.plus_seconds(i64::from(grace_days) * 86_400))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LICENCES: LicencePolicy = LicencePolicy {
        enforce: true,
        grace_days: 30,
    };

    fn at(day: u8) -> Time {
        format!("2025-04-{day:02}T09:30:00+09:00").parse().unwrap()
    }

    fn office() -> OfficeFacts {
        OfficeFacts {
            number: "0300000005".parse().unwrap(),
            name: "訪問介護あおば".into(),
            state: OfficeState::Open,
            services: vec!["11".into()],
            licence_until: Some(at(30)),
            grace_days: 0,
            max_bytes: None,
            versions: Vec::new(),
        }
    }

    fn asked() -> Asked<'static> {
        Asked {
            accepted_at: at(1),
            version: Some("202407"),
            bytes: 5_000,
        }
    }

    fn code(decision: Decision) -> &'static str {
        match decision {
            Decision::Route => "route",
            Decision::Undeliverable { code, .. } => code.code,
        }
    }

    #[test]
    fn each_fact_of_the_directory_decides() {
        let new = "0300000099".parse().unwrap();
        let cases: Vec<(&str, Option<OfficeFacts>, &str)> = vec![
            ("open and licensed", Some(office()), "route"),
            ("not enrolled", None, "office.unknown"),
            (
                "closed",
                Some(OfficeFacts {
                    state: OfficeState::Closed,
                    ..office()
                }),
                "office.closed",
            ),
            (
                "renumbered",
                Some(OfficeFacts {
                    state: OfficeState::Renumbered(new),
                    ..office()
                }),
                "office.renumbered",
            ),
            (
                "reads V3 only",
                Some(OfficeFacts {
                    versions: vec!["202208".into()],
                    ..office()
                }),
                "office.capability",
            ),
            (
                "small mailbox",
                Some(OfficeFacts {
                    max_bytes: Some(4_999),
                    ..office()
                }),
                "office.capability",
            ),
            (
                "no licence",
                Some(OfficeFacts {
                    licence_until: None,
                    ..office()
                }),
                "office.unlicensed",
            ),
        ];
        for (what, facts, expected) in cases {
            assert_eq!(
                code(route(facts.as_ref(), &asked(), LICENCES)),
                expected,
                "{what}"
            );
        }
    }

    #[test]
    fn a_licence_has_a_grace_and_can_be_switched_off() {
        let ended = OfficeFacts {
            licence_until: Some(at(1).plus_seconds(-30 * 86_400)),
            ..office()
        };
        assert_eq!(
            code(route(Some(&ended), &asked(), LICENCES)),
            "route",
            "the last second of the grace"
        );
        let over = OfficeFacts {
            licence_until: Some(at(1).plus_seconds(-30 * 86_400 - 1)),
            ..office()
        };
        assert_eq!(code(route(Some(&over), &asked(), LICENCES)), "office.unlicensed");
        let off = LicencePolicy {
            enforce: false,
            ..LICENCES
        };
        assert_eq!(code(route(Some(&over), &asked(), off)), "route");
    }

    #[test]
    fn the_new_number_is_told() {
        let new: OfficeNumber = "0300000099".parse().unwrap();
        let facts = OfficeFacts {
            state: OfficeState::Renumbered(new),
            ..office()
        };
        let decision = route(Some(&facts), &asked(), LICENCES);
        assert!(
            matches!(decision, Decision::Undeliverable { renumbered_to: Some(number), .. } if number == new)
        );
    }
}
