//! Which acceptances have not reached delivery, one by one.

use std::fmt;
use std::str::FromStr;

use proto::{Acceptance, AcceptanceNote, Time};

use crate::cursor::NotACursor;
use crate::notes::MISSING;
use crate::sql::values;
use crate::{Store, StoreError};

/// Where a reader of the list is: behind this acceptance. Opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MissingCursor {
    due_from: Time,
    acceptance: Acceptance,
}

/// One page of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPage {
    /// Oldest first.
    pub items: Vec<AcceptanceNote>,
    /// Where the next page begins; none: this was the last.
    pub next: Option<MissingCursor>,
}

impl Store {
    /// Acceptances older than `after_seconds` (or redriven longer ago) that have not reached delivery: what
    /// [`Self::unaccounted`] counts. At most `limit`, those behind `after`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn missing(
        &self,
        now: Time,
        after_seconds: i64,
        after: Option<MissingCursor>,
        limit: u32,
    ) -> Result<MissingPage, StoreError> {
        let sql = format!(
            "SELECT acceptance, id, accepted_at, sender, destination, submitter, due_from {MISSING}
                 AND (due_from, acceptance) > ($2, $3) ORDER BY due_from, acceptance LIMIT $4"
        );
        let due = now.plus_seconds(-after_seconds);
        let (from, behind) = match &after {
            Some(cursor) => (cursor.due_from.micros(), &cursor.acceptance.as_bytes()[..]),
            None => (i64::MIN, &[][..]),
        };
        let rows = self
            .pool
            .rows(&sql, &values![due, from, behind, i64::from(limit)])
            .await?;
        let full = rows.len() == usize::try_from(limit).unwrap_or(usize::MAX);
        let next = match rows.last().filter(|_| full) {
            Some(row) => Some(MissingCursor {
                due_from: row.time(6)?,
                acceptance: row.acceptance(0)?,
            }),
            None => None,
        };
        let items = rows.iter().map(|row| {
            Ok(AcceptanceNote {
                acceptance: row.acceptance(0)?,
                id: row.id(1)?,
                accepted_at: row.time(2)?,
                sender: row.word(3, "office number")?,
                destination: row.word(4, "office number")?,
                submitter: row.text(5)?,
            })
        });
        Ok(MissingPage {
            items: items.collect::<Result<_, StoreError>>()?,
            next,
        })
    }
}

impl fmt::Display for MissingCursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "m{:x}.{}", self.due_from.micros(), self.acceptance)
    }
}

impl FromStr for MissingCursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (micros, acceptance) = text
            .strip_prefix('m')
            .and_then(|rest| rest.split_once('.'))
            .ok_or(NotACursor)?;
        let micros = i64::from_str_radix(micros, 16).map_err(|_| NotACursor)?;
        Ok(Self {
            due_from: Time::from_micros(micros),
            acceptance: acceptance.parse().map_err(|_| NotACursor)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is_one() {
        let cursor = MissingCursor {
            due_from: Time::from_micros(1_743_467_400_123_456),
            acceptance: Acceptance::from_bytes([7; 16]),
        };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "m", "m1", "m1.", "p1", "mx.00", "m1.00"] {
            assert_eq!(bad.parse::<MissingCursor>(), Err(NotACursor), "{bad}");
        }
    }
}
