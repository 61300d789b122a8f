//! The standard's findings in the words of the contract.

use proto::api::UnitSummary;
use proto::{Problem, Problems, Severity};
use standard::{Finding, Report};

/// Adds a report's findings, the counted ones too.
pub(crate) fn add(report: Report, problems: &mut Problems) {
    let listed = report.of(standard::Severity::Error).count() as u64;
    problems.errors += report.errors.saturating_sub(listed);
    report
        .findings
        .into_iter()
        .map(problem)
        .for_each(|problem| problems.push(problem));
    for (code, count) in report.truncated {
        problems.count(code, count);
    }
}

/// A unit of the standard as reports show it.
pub(crate) fn unit(found: &standard::UnitSummary) -> UnitSummary {
    let mut kinds = found.kinds.clone();
    kinds.sort_unstable();
    UnitSummary {
        unit: Some(found.id.clone()).filter(|id| !id.is_empty()),
        kinds,
        month: found.month.clone(),
        sequence: found.sequence.clone(),
        sender: found.sender.clone(),
        destination: found.destination.clone(),
    }
}

fn problem(finding: Finding) -> Problem {
    Problem {
        code: finding.code.to_owned(),
        severity: match finding.severity {
            standard::Severity::Error => Severity::Error,
            standard::Severity::Warning => Severity::Warning,
        },
        file: Some(finding.file).filter(|file| !file.is_empty()),
        line: finding.line,
        field_no: finding.field_no,
        field: finding.field,
        value: finding.value,
        message: finding.message_ja,
        message_en: finding.message_en,
    }
}
