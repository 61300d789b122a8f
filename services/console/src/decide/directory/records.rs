//! From bytes to records, with a bound on how much one record may take. Lines are counted as an editor counts them.

use csv_core::ReadRecordResult;

/// Longest record, in bytes. A quote that is never closed would otherwise take the rest of the file.
const RECORD: usize = 64 * 1024;
/// Most fields of a record.
const FIELDS: usize = 64;

/// A record that does not fit. Nothing behind it can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong {
    /// The line on which it starts, from 1.
    pub(super) line: u32,
}

/// A record.
pub(super) struct Record<'a> {
    /// The line on which it starts, from 1.
    pub(super) line: u32,
    bytes: &'a [u8],
    ends: &'a [usize],
}

impl<'a> Record<'a> {
    /// How many fields it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The bytes of a field, its quotes taken off.
    pub(super) fn field(&self, place: usize) -> &'a [u8] {
        let begin = match place.checked_sub(1) {
            Some(before) => self.ends.get(before).copied(),
            None => Some(0),
        };
        let range = begin.zip(self.ends.get(place).copied());
        range
            .and_then(|(begin, end)| self.bytes.get(begin..end))
            .unwrap_or_default()
    }
}

/// Reads records from bytes that come in pieces of any size.
pub(super) struct Records {
    core: csv_core::Reader,
    bytes: Vec<u8>,
    ends: Vec<usize>,
    filled: usize,
    fields: usize,
    /// Where the record being read starts; none: between two records.
    start: Option<u32>,
    line: u32,
    before: u8,
}

impl Default for Records {
    fn default() -> Self {
        Self {
            core: csv_core::Reader::new(),
            bytes: vec![0; RECORD],
            ends: vec![0; FIELDS],
            filled: 0,
            fields: 0,
            start: None,
            line: 1,
            before: 0,
        }
    }
}

impl Records {
    /// The records that end in this piece; an empty piece is the end of the file.
    pub(super) fn take(
        &mut self,
        mut piece: &[u8],
        mut each: impl FnMut(&Record<'_>),
    ) -> Result<(), TooLong> {
        let last = piece.is_empty();
        loop {
            if self.start.is_none() && !last {
                let ends = piece.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
                let ends = ends.count();
                let (between, rest) = piece.split_at(ends);
                self.count(between);
                piece = rest;
                if piece.is_empty() {
                    return Ok(());
                }
            }
            let start = *self.start.get_or_insert(self.line);
            let bytes = self.bytes.get_mut(self.filled..).unwrap_or_default();
            let ends = self.ends.get_mut(self.fields..).unwrap_or_default();
            let (result, read, filled, fields) = self.core.read_record(piece, bytes, ends);
            let (now, rest) = piece.split_at(read.min(piece.len()));
            self.count(now);
            piece = rest;
            self.filled += filled;
            self.fields += fields;
            match result {
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(TooLong { line: start });
                }
                ReadRecordResult::Record => {
                    each(&Record {
                        line: start,
                        bytes: self.bytes.get(..self.filled).unwrap_or_default(),
                        ends: self.ends.get(..self.fields).unwrap_or_default(),
                    });
                    (self.filled, self.fields, self.start) = (0, 0, None);
                }
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
            }
        }
    }

    /// CR LF ends one line, as CR and LF alone do.
    fn count(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let ends = *byte == b'\r' || (*byte == b'\n' && self.before != b'\r');
            self.line = self.line.saturating_add(u32::from(ends));
            self.before = *byte;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Read = Vec<(u32, Vec<Vec<u8>>)>;

    fn records(bytes: &[u8], piece: usize) -> Result<Read, TooLong> {
        let mut records = Records::default();
        let mut read = Vec::new();
        let mut each = |record: &Record<'_>| {
            let fields = (0..record.len()).map(|place| record.field(place).to_vec());
            read.push((record.line, fields.collect()));
        };
        for piece in bytes.chunks(piece) {
            records.take(piece, &mut each)?;
        }
        records.take(&[], &mut each)?;
        Ok(read)
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a,b\n\n\"c\nd\",e\nf,g".replace('\n', end);
            for piece in [1, 2, 5, 100] {
                let read = records(text.as_bytes(), piece).unwrap();
                let lines: Vec<_> = read.iter().map(|(line, _)| *line).collect();
                assert_eq!(lines, [1, 3, 5], "{text:?} by {piece}");
                assert_eq!(read[1].1, [format!("c{end}d").into_bytes(), b"e".to_vec()]);
            }
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_takes_no_memory() {
        let mut text = b"a,b\n\"c,d\n".to_vec();
        assert_eq!(records(&text, 7).unwrap().len(), 2, "a small file ends it");
        text.resize(200_000, b'x');
        assert_eq!(records(&text, 1_000).unwrap_err(), TooLong { line: 2 });
        let many = ",".repeat(FIELDS + 1);
        assert_eq!(records(many.as_bytes(), 9).unwrap_err(), TooLong { line: 1 });
    }

    proptest! {
        #[test]
        fn pieces_change_nothing_and_the_csv_crate_reads_the_same(
            bytes in proptest::collection::vec(prop_oneof![Just(b','), Just(b'"'), Just(b'\n'), Just(b'\r'), any::<u8>()], 0..200),
            piece in 1usize..50,
        ) {
            prop_assume!(bytes.first() != Some(&0xEF));
            let read = records(&bytes, piece);
            prop_assert_eq!(&read, &records(&bytes, 1_000));
            if let Ok(read) = read {
                let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..]);
                let others: Vec<Vec<Vec<u8>>> = reader
                    .byte_records()
                    .map(|record| record.unwrap().iter().map(<[u8]>::to_vec).collect())
                    .collect();
                let ours: Vec<_> = read.into_iter().map(|(_, fields)| fields).collect();
                prop_assert_eq!(ours, others);
            }
        }
    }
}
