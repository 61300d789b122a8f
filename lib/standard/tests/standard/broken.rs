//! Every code has a unit broken in that one way: the checker finds it, where it is, and nothing that does not follow.

use standard::generate::{breakable, broken};
use standard::{CODES, Report, Severity, identify};

use crate::made::judge_in;

const SEEDS: u64 = 12;

#[test]
fn every_code_can_be_broken() {
    let listed: Vec<&str> = CODES.iter().map(|info| info.code).collect();
    let breakable: Vec<&str> = breakable().map(|info| info.code).collect();
    assert_eq!(breakable, listed);
    assert_eq!(broken("no.such_code", 1), None);
}

#[test]
fn what_is_broken_is_found_and_nothing_else() {
    let mut wrong = Vec::new();
    for info in CODES.iter().filter(|info| info.code != "unit.none") {
        for seed in 0..SEEDS {
            let unit = broken(info.code, seed).expect("a unit has what is to be broken");
            let report = judge_in(&unit.unit.files, &unit.context());
            let found: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| finding.code == info.code)
                .collect();
            let there = found.iter().any(|finding| {
                finding.severity == info.severity
                    && finding.file == unit.file.as_deref().unwrap_or_default()
                    && finding.line == unit.line
            });
            if !there {
                let place = (&unit.file, unit.line);
                wrong.push(format!(
                    "{} {seed}: not at {place:?} in {:?}",
                    info.code,
                    short(&report)
                ));
            }
            let follows = |code: &str| unit.follows.iter().any(|(follow, _)| *follow == code);
            let unrelated = report
                .findings
                .iter()
                .any(|finding| finding.code != info.code && !follows(finding.code));
            if unrelated || found.len() != 1 {
                wrong.push(format!(
                    "{} {seed}: more than that: {:?}",
                    info.code,
                    short(&report)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

type Place<'r> = (&'r str, Severity, &'r str, Option<u32>, Option<u16>);

fn short(report: &Report) -> Vec<Place<'_>> {
    report
        .findings
        .iter()
        .map(|finding| {
            (
                finding.code,
                finding.severity,
                finding.file.as_str(),
                finding.line,
                finding.field_no,
            )
        })
        .collect()
}

#[test]
fn a_sending_without_files_is_no_unit() {
    let unit = broken("unit.none", 1).unwrap();
    assert_eq!(unit.unit.files, []);
    assert_eq!(identify(&[]).unwrap_err().info.code, unit.code);
}

#[test]
fn the_same_seed_breaks_the_same_way() {
    for info in CODES {
        assert_eq!(broken(info.code, 7), broken(info.code, 7), "{}", info.code);
    }
}
