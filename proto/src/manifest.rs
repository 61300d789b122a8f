//! `manifest.json`, the first entry of the ZIP: who sends what to whom.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::strict_json::{self, StrictJsonError};
use crate::{Code, Limits, OfficeNumber, Problem, Time, codes, software};

/// Name of the manifest inside the ZIP.
pub const MANIFEST_NAME: &str = "manifest.json";

/// The value of `format`.
pub const MANIFEST_FORMAT: &str = "careplan-envelope/1";

/// What a file is to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FileRole {
    /// A file of the national standard.
    Standard,
    /// Anything else of the allowed kinds.
    Attachment,
}

/// One file of the envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestFile {
    /// Name in the ZIP, without path.
    pub name: String,
    /// What it is.
    pub role: FileRole,
    /// Size in bytes, unpacked.
    pub size: u64,
    /// SHA-256 of the unpacked bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// The whole manifest. Unknown fields are ignored; they stay in the signed bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// `careplan-envelope/1`
    pub format: String,
    /// The sending office.
    pub sender: OfficeNumber,
    /// The office it is for.
    pub destination: OfficeNumber,
    /// 連番: 14 digits (YYYYMMDDHHMMSS), the one in the names of the standard files.
    pub sequence: String,
    /// When the envelope was made.
    pub created_at: Time,
    /// Some words to the destination; at most 1,000 characters, no C0 controls but LF and TAB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The software that made the files, name and version, at most 200 characters on one line; anything else is passed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// Every file beside the manifest.
    pub files: Vec<ManifestFile>,
}

/// What the door reads of a manifest: enough to know who may send it and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestHead {
    /// The sending office.
    pub sender: OfficeNumber,
    /// The office it is for.
    pub destination: OfficeNumber,
    /// The sequence as written, if it is 14 digits; nothing is judged by it at the door.
    pub sequence: Option<String>,
}

impl ManifestHead {
    /// Reads format, sender and destination.
    ///
    /// # Errors
    /// The problem the door answers with (`manifest.not_json`, `.duplicate_key`, `.format`, `.office`).
    pub fn peek(json: &[u8]) -> Result<Self, Box<Problem>> {
        let object = object(json)?;
        head(&object)
    }
}

impl Manifest {
    /// Reads and judges a whole manifest, all problems at once. Times against the acceptance are judged by
    /// [`Self::created_in_time`], files against the ZIP by whoever unpacks.
    ///
    /// # Errors
    /// Every problem found.
    pub fn parse(json: &[u8]) -> Result<Self, Vec<Problem>> {
        let object = object(json).map_err(|problem| vec![*problem])?;
        let head = head(&object).map_err(|problem| vec![*problem])?;
        let mut problems = Vec::new();
        if head.sender == head.destination {
            problems.push(wrong(&codes::MANIFEST_SELF, "destination"));
        }
        let sequence = text(&object, "sequence").unwrap_or_default().to_owned();
        if !is_sequence(&sequence) {
            problems.push(wrong(&codes::MANIFEST_SEQUENCE, "sequence"));
        }
        let created_at = text(&object, "created_at").and_then(|text| text.parse::<Time>().ok());
        if created_at.is_none() {
            problems.push(wrong(&codes::MANIFEST_FIELD, "created_at"));
        }
        let message = match object.get("message") {
            None | Some(Value::Null) => None,
            Some(Value::String(message)) if is_message(message) => Some(message.clone()),
            Some(_) => {
                problems.push(wrong(&codes::MANIFEST_MESSAGE, "message"));
                None
            }
        };
        // Nothing depends on it, so it refuses nothing.
        let software = text(&object, "software").filter(|text| software::is_plain(text));
        let software = software.map(str::to_owned);
        let files = files(object.get("files"), &mut problems);
        match created_at {
            Some(created_at) if problems.is_empty() => Ok(Self {
                format: MANIFEST_FORMAT.to_owned(),
                sender: head.sender,
                destination: head.destination,
                sequence,
                created_at,
                message,
                software,
                files,
            }),
            _ => Err(problems),
        }
    }

    /// Whether `created_at` is at most 30 days before and 10 minutes after the acceptance.
    #[must_use]
    pub fn created_in_time(&self, accepted_at: Time) -> bool {
        accepted_at.plus_seconds(-Limits::CREATED_BEFORE_SECONDS) <= self.created_at
            && self.created_at <= accepted_at.plus_seconds(Limits::CREATED_AFTER_SECONDS)
    }
}

/// Whether a text is 14 digits that make a real date and time.
#[must_use]
pub fn is_sequence(text: &str) -> bool {
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().unwrap_or(-1);
    let (month, day) = (number(4..6), number(6..8));
    let date = i8::try_from(month)
        .ok()
        .zip(i8::try_from(day).ok())
        .map(|(m, d)| jiff::civil::Date::new(number(0..4), m, d));
    matches!(date, Some(Ok(_))) && number(8..10) < 24 && number(10..12) < 60 && number(12..14) < 60
}

fn object(json: &[u8]) -> Result<Map<String, Value>, Box<Problem>> {
    match strict_json::parse(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Box::new(
            Problem::new(&codes::MANIFEST_NOT_JSON).in_file(MANIFEST_NAME),
        )),
        Err(StrictJsonError::Syntax { line, .. }) => {
            let mut problem = Problem::new(&codes::MANIFEST_NOT_JSON).in_file(MANIFEST_NAME);
            problem.line = u32::try_from(line).ok();
            Err(Box::new(problem))
        }
        Err(StrictJsonError::DuplicateKey { line, .. }) => {
            let mut problem = Problem::new(&codes::MANIFEST_DUPLICATE_KEY).in_file(MANIFEST_NAME);
            problem.line = u32::try_from(line).ok();
            Err(Box::new(problem))
        }
    }
}

/// A problem of a field of the manifest.
fn wrong(code: &Code, field: &str) -> Problem {
    Problem::new(code).in_file(MANIFEST_NAME).at_field(field)
}

fn head(object: &Map<String, Value>) -> Result<ManifestHead, Box<Problem>> {
    let refuse = |code, field: &str| Box::new(wrong(code, field));
    if text(object, "format") != Some(MANIFEST_FORMAT) {
        return Err(refuse(&codes::MANIFEST_FORMAT, "format"));
    }
    let office = |field: &str| {
        text(object, field)
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| refuse(&codes::MANIFEST_OFFICE, field))
    };
    let sequence = text(object, "sequence")
        .filter(|text| is_sequence(text))
        .map(str::to_owned);
    Ok(ManifestHead {
        sender: office("sender")?,
        destination: office("destination")?,
        sequence,
    })
}

fn files(value: Option<&Value>, problems: &mut Vec<Problem>) -> Vec<ManifestFile> {
    let Some(Value::Array(list)) = value else {
        problems.push(wrong(&codes::MANIFEST_FIELD, "files"));
        return Vec::new();
    };
    if list.is_empty() {
        problems.push(wrong(&codes::MANIFEST_FIELD, "files"));
    }
    let mut files = Vec::with_capacity(list.len());
    for (index, entry) in list.iter().enumerate() {
        let digest_is_hex = |file: &ManifestFile| {
            file.sha256.len() == 64
                && file
                    .sha256
                    .bytes()
                    .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        };
        match serde_json::from_value::<ManifestFile>(entry.clone()) {
            Ok(file) if digest_is_hex(&file) => files.push(file),
            _ => problems.push(wrong(&codes::MANIFEST_FIELD, &format!("files[{index}]"))),
        }
    }
    files
}

fn text<'a>(object: &'a Map<String, Value>, field: &str) -> Option<&'a str> {
    object.get(field).and_then(Value::as_str)
}

fn is_message(message: &str) -> bool {
    message.chars().count() <= Limits::MESSAGE_CHARACTERS
        && !message
            .chars()
            .any(|c| (c < ' ' && c != '\n' && c != '\t') || c == '\u{7f}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn good() -> Value {
        serde_json::json!({
            "format": MANIFEST_FORMAT, "sender": "0300000100", "destination": "0300000005",
            "sequence": "20250401093000", "created_at": "2025-04-01T09:30:00+09:00", "message": "四月分です\n", "unknown": [1],
            "files": [{ "name": "a.pdf", "role": "attachment", "size": 3, "sha256": "0".repeat(64) }]
        })
    }

    fn codes_of(value: &Value) -> Vec<String> {
        Manifest::parse(value.to_string().as_bytes()).map_or_else(
            |problems| {
                problems
                    .into_iter()
                    .map(|p| format!("{}:{}", p.code, p.field.unwrap_or_default()))
                    .collect()
            },
            |_| Vec::new(),
        )
    }

    #[test]
    fn unknown_fields_are_ignored_and_the_rest_is_read() {
        let manifest = Manifest::parse(good().to_string().as_bytes()).unwrap();
        assert_eq!(manifest.message.as_deref(), Some("四月分です\n"));
        assert_eq!(manifest.files.len(), 1);
    }

    #[test]
    fn each_broken_field_is_told() {
        let cases: &[(&str, Value, &str)] = &[
            ("format", "careplan-envelope/2".into(), "manifest.format:format"),
            ("sender", "030000010".into(), "manifest.office:sender"),
            ("destination", "0300000100".into(), "manifest.self:destination"),
            ("sequence", "20250230093000".into(), "manifest.sequence:sequence"),
            ("created_at", "yesterday".into(), "manifest.field:created_at"),
            ("message", "a\u{0}b".into(), "manifest.message:message"),
            ("message", "長".repeat(1_001).into(), "manifest.message:message"),
            ("message", 7.into(), "manifest.message:message"),
            ("files", Value::Array(vec![]), "manifest.field:files"),
            (
                "files",
                serde_json::json!([{ "name": "a" }]),
                "manifest.field:files[0]",
            ),
        ];
        for (field, value, expected) in cases {
            let mut manifest = good();
            manifest[field] = value.clone();
            assert_eq!(codes_of(&manifest), [*expected], "{field}");
        }
        assert_eq!(Manifest::parse(b"[]").unwrap_err()[0].code, "manifest.not_json");
        let twice = good()
            .to_string()
            .replacen("\"sender\"", "\"sender\":\"0\",\"sender\"", 1);
        assert_eq!(
            Manifest::parse(twice.as_bytes()).unwrap_err()[0].code,
            "manifest.duplicate_key"
        );
    }

    #[test]
    fn created_at_has_a_window() {
        let manifest = Manifest::parse(good().to_string().as_bytes()).unwrap();
        let created = manifest.created_at;
        assert!(manifest.created_in_time(created.plus_seconds(30 * 86_400)));
        assert!(!manifest.created_in_time(created.plus_seconds(30 * 86_400 + 1)));
        assert!(manifest.created_in_time(created.plus_seconds(-600)));
        assert!(!manifest.created_in_time(created.plus_seconds(-601)));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = Manifest::parse(&bytes);
            let _ = ManifestHead::peek(&bytes);
        }

        #[test]
        fn never_panics_on_near_misses(field in "[a-z_]{0,10}", text in ".{0,20}") {
            let mut manifest = good();
            manifest[field] = text.into();
            let _ = Manifest::parse(manifest.to_string().as_bytes());
        }
    }
}
