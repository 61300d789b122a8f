//! One line of the file: what it says of an office, or every reason why it says nothing.

use jiff::civil::Date;
use proto::desk::LicencePut;
use proto::desk_directory::{COLUMNS, FileEncoding};
use proto::{Code, OfficeNumber, Problem, codes};
use store::{OfficeState, OfficeWish};

use super::encoding::text;
use super::records::Record;
use crate::decide::licence;
use crate::decide::office::{is_name, is_service_kind, is_version, shown};

/// Which column of the file holds which field; places from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    places: [Option<usize>; COLUMNS.len()],
    width: usize,
}

const NUMBER: usize = 0;
const NAME: usize = 1;
const SERVICES: usize = 2;
const STATE: usize = 3;
const RENUMBERED: usize = 4;
const VERSIONS: usize = 5;
const MAX_BYTES: usize = 6;
const APPLIED_ON: usize = 7;
const LAST_DAY: usize = 8;

/// A problem of a line; `place` is its column, from 0.
pub(super) fn problem(code: &Code, line: u32, place: Option<usize>, field: Option<usize>) -> Problem {
    let mut problem = Problem::new(code);
    problem.line = Some(line);
    problem.field_no = place.and_then(|place| u16::try_from(place + 1).ok());
    problem.field = field
        .and_then(|field| COLUMNS.get(field))
        .map(|(name, _)| (*name).to_owned());
    problem
}

impl Columns {
    /// Reads the first record; every reason against it otherwise.
    pub(super) fn read(record: &Record<'_>, encoding: FileEncoding) -> Result<Self, Vec<Problem>> {
        let mut places = [None; COLUMNS.len()];
        let mut found = Vec::new();
        let line = record.line;
        for place in 0..record.len() {
            let name = text(encoding, record.field(place));
            let name = name.as_deref().map(str::trim);
            let known = COLUMNS
                .iter()
                .position(|(english, japanese)| name == Some(*english) || name == Some(*japanese));
            let slot = known.and_then(|field| places.get_mut(field));
            match slot {
                Some(slot) if slot.is_none() => *slot = Some(place),
                _ => found.push(
                    problem(&codes::DIRECTORY_HEADER, line, Some(place), None)
                        .with_value(shown(name.unwrap_or_default())),
                ),
            }
        }
        let columns = Self {
            places,
            width: record.len(),
        };
        let has = |field: usize| columns.places.get(field).is_some_and(Option::is_some);
        let pairs = [
            (NUMBER, true),
            (NAME, true),
            (STATE, has(RENUMBERED)),
            (APPLIED_ON, has(LAST_DAY)),
        ];
        for (field, needed) in pairs {
            if needed && !has(field) {
                found.push(problem(&codes::DIRECTORY_HEADER, line, None, Some(field)));
            }
        }
        if found.is_empty() { Ok(columns) } else { Err(found) }
    }

    /// Reads a record; every reason against it otherwise.
    pub(super) fn wish(
        &self,
        record: &Record<'_>,
        encoding: FileEncoding,
    ) -> Result<OfficeWish, Vec<Problem>> {
        if record.len() != self.width {
            let mut wrong = problem(&codes::DIRECTORY_FIELDS, record.line, None, None);
            wrong.value = Some(format!("{}/{}", record.len(), self.width));
            return Err(vec![wrong]);
        }
        let mut row = Row {
            columns: self,
            record,
            encoding,
            found: Vec::new(),
        };
        let number = row.number();
        let name = row.name();
        let services = row.words(SERVICES, &codes::DIRECTORY_SERVICE, is_service_kind);
        let state = row.state(number);
        let versions = row.words(VERSIONS, &codes::DIRECTORY_VERSION, is_version);
        let max_bytes = row.max_bytes();
        let licence = row.licence();
        match number {
            Some(number) if row.found.is_empty() => Ok(OfficeWish {
                number,
                name,
                services,
                state,
                versions,
                max_bytes,
                licence,
            }),
            _ => Err(row.found),
        }
    }
}

struct Row<'a> {
    columns: &'a Columns,
    record: &'a Record<'a>,
    encoding: FileEncoding,
    found: Vec<Problem>,
}

impl Row<'_> {
    fn wrong(&mut self, field: usize, code: &Code, value: &str) {
        let place = self.columns.places.get(field).copied().flatten();
        let mut problem = problem(code, self.record.line, place, Some(field));
        if !value.is_empty() {
            problem.value = Some(shown(value));
        }
        self.found.push(problem);
    }

    /// The text of a field; none: the file has no such column, or it cannot be read, which is told.
    fn text(&mut self, field: usize) -> Option<String> {
        let place = self.columns.places.get(field).copied().flatten()?;
        let Some(text) = text(self.encoding, self.record.field(place)) else {
            self.wrong(field, &codes::DIRECTORY_ENCODING, "");
            return None;
        };
        if text.chars().any(char::is_control) {
            self.wrong(field, &codes::DIRECTORY_CONTROL, &text);
            return None;
        }
        Some(text)
    }

    fn number(&mut self) -> Option<OfficeNumber> {
        let text = self.text(NUMBER)?;
        let number = text.trim().parse().ok();
        if number.is_none() {
            self.wrong(NUMBER, &codes::DIRECTORY_NUMBER, &text);
        }
        number
    }

    fn name(&mut self) -> String {
        let Some(text) = self.text(NAME) else {
            return String::new();
        };
        if !is_name(&text) {
            self.wrong(NAME, &codes::DIRECTORY_NAME, &text);
        }
        text
    }

    fn words(&mut self, field: usize, code: &Code, fits: fn(&str) -> bool) -> Option<Vec<String>> {
        let text = self.text(field)?;
        let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
        if let Some(word) = words.iter().find(|word| !fits(word)) {
            self.wrong(field, code, word);
        }
        Some(words)
    }

    fn state(&mut self, number: Option<OfficeNumber>) -> Option<OfficeState> {
        let (word, to) = (self.text(STATE)?, self.text(RENUMBERED).unwrap_or_default());
        let to = to.trim();
        let state = match word.trim() {
            "open" | "参加" => OfficeState::Open,
            "closed" | "廃止" | "休止" => OfficeState::Closed,
            "renumbered" | "番号変更" => {
                let other = to.parse().ok().filter(|other| Some(*other) != number);
                let Some(other) = other else {
                    self.wrong(RENUMBERED, &codes::DIRECTORY_RENUMBERED, to);
                    return None;
                };
                return Some(OfficeState::Renumbered(other));
            }
            other => {
                self.wrong(STATE, &codes::DIRECTORY_STATE, other);
                return None;
            }
        };
        if !to.is_empty() {
            self.wrong(RENUMBERED, &codes::DIRECTORY_RENUMBERED, to);
        }
        Some(state)
    }

    fn max_bytes(&mut self) -> Option<Option<u64>> {
        let text = self.text(MAX_BYTES)?;
        let text = text.trim();
        if text.is_empty() {
            return Some(None);
        }
        // What the store cannot hold is no number of bytes either.
        let bytes = text.parse::<u64>().ok();
        let bytes = bytes.filter(|bytes| (1..=i64::MAX.unsigned_abs()).contains(bytes));
        if bytes.is_none() {
            self.wrong(MAX_BYTES, &codes::DIRECTORY_BYTES, text);
        }
        Some(bytes)
    }

    /// The period of the licence; none: nothing is said of one, and what the office has stays.
    fn licence(&mut self) -> Option<(proto::Time, proto::Time)> {
        let applied_on = self.text(APPLIED_ON)?;
        let last_day = self.text(LAST_DAY).unwrap_or_default();
        let (applied_on, last_day) = (applied_on.trim(), last_day.trim());
        if applied_on.is_empty() {
            if !last_day.is_empty() {
                self.wrong(LAST_DAY, &codes::DIRECTORY_LICENCE, last_day);
            }
            return None;
        }
        let Some(first) = day(applied_on) else {
            self.wrong(APPLIED_ON, &codes::DIRECTORY_LICENCE, applied_on);
            return None;
        };
        let until = day(last_day);
        let wish = LicencePut {
            applied_on: first,
            until,
        };
        match licence::period(wish) {
            Ok(period) if until.is_some() || last_day.is_empty() => Some((period.from, period.until)),
            _ => {
                self.wrong(LAST_DAY, &codes::DIRECTORY_LICENCE, last_day);
                None
            }
        }
    }
}

/// `2025-04-01`, and nothing else a calendar might read.
fn day(text: &str) -> Option<Date> {
    let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    plain.then(|| text.parse().ok()).flatten()
}
