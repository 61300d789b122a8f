//! Leases: work that one process does at a time (reading notes, driving a channel, redriving).
//!
//! Nobody compares clocks. The holder moves the row's mark at every prolonging; a candidate watches the mark by its own
//! monotonic clock, and takes over when it has stood still for the lease's whole length. So a process whose clock was an
//! hour ahead does not keep its lease an hour beyond its death, and one whose clock jumps takes nothing from the living.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use proto::Time;

use crate::sql::values;
use crate::{Store, StoreError};

/// A lease as one process asks for it, again and again.
pub struct Lease {
    store: Store,
    name: String,
    owner: String,
    seconds: i64,
    sight: Mutex<Option<Sight>>,
}

/// Where the row stands: the fence rises with each owner, the mark with each prolonging.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    fence: i64,
    until: i64,
}

/// A mark of somebody else, and since when this process has seen it unmoved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sight {
    mark: Mark,
    since: Instant,
}

/// What to do about the row as it was read.
#[derive(Debug, PartialEq, Eq)]
enum Turn {
    /// Ours, nobody's or given back: ask for it.
    Ask,
    /// Its holder has not moved it for too long: take it, if it still stands there.
    Take(Mark),
    /// Somebody holds it.
    Watch(Sight),
}

impl Store {
    /// The lease `name` for `owner`, that others may take when it was not prolonged for `seconds`.
    #[must_use]
    pub fn lease(&self, name: &str, owner: &str, seconds: i64) -> Lease {
        Lease {
            store: self.clone(),
            name: name.to_owned(),
            owner: owner.to_owned(),
            seconds,
            sight: Mutex::new(None),
        }
    }
}

impl Lease {
    /// Takes or prolongs it; whether the owner holds it. `moment` is read from a clock that never jumps and is all that
    /// decides; `now` is only written down, for those who look whether a store is in use.
    ///
    /// # Errors
    /// When the database does not answer: the caller then does not hold it.
    pub async fn hold(&self, now: Time, moment: Instant) -> Result<bool, StoreError> {
        let row = self
            .store
            .pool
            .row(
                "SELECT owner, fence, until FROM leases WHERE name = $1",
                &values![&self.name],
            )
            .await?;
        let others = match row {
            Some(row) if row.text(0)? != self.owner => Some(Mark {
                fence: row.int(1)?,
                until: row.int(2)?,
            }),
            _ => None,
        };
        let length = Duration::from_secs(u64::try_from(self.seconds).unwrap_or(0));
        let turn = turn(others, self.seen(), moment, length);
        let taken = match turn {
            Turn::Watch(sight) => {
                self.see(Some(sight));
                return Ok(false);
            }
            Turn::Take(mark) => mark,
            // No row stands there.
            Turn::Ask => Mark { fence: 0, until: 0 },
        };
        self.see(None);
        self.write(taken, now).await
    }

    /// Lets the lease go, if the owner holds it.
    ///
    /// # Errors
    /// When the database does not answer; the lease then runs out by itself.
    pub async fn release(&self) -> Result<(), StoreError> {
        self.store
            .pool
            .run(
                "UPDATE leases SET until = 0 WHERE name = $1 AND owner = $2",
                &values![&self.name, &self.owner],
            )
            .await?;
        Ok(())
    }

    /// The row becomes the owner's if it is, if it was given back, or if it still stands at `taken`. The mark rises even when
    /// the writer's clock went back.
    async fn write(&self, taken: Mark, now: Time) -> Result<bool, StoreError> {
        let changed = self
            .store
            .pool
            .run(
                "INSERT INTO leases (name, owner, until, fence) VALUES ($1, $2, $3, 1)
                 ON CONFLICT (name) DO UPDATE SET
                     owner = excluded.owner,
                     until = CASE WHEN leases.owner <> excluded.owner OR leases.until < excluded.until
                         THEN excluded.until ELSE leases.until + 1 END,
                     fence = CASE WHEN leases.owner = excluded.owner THEN leases.fence ELSE leases.fence + 1 END
                 WHERE leases.owner = excluded.owner OR leases.until = 0 OR (leases.fence = $4 AND leases.until = $5)",
                &values![
                    &self.name,
                    &self.owner,
                    now.plus_seconds(self.seconds),
                    taken.fence,
                    taken.until
                ],
            )
            .await?;
        Ok(changed == 1)
    }

    fn seen(&self) -> Option<Sight> {
        *self.sight.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn see(&self, sight: Option<Sight>) {
        *self.sight.lock().unwrap_or_else(PoisonError::into_inner) = sight;
    }
}

/// Decides by the mark of another owner (none: there is no other), and what was seen of it before.
fn turn(others: Option<Mark>, seen: Option<Sight>, moment: Instant, length: Duration) -> Turn {
    let Some(mark) = others.filter(|mark| mark.until != 0) else {
        return Turn::Ask;
    };
    match seen.filter(|sight| sight.mark == mark) {
        Some(sight) if length <= moment.saturating_duration_since(sight.since) => Turn::Take(mark),
        Some(sight) => Turn::Watch(sight),
        None => Turn::Watch(Sight { mark, since: moment }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_mark_seen_unmoved_for_the_whole_length_is_taken() {
        let length = Duration::from_secs(10);
        let begun = Instant::now();
        let later = |seconds| begun + Duration::from_secs(seconds);
        let mark = Mark { fence: 3, until: 77 };
        let moved = Mark { fence: 3, until: 78 };
        let seen = Sight { mark, since: begun };
        for (others, seen, moment, expected) in [
            (None, None, begun, Turn::Ask),
            (Some(Mark { fence: 3, until: 0 }), None, begun, Turn::Ask),
            (
                Some(mark),
                None,
                later(99),
                Turn::Watch(Sight {
                    mark,
                    since: later(99),
                }),
            ),
            (Some(mark), Some(seen), later(9), Turn::Watch(seen)),
            (Some(mark), Some(seen), later(10), Turn::Take(mark)),
            (
                Some(moved),
                Some(seen),
                later(10),
                Turn::Watch(Sight {
                    mark: moved,
                    since: later(10),
                }),
            ),
        ] {
            assert_eq!(
                turn(others, seen, moment, length),
                expected,
                "{others:?} {seen:?}"
            );
        }
    }
}
