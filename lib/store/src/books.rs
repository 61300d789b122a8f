//! The books: every acceptance by distinct id stands in exactly one account.

use proto::{Status, Time};

use crate::sql::values;
use crate::{Store, StoreError};

/// Counts of envelope ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Distinct ids ever accepted: the sum of the next seven.
    pub accepted: i64,
    /// Reached a mailbox, whatever came later.
    pub mailboxed: i64,
    /// Refused, the sender's fault.
    pub rejected: i64,
    /// The destination could not be delivered to.
    pub undeliverable: i64,
    /// Recalled while under way.
    pub withdrawn: i64,
    /// The same sending as another id.
    pub duplicate: i64,
    /// Set aside for an operator.
    pub parked: i64,
    /// Accepted, without an end.
    pub under_way: i64,
    /// Mailboxed ones that were collected and stand there.
    pub collected: i64,
    /// Mailboxed ones that were taken in.
    pub imported: i64,
    /// Mailboxed ones the destination's software could not take in.
    pub import_failed: i64,
    /// Mailboxed ones recalled before they were handed out.
    pub recalled: i64,
    /// Mailboxed ones never collected within the retention period.
    pub expired: i64,
}

/// The oldest of what waits for something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oldest {
    /// Acceptance (or last sending again) of what has not reached delivery.
    pub under_way: Option<Time>,
    /// When it was set aside for an operator.
    pub parked: Option<Time>,
    /// Arrival of what its destination has not collected.
    pub uncollected: Option<Time>,
}

impl Store {
    /// The books as they stand.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn books(&self) -> Result<Books, StoreError> {
        let rows = self
            .pool
            .rows(
                // In the order of the index: nothing is sorted or hashed, and the table itself is not read.
                "SELECT status, COUNT(arrived_at), COUNT(*) FROM ledger GROUP BY status",
                &[],
            )
            .await?;
        let mut books = Books::default();
        for row in rows {
            let status = row.word(0, "status")?;
            let (arrived, all) = (row.int(1)?, row.int(2)?);
            books.add(status, true, arrived);
            books.add(status, false, all - arrived);
        }
        Ok(books)
    }

    /// The oldest of what is under way, parked, uncollected: each the first of an index.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn oldest(&self) -> Result<Oldest, StoreError> {
        let first = async |sql: &str| {
            let row = self.pool.row(sql, &[]).await?;
            row.map_or(Ok(None), |row| row.maybe_time(0))
        };
        Ok(Oldest {
            under_way: first("SELECT MIN(due_from) FROM acceptances WHERE seen_at IS NULL").await?,
            parked: first("SELECT MIN(parked_at) FROM parked").await?,
            uncollected: first("SELECT MIN(arrived_at) FROM ledger WHERE status = 'delivered'").await?,
        })
    }
}

/// What happened to envelopes since a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Accepted since then.
    pub accepted: i64,
    /// Arrived in a mailbox since then, and there or taken.
    pub delivered: i64,
    /// Accepted since then, and ended otherwise than in a mailbox.
    pub returned: i64,
}

impl Store {
    /// What happened since then: short stretches of two indexes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn moved_since(&self, since: Time) -> Result<Moved, StoreError> {
        let mut moved = Moved::default();
        let sql = "SELECT status, COUNT(*) FROM ledger WHERE accepted_at >= $1 GROUP BY status";
        for row in self.pool.rows(sql, &values![since]).await? {
            let count = row.int(1)?;
            moved.accepted += count;
            if let Status::Rejected | Status::Undeliverable | Status::Duplicate = row.word(0, "status")? {
                moved.returned += count;
            }
        }
        let sql = "SELECT COUNT(*) FROM ledger
            WHERE status IN ('delivered', 'collected', 'imported', 'import_failed') AND arrived_at >= $1";
        if let Some(row) = self.pool.row(sql, &values![since]).await? {
            moved.delivered = row.int(0)?;
        }
        Ok(moved)
    }
}

impl Books {
    fn add(&mut self, status: Status, arrived: bool, count: i64) {
        self.accepted += count;
        if arrived {
            self.mailboxed += count;
        }
        match (status, arrived) {
            (Status::Collected, _) => self.collected += count,
            (Status::Imported, _) => self.imported += count,
            (Status::ImportFailed, _) => self.import_failed += count,
            (Status::Expired, _) => self.expired += count,
            (Status::Recalled, true) => self.recalled += count,
            (Status::Recalled, false) => self.withdrawn += count,
            (_, true) => {}
            (Status::Rejected, false) => self.rejected += count,
            (Status::Undeliverable, false) => self.undeliverable += count,
            (Status::Duplicate, false) => self.duplicate += count,
            (Status::Parked, false) => self.parked += count,
            (Status::Accepted | Status::Validated | Status::Routed | Status::Delivered, false) => {
                self.under_way += count;
            }
        }
    }

    /// Whether every acceptance stands in exactly one account.
    #[must_use]
    pub fn balance(&self) -> bool {
        self.accepted
            == self.mailboxed
                + self.rejected
                + self.undeliverable
                + self.withdrawn
                + self.duplicate
                + self.parked
                + self.under_way
    }
}
