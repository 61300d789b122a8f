//! The layouts of the CSV files, typed, by edition and kind.

use std::sync::LazyLock;

use crate::kind::{Edition, FileKind};
use crate::lists::{self, CodeList};
use crate::tsv;

/// Must a field be filled?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    /// Always.
    Yes,
    /// Never.
    No,
    /// When the condition in the field's note holds.
    Conditional,
}

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub enum FieldType {
    /// YYYYMM.
    Month6,
    /// YYYYMMDD.
    Date8,
    /// HHMM or 9999.
    Time4,
    /// Exactly `max_len` digits.
    Digits,
    /// 10 digits, or H and 9 digits.
    Insured,
    /// An office number, 10 digits.
    Office,
    /// A value of a code list.
    Code(&'static CodeList),
    /// A whole number.
    Integer,
    /// A number that may have a decimal point.
    Decimal,
    /// XXX-XXXX.
    Postal,
    /// A telephone number.
    Phone,
    /// Letters, digits, hyphen.
    Alnum,
    /// NNNNN-NNNNNN.
    Equipment,
    /// 31 characters 0 or 1.
    Bits31,
    /// Service kind and four characters.
    ServiceCode,
    /// The name of the image file.
    FileName,
    /// Free text.
    Text,
}

/// One field of a layout.
#[derive(Debug)]
pub struct Field {
    /// Its number, from 1.
    pub no: u16,
    /// Its name in the standard.
    pub name_ja: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// At most so many characters; `None` = no limit.
    pub max_len: Option<u16>,
    /// Must it be filled?
    pub required: Required,
    /// What it holds.
    pub kind: FieldType,
    /// Choices, format or condition, in words.
    pub note: &'static str,
    /// The source could not be read for sure: at most warn.
    pub likely: bool,
    /// Zeros stand for "not used here".
    pub zeros_allowed: bool,
    /// A special row (subtotal, grand total) may stand here.
    pub special_rows: bool,
    /// Not used: it stays empty.
    pub unused: bool,
    /// Its values say something about a person: never shown.
    pub personal: bool,
}

impl Field {
    /// Must it always be filled?
    pub fn is_required(&self) -> bool {
        self.required == Required::Yes
    }
}

/// The fields of one kind of file in one edition.
#[derive(Debug)]
pub struct Layout {
    /// The edition.
    pub edition: Edition,
    /// The kind of file.
    pub kind: FileKind,
    /// Fields 1 to n in order.
    pub fields: Vec<Field>,
}

impl Layout {
    /// The position (from 0) of the field with this Japanese name.
    pub fn position(&self, name_ja: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name_ja == name_ja)
    }
}

/// The layout of this kind in this edition, if that edition has one.
pub fn layout(edition: Edition, kind: FileKind) -> Option<&'static Layout> {
    LAYOUTS
        .iter()
        .find(|layout| layout.edition == edition && layout.kind == kind)
}

static LAYOUTS: LazyLock<Vec<Layout>> = LazyLock::new(|| {
    let mut layouts: Vec<Layout> = Vec::new();
    for row in tsv::rows(include_str!("../tables/layouts.tsv")) {
        let Some((edition, kind, field)) = parse_row(&row) else {
            continue;
        };
        match layouts
            .iter_mut()
            .find(|layout| layout.edition == edition && layout.kind == kind)
        {
            Some(layout) => layout.fields.push(field),
            None => layouts.push(Layout {
                edition,
                kind,
                fields: vec![field],
            }),
        }
    }
    layouts
});

fn parse_row(row: &[&'static str]) -> Option<(Edition, FileKind, Field)> {
    let &[
        version,
        kind,
        no,
        name_ja,
        name_en,
        max_len,
        required,
        field_type,
        note,
        certainty,
    ] = row
    else {
        return None;
    };
    let edition = Edition::from_csv_version(version)?;
    let kind = FileKind::parse(kind)?;
    let no = no.parse().ok()?;
    // Decided with the tables: this mark is required wherever it stands.
    let commissioned = note.starts_with("codes=commissioned");
    let required = match required {
        "yes" => Required::Yes,
        "conditional" if commissioned => Required::Yes,
        "conditional" => Required::Conditional,
        "no" => Required::No,
        _ => return None,
    };
    let field_type = parse_type(field_type, note)?;
    // V3.0 and V3.1 printed another length for this one: it counts as likely too.
    let likely = match certainty {
        "sure" => edition == Edition::V3 && kind == FileKind::UpSikyu && no == 27,
        "likely" => true,
        _ => return None,
    };
    let field = Field {
        no,
        name_ja,
        name_en,
        max_len: if max_len.is_empty() {
            None
        } else {
            Some(max_len.parse().ok()?)
        },
        required,
        kind: field_type,
        note,
        likely,
        zeros_allowed: note.contains("000000 when") || note.contains("00000000 when"),
        special_rows: note.contains("special rows"),
        unused: note.starts_with("not used"),
        personal: is_personal(field_type, name_en),
    };
    Some((edition, kind, field))
}

fn parse_type(text: &str, note: &'static str) -> Option<FieldType> {
    Some(match text {
        "month6" => FieldType::Month6,
        "date8" => FieldType::Date8,
        "time4" => FieldType::Time4,
        "digits" => FieldType::Digits,
        "insured" => FieldType::Insured,
        "office" => FieldType::Office,
        "code" => {
            let id = note.strip_prefix("codes=")?.split(';').next()?;
            FieldType::Code(lists::list(id)?)
        }
        "integer" => FieldType::Integer,
        "decimal" => FieldType::Decimal,
        "postal" => FieldType::Postal,
        "phone" => FieldType::Phone,
        "alnum" if note.starts_with("NNNNN-NNNNNN") => FieldType::Equipment,
        "alnum" => FieldType::Alnum,
        "bits31" => FieldType::Bits31,
        "service_code" => FieldType::ServiceCode,
        "filename" => FieldType::FileName,
        "text" => FieldType::Text,
        _ => return None,
    })
}

/// Shown are only values that say nothing about a person: numbers of municipalities and offices, months and days of
/// plans, service codes, counts. Everything else is masked.
fn is_personal(field_type: FieldType, name_en: &str) -> bool {
    match field_type {
        FieldType::Text | FieldType::Phone | FieldType::Postal | FieldType::Insured | FieldType::FileName => {
            true
        }
        FieldType::Date8 => name_en.contains("birth") || name_en.contains("certification"),
        FieldType::Code(list) => {
            list.id != "service_kinds" && list.id != "insurance_covered" && list.id != "weekday"
        }
        FieldType::Alnum => name_en == "room_floor",
        FieldType::Integer => name_en.contains("copay") || name_en.contains("checklist"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_every_code_list_exists() {
        let text = include_str!("../tables/layouts.tsv");
        for row in tsv::rows(text) {
            assert!(parse_row(&row).is_some(), "{row:?}");
        }
        let read: usize = LAYOUTS.iter().map(|layout| layout.fields.len()).sum();
        assert_eq!(read, tsv::rows(text).count());
        assert_eq!(LAYOUTS.len(), 26);
    }

    #[test]
    fn numbers_run_from_one_and_field_one_is_the_version() {
        for layout in LAYOUTS.iter() {
            for (at, field) in layout.fields.iter().enumerate() {
                assert_eq!(usize::from(field.no), at + 1);
            }
            assert_eq!(layout.fields[0].name_en, "csv_version");
        }
        for kind in FileKind::ALL {
            assert_eq!(layout(Edition::V41, *kind).is_some(), kind.is_csv());
        }
    }

    #[test]
    fn the_zero_sentinels_stand_only_where_the_standard_puts_them() {
        let with: Vec<_> = LAYOUTS
            .iter()
            .flat_map(|layout| {
                layout
                    .fields
                    .iter()
                    .filter(|f| f.zeros_allowed)
                    .map(|f| (layout.kind, f.no))
            })
            .collect();
        assert_eq!(with.len(), 4);
        assert!(
            with.iter()
                .all(|(kind, no)| *kind == FileKind::UpHosoku && (*no == 4 || *no == 63)),
            "{with:?}"
        );
    }
}
