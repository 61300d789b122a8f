//! Every rule between fields, rows and files: data just good enough, and data just bad enough, by the name of the rule.

use standard::{Severity, UnitKind};

use crate::made::{Files, judge, unit};

mod dates;
mod edit;
mod prevention;
mod records;
mod services;
mod table7;

type Edit = fn(&mut Files);

/// The rule, a unit, what is done to it; line and number of the field where it must be told (a bad case).
struct Case {
    rule: &'static str,
    unit: (UnitKind, &'static str),
    edit: Edit,
    told: Option<(Severity, &'static str, Option<u32>, Option<u16>)>,
}

const fn good(rule: &'static str, kind: UnitKind, provider: &'static str, edit: Edit) -> Case {
    Case {
        rule,
        unit: (kind, provider),
        edit,
        told: None,
    }
}

const fn bad(
    rule: &'static str,
    kind: UnitKind,
    provider: &'static str,
    edit: Edit,
    told: (Severity, &'static str, Option<u32>, Option<u16>),
) -> Case {
    Case {
        rule,
        unit: (kind, provider),
        edit,
        told: Some(told),
    }
}

fn cases() -> impl Iterator<Item = &'static Case> {
    [
        dates::CASES,
        prevention::CASES,
        records::CASES,
        services::CASES,
        table7::CASES,
    ]
    .into_iter()
    .flatten()
}

/// The rules that are shown to be told.
pub(crate) fn with_a_bad_case() -> impl Iterator<Item = &'static str> {
    cases().filter(|case| case.told.is_some()).map(|case| case.rule)
}

#[test]
fn each_rule_has_a_good_case_too() {
    for rule in with_a_bad_case() {
        let good = |case: &Case| case.rule == rule && case.told.is_none();
        assert!(cases().any(good), "{rule}");
    }
}

#[test]
fn each_rule_knows_good_from_bad() {
    let mut wrong = Vec::new();
    for (at, case) in cases().enumerate() {
        let mut files = unit(case.unit.0, case.unit.1);
        assert_eq!(judge(&files).findings, []);
        (case.edit)(&mut files);
        let report = judge(&files);
        let found = report.findings.iter().find(|finding| finding.code == case.rule);
        let fits = match (case.told, found) {
            (None, found) => found.is_none(),
            (Some(_), None) => false,
            (Some((severity, file, line, field_no)), Some(found)) => {
                found.severity == severity
                    && found.file.starts_with(file)
                    && (found.line.is_some() || case.rule == "image.unreferenced")
                    && (line.is_none() || found.line == line)
                    && found.field_no == field_no
            }
        };
        if !fits {
            wrong.push(format!("case {at}, {}: {:?}", case.rule, report.findings));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
