//! Everything together: the files of one sending in, findings and units out.

use std::collections::BTreeMap;

use crate::codes;
use crate::file;
use crate::finding::{Finding, Severity, Sink};
use crate::group;
use crate::kind::Edition;
use crate::name::FileName;
use crate::policy::Policy;
use crate::rules::{self, Checked};
use crate::subject::Subject;
use crate::unit;
use crate::version;

/// A standard file: its name and its bytes. Attachments are not given here.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// Name without path.
    pub name: &'a str,
    /// Content as sent.
    pub bytes: &'a [u8],
}

/// What the envelope says, compared with the names where given; and the severities in force.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Sending office, 10 digits.
    pub sender: Option<&'a str>,
    /// Receiving office, 10 digits.
    pub destination: Option<&'a str>,
    /// Sequence (連番), 14 digits.
    pub sequence: Option<&'a str>,
    /// Severities that differ from the usual ones.
    pub policy: Option<&'a Policy>,
}

/// A sending unit found among the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitSummary {
    /// The likeliest unit id of the standard (e.g. `C-usage`); empty when incomplete or mixed.
    pub id: String,
    /// Every unit id that fits, the likeliest first.
    pub candidates: Vec<String>,
    /// Edition of the names.
    pub edition: Edition,
    /// File kinds, e.g. `UPPLAN`, in the order of the standard's list.
    pub kinds: Vec<String>,
    /// Service month YYYYMM.
    pub month: Option<String>,
    /// Sequence, 14 digits.
    pub sequence: String,
    /// Sending office.
    pub sender: String,
    /// Receiving office.
    pub destination: String,
    /// Service kinds in the names: sender's, then receiver's; empty in V3.
    pub service_kinds: Vec<String>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// At most [`crate::finding::MAX_FINDINGS`] findings.
    pub findings: Vec<Finding>,
    /// How many more there are, by code.
    pub truncated: BTreeMap<&'static str, u64>,
    /// The units; one when the sending is as it should be.
    pub units: Vec<UnitSummary>,
    /// Whom and what the records of all units are about; the same may stand there more than once. Of a file with more than
    /// fifty thousand of them, none.
    pub subjects: Vec<Subject>,
    /// Number of findings that reject, the truncated ones included.
    pub errors: u64,
}

impl Report {
    /// No finding rejects.
    pub fn is_accept(&self) -> bool {
        self.errors == 0
    }

    /// Findings of this severity among those kept in full.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    }
}

/// Judges the standard files of one sending. No files: nothing found, no unit (attachments alone are allowed).
pub fn check(files: &[File<'_>], ctx: &Context<'_>) -> Report {
    let mut sink = Sink::under(ctx.policy);
    let mut named: Vec<(FileName, File<'_>)> = Vec::with_capacity(files.len());
    for file in files {
        match FileName::parse(file.name) {
            Ok(name) => {
                check_context(&name, file.name, ctx, &mut sink);
                named.push((name, *file));
            }
            Err(finding) => sink.add(finding.info, file.name, |draft| {
                draft.detail(finding.detail_ja, finding.detail_en)
            }),
        }
    }
    let names: Vec<FileName> = named.iter().map(|(name, _)| name.clone()).collect();
    let groups = group::group(&names);
    if groups.len() > 1 {
        // Of all files, or rules between files would be silent on why.
        if let Err(finding) = unit::identify(&names) {
            sink.add(finding.info, "", |draft| {
                draft.detail(finding.detail_ja, finding.detail_en)
            });
        }
    }
    let mut units = Vec::with_capacity(groups.len());
    let mut subjects = Vec::new();
    for group in &groups {
        let members: Vec<&(FileName, File<'_>)> =
            group.files.iter().filter_map(|at| named.get(*at)).collect();
        units.extend(check_group(&members, &mut sink, &mut subjects));
    }
    let Sink {
        findings,
        truncated,
        errors,
        ..
    } = sink;
    Report {
        findings,
        truncated,
        units,
        subjects,
        errors,
    }
}

fn check_context(name: &FileName, file: &str, ctx: &Context<'_>, sink: &mut Sink) {
    let pairs = [
        (ctx.sender, &name.sender, &codes::NAME_SENDER_MISMATCH),
        (
            ctx.destination,
            &name.destination,
            &codes::NAME_DESTINATION_MISMATCH,
        ),
        (ctx.sequence, &name.sequence, &codes::NAME_SEQUENCE_MISMATCH),
    ];
    for (expected, actual, info) in pairs {
        if let Some(expected) = expected.filter(|expected| expected != actual) {
            sink.add(info, file, |draft| {
                draft.detail(
                    format!("ファイル名は{actual}、送信は{expected}"),
                    format!("the name says {actual}, the envelope {expected}"),
                )
            });
        }
    }
}

/// Checks the files of one group: which unit it is, each file by itself, then the rules between them.
fn check_group(
    members: &[&(FileName, File<'_>)],
    sink: &mut Sink,
    subjects: &mut Vec<Subject>,
) -> Option<UnitSummary> {
    let names: Vec<FileName> = members.iter().map(|(name, _)| name.clone()).collect();
    if let Err(finding) = unit::identify(&names) {
        sink.add(finding.info, "", |draft| {
            draft.detail(finding.detail_ja, finding.detail_en)
        });
    }
    let unit = unit::describe(&names)?;
    for kind in &unit.annexes_missing {
        sink.add(&codes::UNIT_ANNEX_MISSING, "", |draft| {
            draft.detail(kind.as_str(), kind.as_str())
        });
    }
    let def = unit.ids.first().and_then(|id| unit::def(id));
    let checked: Vec<Checked<'_>> = members
        .iter()
        .map(|(name, file)| {
            let mut facts = file::check(name, file.name, file.bytes, def, sink);
            subjects.append(&mut facts.subjects);
            Checked {
                name: name.clone(),
                file: file.name,
                facts,
            }
        })
        .collect();
    let editions: Vec<_> = checked
        .iter()
        .filter_map(|one| one.facts.edition.map(|edition| (edition, one.file)))
        .collect();
    version::between(&editions, unit.edition, sink);
    if let Some(def) = def {
        rules::between(def, &checked.iter().collect::<Vec<_>>(), sink);
    }
    Some(UnitSummary {
        id: unit.ids.first().copied().unwrap_or_default().to_owned(),
        candidates: unit.ids.iter().map(|id| (*id).to_owned()).collect(),
        edition: unit.edition,
        kinds: unit.kinds.iter().map(|kind| kind.as_str().to_owned()).collect(),
        month: unit.month,
        sequence: unit.sequence,
        sender: unit.sender,
        destination: unit.destination,
        service_kinds: [unit.sender_kind, unit.destination_kind]
            .into_iter()
            .flatten()
            .collect(),
    })
}
