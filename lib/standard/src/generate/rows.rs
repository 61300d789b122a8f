//! Writing rows: MS932, free text in quotes, CRLF.

use super::people::Person;
use crate::kind::Edition;
use crate::ms932;

/// Rows of one file.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    begun: bool,
}

impl Rows {
    /// Begins a row with version, insurer, insured.
    pub(crate) fn key(&mut self, person: &Person) -> &mut Self {
        self.raw(Edition::V41.csv_version())
            .raw(&person.insurer)
            .raw(&person.insured)
    }

    /// A field without quotes.
    pub(crate) fn raw(&mut self, value: &str) -> &mut Self {
        if self.begun {
            self.bytes.push(b',');
        }
        self.begun = true;
        self.bytes.extend_from_slice(value.as_bytes());
        self
    }

    /// A number.
    pub(crate) fn number(&mut self, value: u64) -> &mut Self {
        self.raw(&value.to_string())
    }

    /// Free text; what MS932 lacks becomes 〓, as the standard wants a valid character there.
    pub(crate) fn text(&mut self, value: &str) -> &mut Self {
        self.raw("\"");
        for char in value.chars() {
            let mut buffer = [0; 4];
            match char {
                '"' => self.bytes.extend_from_slice(b"\"\""),
                other => {
                    let encoded = ms932::encode(other.encode_utf8(&mut buffer));
                    self.bytes
                        .extend_from_slice(encoded.as_deref().unwrap_or(b"\x81\xAC"));
                }
            }
        }
        self.bytes.push(b'"');
        self
    }

    /// So many empty fields.
    pub(crate) fn empty(&mut self, count: usize) -> &mut Self {
        for _ in 0..count {
            self.raw("");
        }
        self
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.bytes.extend_from_slice(b"\r\n");
        self.begun = false;
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}
