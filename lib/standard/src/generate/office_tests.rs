//! Whole months hang together.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::kind::Edition;

fn office(edition: Edition) -> OfficeMonth {
    let partner = |(number, kind): (&str, &str)| Partner {
        number: number.to_owned(),
        kind: kind.to_owned(),
    };
    OfficeMonth {
        office: partner(("0300000100", "43")),
        partners: [
            ("0300000005", "11"),
            ("0300000013", "15"),
            ("0300000021", "17"),
            ("0300000039", "21"),
            ("0300000005", "A2"),
            ("0300000047", "67"),
            ("0300000054", "46"),
        ]
        .map(partner)
        .to_vec(),
        persons: 40,
        month: "202505".to_owned(),
        edition,
    }
}

/// Insurer and insured of every row, of the file of this kind.
fn persons(unit: &GeneratedUnit, kind: &str) -> BTreeSet<Vec<u8>> {
    let start = format!("{kind}_");
    let file = unit.files.iter().find(|(name, _)| name.starts_with(&start));
    let mut reader = crate::csv::Reader::new(&file.unwrap().1);
    let mut found = BTreeSet::new();
    while reader.read() {
        found.insert([reader.field(1), reader.field(2)].concat());
    }
    found
}

#[test]
fn a_month_of_an_office_is_valid_and_in_order() {
    for seed in 0..6 {
        let mut last = String::new();
        let mut month = office(Edition::V41);
        if seed % 2 == 1 {
            month.office.kind = "46".to_owned();
        }
        for unit in month.units(seed) {
            tests::valid(&unit, &format!("{seed} {}", unit.sequence));
            assert!(last < unit.sequence);
            last.clone_from(&unit.sequence);
        }
    }
}

#[test]
fn a_month_has_every_kind_of_sending() {
    let month = office(Edition::V41);
    let first = day::Day::first_of(&month.month);
    let mut kinds = BTreeMap::new();
    for seed in 0..100 {
        let clients = month.clients(seed, first);
        for step in schedule::steps(&month, &clients, &mut Rng::new(seed, 2), first) {
            let prevention = step.clients.iter().all(|at| clients[*at].prevention);
            *kinds.entry((format!("{:?}", step.unit), prevention)).or_insert(0) += 1;
        }
    }
    // Six of care and of prevention, but for the plans, and five of prevention only.
    assert_eq!(kinds.len(), 6 + 4 + 5, "{kinds:?}");
    let count = |unit: UnitKind| kinds[&(format!("{unit:?}"), false)];
    assert!(
        count(UnitKind::DeleteResults) * 10 < count(UnitKind::Results),
        "{kinds:?}"
    );
}

#[test]
fn a_month_in_v3_has_care_only() {
    for seed in 0..4 {
        let units: Vec<_> = office(Edition::V3).units(seed).collect();
        assert!(10 < units.len());
        for unit in units {
            tests::valid(&unit, &format!("V3 {seed} {}", unit.sequence));
            assert!(unit.unit_id.starts_with("C3-"));
        }
    }
}

#[test]
fn results_are_of_the_persons_planned_and_differ_a_little() {
    let units: Vec<_> = office(Edition::V41).units(5).collect();
    let of = |id: &str, from: &str, to: &str| -> Vec<&GeneratedUnit> {
        units
            .iter()
            .filter(|unit| {
                (
                    unit.unit_id.as_str(),
                    unit.sender.as_str(),
                    unit.destination.as_str(),
                ) == (id, from, to)
            })
            .collect()
    };
    let plans = of("C-usage", "0300000100", "0300000005");
    let results = of("C-results", "0300000005", "0300000100");
    let (planned, done) = (plans.last().unwrap(), results.first().unwrap());
    assert_eq!(persons(planned, "UPPLAN"), persons(done, "UPJSK"));
    assert!(plans[0].sequence < done.sequence);
    // A changed plan and a correction send the whole set again.
    for sets in [&plans, &results] {
        let kind = if sets[0].unit_id == "C-usage" {
            "UPPLAN"
        } else {
            "UPJSK"
        };
        assert!(
            sets.iter()
                .all(|unit| persons(unit, kind) == persons(sets[0], kind))
        );
    }
    let own = |unit: &GeneratedUnit, kind: &str| -> BTreeSet<Vec<u8>> {
        let start = format!("{kind}_");
        let file = unit
            .files
            .iter()
            .find(|(name, _)| name.starts_with(&start))
            .unwrap();
        let mut reader = crate::csv::Reader::new(&file.1);
        let mut visits = BTreeSet::new();
        while reader.read() {
            if reader.field(19) == b"0300000005" {
                visits.insert([1, 2, 9, 11, 14].map(|at| reader.field(at)).concat());
            }
        }
        visits
    };
    let (before, after) = (own(planned, "UPPLAN"), own(done, "UPJSK"));
    let kept = before.intersection(&after).count();
    assert!(
        kept < before.len() && before.len() * 8 < kept * 10,
        "{kept} of {}",
        before.len()
    );
}

#[test]
fn the_same_seed_gives_the_same_month() {
    let units = |seed| office(Edition::V41).units(seed).collect::<Vec<_>>();
    assert_eq!(units(1), units(1));
    assert_ne!(units(1), units(2));
}

#[test]
fn month_end_has_the_mix_it_says() {
    let mut shares: BTreeMap<&str, usize> = BTreeMap::new();
    let mut typical = [0, 0];
    let mut seen = BTreeSet::new();
    for unit in MonthEnd::invented(24, "202505", Edition::V41).units(3) {
        if seen.len() < 200 {
            tests::valid(&unit, &format!("{} {}", unit.sender, unit.sequence));
        }
        let what = match unit.unit_id.as_str() {
            "C-usage" | "P-4_usage" => "usage",
            "C-results" | "P-8_results" => "results",
            "C-plan" => "plan",
            id if id.ends_with("delete") => "deletion",
            _ => "prevention",
        };
        if matches!(what, "usage" | "results") {
            let size: usize = unit.files.iter().map(|(_, bytes)| bytes.len()).sum();
            typical[usize::from((5_000..50_000).contains(&size))] += 1;
        }
        *shares.entry(what).or_default() += 1;
        assert!(seen.insert((unit.sender, unit.destination, unit.sequence, unit.unit_id)));
    }
    let count: usize = shares.values().sum();
    let expected = [
        ("deletion", 2),
        ("plan", 20),
        ("prevention", 4),
        ("results", 39),
        ("usage", 35),
    ];
    for (what, percent) in expected {
        let share = shares[what] * 100 / count;
        assert!(share.abs_diff(percent) <= 2, "{what}: {share} of 100");
    }
    let [other, typical] = typical;
    assert!(
        (70..80).contains(&(typical * 100 / (typical + other))),
        "{typical} {other}"
    );
}
