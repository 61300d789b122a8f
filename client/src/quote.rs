//! A row of a file as a person reads it, with the place of a problem marked below it.
//!
//! Columns are counted as Japanese terminals show MS932: a character of two bytes takes two. What has no shape of its own
//! is written out: a byte that is no character as `\x80`, a line break inside a field as ↵.

use std::ops::Range;

use proto::Problem;
use standard::csv::Reader;
use standard::ms932::{self, Bom};

/// Most columns of a row.
const COLUMNS: usize = 76;
/// Of these, most before the mark.
const BEFORE: usize = 30;
/// So many bytes of a record are looked through for its fields.
const RECORD: usize = 256 * 1024;
/// More bytes than can be shown on one side of the mark.
const ASIDE: usize = 400;
/// Stands where the row is cut.
const CUT: &str = "...";

/// The lines of a file.
#[derive(Debug)]
pub struct Rows<'a> {
    bytes: &'a [u8],
    starts: Vec<usize>,
}

/// A row and the carets below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The row, cut to a readable length.
    pub row: String,
    /// Blanks, then `^` under what is meant; nothing when the row is meant as a whole.
    pub mark: String,
}

/// What is to be shown: where its line begins, and which bytes are meant.
struct Place {
    /// A whole character begins here.
    begin: usize,
    /// More of the line stands before `begin`.
    is_cut: bool,
    mark: Option<Range<usize>>,
}

struct Piece {
    at: usize,
    text: String,
    columns: usize,
}

impl<'a> Rows<'a> {
    /// The lines of these bytes.
    #[must_use]
    pub fn of(bytes: &'a [u8]) -> Self {
        let after_break = |(at, byte): (usize, &u8)| (*byte == b'\n').then_some(at + 1);
        let first = match ms932::bom(bytes) {
            Some(Bom::Utf8) => 3,
            _ => 0,
        };
        let starts = std::iter::once(first)
            .chain(bytes.iter().enumerate().filter_map(after_break))
            .collect();
        Self { bytes, starts }
    }

    /// The row a problem is about; `None` when it is about no row, or the file is no text of MS932's kind.
    #[must_use]
    pub fn quote(&self, problem: &Problem) -> Option<Quote> {
        if ms932::bom(self.bytes) == Some(Bom::Utf16) {
            return None;
        }
        let line = usize::try_from(problem.line?).ok()?.checked_sub(1)?;
        let start = *self.starts.get(line)?;
        let place = match problem.field_no {
            Some(number) => self.field(start, usize::from(number).checked_sub(1)?, &problem.code),
            None => self.character(start, &problem.code),
        };
        Some(self.drawn(&place))
    }

    /// A field of the record that begins here, or in it the character that the rule speaks of.
    fn field(&self, start: usize, index: usize, code: &str) -> Place {
        let record = self.until(start, RECORD);
        let mut reader = Reader::new(record);
        if !reader.read() || reader.len() <= index {
            return whole(start);
        }
        let Some(mark) = reader.range(index) else {
            return whole(start);
        };
        // Between two fields no character is cut in two.
        let opens = |field: usize| {
            let at = reader.range(field)?.start;
            let quoted = at.checked_sub(1).and_then(|before| record.get(before)) == Some(&b'"');
            Some(at - usize::from(quoted))
        };
        let begin = (0..=index)
            .filter_map(opens)
            .find(|at| mark.start - at <= ASIDE)
            .unwrap_or(mark.start);
        let inside = record.get(mark.clone()).unwrap_or_default();
        let mark = match strange(inside, code) {
            Some(at) if at < ASIDE => mark.start + at..mark.start + at + 1,
            _ => mark,
        };
        Place {
            begin: start + begin,
            is_cut: 0 < begin,
            mark: Some(start + mark.start..start + mark.end),
        }
    }

    /// The first character of the line that a rule on characters speaks of.
    fn character(&self, start: usize, code: &str) -> Place {
        let line = self.until(start, RECORD);
        let end = line.iter().position(|byte| *byte == b'\n').unwrap_or(line.len());
        let line = line.get(..end).unwrap_or_default();
        let Some(offset) = strange(line, code) else {
            return whole(start);
        };
        // Commas are never the second byte of a character.
        let commas = line.get(..offset).unwrap_or_default().iter().enumerate();
        let begin = commas
            .filter_map(|(at, byte)| (*byte == b',').then_some(at + 1))
            .chain([offset])
            .find(|at| offset - at <= ASIDE)
            .filter(|_| ASIDE < offset)
            .unwrap_or(0);
        let at = start + offset;
        Place {
            begin: start + begin,
            is_cut: 0 < begin,
            mark: Some(at..at + 1),
        }
    }

    fn until(&self, start: usize, most: usize) -> &'a [u8] {
        let end = start.saturating_add(most).min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    fn drawn(&self, place: &Place) -> Quote {
        let mark = place.mark.clone().unwrap_or(place.begin..place.begin);
        let shown = self.until(place.begin, mark.start - place.begin + ASIDE);
        // The line ends where it does, unless the field goes on beyond.
        let inside = mark.end.saturating_sub(place.begin).min(shown.len());
        let rest = shown.get(inside..).unwrap_or_default();
        let end = inside + rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
        let line = shown.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let pieces = pieces(line, place.begin);
        let marked = pieces.partition_point(|piece| piece.at < mark.start);
        let room = pieces.get(..marked).unwrap_or_default().iter().rev();
        let aside = room.scan(0, |columns, piece| {
            *columns += piece.columns;
            (*columns <= BEFORE).then_some(())
        });
        let first = marked - aside.count();
        let mut row = String::new();
        if place.is_cut || 0 < first {
            row.push_str(CUT);
        }
        let (mut columns, mut blanks, mut carets) = (row.len(), row.len(), 0);
        for piece in pieces.get(first..).unwrap_or_default() {
            if COLUMNS < columns + piece.columns {
                row.push_str(CUT);
                break;
            }
            row.push_str(&piece.text);
            columns += piece.columns;
            if piece.at < mark.start {
                blanks += piece.columns;
            } else if piece.at < mark.end {
                carets += piece.columns;
            }
        }
        let mark = match place.mark {
            Some(_) => format!("{}{}", " ".repeat(blanks), "^".repeat(carets.max(1))),
            None => String::new(),
        };
        Quote { row, mark }
    }
}

/// Where the first character is that a rule on characters speaks of.
fn strange(bytes: &[u8], code: &str) -> Option<usize> {
    let scan = match code.starts_with("encoding.") {
        true => ms932::scan(bytes),
        false => return None,
    };
    let found = match code {
        "encoding.ms932" => scan.bad,
        "encoding.gaiji" => scan.gaiji,
        "encoding.control" => scan.control,
        _ => None,
    };
    found.map(|(place, _)| place.offset)
}

fn whole(start: usize) -> Place {
    Place {
        begin: start,
        is_cut: false,
        mark: None,
    }
}

/// Characters with the columns they take.
fn pieces(bytes: &[u8], from: usize) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let (text, taken, columns) = piece(rest);
        pieces.push(Piece {
            at: from + at,
            text,
            columns,
        });
        at += taken;
    }
    pieces
}

/// The first character of these bytes, how many bytes it takes, and how many columns.
fn piece(bytes: &[u8]) -> (String, usize, usize) {
    match bytes {
        [b'\r', b'\n', ..] => return ("↵".to_owned(), 2, 1),
        [b'\n', ..] => return ("↵".to_owned(), 1, 1),
        _ => {}
    }
    for taken in [1, 2] {
        let one = bytes.get(..taken).and_then(ms932::decode);
        if let Some(text) = one.filter(|text| !text.chars().any(char::is_control)) {
            return (text.into_owned(), taken, taken);
        }
    }
    let text = format!("\\x{:02x}", bytes.first().copied().unwrap_or_default());
    let columns = text.len();
    (text, 1, columns)
}

#[cfg(test)]
mod tests;
