//! What is made is valid, the same for the same seed, and as large as wanted.

use super::*;
use crate::check::{Context, File, check};

fn spec(unit: UnitKind, provider_kind: &str, size: Size) -> GenSpec {
    let (care, provider) = (
        ("0300000100".to_owned(), "43".to_owned()),
        ("0300000005".to_owned(), provider_kind.to_owned()),
    );
    let (from, to) = if unit.from_provider() {
        (provider, care)
    } else {
        (care, provider)
    };
    GenSpec {
        sender: from.0,
        sender_kind: from.1,
        destination: to.0,
        destination_kind: to.1,
        unit,
        month: "202504".to_owned(),
        sequence: "20250331235958".to_owned(),
        size,
        units: 3,
    }
}

#[test]
fn what_is_made_is_valid_and_has_nothing_to_tell() {
    for seed in 0..24 {
        for unit in UnitKind::ALL {
            for kind in ["11", "15", "17", "13", "78", "A2", "67"] {
                for made in generate(seed, &spec(unit, kind, Size::Persons(1 + seed as usize % 4))) {
                    let files: Vec<File<'_>> = made
                        .files
                        .iter()
                        .map(|(name, bytes)| File { name, bytes })
                        .collect();
                    let ctx = Context {
                        sender: Some(&made.sender),
                        destination: Some(&made.destination),
                        sequence: Some(&made.sequence),
                        ..Context::default()
                    };
                    let report = check(&files, &ctx);
                    assert_eq!(report.findings, [], "{seed} {unit:?} {kind}");
                    assert_eq!(report.units.len(), 1);
                    assert_eq!(report.units[0].id, made.unit_id);
                    assert_eq!(report.units[0].month, made.month);
                    assert!(!made.unit_id.is_empty());
                }
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    let spec = spec(UnitKind::Usage, "15", Size::Persons(2));
    assert_eq!(generate(7, &spec), generate(7, &spec));
    assert_ne!(generate(7, &spec), generate(8, &spec));
}

#[test]
fn a_wanted_size_is_met_by_about_a_person() {
    for unit in UnitKind::ALL {
        let made = generate(1, &spec(unit, "11", Size::Bytes(20_000)));
        let bytes: usize = made[0].files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!((20_000..27_000).contains(&bytes), "{unit:?} {bytes}");
    }
}

#[test]
fn sequences_pass_midnight_and_month() {
    let sequences: Vec<_> = generate(1, &spec(UnitKind::Results, "11", Size::Persons(1)))
        .into_iter()
        .map(|made| made.sequence)
        .collect();
    assert_eq!(sequences, ["20250331235958", "20250331235959", "20250401000000"]);
}
