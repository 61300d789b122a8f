//! The JSON shapes about the directory's CSV file at the console's door. The file itself is told in
//! `docs/operator-guide.md`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Problems, Time};

/// The file's media type.
pub const CSV: &str = "text/csv";

/// Columns of the file in the order of an export, each with its Japanese name, which is read too. The first two must be
/// there; of a column that is not there every office keeps what it has.
pub const COLUMNS: [(&str, &str); 9] = [
    ("number", "事業所番号"),
    ("name", "名称"),
    ("services", "サービス種類"),
    ("state", "状態"),
    ("renumbered_to", "変更後の事業所番号"),
    ("versions", "標準仕様の版"),
    ("max_bytes", "最大バイト数"),
    ("licence_applied_on", "ライセンス申請日"),
    ("licence_last_day", "ライセンス最終日"),
];

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// The file is on its way to the desk.
    Arriving,
    /// Every line is judged; nothing is entered yet.
    Checking,
    /// What it would change is counted; nothing is entered yet.
    Comparing,
    /// The directory is being changed.
    Entering,
    /// Done; for a trial: it would do what is counted.
    Done,
    /// The file has errors. Nothing was entered.
    Refused,
    /// The desk could not go on; the same file again enters the rest.
    Failed,
    /// The desk stopped in the midst of it; the same file again enters the rest.
    Interrupted,
}

impl ImportState {
    /// Every state, in the order of an import.
    pub const ALL: [Self; 8] = [
        Self::Arriving,
        Self::Checking,
        Self::Comparing,
        Self::Entering,
        Self::Done,
        Self::Refused,
        Self::Failed,
        Self::Interrupted,
    ];

    /// The word used in store and API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Arriving => "arriving",
            Self::Checking => "checking",
            Self::Comparing => "comparing",
            Self::Entering => "entering",
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// Whether nothing more comes.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(
            self,
            Self::Done | Self::Refused | Self::Failed | Self::Interrupted
        )
    }
}

/// The text names no state of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a state of an import")]
pub struct NotAnImportState;

impl std::str::FromStr for ImportState {
    type Err = NotAnImportState;

    fn from_str(text: &str) -> Result<Self, NotAnImportState> {
        let named = Self::ALL.into_iter().find(|state| state.as_str() == text);
        named.ok_or(NotAnImportState)
    }
}

/// How the file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum FileEncoding {
    /// UTF-8 without byte order mark; ASCII is UTF-8 too.
    #[serde(rename = "utf-8")]
    Utf8,
    /// UTF-8 with byte order mark.
    #[serde(rename = "utf-8-bom")]
    Utf8Bom,
    /// Shift_JIS as Windows reads it (MS932, code page 932).
    #[serde(rename = "shift_jis")]
    ShiftJis,
}

/// How the file's lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LineEnds {
    /// CR LF.
    Crlf,
    /// LF, or no end of a line at all.
    Lf,
    /// Both.
    Mixed,
}

/// What an import did, or would do: `new` + `changed` + `unchanged` are the offices of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ImportCounts {
    /// Offices the directory did not have.
    pub new: u64,
    /// Offices of which something changed.
    pub changed: u64,
    /// Offices of which nothing changed.
    pub unchanged: u64,
    /// Of the changed ones those that took part and no longer do: closed or renumbered.
    pub closed: u64,
    /// Offices of the directory that the file does not name. They stay as they are.
    pub absent: u64,
}

/// What is known of the file and of what it does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ImportReport {
    /// The file's SHA-256, 64 lower-case hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// How it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<FileEncoding>,
    /// How its lines end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_ends: Option<LineEnds>,
    /// Offices that were read.
    pub offices: u64,
    /// What it did, or would do.
    pub counts: ImportCounts,
    /// What is wrong with the file, line by line; `field_no` is the column, from 1.
    pub problems: Problems,
}

/// Answer of `POST /v1/directory/imports` and `GET /v1/directory/imports/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryImport {
    /// Its number.
    pub id: i64,
    /// Who began it, a holder.
    pub actor: String,
    /// Whether it only says what it would do.
    pub dry_run: bool,
    /// When it was begun.
    pub begun_at: Time,
    /// When it last gave a sign of life.
    pub changed_at: Time,
    /// How far it is.
    pub state: ImportState,
    /// Bytes of the file that are through this state.
    pub done: u64,
    /// Of so many.
    pub total: u64,
    /// What is known of the file.
    pub report: ImportReport,
}

/// Answer of `GET /v1/directory/imports`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DirectoryImports {
    /// The latest twenty, newest first.
    pub items: Vec<DirectoryImport>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_one_word_everywhere() {
        for state in ImportState::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!("".parse::<ImportState>().is_err());
    }
}
