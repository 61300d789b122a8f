//! Leases: work that one process does at a time (reading notes, driving a channel, redriving).

use proto::Time;

use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// Takes or prolongs the lease `name` for `owner` until `seconds` from `now`; whether `owner` holds it.
    ///
    /// # Errors
    /// When the database does not answer: the caller then does not hold it.
    pub async fn lease(&self, name: &str, owner: &str, seconds: i64, now: Time) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "INSERT INTO leases (name, owner, until, fence) VALUES ($1, $2, $3, 1)
                 ON CONFLICT (name) DO UPDATE SET
                     owner = excluded.owner, until = excluded.until,
                     fence = CASE WHEN leases.owner = excluded.owner THEN leases.fence ELSE leases.fence + 1 END
                 WHERE leases.owner = excluded.owner OR leases.until <= $4",
                &values![name, owner, now.plus_seconds(seconds), now],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Lets the lease go, if `owner` holds it.
    ///
    /// # Errors
    /// When the database does not answer; the lease then runs out by itself.
    pub async fn release(&self, name: &str, owner: &str) -> Result<(), StoreError> {
        self.pool
            .run(
                "UPDATE leases SET until = 0 WHERE name = $1 AND owner = $2",
                &values![name, owner],
            )
            .await?;
        Ok(())
    }
}
