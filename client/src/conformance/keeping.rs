//! The folder of a test: how far it is, and at the end the signed result. Each file is whole or not there, so a test may be
//! stopped at any moment and run again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proto::conformance::{CaseResult, ConformanceResult, FORMAT, Outcome};
use proto::{OfficeNumber, Time};
use serde::{Deserialize, Serialize};

use super::catalogue::{CASES, NUMBER};
use super::make;
use crate::failure::Failure;
use crate::outbox::disk;

const PROGRESS: &str = "progress.json";

/// What is tested, by whom and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The product's name.
    pub product: String,
    /// Its version.
    pub version: String,
    /// The tool's office.
    pub office: OfficeNumber,
    /// The product's office.
    pub product_office: OfficeNumber,
    /// The relay's door.
    pub relay: String,
    /// The catalogue of cases.
    pub catalogue: u32,
}

/// How far a test is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Progress {
    subject: Subject,
    began_at: Time,
    /// Cases that have an end.
    cases: BTreeMap<String, CaseResult>,
    /// Slots of the sequences used.
    slots: BTreeMap<String, String>,
    last_slot: Option<String>,
    /// Where the inbox ended when the test began.
    pub inbox: Option<String>,
}

/// The folder.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens it, or makes it; goes on where the same test was stopped.
    ///
    /// # Errors
    /// It cannot be read or written, or holds another test.
    pub fn open(path: &Path, subject: Subject, now: Time) -> Result<(Self, Progress), Failure> {
        std::fs::create_dir_all(path).map_err(Failure::write(path))?;
        let folder = Self {
            path: path.to_owned(),
        };
        let file = path.join(PROGRESS);
        let begun = match std::fs::read(&file) {
            Ok(json) => json,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok((folder, Progress::new(subject, now)));
            }
            Err(error) => return Err(Failure::read(&file)(error)),
        };
        match serde_json::from_slice::<Progress>(&begun) {
            Ok(progress) if progress.subject == subject => Ok((folder, progress)),
            _ => Err(Failure::usage(
                format!(
                    "{} には別の試験（製品、版、事業所、中継または試験項目の版が違う）があります。別の --out を指定してください。",
                    path.display()
                ),
                format!(
                    "{} holds another test (of another product, version, office, relay or catalogue); choose another --out",
                    path.display()
                ),
            )),
        }
    }

    /// Writes down how far it is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn keep(&self, progress: &Progress) -> Result<(), Failure> {
        self.write(PROGRESS, &serde_json::to_vec_pretty(progress).unwrap_or_default())
            .map(drop)
    }

    /// Writes a file; where it is.
    ///
    /// # Errors
    /// The disk refuses.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, Failure> {
        let path = self.path.join(name);
        disk::keep(&self.path, &path, bytes).map_err(Failure::write(&path))?;
        Ok(path)
    }
}

impl Progress {
    fn new(subject: Subject, now: Time) -> Self {
        Self {
            subject,
            began_at: now,
            cases: BTreeMap::new(),
            slots: BTreeMap::new(),
            last_slot: None,
            inbox: None,
        }
    }

    /// How a case ended, if it has.
    #[must_use]
    pub fn ended(&self, case: &str) -> Option<&CaseResult> {
        self.cases.get(case)
    }

    /// Writes down its end.
    pub fn end(&mut self, result: CaseResult) {
        self.cases.insert(result.case.clone(), result);
    }

    /// A new slot for a case, at or after `now` (14 digits).
    pub fn take_slot(&mut self, case: &str, now: &str) -> String {
        let slot = make::slot(self.last_slot.as_deref(), now);
        self.last_slot = Some(slot.clone());
        self.slots.insert(case.to_owned(), slot.clone());
        slot
    }

    /// The slot a case used last.
    #[must_use]
    pub fn slot(&self, case: &str) -> Option<&str> {
        self.slots.get(case).map(String::as_str)
    }

    /// The result of the whole catalogue as it stands.
    #[must_use]
    pub fn result(&self, now: Time) -> ConformanceResult {
        let not_run = |id: &str| CaseResult {
            case: id.to_owned(),
            outcome: Outcome::NotRun,
            findings: Vec::new(),
            envelopes: Vec::new(),
            began_at: None,
            ended_at: None,
        };
        let subject = self.subject.clone();
        let ends = self.cases.values().filter_map(|case| case.ended_at);
        ConformanceResult {
            format: FORMAT.to_owned(),
            product: subject.product,
            version: subject.version,
            tool: concat!("careplan ", env!("CARGO_PKG_VERSION")).to_owned(),
            catalogue: NUMBER,
            office: subject.office,
            product_office: subject.product_office,
            relay: subject.relay,
            began_at: self.began_at,
            ended_at: ends.max().unwrap_or(now).max(self.began_at),
            cases: CASES
                .iter()
                .map(|case| self.ended(case.id).cloned().unwrap_or_else(|| not_run(case.id)))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject(product: &str) -> Subject {
        Subject {
            product: product.to_owned(),
            version: "1".to_owned(),
            office: "0300000100".parse().unwrap(),
            product_office: "0300000005".parse().unwrap(),
            relay: "https://relay.example".to_owned(),
            catalogue: NUMBER,
        }
    }

    #[test]
    fn a_test_goes_on_where_it_was_stopped_and_only_the_same_one() {
        let folder = tempfile::tempdir().unwrap();
        let now: Time = "2025-04-01T09:30:00+09:00".parse().unwrap();
        let open = |product| Folder::open(folder.path(), subject(product), now);
        let (kept, mut progress) = open("A").unwrap();
        let first = progress.take_slot("sends.usage", "20250401093000");
        progress.end(CaseResult {
            case: "sends.usage".to_owned(),
            outcome: Outcome::Passed,
            findings: Vec::new(),
            envelopes: Vec::new(),
            began_at: Some(now),
            ended_at: Some(now.plus_seconds(5)),
        });
        kept.keep(&progress).unwrap();
        let (_, mut again) = open("A").unwrap();
        assert_eq!(again.slot("sends.usage"), Some(first.as_str()));
        assert!(first < again.take_slot("sends.plan", "20250401093000"));
        let result = again.result(now.plus_seconds(60));
        assert_eq!(
            (result.count(Outcome::Passed), result.cases.len()),
            (1, CASES.len())
        );
        assert_eq!(result.ended_at, now.plus_seconds(5));
        let json = serde_json::to_vec(&result).unwrap();
        assert_eq!(ConformanceResult::read(&json), Ok(result));
        assert!(matches!(open("B"), Err(Failure::Usage { .. })));
    }
}
