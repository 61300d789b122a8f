//! What is found in a case: facts in, findings out.

use proto::{Problem, Severity};

use super::catalogue::{Case, Wish};
use super::make::has_extended;
use crate::view::InboxItem;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// No envelope of the product's office came in so many seconds.
    NothingCame(u64),
    /// The relay's own rules object to what came, be it with a warning.
    Rule(Box<Problem>),
    /// Another kind of sending unit, or of another edition.
    OtherUnit {
        /// Unit id of the standard.
        wanted: String,
        /// The same; empty for attachments alone.
        found: String,
    },
    /// It did not take the place of what that case sent.
    NotLater(&'static str),
    /// It withdrew nothing of what that case sent.
    NothingWithdrawn(&'static str),
    /// Fewer persons than asked for.
    FewPersons {
        /// At least so many.
        wanted: usize,
        /// So many records.
        found: u32,
    },
    /// No character beyond JIS X 0208.
    NoCharacters,
    /// In so many seconds the product did not collect it.
    NeverCollected(u64),
    /// It was collected, and in so many seconds nothing was said of the import.
    NoReport(u64),
    /// The product could not take in what is right; codes of its reasons.
    ImportFailed(Vec<String>),
    /// The product took in what it must not.
    TakenIn,
    /// The product said no, and not why.
    NoReason,
    /// What it builds on has not passed.
    NoBase(&'static str),
    /// The relay did not carry it; the status, and codes.
    NotCarried(String, Vec<String>),
}

impl Found {
    /// Whether the product is to blame; if not, the case could not be judged.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        !matches!(self, Self::NoBase(_) | Self::NotCarried(..))
    }
}

/// An envelope of the product's office that came.
#[derive(Debug)]
pub struct Arrived<'a> {
    /// Its item in the inbox.
    pub item: &'a InboxItem,
    /// What the relay's rules find, warnings too.
    pub problems: &'a [Problem],
    /// Unit ids found in it.
    pub units: &'a [String],
    /// Names and bytes.
    pub files: &'a [(String, Vec<u8>)],
    /// Of the case it builds on: id of the envelope, and its item now.
    pub base: Option<(&'a str, &'a InboxItem)>,
}

/// Judges what the product sent. `wanted` is the unit id asked for.
#[must_use]
pub fn sent(case: &Case, wanted: &str, arrived: &Arrived<'_>) -> Vec<Found> {
    let mut found: Vec<Found> = arrived
        .problems
        .iter()
        .map(|problem| Found::Rule(Box::new(problem.clone())))
        .collect();
    if arrived.units != [wanted] {
        found.push(Found::OtherUnit {
            wanted: wanted.to_owned(),
            found: arrived.units.join(" "),
        });
        // Nothing else can be expected of it.
        return found;
    }
    if let (Some(base), None) = (case.base(), arrived.base) {
        // It has left the inbox meanwhile: nothing to compare with.
        found.push(Found::NoBase(base.id));
        return found;
    }
    let item = arrived.item;
    match (case.wish, arrived.base) {
        (Wish::Later(base), Some((_, earlier))) => {
            let by = [&earlier.superseded_by, &earlier.partly_superseded_by];
            if !by.into_iter().flatten().any(|id| *id == item.id) {
                found.push(Found::NotLater(base));
            }
        }
        (Wish::Withdraws(base), Some((id, _))) if !item.withdraws.iter().any(|other| other == id) => {
            found.push(Found::NothingWithdrawn(base));
        }
        (Wish::Persons(wanted), _) => {
            let records = item.records.unwrap_or_default();
            if usize::try_from(records).is_ok_and(|records| records < wanted) {
                found.push(Found::FewPersons {
                    wanted,
                    found: records,
                });
            }
        }
        (Wish::Characters, _) if !has_extended(arrived.files) => found.push(Found::NoCharacters),
        _ => {}
    }
    found
}

/// Judges what the product said of what it was sent; none: wait on. `late` is the whole wait once it is over.
#[must_use]
pub fn received(case: &Case, status: &str, problems: &[Problem], late: Option<u64>) -> Option<Vec<Found>> {
    let codes = || {
        problems
            .iter()
            .map(|problem| problem.code.clone())
            .collect::<Vec<_>>()
    };
    let told = |problem: &Problem| !problem.code.trim().is_empty() && !problem.message.trim().is_empty();
    let found = match (status, case.is_refused(), late) {
        ("imported", false, _) => Vec::new(),
        ("imported", true, _) => vec![Found::TakenIn],
        ("import_failed", false, _) => vec![Found::ImportFailed(codes())],
        ("import_failed", true, _) if problems.iter().any(told) => Vec::new(),
        ("import_failed", true, _) => vec![Found::NoReason],
        ("rejected" | "undeliverable" | "duplicate" | "recalled" | "expired", ..) => {
            vec![Found::NotCarried(status.to_owned(), codes())]
        }
        ("delivered", _, Some(seconds)) => vec![Found::NeverCollected(seconds)],
        ("collected", _, Some(seconds)) => vec![Found::NoReport(seconds)],
        (_, _, Some(_)) => vec![Found::NotCarried(status.to_owned(), codes())],
        (_, _, None) => return None,
    };
    Some(found)
}

/// The words of a rule's severity.
#[must_use]
pub fn severity(problem: &Problem) -> (&'static str, &'static str) {
    match problem.severity {
        Severity::Error => ("誤り", "error"),
        Severity::Warning => ("注意", "warning"),
    }
}

#[cfg(test)]
mod tests {
    use proto::codes;

    use super::super::catalogue::find;
    use super::*;

    fn item(value: serde_json::Value) -> InboxItem {
        let mut item = serde_json::json!({
            "id": "b", "sender": "0300000005", "arrived_at": "2025-04-01T09:30:00+09:00", "status": "delivered",
        });
        item.as_object_mut()
            .unwrap()
            .extend(value.as_object().unwrap().clone());
        serde_json::from_value(item).unwrap()
    }

    fn judged(case: &str, units: &[&str], own: serde_json::Value, base: serde_json::Value) -> Vec<Found> {
        let units: Vec<String> = units.iter().map(|id| (*id).to_owned()).collect();
        let (item, base) = (item(own), item(base));
        let arrived = Arrived {
            item: &item,
            problems: &[],
            units: &units,
            files: &[],
            base: Some(("a", &base)),
        };
        sent(find(case).unwrap(), "C-usage", &arrived)
    }

    #[test]
    fn what_the_product_sent_is_judged_by_the_case() {
        use serde_json::json;
        let none = json!({});
        assert_eq!(
            judged("sends.usage", &["C-usage"], none.clone(), none.clone()),
            []
        );
        let other = judged("sends.usage", &["C3-usage"], none.clone(), none.clone());
        assert!(matches!(other.as_slice(), [Found::OtherUnit { found, .. }] if found == "C3-usage"));
        for by in ["superseded_by", "partly_superseded_by"] {
            let right = judged(
                "sends.usage-change",
                &["C-usage"],
                none.clone(),
                json!({ by: "b" }),
            );
            assert_eq!(right, []);
        }
        let wrong = judged(
            "sends.usage-change",
            &["C-usage"],
            none.clone(),
            json!({ "superseded_by": "x" }),
        );
        assert_eq!(wrong, [Found::NotLater("sends.usage")]);
        let deletion = "sends.usage-deletion";
        assert_eq!(
            judged(
                deletion,
                &["C-usage"],
                json!({ "withdraws": ["a"] }),
                none.clone()
            ),
            []
        );
        assert_eq!(
            judged(deletion, &["C-usage"], none.clone(), none.clone()),
            [Found::NothingWithdrawn("sends.usage-change")]
        );
        let persons = "sends.usage-persons";
        assert_eq!(
            judged(persons, &["C-usage"], json!({ "records": 3 }), none.clone()),
            []
        );
        let few = judged(persons, &["C-usage"], json!({ "records": 2 }), none.clone());
        assert_eq!(few, [Found::FewPersons { wanted: 3, found: 2 }]);
        let plain = judged("sends.usage-characters", &["C-usage"], none.clone(), none);
        assert_eq!(plain, [Found::NoCharacters]);
    }

    #[test]
    fn what_the_product_said_is_judged_by_whether_it_had_to_say_no() {
        let (good, bad) = (
            find("receives.usage").unwrap(),
            find("receives.usage-renamed").unwrap(),
        );
        let reason = [Problem::new(&codes::HTTP_BAD_REQUEST)];
        let failed = vec![Found::ImportFailed(vec!["http.bad_request".to_owned()])];
        for (case, status, problems, late, wanted) in [
            (good, "delivered", &[][..], None, None),
            (good, "collected", &[][..], None, None),
            (good, "imported", &[][..], None, Some(vec![])),
            (good, "import_failed", &reason[..], None, Some(failed)),
            (
                good,
                "delivered",
                &[][..],
                Some(60),
                Some(vec![Found::NeverCollected(60)]),
            ),
            (
                good,
                "collected",
                &[][..],
                Some(60),
                Some(vec![Found::NoReport(60)]),
            ),
            (bad, "imported", &[][..], None, Some(vec![Found::TakenIn])),
            (bad, "import_failed", &[][..], None, Some(vec![Found::NoReason])),
            (bad, "import_failed", &reason[..], None, Some(vec![])),
            (bad, "collected", &[][..], Some(9), Some(vec![Found::NoReport(9)])),
            (
                good,
                "rejected",
                &reason[..],
                None,
                Some(vec![Found::NotCarried(
                    "rejected".into(),
                    vec!["http.bad_request".into()],
                )]),
            ),
        ] {
            assert_eq!(
                received(case, status, problems, late),
                wanted,
                "{} {status}",
                case.id
            );
        }
        assert!(Found::TakenIn.is_failure() && !Found::NoBase("sends.usage").is_failure());
    }
}
