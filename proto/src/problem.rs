//! What is wrong, where, and what to do: the one shape of a problem, and the problem document of the doors.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Code, Limits};

/// Whether a problem stops the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The envelope is refused.
    Error,
    /// The envelope goes on; a person should look.
    Warning,
}

/// One problem. `message` is Japanese, `message_en` English; neither holds personal data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// `area.rule`
    pub code: String,
    /// Whether it stops the envelope.
    pub severity: Severity,
    /// Name of the file, if one is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Physical line on which the record starts, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Number of the field in the standard's layout, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_no: Option<u16>,
    /// The field's Japanese name in the standard's layout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The value found, masked where personal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What is wrong and what to do, in Japanese.
    pub message: String,
    /// The same in English.
    pub message_en: String,
}

impl Problem {
    /// An error with the words of its code.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        Self {
            code: code.code.to_owned(),
            severity: Severity::Error,
            file: None,
            line: None,
            field_no: None,
            field: None,
            value: None,
            message: code.ja.to_owned(),
            message_en: code.en.to_owned(),
        }
    }

    /// The same, about this file.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.file = Some(file.into());
        self
    }

    /// The same, about this field.
    #[must_use]
    pub fn at_field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, showing a value that is not personal.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// Problems as a report carries them: the first thousand one by one, the rest counted per code. Errors come before
/// warnings when there is no room for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problems {
    /// At most [`Limits::PROBLEMS`] problems in the order found.
    pub problems: Vec<Problem>,
    /// How many more there were of each code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, u64>,
    /// How many errors there were in all, listed or counted.
    #[serde(default)]
    pub errors: u64,
}

impl Problems {
    /// Adds one; when the list is full, the last warning makes room for an error, and what does not fit is counted.
    pub fn push(&mut self, problem: Problem) {
        let is_error = problem.severity == Severity::Error;
        self.errors += u64::from(is_error);
        if self.problems.len() < Limits::PROBLEMS {
            self.problems.push(problem);
            return;
        }
        let warning = |listed: &Problem| listed.severity == Severity::Warning;
        let counted = match self.problems.iter().rposition(warning).filter(|_| is_error) {
            Some(at) => {
                let counted = self.problems.remove(at);
                self.problems.push(problem);
                counted
            }
            None => problem,
        };
        *self.more.entry(counted.code).or_default() += 1;
    }

    /// Puts one before all others.
    pub fn lead(&mut self, problem: Problem) {
        let rest = std::mem::take(&mut self.problems);
        self.errors -= rest
            .iter()
            .filter(|problem| problem.severity == Severity::Error)
            .count() as u64;
        self.push(problem);
        rest.into_iter().for_each(|problem| self.push(problem));
    }

    /// Adds problems that were only counted: so many of this code.
    pub fn count(&mut self, code: &str, count: u64) {
        *self.more.entry(code.to_owned()).or_default() += count;
    }

    /// Whether any of them stops the envelope.
    #[must_use]
    pub fn any_error(&self) -> bool {
        0 < self.errors
            || self
                .problems
                .iter()
                .any(|problem| problem.severity == Severity::Error)
    }

    /// Moves problems into the counts until the JSON of this report is at most `bytes` long: warnings first, each kind
    /// from its end.
    pub fn fit(&mut self, bytes: usize) {
        let length = |problems: &Self| serde_json::to_vec(problems).map_or(0, |json| json.len());
        let mut over = length(self).saturating_sub(bytes);
        for severity in [Severity::Warning, Severity::Error] {
            while 0 < over
                && let Some(at) = self
                    .problems
                    .iter()
                    .rposition(|listed| listed.severity == severity)
            {
                let moved = self.problems.remove(at);
                let comma = 1;
                over = over.saturating_sub(serde_json::to_vec(&moved).map_or(0, |json| json.len() + comma));
                let counted = !self.more.contains_key(&moved.code);
                *self.more.entry(moved.code).or_default() += 1;
                // The first of a code adds its line to the counts, and a count may grow by a digit.
                if counted || over == 0 {
                    over = length(self).saturating_sub(bytes);
                }
            }
        }
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(list: Vec<Problem>) -> Self {
        let mut problems = Self::default();
        list.into_iter().for_each(|problem| problems.push(problem));
        problems
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self::from(vec![problem])
    }
}

/// A refusal at a door: RFC 9457 `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProblemDocument {
    /// `urn:careplan-relay:problem:<code>`
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's English sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong here and what to do, in Japanese.
    pub detail: String,
    /// `area.rule`
    pub code: String,
    /// Every problem found, when there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problems: Option<Vec<Problem>>,
}

impl ProblemDocument {
    /// The media type of RFC 9457 §3.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The document of a code in its own words.
    #[must_use]
    pub fn new(code: &Code) -> Self {
        Self {
            kind: format!("urn:careplan-relay:problem:{}", code.code),
            title: code.en.to_owned(),
            status: code.status,
            detail: code.ja.to_owned(),
            code: code.code.to_owned(),
            problems: None,
        }
    }

    /// The document of problems found; the first one gives code and status (422 for codes of the standard's files).
    #[must_use]
    pub fn of(problems: Vec<Problem>) -> Self {
        let Some(first) = problems.first() else {
            return Self::new(&crate::codes::HTTP_INTERNAL);
        };
        Self {
            kind: format!("urn:careplan-relay:problem:{}", first.code),
            title: first.message_en.clone(),
            status: Code::find(&first.code).map_or(422, |code| code.status),
            detail: first.message.clone(),
            code: first.code.clone(),
            problems: Some(problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_bounded_and_counts_the_rest() {
        let problem = Problem::new(&crate::codes::ZIP_NAME);
        let mut problems = Problems::from(vec![problem; 1_200]);
        assert_eq!(problems.problems.len(), 1_000);
        assert_eq!(problems.more["zip.name"], 200);
        problems.fit(10_000);
        assert!(serde_json::to_vec(&problems).unwrap().len() <= 10_000);
        assert_eq!(problems.problems.len() as u64 + problems.more["zip.name"], 1_200);
        assert!(problems.any_error());
        assert_eq!(problems.errors, 1_200);
    }

    #[test]
    fn what_fits_is_kept_and_errors_before_warnings() {
        let error = Problem::new(&crate::codes::ZIP_NAME);
        let warning = Problem {
            severity: Severity::Warning,
            ..Problem::new(&crate::codes::ZIP_CORRUPT)
        };
        let mut problems = Problems::from([vec![warning; 500], vec![error; 500]].concat());
        let whole = serde_json::to_vec(&problems).unwrap().len();
        problems.fit(whole);
        assert_eq!(
            (problems.problems.len(), problems.more.len()),
            (1_000, 0),
            "all fits"
        );
        problems.fit(whole * 3 / 4);
        let left = |severity| {
            problems
                .problems
                .iter()
                .filter(|one| one.severity == severity)
                .count()
        };
        let warnings = left(Severity::Warning);
        assert_eq!(left(Severity::Error), 500);
        assert_eq!(warnings as u64 + problems.more["zip.corrupt"], 500);
        assert!(
            whole * 3 / 4 - serde_json::to_vec(&problems).unwrap().len() < 1_000,
            "no more than needed"
        );
    }

    #[test]
    fn many_warnings_are_no_error_and_hide_none() {
        let mut warning = Problem::new(&crate::codes::ZIP_NAME);
        warning.severity = Severity::Warning;
        let mut problems = Problems::from(vec![warning; 1_001]);
        assert!(!problems.any_error());
        problems.push(Problem::new(&crate::codes::ZIP_CORRUPT));
        problems.lead(Problem::new(&crate::codes::AUTH_SIGNER));
        assert_eq!(problems.errors, 2);
        assert_eq!(problems.problems.len(), 1_000);
        assert_eq!(problems.problems[0].code, "auth.signer");
        assert_eq!(problems.problems[999].code, "zip.corrupt");
        assert_eq!(problems.more["zip.name"], 3);
    }
}
