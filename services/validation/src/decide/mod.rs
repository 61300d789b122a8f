//! The decision: what the seal, the content and the directory say, against what the door wrote on the message.

use parcel::Judged;
use proto::{Holder, ManifestHead, OfficeNumber, Problem, Problems, Sending, Time, codes};
use seal::trust::Subject;

/// What the directory says of the signer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignerFacts {
    /// Whom the certificate is bound to.
    pub holder: Option<Holder>,
    /// When the binding was ended, if it was.
    pub ended_at: Option<Time>,
    /// Whether that holder is the sender or its delegate for `sign` at acceptance.
    pub for_sender: bool,
}

impl SignerFacts {
    /// Whether the signer may sign for the sender at that time.
    #[must_use]
    pub fn may_sign(&self, at: Time) -> bool {
        self.holder.is_some() && self.for_sender && self.ended_at.is_none_or(|ended| at < ended)
    }
}

/// What the door stamped on the message.
#[derive(Clone, Copy, Debug)]
pub struct DoorSaw {
    /// The manifest's sender.
    pub sender: OfficeNumber,
    /// The manifest's destination.
    pub destination: OfficeNumber,
    /// When it was accepted.
    pub accepted_at: Time,
}

/// Where the envelope goes.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision {
    /// On to routing.
    Validated(Sending),
    /// Back to the sender.
    Rejected {
        /// 連番 of the manifest, if it could be read.
        sequence: Option<String>,
        /// Why.
        report: Problems,
    },
    /// The door read another manifest than this one: our fault.
    Park(&'static str),
}

/// Decides on an envelope whose seal holds.
#[must_use]
pub fn judge(
    door: DoorSaw,
    signer: &Subject,
    facts: &SignerFacts,
    head: Option<&ManifestHead>,
    judged: Judged,
) -> Decision {
    if let Some(head) = head
        && (head.sender != door.sender || head.destination != door.destination)
    {
        return Decision::Park("sender or destination differ from what the door read");
    }
    let mut problems = judged.problems;
    let sequence = head.and_then(|head| head.sequence.clone());
    if let Some(problem) = signer_problem(door, signer, facts) {
        problems.lead(problem);
    }
    if problems.any_error() {
        return Decision::Rejected {
            sequence,
            report: problems,
        };
    }
    match (judged.sending, &facts.holder) {
        (Some(sending), Some(holder)) => Decision::Validated(sending.signed_by(holder.to_string())),
        _ => Decision::Park("judged good but without the facts of a sending"),
    }
}

fn signer_problem(door: DoorSaw, signer: &Subject, facts: &SignerFacts) -> Option<Problem> {
    let code = if facts.ended_at.is_some_and(|ended| ended <= door.accepted_at) {
        &codes::SEAL_REVOKED
    } else if !facts.may_sign(door.accepted_at) || !subject_fits(signer, facts) {
        &codes::AUTH_SIGNER
    } else {
        return None;
    };
    Some(Problem::new(code))
}

/// The subject is only compared: an office's certificate must bear that office's number.
fn subject_fits(signer: &Subject, facts: &SignerFacts) -> bool {
    match &facts.holder {
        Some(Holder::Office(office)) => signer.office == Some(*office),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SENDER: &str = "0300000100";

    fn door() -> DoorSaw {
        DoorSaw {
            sender: SENDER.parse().unwrap(),
            destination: "0300000005".parse().unwrap(),
            accepted_at: "2025-04-01T09:30:00+09:00".parse().unwrap(),
        }
    }

    fn facts() -> SignerFacts {
        SignerFacts {
            holder: Some(Holder::Office(SENDER.parse().unwrap())),
            ended_at: None,
            for_sender: true,
        }
    }

    fn subject() -> Subject {
        Subject {
            fingerprint: "00".into(),
            role: seal::trust::Role::Office,
            office: SENDER.parse().ok(),
            common_name: None,
            not_before: door().accepted_at,
            not_after: door().accepted_at,
        }
    }

    #[test]
    fn the_signer_is_judged_at_acceptance() {
        let accepted = door().accepted_at;
        let problem =
            |facts: &SignerFacts| signer_problem(door(), &subject(), facts).map(|problem| problem.code);
        assert_eq!(problem(&facts()), None);
        let ended = |at| SignerFacts {
            ended_at: Some(at),
            ..facts()
        };
        assert_eq!(problem(&ended(accepted)).as_deref(), Some("seal.revoked"));
        assert_eq!(
            problem(&ended(accepted.plus_seconds(1))),
            None,
            "revoked afterwards does not count"
        );
        assert_eq!(
            problem(&SignerFacts {
                for_sender: false,
                ..facts()
            })
            .as_deref(),
            Some("auth.signer")
        );
        assert_eq!(problem(&SignerFacts::default()).as_deref(), Some("auth.signer"));
        let other = Holder::Office("0300000013".parse().unwrap());
        assert_eq!(
            problem(&SignerFacts {
                holder: Some(other),
                ..facts()
            })
            .as_deref(),
            Some("auth.signer")
        );
    }
}
