//! Results of conformance tests: what `careplan conformance run` writes and signs, and the console reads.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::software::{self, NAME_CHARACTERS};
use crate::strict_json::{self, StrictJsonError};
use crate::{EnvelopeId, OfficeNumber, Time};

/// The value of `format`.
pub const FORMAT: &str = "careplan-conformance/1";

/// Largest result, bytes, before it is signed.
pub const BYTES: usize = 128 * 1024;

/// Most cases, most findings of one, and the longest finding in characters of each language.
const CASES: usize = 200;
const FINDINGS: usize = 20;
const FINDING_CHARACTERS: usize = 600;

/// Most envelopes named by one case.
const ENVELOPES: usize = 50;

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All that is checked was right.
    Passed,
    /// Something was wrong; the findings say what.
    Failed,
    /// It was not run, or could not be judged.
    NotRun,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Passed, Self::Failed, Self::NotRun];

    /// Its words, Japanese first.
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Passed => ("合格", "passed"),
            Self::Failed => ("不合格", "failed"),
            Self::NotRun => ("未実施", "not run"),
        }
    }
}

/// What was found in a case; never contents of files or names of persons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// In Japanese.
    pub ja: String,
    /// In English.
    pub en: String,
}

/// One case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseResult {
    /// Its id in the catalogue, `sends.usage`.
    pub case: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What was wrong, or why it was not run.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// The envelopes it was judged by.
    #[serde(default)]
    pub envelopes: Vec<EnvelopeId>,
    /// When it began and ended, if it was run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Time>,
    /// See `began_at`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Time>,
}

/// A whole result, the content of the signed file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConformanceResult {
    /// `careplan-conformance/1`
    pub format: String,
    /// The product's name, without its version.
    pub product: String,
    /// Its version.
    pub version: String,
    /// What tested it, name and version.
    pub tool: String,
    /// The catalogue of cases, a number that rises with every change.
    pub catalogue: u32,
    /// The office the tool acted as; its certificate signs.
    pub office: OfficeNumber,
    /// The office that used the product.
    pub product_office: OfficeNumber,
    /// The relay's door, a URL.
    pub relay: String,
    /// When the first case began.
    pub began_at: Time,
    /// When the last case ended.
    pub ended_at: Time,
    /// Every case of the catalogue, in its order.
    pub cases: Vec<CaseResult>,
}

/// Why bytes are no result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAResult {
    /// More than [`BYTES`].
    #[error("larger than {BYTES} bytes")]
    TooLarge,
    /// No JSON, or an object has a key twice.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// Other fields, or of other types.
    #[error("{0}")]
    Shape(String),
    /// A field has a value it may not have.
    #[error("{0} has a value it may not have")]
    Field(&'static str),
}

impl ConformanceResult {
    /// Reads and judges a result. Fields this release does not know are passed over.
    ///
    /// # Errors
    /// The first thing that does not fit.
    pub fn read(json: &[u8]) -> Result<Self, NotAResult> {
        if BYTES < json.len() {
            return Err(NotAResult::TooLarge);
        }
        let value = strict_json::parse(json)?;
        let result: Self =
            serde_json::from_value(value).map_err(|error| NotAResult::Shape(error.to_string()))?;
        result.judge().map_err(NotAResult::Field)?;
        Ok(result)
    }

    /// The result as JSON. Where it would be larger than it may be, the last findings of the cases that have the most are
    /// left out; one stays with each.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut fitted = self.clone();
        loop {
            let json = serde_json::to_vec_pretty(&fitted)?;
            let most = fitted.cases.iter().map(|case| case.findings.len()).max();
            let most = most.filter(|most| BYTES < json.len() && 1 < *most);
            let Some(most) = most else { return Ok(json) };
            let longest = fitted.cases.iter_mut().filter(|case| case.findings.len() == most);
            longest.for_each(|case| drop(case.findings.pop()));
        }
    }

    /// How many cases ended so.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> usize {
        self.cases.iter().filter(|case| case.outcome == outcome).count()
    }

    /// Ids of the cases that failed, in their order.
    pub fn failed(&self) -> impl Iterator<Item = &str> {
        let failed = self.cases.iter().filter(|case| case.outcome == Outcome::Failed);
        failed.map(|case| case.case.as_str())
    }

    fn judge(&self) -> Result<(), &'static str> {
        let line = |text: &str, most: usize| software::is_plain(text) && text.chars().count() <= most;
        let fits = [
            ("format", self.format == FORMAT),
            ("product", is_product(&self.product)),
            ("version", line(&self.version, 40)),
            ("tool", line(&self.tool, NAME_CHARACTERS)),
            ("relay", line(&self.relay, software::CHARACTERS)),
            ("product_office", self.product_office != self.office),
            ("ended_at", self.began_at <= self.ended_at),
            ("cases", (1..=CASES).contains(&self.cases.len())),
        ];
        if let Some((field, _)) = fits.into_iter().find(|(_, fits)| !fits) {
            return Err(field);
        }
        let mut seen = BTreeSet::new();
        for case in &self.cases {
            if !is_case(&case.case) || !seen.insert(case.case.as_str()) {
                return Err("case");
            }
            let is_told = |text: &String| {
                let hidden = text.chars().any(|c| c.is_control() && c != '\n');
                !hidden && text.chars().count() <= FINDING_CHARACTERS
            };
            let told = case
                .findings
                .iter()
                .all(|found| is_told(&found.ja) && is_told(&found.en));
            if !told || FINDINGS < case.findings.len() {
                return Err("findings");
            }
            if ENVELOPES < case.envelopes.len() {
                return Err("envelopes");
            }
            // A failure nobody can act on is none.
            if case.outcome == Outcome::Failed && case.findings.is_empty() {
                return Err("outcome");
            }
        }
        Ok(())
    }
}

impl CaseResult {
    /// A finding more, as far as a result holds them.
    pub fn find(&mut self, ja: &str, en: &str) {
        let fit = |text: &str| -> String {
            let plain = text
                .chars()
                .map(|c| if c.is_control() && c != '\n' { ' ' } else { c });
            plain.take(FINDING_CHARACTERS).collect()
        };
        if self.findings.len() < FINDINGS {
            self.findings.push(Finding {
                ja: fit(ja),
                en: fit(en),
            });
        }
    }
}

/// Whether a text may be a product's name.
#[must_use]
pub fn is_product(name: &str) -> bool {
    software::is_plain(name) && name.chars().count() <= NAME_CHARACTERS
}

fn is_case(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    (1..=60).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn sample() -> Value {
        json!({
            "format": FORMAT, "product": "Kaigo Pro", "version": "3.1", "tool": "careplan 0.1.0", "catalogue": 1,
            "office": "0300000100", "product_office": "0300000005", "relay": "https://relay.example:8444",
            "began_at": "2025-04-01T09:30:00+09:00", "ended_at": "2025-04-01T09:40:00+09:00",
            "cases": [
                { "case": "sends.usage", "outcome": "passed" },
                { "case": "sends.plan", "outcome": "failed", "findings": [{ "ja": "誤り", "en": "wrong" }] },
                { "case": "receives.usage", "outcome": "not_run", "later": true },
            ],
        })
    }

    fn read(value: &Value) -> Result<ConformanceResult, NotAResult> {
        ConformanceResult::read(value.to_string().as_bytes())
    }

    #[test]
    fn a_result_is_read_and_counted() {
        let result = read(&sample()).unwrap();
        assert_eq!(Outcome::ALL.map(|outcome| result.count(outcome)), [1, 1, 1]);
        assert_eq!(result.failed().collect::<Vec<_>>(), ["sends.plan"]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (pointer, wrong, field) in [
            ("/format", json!("careplan-conformance/9"), "format"),
            ("/product", json!("a\nb"), "product"),
            ("/version", json!(""), "version"),
            ("/product_office", json!("0300000100"), "product_office"),
            ("/ended_at", json!("2024-04-01T09:40:00+09:00"), "ended_at"),
            ("/cases", json!([]), "cases"),
            ("/cases/1/case", json!("sends.usage"), "case"),
            ("/cases/1/case", json!("../x"), "case"),
            ("/cases/1/findings", json!([]), "outcome"),
            ("/cases/1/findings/0/ja", json!("x".repeat(601)), "findings"),
        ] {
            let mut value = sample();
            *value.pointer_mut(pointer).unwrap() = wrong;
            assert_eq!(read(&value), Err(NotAResult::Field(field)), "{pointer}");
        }
        let twice = br#"{"format":"a","format":"b"}"#;
        assert!(matches!(ConformanceResult::read(twice), Err(NotAResult::Json(_))));
        assert_eq!(
            ConformanceResult::read(&vec![b' '; BYTES + 1]),
            Err(NotAResult::TooLarge)
        );
        assert!(matches!(
            ConformanceResult::read(b"{}"),
            Err(NotAResult::Shape(_))
        ));
    }

    #[test]
    fn findings_fit_whatever_is_found() {
        let mut result = read(&sample()).unwrap();
        let case = result.cases.remove(0);
        for n in 0..30 {
            let mut case = CaseResult {
                case: format!("sends.{n}"),
                ..case.clone()
            };
            (0..100).for_each(|_| case.find(&"字".repeat(2_000), "a\u{1}b"));
            result.cases.push(case);
        }
        let json = result.to_json().unwrap();
        let again = ConformanceResult::read(&json).unwrap();
        assert_eq!(again.cases.len(), 32);
        assert!(again.cases.iter().skip(2).all(|case| !case.findings.is_empty()));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let _ = ConformanceResult::read(&bytes);
        }

        #[test]
        fn what_was_read_is_read_again(text in "\\PC{0,90}", at in 0_usize..4) {
            let mut value = sample();
            let pointer = ["/product", "/version", "/cases/1/findings/0/en", "/cases/0/case"][at];
            *value.pointer_mut(pointer).unwrap() = json!(text);
            if let Ok(result) = read(&value) {
                let again = serde_json::to_vec(&result).unwrap();
                prop_assert_eq!(ConformanceResult::read(&again), Ok(result));
            }
        }
    }
}
