//! What is made is valid, the same for the same seed, and as large as wanted.

use super::*;
use crate::check::{Context, File, check};
use crate::csv::Reader;
use crate::kind::{Edition, FileKind};
use crate::layout::layout;
use crate::name::FileName;

/// A unit between a planner of this kind and office 0300000005 of this kind.
fn spec(unit: UnitKind, care_kind: &str, provider_kind: &str, size: Size) -> GenSpec {
    let (care, provider) = (
        ("0300000100".to_owned(), care_kind.to_owned()),
        ("0300000005".to_owned(), provider_kind.to_owned()),
    );
    let (from, to) = if unit.from_provider() {
        (provider, care)
    } else {
        (care, provider)
    };
    GenSpec {
        edition: Edition::V41,
        sender: from.0,
        sender_kind: from.1,
        destination: to.0,
        destination_kind: to.1,
        unit,
        month: "202502".to_owned(),
        sequence: "20250331235958".to_owned(),
        size,
        units: 3,
    }
}

/// Nothing to tell of it, and it is what it says it is.
pub(super) fn valid(made: &GeneratedUnit, what: &str) {
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
    assert_eq!(report.findings, [], "{what}");
    assert_eq!(report.units.len(), 1, "{what}");
    assert_eq!(report.units[0].id, made.unit_id, "{what}");
    assert_eq!(report.units[0].month, made.month, "{what}");
    assert!(!made.unit_id.is_empty(), "{what}");
}

#[test]
fn ten_thousand_units_are_valid_and_have_nothing_to_tell() {
    let kinds = [
        "11", "15", "17", "13", "78", "21", "2A", "31", "73", "76", "A2", "A3", "67", "24", "34", "63",
    ];
    let mut count = 0;
    for seed in 0..57 {
        for unit in UnitKind::ALL {
            for kind in kinds {
                let size = Size::Persons(if seed % 8 == 0 { 4 } else { 1 });
                let care = if catalogue::is_prevention(kind) && seed % 2 == 0 {
                    "46"
                } else {
                    "43"
                };
                let spec = GenSpec {
                    units: 1,
                    ..spec(unit, care, kind, size)
                };
                for made in generate(seed, &spec) {
                    valid(&made, &format!("{seed} {unit:?} {kind}"));
                    count += 1;
                }
            }
        }
    }
    assert!(10_000 <= count, "{count}");
}

#[test]
fn care_units_of_v3_are_valid_too() {
    for seed in 0..15 {
        for unit in UnitKind::ALL.into_iter().filter(|unit| !unit.only_prevention()) {
            for kind in ["11", "15", "17", "21", "31", "73"] {
                let spec = GenSpec {
                    edition: Edition::V3,
                    units: 1,
                    ..spec(unit, "43", kind, Size::Persons(2))
                };
                for made in generate(seed, &spec) {
                    valid(&made, &format!("V3 {seed} {unit:?} {kind}"));
                    assert!(made.unit_id.starts_with("C3-"), "{}", made.unit_id);
                    assert!(made.files.iter().all(|(name, _)| !name.starts_with("UP3KYO")));
                }
            }
        }
    }
}

#[test]
fn a_support_centre_and_a_commissioned_office_exchange_too() {
    for seed in 0..20 {
        for unit in [
            UnitKind::Usage,
            UnitKind::PreventionBasic,
            UnitKind::PreventionPlanBasic,
            UnitKind::Results,
            UnitKind::DeleteResults,
        ] {
            for (care, provider) in [("43", "46"), ("46", "43")] {
                for made in generate(seed, &spec(unit, care, provider, Size::Persons(2))) {
                    valid(&made, &format!("{seed} {unit:?} {care} {provider}"));
                    assert!(made.unit_id.starts_with("P-"), "{}", made.unit_id);
                }
            }
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
    for unit in UnitKind::ALL {
        let spec = spec(unit, "43", "15", Size::Persons(2));
        assert_eq!(generate(7, &spec), generate(7, &spec));
        assert_ne!(generate(7, &spec), generate(8, &spec));
    }
}

#[test]
fn a_wanted_size_is_met_by_about_a_person() {
    for unit in UnitKind::ALL {
        let made = generate(1, &spec(unit, "43", "11", Size::Bytes(20_000)));
        let bytes: usize = made[0].files.iter().map(|(_, bytes)| bytes.len()).sum();
        assert!((20_000..32_000).contains(&bytes), "{unit:?} {bytes}");
    }
    let v3 = GenSpec {
        edition: Edition::V3,
        ..spec(UnitKind::PreventionPlan, "46", "A2", Size::Bytes(20_000))
    };
    assert_eq!(generate(1, &v3)[0].files, []);
}

#[test]
fn sequences_pass_midnight_and_month() {
    let sequences: Vec<_> = generate(1, &spec(UnitKind::Results, "43", "11", Size::Persons(1)))
        .into_iter()
        .map(|made| made.sequence)
        .collect();
    assert_eq!(sequences, ["20250331235958", "20250331235959", "20250401000000"]);
}

/// The project's own reader finds every field of every file, and each that a generator can fill is filled in some row.
#[test]
fn fields_are_filled_now_and_then_and_read_back() {
    let mut filled = std::collections::BTreeSet::new();
    let mut seen = std::collections::BTreeSet::new();
    let kinds = ["11", "17", "21", "22", "76", "A2"];
    for seed in 0..12 {
        for unit in UnitKind::ALL {
            for kind in kinds {
                for (name, bytes) in &generate(seed, &spec(unit, "43", kind, Size::Persons(2)))[0].files {
                    let kind = FileName::parse(name).unwrap().kind;
                    seen.insert(kind);
                    let Some(layout) = layout(Edition::V41, kind) else {
                        continue;
                    };
                    let mut reader = Reader::new(bytes);
                    while reader.read() {
                        assert_eq!(reader.fault(), None);
                        assert_eq!(reader.len(), layout.fields.len());
                        for (at, field) in layout.fields.iter().enumerate() {
                            if !reader.field(at).is_empty() {
                                filled.insert((kind, field.name_en));
                            }
                        }
                    }
                }
            }
        }
    }
    assert_eq!(seen.len(), FileKind::ALL.len());
    let never: Vec<_> = FileKind::ALL
        .iter()
        .filter_map(|kind| layout(Edition::V41, *kind))
        .flat_map(|layout| layout.fields.iter().map(|field| (layout.kind, field.name_en)))
        .filter(|field| !filled.contains(field))
        .filter(|(_, name)| *name != "record_identifier" && !name.starts_with("slot"))
        .collect();
    // Copayments of a fixed amount, and who typed it in.
    assert_eq!(
        never,
        [
            (FileKind::UpSikyu, "fixed_copay_unit_amount"),
            (FileKind::UpSikyu, "operator_code"),
        ]
    );
}
