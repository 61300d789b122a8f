//! Announced maintenance.

use proto::Time;
use proto::maintenance::Maintenance;

use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// What is announced or going on; none: nothing, or it is over.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn maintenance(&self, now: Time) -> Result<Option<Maintenance>, StoreError> {
        let sql = "SELECT begins_at, ends_at, words, announced_by FROM maintenance
            WHERE ended_at IS NULL AND ends_at > $1 ORDER BY id DESC LIMIT 1";
        let row = self.pool.row(sql, &values![now]).await?;
        row.map(|row| {
            Ok(Maintenance {
                begins_at: row.time(0)?,
                ends_at: row.time(1)?,
                words: row.text(2)?,
                announced_by: row.text(3)?,
            })
        })
        .transpose()
    }

    /// Announces maintenance, in the place of what was announced before.
    ///
    /// # Errors
    /// When the database does not answer or refuses the data.
    pub async fn announce_maintenance(&self, announced: &Maintenance, at: Time) -> Result<(), StoreError> {
        let mut open = self.pool.begin().await?;
        open.run(
            "UPDATE maintenance SET ended_at = $1 WHERE ended_at IS NULL",
            &values![at],
        )
        .await?;
        let id = open.next_serial("maintenance").await?;
        open.run(
            "INSERT INTO maintenance (id, begins_at, ends_at, words, announced_by, announced_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
            &values![
                id,
                announced.begins_at,
                announced.ends_at,
                &announced.words,
                &announced.announced_by,
                at
            ],
        )
        .await?;
        open.commit().await
    }

    /// Ends what is announced or going on; whether there was anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_maintenance(&self, at: Time) -> Result<bool, StoreError> {
        let sql = "UPDATE maintenance SET ended_at = $1 WHERE ended_at IS NULL AND ends_at > $1";
        Ok(0 < self.pool.run(sql, &values![at]).await?)
    }
}
