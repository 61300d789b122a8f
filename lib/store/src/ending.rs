//! What ends by the calendar: licences and certificates, counted by when.

use std::fmt::Write as _;

use proto::Time;

use crate::sql::Value;
use crate::{Store, StoreError};

impl Store {
    /// How many open offices have a licence that ends before each of these times, and last how many have one at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn licences_ending(&self, before: &[Time]) -> Result<Vec<i64>, StoreError> {
        let ends =
            "SELECT licence_until AS until FROM offices WHERE state = 'open' AND licence_until IS NOT NULL";
        self.ending(ends, before).await
    }

    /// How many holders have a last bound certificate that ends before each of these times, and last how many have one at
    /// all. Who has a newer one does not count by the older.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn certificates_ending(&self, before: &[Time]) -> Result<Vec<i64>, StoreError> {
        let ends =
            "SELECT MAX(not_after) AS until FROM certificates WHERE revoked_at IS NULL GROUP BY holder";
        self.ending(ends, before).await
    }

    /// In one pass: directories are large.
    async fn ending(&self, ends: &str, before: &[Time]) -> Result<Vec<i64>, StoreError> {
        let mut sql = "SELECT ".to_owned();
        for number in 1..=before.len() {
            // Writing to a String cannot fail.
            let _ = write!(sql, "COUNT(CASE WHEN until < ${number} THEN 1 END), ");
        }
        let _ = write!(sql, "COUNT(*) FROM ({ends}) AS ends");
        let values: Vec<Value<'_>> = before.iter().map(|time| Value::from(*time)).collect();
        let row = self.pool.row(&sql, &values).await?;
        let row = row.ok_or(StoreError::Unreadable("count"))?;
        (0..=before.len()).map(|column| row.int(column)).collect()
    }
}
