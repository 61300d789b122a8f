//! Writing the rows of a file through its layout: fields are named, the edition decides where they stand.
//!
//! MS932, free text in quotes, CRLF, no header row.

use super::people::Person;
use crate::kind::{Edition, FileKind};
use crate::layout::{FieldType, Layout, layout};
use crate::ms932;

/// The rows of one file.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) kind: FileKind,
    layout: &'static Layout,
    /// The row being written: the bytes of each field, `None` = not filled.
    cells: Vec<Option<Vec<u8>>>,
    /// The field after the one filled last: most rows are filled in order.
    next: usize,
    bytes: Vec<u8>,
}

impl Sheet {
    /// An empty file; `None` when the edition has no such kind.
    pub(crate) fn new(edition: Edition, kind: FileKind) -> Option<Sheet> {
        let layout = layout(edition, kind)?;
        Some(Sheet {
            kind,
            layout,
            cells: vec![None; layout.fields.len()],
            next: 0,
            bytes: Vec::new(),
        })
    }

    /// Begins a row with version, insurer, insured.
    pub(crate) fn begin(&mut self, person: &Person) -> &mut Self {
        self.cells.fill(None);
        self.next = 0;
        self.put("csv_version", self.layout.edition.csv_version())
            .put("insurer_number", &person.insurer)
            .put("insured_number", &person.insured)
    }

    /// Fills the field with this English name. A field that V4.1 has and this edition lacks is left out.
    pub(crate) fn put(&mut self, name: &str, value: impl AsRef<str>) -> &mut Self {
        let value = value.as_ref();
        let cell = match self.position(name) {
            Some(at) => {
                self.next = at + 1;
                self.cells.get_mut(at)
            }
            None => None,
        };
        if let Some(cell) = cell {
            *cell = Some(encode(value));
        }
        self
    }

    /// Fills a field with a number.
    pub(crate) fn number(&mut self, name: &str, value: u64) -> &mut Self {
        self.put(name, value.to_string())
    }

    /// Fills a field when there is something to fill in.
    pub(crate) fn maybe(&mut self, name: &str, value: Option<impl AsRef<str>>) -> &mut Self {
        match value {
            Some(value) => self.put(name, value),
            None => self,
        }
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        for (at, (field, cell)) in self.layout.fields.iter().zip(&self.cells).enumerate() {
            if at != 0 {
                self.bytes.push(b',');
            }
            let Some(cell) = cell else { continue };
            if !matches!(field.kind, FieldType::Text) {
                self.bytes.extend_from_slice(cell);
                continue;
            }
            self.bytes.push(b'"');
            for byte in cell {
                // A quote is never the second byte of a character.
                if *byte == b'"' {
                    self.bytes.push(b'"');
                }
                self.bytes.push(*byte);
            }
            self.bytes.push(b'"');
        }
        self.bytes.extend_from_slice(b"\r\n");
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn position(&self, name: &str) -> Option<usize> {
        let fields = &self.layout.fields;
        let is = |at: &usize| fields.get(*at).is_some_and(|field| field.name_en == name);
        let found = (self.next..fields.len())
            .find(is)
            .or_else(|| (0..self.next).find(is));
        debug_assert!(
            found.is_some() || self.known(name),
            "{} has no field {name}",
            self.kind
        );
        found
    }

    /// Has any edition such a field in this kind of file?
    fn known(&self, name: &str) -> bool {
        layout(Edition::V41, self.kind)
            .is_some_and(|layout| layout.fields.iter().any(|field| field.name_en == name))
    }
}

/// MS932; what it lacks becomes 〓, as the standard wants a valid character there.
fn encode(value: &str) -> Vec<u8> {
    if value.is_ascii() {
        return value.as_bytes().to_vec();
    }
    ms932::encode(value).unwrap_or_else(|| {
        let mut buffer = [0; 4];
        value
            .chars()
            .flat_map(|char| {
                ms932::encode(char.encode_utf8(&mut buffer)).unwrap_or_else(|| b"\x81\xAC".to_vec())
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::Reader;
    use crate::generate::rng::Rng;

    fn person() -> Person {
        Person::new(
            &mut Rng::new(1, 1),
            0,
            crate::generate::day::Day::parse("20250401"),
            false,
        )
    }

    #[test]
    fn fields_stand_where_the_layout_has_them() {
        for (edition, place) in [(Edition::V3, 17), (Edition::V41, 20)] {
            let mut sheet = Sheet::new(edition, FileKind::UpPlan).unwrap();
            sheet
                .begin(&person())
                .put("provider_office_code", "0300000005")
                .put("tais_code", "00001-000010")
                .put("care_manager_name", "a\"b,𠮷髙")
                .end();
            let bytes = sheet.into_bytes();
            let mut reader = Reader::new(&bytes);
            assert!(reader.read());
            assert_eq!(reader.field(place - 1), b"0300000005");
            assert_eq!(reader.field(0), edition.csv_version().as_bytes());
            assert_eq!(reader.field(6), b"a\"\"b,\x81\xAC\xFB\xFC");
            assert_eq!(reader.len(), sheet_len(edition));
        }
        assert!(Sheet::new(Edition::V3, FileKind::Up3Kyo).is_none());
    }

    fn sheet_len(edition: Edition) -> usize {
        layout(edition, FileKind::UpPlan).unwrap().fields.len()
    }

    #[test]
    #[should_panic(expected = "UPPLAN has no field tais")]
    fn a_name_no_edition_knows_is_told_in_tests() {
        let mut sheet = Sheet::new(Edition::V3, FileKind::UpPlan).unwrap();
        sheet.begin(&person()).put("tais", "1");
    }
}
