//! Where records and fields stand in good data, told without the crate's own reader.

use std::ops::Range;

/// A record of good data.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Its physical line, from 1.
    pub(crate) line: u32,
    /// Its bytes, line end included.
    pub(crate) span: Range<usize>,
    /// Its fields, quotes included.
    pub(crate) fields: Vec<Range<usize>>,
}

/// The records of good data: quotes closed, `"` inside doubled, lines ended by CRLF.
pub(crate) fn records(bytes: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    let (mut line, mut next_line) = (1, 1);
    let (mut start, mut field) = (0, 0);
    let mut fields = Vec::new();
    let mut quoted = false;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' => {
                next_line += 1;
                if !quoted {
                    fields.push(field..at - 1);
                    let span = start..at + 1;
                    records.push(Record {
                        line,
                        span,
                        fields: std::mem::take(&mut fields),
                    });
                    (line, start, field) = (next_line, at + 1, at + 1);
                }
            }
            b',' if !quoted => {
                fields.push(field..at);
                field = at + 1;
            }
            _ => {}
        }
    }
    assert_eq!(start, bytes.len(), "good data ends with a line end");
    records
}

/// Positions at which a character begins.
pub(crate) fn characters(bytes: &[u8]) -> Vec<usize> {
    let mut at = 0;
    let mut found = Vec::new();
    while let Some(byte) = bytes.get(at) {
        found.push(at);
        at += match byte {
            0x81..=0x9F | 0xE0..=0xFC => 2,
            _ => 1,
        };
    }
    found
}
