//! How a file is written: told from all its bytes as they come, because nothing in a file says that it is Shift_JIS.

use encoding_rs::{DecoderResult, Encoding, SHIFT_JIS, UTF_8};
use proto::desk_directory::{FileEncoding, LineEnds};

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// Looks at a file's bytes in pieces of any size.
pub struct Look {
    start: Vec<u8>,
    utf8: Reading,
    shift_jis: Reading,
    before: u8,
    crlf: u64,
    lf: u64,
}

/// What the bytes were found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// How it is written; none: UTF-16, which no column can be found in.
    pub encoding: Option<FileEncoding>,
    /// How its lines end.
    pub line_ends: LineEnds,
}

/// How far the bytes can be read in one encoding.
struct Reading {
    decoder: encoding_rs::Decoder,
    fits: bool,
    /// A character beyond ASCII was read.
    beyond: bool,
}

impl Reading {
    fn of(encoding: &'static Encoding) -> Self {
        Self {
            decoder: encoding.new_decoder_without_bom_handling(),
            fits: true,
            beyond: false,
        }
    }

    fn take(&mut self, mut bytes: &[u8], last: bool) {
        let mut text = [0; 4_096];
        while self.fits {
            let (result, read, written) = self
                .decoder
                .decode_to_utf8_without_replacement(bytes, &mut text, last);
            let written = text.get(..written).unwrap_or_default();
            self.beyond |= !written.is_ascii();
            bytes = bytes.get(read..).unwrap_or_default();
            match result {
                DecoderResult::InputEmpty => return,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => self.fits = false,
            }
        }
    }
}

impl Default for Look {
    fn default() -> Self {
        Self {
            start: Vec::new(),
            utf8: Reading::of(UTF_8),
            shift_jis: Reading::of(SHIFT_JIS),
            before: 0,
            crlf: 0,
            lf: 0,
        }
    }
}

impl Look {
    /// The next piece.
    pub fn take(&mut self, bytes: &[u8]) {
        let missing = BOM.len() - self.start.len();
        self.start.extend(bytes.iter().take(missing));
        for byte in bytes {
            match (self.before, *byte) {
                (b'\r', b'\n') => self.crlf += 1,
                (_, b'\n') => self.lf += 1,
                _ => {}
            }
            self.before = *byte;
        }
        self.utf8.take(bytes, false);
        self.shift_jis.take(bytes, false);
    }

    /// What it was. Bytes that are neither are called UTF-8 if they begin as such, which Shift_JIS hardly ever does; the
    /// line that cannot be read is told when it is read.
    #[must_use]
    pub fn end(mut self) -> Looked {
        self.utf8.take(&[], true);
        self.shift_jis.take(&[], true);
        let line_ends = match (self.crlf, self.lf) {
            (0, _) => LineEnds::Lf,
            (_, 0) => LineEnds::Crlf,
            _ => LineEnds::Mixed,
        };
        let neither = !self.utf8.fits && !self.shift_jis.fits;
        let encoding = if self.start == BOM {
            Some(FileEncoding::Utf8Bom)
        } else if self.start.starts_with(&[0xFF, 0xFE]) || self.start.starts_with(&[0xFE, 0xFF]) {
            None
        } else if self.utf8.fits || (neither && self.utf8.beyond) {
            Some(FileEncoding::Utf8)
        } else {
            Some(FileEncoding::ShiftJis)
        };
        Looked { encoding, line_ends }
    }
}

/// The text of a field, if its bytes are text. No byte of a character is a comma, a quote or the end of a line, in
/// either encoding, so fields are cut before they are read.
pub(super) fn text(encoding: FileEncoding, field: &[u8]) -> Option<String> {
    match encoding {
        FileEncoding::Utf8 | FileEncoding::Utf8Bom => std::str::from_utf8(field).ok().map(str::to_owned),
        FileEncoding::ShiftJis => SHIFT_JIS
            .decode_without_bom_handling_and_without_replacement(field)
            .map(std::borrow::Cow::into_owned),
    }
}

/// The bytes before the first line.
pub(super) fn without_mark(encoding: FileEncoding) -> usize {
    if encoding == FileEncoding::Utf8Bom {
        BOM.len()
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looked(bytes: &[u8], piece: usize) -> Looked {
        let mut look = Look::default();
        bytes.chunks(piece).for_each(|piece| look.take(piece));
        look.end()
    }

    #[test]
    fn what_windows_and_everybody_else_write_is_told_apart() {
        let (shift_jis, _, _) = SHIFT_JIS.encode("番号,名称\r\n1,見本表示ソ\r\n");
        let bom = [&BOM[..], "番号\n".as_bytes()].concat();
        let cases: [(&[u8], Option<FileEncoding>, LineEnds); 8] = [
            (b"", Some(FileEncoding::Utf8), LineEnds::Lf),
            (b"number,name\r\n", Some(FileEncoding::Utf8), LineEnds::Crlf),
            (
                "番号,名称\n1,見本\r\n".as_bytes(),
                Some(FileEncoding::Utf8),
                LineEnds::Mixed,
            ),
            (&bom, Some(FileEncoding::Utf8Bom), LineEnds::Lf),
            (&shift_jis, Some(FileEncoding::ShiftJis), LineEnds::Crlf),
            (b"\xFF\xFEn\0\n\0", None, LineEnds::Lf),
            // Neither: a byte no encoding has, behind good characters of one and of the other.
            (b"\xE8\xA6\x8B\n\xFF", Some(FileEncoding::Utf8), LineEnds::Lf),
            (b"\x8C\xA9\n\xFF", Some(FileEncoding::ShiftJis), LineEnds::Lf),
        ];
        for (bytes, encoding, line_ends) in cases {
            for piece in [1, 2, 3, 100] {
                let found = looked(bytes, piece);
                assert_eq!(
                    (found.encoding, found.line_ends),
                    (encoding, line_ends),
                    "{bytes:x?}"
                );
            }
        }
        let cut = &"見本".as_bytes()[..5];
        assert_eq!(looked(cut, 2).encoding, Some(FileEncoding::Utf8), "cut off");
    }

    #[test]
    fn a_field_that_is_no_text_is_none() {
        assert_eq!(
            text(FileEncoding::Utf8, "見本".as_bytes()).as_deref(),
            Some("見本")
        );
        assert_eq!(text(FileEncoding::Utf8, &[0xE8]), None);
        assert_eq!(text(FileEncoding::ShiftJis, &[0x8C, 0xA9]).as_deref(), Some("見"));
        assert_eq!(text(FileEncoding::ShiftJis, &[0x8C]), None);
    }
}
