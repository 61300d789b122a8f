//! Suspects: messages whose handler may have died of them, counted before each try.

use crate::parked::plain;
use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// Commits one more try of this message at this stage; which one it is, from 1.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn suspect_begin(&self, id: &str, stage: &str) -> Result<u32, StoreError> {
        let mut open = self.pool.begin().await?;
        let row = open
            .row(
                "INSERT INTO suspects (id, station, tries) VALUES ($1, $2, 1)
                 ON CONFLICT (id, station) DO UPDATE SET tries = suspects.tries + 1 RETURNING tries",
                &values![&plain(id), stage],
            )
            .await?;
        let tries = row.ok_or(StoreError::Unreadable("suspect"))?.int(0)?;
        open.commit().await?;
        Ok(u32::try_from(tries).unwrap_or(u32::MAX))
    }

    /// The message came to any end at this stage but its handler's death.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn suspect_end(&self, id: &str, stage: &str) -> Result<(), StoreError> {
        self.pool
            .run(
                "DELETE FROM suspects WHERE id = $1 AND station = $2",
                &values![&plain(id), stage],
            )
            .await?;
        Ok(())
    }
}
