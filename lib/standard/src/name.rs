//! The grammar of file names, V4.1 and V3:
//! `KIND[_month]_sender[_kind]_receiver[_kind]_timestamp[_branch].CSV`, the kinds in V4.1 only.

use crate::codes::{self, CodeInfo};
use crate::date;
use crate::kind::{Edition, FileKind, KindInfo, MonthPart};
use crate::lists;

/// What the name of a standard file says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileName {
    /// Kind of file.
    pub kind: FileKind,
    /// Edition, told by the presence of service kinds.
    pub edition: Edition,
    /// Service month YYYYMM; `None` when the name has none or zeros.
    pub month: Option<String>,
    /// Sending office, 10 digits.
    pub sender: String,
    /// Its service kind (V4.1).
    pub sender_kind: Option<String>,
    /// Receiving office, 10 digits.
    pub destination: String,
    /// Its service kind (V4.1).
    pub destination_kind: Option<String>,
    /// The 14 digits of date and time all files of a unit share (連番).
    pub sequence: String,
    /// Branch of an image, from 1.
    pub branch: Option<u16>,
}

/// Why a name is not one of the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameFinding {
    /// The code.
    pub info: &'static CodeInfo,
    /// Which part, in Japanese; may be empty.
    pub detail_ja: String,
    /// Which part, in English; may be empty.
    pub detail_en: String,
}

impl NameFinding {
    fn new(info: &'static CodeInfo, ja: impl Into<String>, en: impl Into<String>) -> Self {
        NameFinding {
            info,
            detail_ja: ja.into(),
            detail_en: en.into(),
        }
    }
}

/// Does this name look as if it meant a file of the standard, well-formed or not? Names that do not are attachments.
pub fn looks_standard(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let (stem, extension) = upper.rsplit_once('.').unwrap_or((&upper, ""));
    let known = FileKind::ALL.iter().any(|kind| {
        stem.strip_prefix(kind.as_str())
            .is_some_and(|rest| rest.starts_with('_'))
    });
    match extension {
        "CSV" => known || stem.starts_with("UP") || stem.starts_with("DLT"),
        "JPG" | "JPEG" => stem.starts_with(FileKind::UpKihonImage.as_str()),
        "" => known,
        _ => false,
    }
}

impl FileName {
    /// Reads a name. Accepts what the standard's samples do beside its rules: `.JPG`, UPKIHON with a month of zeros.
    ///
    /// # Errors
    /// The first part that does not fit, with its code.
    pub fn parse(name: &str) -> Result<FileName, NameFinding> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let info = kind_of(name, stem)?;
        check_extension(info, extension)?;
        let rest = stem.get(info.kind.as_str().len() + 1..).unwrap_or_default();
        let parts: Vec<&str> = rest.split('_').collect();
        let with_month = match info.month {
            MonthPart::No => {
                info.tolerates_zero_month && parts.first() == Some(&"000000") && matches!(parts.len(), 4 | 6)
            }
            MonthPart::Yes | MonthPart::YesOrZero => true,
        };
        let beside = usize::from(with_month) + usize::from(info.branch);
        let edition = match parts.len().checked_sub(beside) {
            Some(5) => Edition::V41,
            Some(3) if info.in_v3 => Edition::V3,
            Some(3) => return Err(NameFinding::new(&codes::NAME_EDITION, "", "")),
            _ => {
                return Err(NameFinding::new(
                    &codes::NAME_GRAMMAR,
                    format!("アンダースコアで区切った部分が{}個", parts.len() + 1),
                    format!("{} parts between underscores", parts.len() + 1),
                ));
            }
        };
        let mut parts = parts.into_iter();
        let mut next = || parts.next().unwrap_or_default();
        let month = if with_month { month(info, next())? } else { None };
        let sender = office(next(), "送信元", "sender")?;
        let sender_kind = if edition == Edition::V41 {
            Some(service_kind(next())?)
        } else {
            None
        };
        let destination = office(next(), "送信先", "receiver")?;
        let destination_kind = if edition == Edition::V41 {
            Some(service_kind(next())?)
        } else {
            None
        };
        let sequence = next();
        if !date::is_timestamp(sequence.as_bytes()) {
            return Err(NameFinding::new(&codes::NAME_TIMESTAMP, "", ""));
        }
        let branch = if info.branch { Some(branch(next())?) } else { None };
        Ok(FileName {
            kind: info.kind,
            edition,
            month,
            sender,
            sender_kind,
            destination,
            destination_kind,
            sequence: sequence.to_owned(),
            branch,
        })
    }
}

/// The longest kind that the name begins with.
fn kind_of(name: &str, stem: &str) -> Result<&'static KindInfo, NameFinding> {
    if !name.is_ascii()
        || name
            .bytes()
            .any(|byte| !(byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.'))
    {
        return Err(NameFinding::new(
            &codes::NAME_GRAMMAR,
            "半角英数字、アンダースコア、ピリオド以外の文字",
            "characters other than ASCII letters, digits, underscore, full stop",
        ));
    }
    let find = |stem: &str| {
        let fits = |kind: &&FileKind| {
            stem.strip_prefix(kind.as_str())
                .is_some_and(|rest| rest.starts_with('_'))
        };
        FileKind::ALL
            .iter()
            .filter(fits)
            .max_by_key(|kind| kind.as_str().len())
            .copied()
    };
    if let Some(info) = find(stem).and_then(FileKind::info) {
        return Ok(info);
    }
    if find(&stem.to_ascii_uppercase()).is_some() {
        return Err(NameFinding::new(
            &codes::NAME_LOWER_CASE,
            "ファイル種類",
            "file kind",
        ));
    }
    let info = if looks_standard(name) {
        &codes::NAME_KIND
    } else {
        &codes::NAME_GRAMMAR
    };
    Err(NameFinding::new(info, "", ""))
}

fn check_extension(info: &KindInfo, extension: &str) -> Result<(), NameFinding> {
    if info.kind.is_csv() {
        return match extension {
            "CSV" => Ok(()),
            other if other.eq_ignore_ascii_case("CSV") => {
                Err(NameFinding::new(&codes::NAME_LOWER_CASE, "拡張子", "extension"))
            }
            _ => Err(NameFinding::new(&codes::NAME_EXTENSION, "", "")),
        };
    }
    // The rule prints .jpg, the sample .JPG.
    if matches!(extension, "jpg" | "JPG") {
        Ok(())
    } else {
        Err(NameFinding::new(&codes::NAME_EXTENSION, "", ""))
    }
}

fn month(info: &KindInfo, text: &str) -> Result<Option<String>, NameFinding> {
    let zeros_fit = info.month == MonthPart::YesOrZero || info.tolerates_zero_month;
    if text == "000000" && zeros_fit {
        return Ok(None);
    }
    if date::is_month(text.as_bytes()) {
        return Ok(Some(text.to_owned()));
    }
    Err(NameFinding::new(&codes::NAME_MONTH, "", ""))
}

fn office(text: &str, ja: &str, en: &str) -> Result<String, NameFinding> {
    if text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(text.to_owned());
    }
    let length = text.len();
    Err(NameFinding::new(
        &codes::NAME_OFFICE_DIGITS,
        format!("{ja}、{length}文字"),
        format!("{en}, {length} characters"),
    ))
}

fn service_kind(text: &str) -> Result<String, NameFinding> {
    if lists::is_service_kind(text.as_bytes()) {
        return Ok(text.to_owned());
    }
    if lists::is_service_kind(text.to_ascii_uppercase().as_bytes()) {
        return Err(NameFinding::new(
            &codes::NAME_LOWER_CASE,
            "サービス種類コード",
            "service kind",
        ));
    }
    Err(NameFinding::new(&codes::NAME_SERVICE_KIND, "", ""))
}

fn branch(text: &str) -> Result<u16, NameFinding> {
    match date::number(text.as_bytes()) {
        Some(number @ 1..=9999) if text.len() == 4 => Ok(u16::try_from(number).unwrap_or_default()),
        _ => Err(NameFinding::new(&codes::NAME_BRANCH, "", "")),
    }
}

#[cfg(test)]
mod tests;
