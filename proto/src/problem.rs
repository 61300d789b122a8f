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

/// Problems as a report carries them: the first thousand one by one, the rest counted per code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Problems {
    /// At most [`Limits::PROBLEMS`] problems in the order found.
    pub problems: Vec<Problem>,
    /// How many more there were of each code.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, u64>,
}

impl Problems {
    /// Adds one, or counts it when the list is full.
    pub fn push(&mut self, problem: Problem) {
        if self.problems.len() < Limits::PROBLEMS {
            self.problems.push(problem);
        } else {
            *self.more.entry(problem.code).or_default() += 1;
        }
    }

    /// Whether any of them stops the envelope. A counted one is taken for an error.
    #[must_use]
    pub fn any_error(&self) -> bool {
        !self.more.is_empty()
            || self
                .problems
                .iter()
                .any(|problem| problem.severity == Severity::Error)
    }

    /// Moves problems from the list's end into the counts until the JSON of this report is at most `bytes` long.
    pub fn fit(&mut self, bytes: usize) {
        let length = |problems: &Self| serde_json::to_vec(problems).map_or(0, |json| json.len());
        while length(self) > bytes && !self.problems.is_empty() {
            let keep = self.problems.len() / 2;
            for problem in self.problems.split_off(keep) {
                *self.more.entry(problem.code).or_default() += 1;
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
        Self {
            problems: vec![problem],
            more: BTreeMap::new(),
        }
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
    }
}
