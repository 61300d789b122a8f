//! What was delivered and not collected: how much of what age, whose, and who was reminded.

use proto::{OfficeNumber, Time};

use crate::sql::values;
use crate::{Store, StoreError};

/// The name under which it is kept how far reminding has come.
const REMINDED: &str = "reminded";

/// What an office has not collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uncollected {
    /// The destination.
    pub office: OfficeNumber,
    /// How many envelopes.
    pub count: i64,
    /// When the oldest arrived.
    pub oldest: Time,
}

impl Store {
    /// How many envelopes arrived before each of these times and are not collected.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn uncollected_before(&self, times: &[Time]) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT COUNT(*) FROM ledger WHERE status = 'delivered' AND arrived_at < $1";
        let mut counts = Vec::with_capacity(times.len());
        for before in times {
            let row = self.pool.row(sql, &values![*before]).await?;
            counts.push(row.ok_or(StoreError::Unreadable("count"))?.int(0)?);
        }
        Ok(counts)
    }

    /// What every office with a number behind `after` has not collected of what arrived before, in ascending order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn uncollected_by_office(
        &self,
        before: Time,
        after: Option<OfficeNumber>,
    ) -> Result<Vec<Uncollected>, StoreError> {
        let after = after.map_or(String::new(), |office| office.to_string());
        let rows = self
            .pool
            .rows(
                "SELECT destination, COUNT(*), MIN(arrived_at) FROM ledger
                 WHERE status = 'delivered' AND arrived_at < $1 AND destination > $2
                 GROUP BY destination ORDER BY destination",
                &values![before, &after],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Uncollected {
                    office: row.word(0, "office number")?,
                    count: row.int(1)?,
                    oldest: row.time(2)?,
                })
            })
            .collect()
    }

    /// The last office that was reminded on this day (`YYYYMMDD` as a number), if any was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reminded_to(&self, day: i64) -> Result<Option<OfficeNumber>, StoreError> {
        let position = self.progress(REMINDED).await?;
        let of_today = position.filter(|position| position / OFFICES == day);
        Ok(of_today.and_then(|position| format!("{:010}", position % OFFICES).parse().ok()))
    }

    /// Publishes the reminders of a day, in ascending order of the offices; those before that were reminded already are left
    /// out, so that nobody is told twice a day. How many were published.
    ///
    /// # Errors
    /// When the database does not answer; nothing is published then.
    pub async fn remind(
        &self,
        day: i64,
        reminders: &[(OfficeNumber, String)],
        now: Time,
    ) -> Result<usize, StoreError> {
        let Some((last, _)) = reminders.last() else {
            return Ok(0);
        };
        let mut open = self.pool.begin().await?;
        // The row is the lock: who comes second sees what the first has published.
        let sql = "INSERT INTO offsets (name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING";
        open.run(sql, &values![REMINDED]).await?;
        let for_update = open.for_update();
        let sql = format!("SELECT position FROM offsets WHERE name = $1{for_update}");
        let row = open.row(&sql, &values![REMINDED]).await?;
        let reached = row.ok_or(StoreError::Unreadable("position"))?.int(0)?;
        let due: Vec<_> = reminders
            .iter()
            .filter(|(office, _)| reached < position(day, *office))
            .cloned()
            .collect();
        if due.is_empty() {
            open.rollback().await?;
            return Ok(0);
        }
        open.put_notices(&due, now).await?;
        let sql = "UPDATE offsets SET position = $2 WHERE name = $1";
        open.run(sql, &values![REMINDED, position(day, *last)]).await?;
        open.commit().await?;
        Ok(due.len())
    }
}

/// More than there are office numbers.
const OFFICES: i64 = 10_000_000_000;

/// A day and an office as one number that rises with both.
fn position(day: i64, office: OfficeNumber) -> i64 {
    day * OFFICES + office.as_str().parse::<i64>().unwrap_or(0)
}
