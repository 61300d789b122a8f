//! The directory as a CSV file: read and judged line by line, and written.
//!
//! Reading is pure: bytes in, offices and problems out. It takes one pass to tell how the file is written ([`Look`]) and
//! one to read it ([`Judge`]); of a file it keeps the numbers it has seen, and nothing else.

mod encoding;
mod records;
mod row;
mod written;

use std::collections::HashMap;
use std::collections::hash_map::Entry;

pub use encoding::{Look, Looked};
use proto::desk_directory::FileEncoding;
use proto::{OfficeNumber, Problem, Problems, codes};
use records::{Record, Records, TooLong};
use row::{Columns, problem};
use store::OfficeWish;
pub use written::{BOM, header, lines};

/// Most offices of a file: three times as many as there are.
pub const MOST_OFFICES: usize = 1_000_000;

/// Reads a file and judges it, whatever its pieces.
pub struct Judge {
    encoding: FileEncoding,
    records: Records,
    /// Bytes of the mark that are still to be passed over.
    mark: usize,
    columns: Option<Columns>,
    seen: HashMap<OfficeNumber, u32>,
    problems: Problems,
    /// Nothing behind this can be read.
    over: bool,
}

impl Judge {
    /// A judge of a file that is written so.
    #[must_use]
    pub fn of(encoding: FileEncoding) -> Self {
        Self {
            encoding,
            records: Records::default(),
            mark: encoding::without_mark(encoding),
            columns: None,
            seen: HashMap::new(),
            problems: Problems::default(),
            over: false,
        }
    }

    /// What the lines that end in this piece say of offices. Lines with problems say nothing.
    pub fn take(&mut self, piece: &[u8]) -> Vec<OfficeWish> {
        let passed = self.mark.min(piece.len());
        self.mark -= passed;
        let piece = piece.get(passed..).unwrap_or_default();
        // To the reader an empty piece is the end.
        if piece.is_empty() {
            Vec::new()
        } else {
            self.read(piece)
        }
    }

    /// The same of the last line, if nothing ends it.
    pub fn last(&mut self) -> Vec<OfficeWish> {
        let wishes = self.read(&[]);
        if self.seen.is_empty() && self.problems.errors == 0 {
            self.problems.push(Problem::new(&codes::DIRECTORY_EMPTY));
        }
        wishes
    }

    /// How many offices were seen.
    #[must_use]
    pub fn offices(&self) -> usize {
        self.seen.len()
    }

    /// What is wrong with what was read.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Takes the problems out.
    #[must_use]
    pub fn into_problems(self) -> Problems {
        self.problems
    }

    fn read(&mut self, piece: &[u8]) -> Vec<OfficeWish> {
        let mut wishes = Vec::new();
        if self.over {
            return wishes;
        }
        let mut records = std::mem::take(&mut self.records);
        let read = records.take(piece, |record| wishes.extend(self.record(record)));
        self.records = records;
        if let Err(TooLong { line }) = read {
            self.over = true;
            self.problems
                .push(problem(&codes::DIRECTORY_LONG, line, None, None));
        }
        wishes
    }

    fn record(&mut self, record: &Record<'_>) -> Option<OfficeWish> {
        if self.over {
            return None;
        }
        let Some(columns) = &self.columns else {
            match Columns::read(record, self.encoding) {
                Ok(columns) => self.columns = Some(columns),
                Err(problems) => {
                    // Without columns every line would be wrong for the same reason.
                    self.over = true;
                    problems
                        .into_iter()
                        .for_each(|problem| self.problems.push(problem));
                }
            }
            return None;
        };
        let wish = match columns.wish(record, self.encoding) {
            Ok(wish) => wish,
            Err(problems) => {
                problems
                    .into_iter()
                    .for_each(|problem| self.problems.push(problem));
                return None;
            }
        };
        if MOST_OFFICES <= self.seen.len() {
            self.over = true;
            self.problems
                .push(problem(&codes::DIRECTORY_TOO_LARGE, record.line, None, None));
            return None;
        }
        match self.seen.entry(wish.number) {
            Entry::Vacant(place) => {
                place.insert(record.line);
                Some(wish)
            }
            Entry::Occupied(first) => {
                let first = first.get();
                let mut twice = problem(&codes::DIRECTORY_TWICE, record.line, None, Some(0));
                twice.value = Some(wish.number.to_string());
                twice.message = format!("{}（先の行：{first}行目）", twice.message);
                twice.message_en = format!("{} The earlier one is line {first}.", twice.message_en);
                self.problems.push(twice);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
