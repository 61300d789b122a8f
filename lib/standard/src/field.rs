//! What a single field may hold, told from the layout alone.

use crate::codes::{self, CodeInfo};
use crate::date;
use crate::layout::{Field, FieldType, Required};
use crate::lists;

/// Free text has no limit in the standard. About two pages of print; software that prints forms cuts longer ones.
pub(crate) const LONG_TEXT: usize = 4000;

/// Why a value does not fit.
pub(crate) struct Misfit {
    pub(crate) info: &'static CodeInfo,
    pub(crate) ja: String,
    pub(crate) en: String,
    /// The tables leave room: warn only.
    pub(crate) unsure: bool,
}

impl Misfit {
    fn new(info: &'static CodeInfo, ja: impl Into<String>, en: impl Into<String>) -> Option<Self> {
        Some(Misfit {
            info,
            ja: ja.into(),
            en: en.into(),
            unsure: false,
        })
    }
}

/// The common case, told without making any text: `true` = surely fits, `false` = ask [`judge`].
#[inline]
pub(crate) fn surely_fits(field: &Field, value: &[u8]) -> bool {
    if value.is_empty() {
        return field.required != Required::Yes;
    }
    match field.kind {
        FieldType::Text => value.len() <= LONG_TEXT,
        FieldType::Digits => {
            field.max_len == u16::try_from(value.len()).ok() && value.iter().all(u8::is_ascii_digit)
        }
        FieldType::Integer => {
            field.max_len.is_none_or(|max| value.len() <= usize::from(max))
                && value.iter().all(u8::is_ascii_digit)
        }
        FieldType::Insured => is_insured(value),
        FieldType::Office => value.len() == 10 && value.iter().all(u8::is_ascii_digit),
        FieldType::Code(list) => list.contains(value),
        FieldType::Date8 => date::is_date(value),
        FieldType::Month6 => date::is_month(value),
        FieldType::Time4 => date::is_time(value) || value == b"9999",
        _ => judge(field, value).is_none(),
    }
}

/// Judges the bytes of a field (without its quotes); `None` = fits.
pub(crate) fn judge(field: &Field, value: &[u8]) -> Option<Misfit> {
    if value.is_empty() {
        return if field.required == Required::Yes {
            Misfit::new(&codes::FIELD_REQUIRED, "", "")
        } else {
            None
        };
    }
    if matches!(field.kind, FieldType::Text) {
        let length = length(field, value);
        return if length <= LONG_TEXT {
            None
        } else {
            Misfit::new(
                &codes::FIELD_TEXT_LONG,
                format!("{length}文字"),
                format!("{length} characters"),
            )
        };
    }
    if let Some(max) = field.max_len {
        let length = length(field, value);
        if length > usize::from(max) {
            return Misfit::new(
                &codes::FIELD_LENGTH,
                format!("最大{max}文字、実際は{length}文字"),
                format!("at most {max} characters, there are {length}"),
            );
        }
    }
    let misfit = judge_type(field, value);
    if misfit.is_none() && field.unused {
        return Misfit::new(
            &codes::FIELD_UNEXPECTED,
            "使われない項目",
            "a field that is not used",
        );
    }
    misfit
}

fn judge_type(field: &Field, value: &[u8]) -> Option<Misfit> {
    let zeros = field.zeros_allowed && value.iter().all(|byte| *byte == b'0');
    let digits = |value: &[u8]| value.iter().all(u8::is_ascii_digit);
    let (fits, ja, en) = match field.kind {
        FieldType::Month6 => (
            date::is_month(value) || (zeros && value.len() == 6),
            "年月YYYYMM",
            "a month YYYYMM",
        ),
        FieldType::Date8 => (
            date::is_date(value) || (zeros && value.len() == 8),
            "実在する日付YYYYMMDD",
            "a real date YYYYMMDD",
        ),
        FieldType::Time4 if value == b"2400" => {
            // Not ruled: some write the end of the day so.
            let misfit = Misfit::new(
                &codes::FIELD_TYPE,
                "時刻は0000から2359、または9999",
                "0000 to 2359, or 9999",
            );
            return misfit.map(|misfit| Misfit {
                unsure: true,
                ..misfit
            });
        }
        FieldType::Time4 => (
            date::is_time(value) || value == b"9999",
            "時刻HHMMまたは9999",
            "a time HHMM or 9999",
        ),
        FieldType::Digits => (
            digits(value) && field.max_len.is_none_or(|max| usize::from(max) == value.len()),
            "決まった桁数の数字",
            "all its digits",
        ),
        FieldType::Insured => (
            is_insured(value),
            "10桁の数字、またはHと9桁の数字",
            "10 digits, or H and 9 digits",
        ),
        FieldType::Office => (value.len() == 10 && digits(value), "10桁の数字", "10 digits"),
        FieldType::Integer => (
            digits(value.strip_prefix(b"-").unwrap_or(value)) && value != b"-",
            "整数",
            "a whole number",
        ),
        FieldType::Decimal => (is_decimal(value), "数値", "a number"),
        FieldType::Postal => (is_postal(value), "XXX-XXXX", "XXX-XXXX"),
        FieldType::Phone => {
            let fits = value
                .iter()
                .all(|byte| byte.is_ascii_digit() || b"-()+ ".contains(byte));
            (fits, "半角の数字とハイフン", "half-width digits and hyphens")
        }
        FieldType::Alnum => (
            value
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-'),
            "半角英数字",
            "half-width letters and digits",
        ),
        FieldType::Equipment => return judge_equipment(value),
        FieldType::Bits31 => (
            value.len() == 31 && value.iter().all(|byte| matches!(byte, b'0' | b'1')),
            "0と1で31文字",
            "31 characters 0 or 1",
        ),
        FieldType::ServiceCode => return judge_service_code(field, value),
        FieldType::Code(list) => {
            return if list.contains(value) {
                None
            } else {
                Misfit::new(&codes::FIELD_CODE, "", "")
            };
        }
        FieldType::FileName | FieldType::Text => return None,
    };
    if fits {
        None
    } else {
        Misfit::new(
            &codes::FIELD_TYPE,
            format!("正しくは{ja}"),
            format!("expected: {en}"),
        )
    }
}

/// Length in characters, the lenient one of the two readings; the sign of a number does not count.
fn length(field: &Field, value: &[u8]) -> usize {
    if value.is_ascii() {
        let sign = matches!(field.kind, FieldType::Integer) && value.first() == Some(&b'-');
        return value.len() - usize::from(sign);
    }
    let mut count = 0;
    let mut at = 0;
    while let Some(byte) = value.get(at) {
        at += if matches!(byte, 0x81..=0x9F | 0xE0..=0xFC) {
            2
        } else {
            1
        };
        count += 1;
    }
    count
}

pub(crate) fn is_insured(value: &[u8]) -> bool {
    let rest = value.strip_prefix(b"H").unwrap_or(value);
    value.len() == 10 && rest.iter().all(u8::is_ascii_digit)
}

fn is_decimal(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == b'.');
    let digits = |part: Option<&[u8]>| {
        part.is_some_and(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
    };
    let whole = digits(parts.next());
    match parts.next() {
        None => whole,
        fraction => whole && digits(fraction) && parts.next().is_none(),
    }
}

fn is_postal(value: &[u8]) -> bool {
    value.len() == 8
        && value.iter().enumerate().all(|(at, byte)| {
            if at == 3 {
                *byte == b'-'
            } else {
                byte.is_ascii_digit()
            }
        })
}

/// NNNNN-NNNNNN; the width of the hyphen cannot be read for sure, so a full-width one is only warned of.
fn judge_equipment(value: &[u8]) -> Option<Misfit> {
    let digits = |part: &[u8], count: usize| part.len() == count && part.iter().all(u8::is_ascii_digit);
    let fits =
        |width: usize| value.len() == 11 + width && digits(&value[..5], 5) && digits(&value[5 + width..], 6);
    if fits(1) && value[5] == b'-' {
        return None;
    }
    let misfit = Misfit::new(
        &codes::FIELD_TYPE,
        "正しくはNNNNN-NNNNNN",
        "expected: NNNNN-NNNNNN",
    );
    let unsure = fits(2) && value[5] == 0x81;
    misfit.map(|misfit| Misfit { unsure, ..misfit })
}

fn judge_service_code(field: &Field, value: &[u8]) -> Option<Misfit> {
    if value.len() != 6
        || !value
            .iter()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    {
        return Misfit::new(
            &codes::FIELD_TYPE,
            "正しくは種類2桁と項目4桁",
            "expected: kind (2) and item (4)",
        );
    }
    if field.special_rows && value == b"999999" {
        return None;
    }
    if lists::IN_SCOPE.contains(&value[..2]) {
        return None;
    }
    if !lists::is_service_kind(&value[..2]) {
        return Misfit::new(&codes::FIELD_CODE, "サービス種類", "service kind");
    }
    Misfit::new(&codes::SERVICE_OUT_OF_SCOPE, "", "")
}

#[cfg(test)]
mod tests;
