//! What was found, where, and what to do about it; at most 1,000 of them in full, the rest counted by code.

use std::collections::BTreeMap;

use crate::codes::CodeInfo;
use crate::field::is_insured;
use crate::layout::{Field, FieldType};
use crate::policy::Policy;

/// So many findings are kept in full.
pub const MAX_FINDINGS: usize = 1000;

/// Does a finding reject?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Rejects.
    Error,
    /// Is told only.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// One problem. Made only from [`crate::CODES`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// `area.rule`.
    pub code: &'static str,
    /// Does it reject?
    pub severity: Severity,
    /// The name of the file; empty when it is about the whole sending.
    pub file: String,
    /// Physical line on which the record starts, from 1.
    pub line: Option<u32>,
    /// Number of the field, from 1.
    pub field_no: Option<u16>,
    /// Name of the field in the standard.
    pub field: Option<String>,
    /// The value; `***` where it may say something about a person.
    pub value: Option<String>,
    /// Where, what and what to do, in Japanese.
    pub message_ja: String,
    /// Where, what and what to do, in English.
    pub message_en: String,
}

/// A finding being put together.
#[derive(Debug)]
pub(crate) struct Draft {
    finding: Finding,
    name_en: &'static str,
    detail_ja: String,
    detail_en: String,
}

impl Draft {
    pub(crate) fn line(mut self, line: u32) -> Self {
        self.finding.line = Some(line);
        self
    }

    pub(crate) fn field(mut self, field: &Field) -> Self {
        self.finding.field_no = Some(field.no);
        self.finding.field = Some(field.name_ja.to_owned());
        self.name_en = field.name_en;
        self
    }

    /// Shows the value unless the field is personal or the bytes are more than a short code.
    pub(crate) fn value(mut self, field: &Field, value: &[u8]) -> Self {
        // A shifted column may put an insured number where none belongs.
        let insured = is_insured(value) && !matches!(field.kind, FieldType::Office);
        self.finding.value = Some(shown(field.personal || insured, value));
        self
    }

    pub(crate) fn detail(mut self, ja: impl Into<String>, en: impl Into<String>) -> Self {
        self.detail_ja = ja.into();
        self.detail_en = en.into();
        self
    }

    /// A rule that rests on something unsure: warn only.
    pub(crate) fn likely(mut self, likely: bool) -> Self {
        if likely {
            self.finding.severity = Severity::Warning;
        }
        self
    }

    pub(crate) fn finish(self, info: &CodeInfo) -> Finding {
        let Draft {
            mut finding,
            name_en,
            detail_ja,
            detail_en,
        } = self;
        let mut ja = String::new();
        let mut en = String::new();
        if let Some(line) = finding.line {
            ja.push_str(&format!("{line}行目"));
            en.push_str(&format!("line {line}"));
        }
        if let (Some(no), Some(name)) = (finding.field_no, &finding.field) {
            ja.push_str(&format!(" No.{no}「{name}」"));
            en.push_str(&format!(" No.{no} {name_en}"));
        }
        if !ja.is_empty() {
            ja.push('：');
            en.push_str(": ");
        }
        ja.push_str(info.meaning_ja);
        en.push_str(info.meaning_en);
        if !detail_ja.is_empty() {
            ja.push_str(&format!("（{detail_ja}）"));
            en.push_str(&format!(" ({detail_en})"));
        }
        ja.push_str(&format!("。{}。", info.todo_ja));
        en.push_str(&format!("; {}.", info.todo_en));
        finding.message_ja = ja;
        finding.message_en = en;
        finding
    }
}

/// Only short runs of ASCII letters, digits, hyphen and point are ever shown: a shifted column may put a name anywhere.
fn shown(personal: bool, value: &[u8]) -> String {
    let plain = value
        .iter()
        .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-' || *byte == b'.');
    if personal || !plain || value.len() > 31 {
        return "***".to_owned();
    }
    String::from_utf8_lossy(value).into_owned()
}

/// Collects findings.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    pub(crate) findings: Vec<Finding>,
    pub(crate) truncated: BTreeMap<&'static str, u64>,
    pub(crate) errors: u64,
    /// How many of the listed findings are warnings.
    warnings: usize,
    /// How many were added, listed or counted.
    added: u64,
    policy: Option<Policy>,
}

impl Sink {
    /// An empty one that gives severities by this policy.
    pub(crate) fn under(policy: Option<&Policy>) -> Self {
        Self {
            policy: policy.cloned(),
            ..Self::default()
        }
    }

    /// How many findings there are by now, listed or counted.
    pub(crate) fn count(&self) -> u64 {
        self.added
    }

    /// Adds a finding of this code about this file (`""`: the whole sending).
    pub(crate) fn add(&mut self, info: &'static CodeInfo, file: &str, build: impl FnOnce(Draft) -> Draft) {
        self.added += 1;
        let mut draft = build(Draft {
            finding: Finding {
                code: info.code,
                severity: info.severity,
                file: file.to_owned(),
                line: None,
                field_no: None,
                field: None,
                value: None,
                message_ja: String::new(),
                message_en: String::new(),
            },
            name_en: "",
            detail_ja: String::new(),
            detail_en: String::new(),
        });
        if let Some(severity) = self.policy.as_ref().and_then(|policy| policy.severity(info.code)) {
            draft.finding.severity = severity;
        }
        let is_error = draft.finding.severity == Severity::Error;
        self.errors += u64::from(is_error);
        if self.findings.len() < MAX_FINDINGS {
            self.warnings += usize::from(!is_error);
            self.findings.push(draft.finish(info));
        } else if is_error && 0 < self.warnings {
            // Warnings never hide an error: the last of them makes room.
            let warning = |listed: &Finding| listed.severity == Severity::Warning;
            if let Some(at) = self.findings.iter().rposition(warning) {
                let counted = self.findings.remove(at);
                *self.truncated.entry(counted.code).or_default() += 1;
            }
            self.warnings -= 1;
            self.findings.push(draft.finish(info));
        } else {
            *self.truncated.entry(info.code).or_default() += 1;
        }
    }
}
