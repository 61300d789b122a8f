//! The invented files of a case.

use proto::OfficeNumber;
use standard::generate::{generate, later};
use standard::{GenSpec, GeneratedUnit, Size};

use super::catalogue::{CASES, Case, Way, Wish};

/// Seconds between two slots.
const APART: usize = 10;

/// Tries to find persons whose names have what is asked.
const TRIES: u64 = 200;

/// Who is in the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offices {
    /// The tool's.
    pub own: OfficeNumber,
    /// The product's.
    pub product: OfficeNumber,
}

/// The slot of a case: 14 digits as a sequence's, not before `now` and behind the last slot given.
#[must_use]
pub fn slot(last: Option<&str>, now: &str) -> String {
    match last.map(|last| later(last, APART)) {
        Some(after) if now < after.as_str() => after,
        _ => now.to_owned(),
    }
}

/// The sequence of a case with this slot, building on one with that slot. Between a slot and its sequence an earlier one fits in.
#[must_use]
pub fn sequence(case: &Case, slot: &str, base: Option<&str>) -> String {
    match (case.wish, base) {
        (Wish::Older(_), Some(base)) => later(base, APART / 2),
        _ => later(slot, APART - 1),
    }
}

/// What the generator is asked for.
#[must_use]
pub fn spec(case: &Case, offices: Offices, sequence: &str) -> GenSpec {
    let provider_kind = if case.prevention { "A2" } else { "11" };
    let kinds = if case.unit.from_provider() {
        (provider_kind, "43")
    } else {
        ("43", provider_kind)
    };
    let (from, to) = match case.way {
        Way::Sends => (offices.product, offices.own),
        Way::Receives => (offices.own, offices.product),
    };
    GenSpec {
        edition: case.edition,
        sender: from.to_string(),
        sender_kind: kinds.0.to_owned(),
        destination: to.to_string(),
        destination_kind: kinds.1.to_owned(),
        unit: case.unit,
        month: sequence.get(..6).unwrap_or("202504").to_owned(),
        sequence: sequence.to_owned(),
        size: Size::Persons(match case.wish {
            Wish::Persons(persons) => persons,
            _ => 1,
        }),
        units: 1,
    }
}

/// The files of a case. What builds on a case has its persons.
#[must_use]
pub fn unit(case: &Case, offices: Offices, sequence: &str) -> GeneratedUnit {
    let spec = spec(case, offices, sequence);
    let first = seed(case);
    let mut units = (first..first + TRIES).map(|seed| made(seed, &spec));
    let mut unit = match case.wish {
        Wish::Characters => units.find(|unit| has_extended(&unit.files)),
        _ => units.next(),
    }
    .unwrap_or_else(|| made(first, &spec));
    if case.wish == Wish::Renamed {
        for (name, _) in &mut unit.files {
            *name = format!("コピー - {name}");
        }
    }
    unit
}

/// The unit id of the standard such files have.
#[must_use]
pub fn unit_id(case: &Case, offices: Offices) -> String {
    made(seed(case), &spec(case, offices, "20250401093000")).unit_id
}

/// Whether a text has characters of MS932 beyond JIS X 0208: NEC's and IBM's.
#[must_use]
pub fn has_extended(files: &[(String, Vec<u8>)]) -> bool {
    files.iter().any(|(_, bytes)| {
        let mut bytes = bytes.iter();
        while let Some(byte) = bytes.next() {
            if matches!(byte, 0x81..=0x9f | 0xe0..=0xfc) {
                if matches!(byte, 0x87 | 0xed | 0xee | 0xfa..=0xfc) {
                    return true;
                }
                let _ = bytes.next();
            }
        }
        false
    })
}

fn made(seed: u64, spec: &GenSpec) -> GeneratedUnit {
    let none = || GeneratedUnit {
        files: Vec::new(),
        unit_id: String::new(),
        sender: spec.sender.clone(),
        destination: spec.destination.clone(),
        sequence: spec.sequence.clone(),
        month: None,
    };
    generate(seed, spec).pop().unwrap_or_else(none)
}

/// One for each case that builds on no other; far apart, for some cases try several.
fn seed(case: &Case) -> u64 {
    let mut root = case;
    while let Some(base) = root.base() {
        root = base;
    }
    let place = CASES.iter().position(|other| other.id == root.id);
    (place.unwrap_or_default() as u64 + 1) * 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offices() -> Offices {
        Offices {
            own: "0300000100".parse().unwrap(),
            product: "0300000005".parse().unwrap(),
        }
    }

    #[test]
    fn sequences_rise_and_an_older_one_is_between_two() {
        let first = slot(None, "20250401093000");
        let second = slot(Some(&first), "20250401093001");
        let older = super::super::catalogue::find("receives.usage-older").unwrap();
        let base = older.base().unwrap();
        let sequences = [
            sequence(base, &first, None),
            sequence(older, &slot(Some(&second), &second), Some(&second)),
            sequence(base, &second, Some(&first)),
        ];
        assert!(
            sequences.is_sorted() && sequences[0] < sequences[1],
            "{sequences:?}"
        );
        assert_eq!(slot(Some(&first), "20250402000000"), "20250402000000");
    }

    #[test]
    fn every_case_has_files_the_relay_takes_and_the_persons_it_builds_on() {
        for case in CASES {
            let unit = unit(case, offices(), "20250401093000");
            assert!(
                !unit.files.is_empty() && !unit_id(case, offices()).is_empty(),
                "{}",
                case.id
            );
            let judged = parcel::judge_files(&unit.files);
            assert_eq!(judged.problems.problems, [], "{}", case.id);
            if case.wish == Wish::Renamed {
                assert!(judged.units.is_empty(), "only attachments");
                continue;
            }
            let found = judged.units[0].unit.clone().unwrap_or_default();
            assert_eq!(found, unit_id(case, offices()), "{}", case.id);
        }
        let find = |id| super::super::catalogue::find(id).unwrap();
        let characters = unit(find("receives.usage-characters"), offices(), "20250401093000");
        assert!(has_extended(&characters.files));
    }

    #[test]
    fn extended_characters_are_told_from_trailing_bytes() {
        let text = |text: &str| vec![("a".to_owned(), standard::ms932::encode(text).unwrap())];
        assert!(has_extended(&text("髙例")) && has_extended(&text("①")));
        assert!(!has_extended(&text("高例、ソ予表ア亜熙")));
    }
}
