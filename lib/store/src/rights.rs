//! What one may do for another.

use proto::{Holder, OfficeNumber, Right, Time};

use crate::sql::values;
use crate::{Store, StoreError};

impl Store {
    /// Whether the holder may do this for the office at that time: the office itself always, others by a delegation that
    /// had begun, had not ended and was not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn may_act(
        &self,
        office: OfficeNumber,
        holder: &Holder,
        right: Right,
        at: Time,
    ) -> Result<bool, StoreError> {
        if holder.office() == Some(office) {
            return Ok(true);
        }
        let row = self
            .pool
            .row(
                "SELECT 1 FROM delegations WHERE office = $1 AND delegate = $2 AND right_word = $3
                 AND begins_at <= $4 AND $4 < ends_at AND (revoked_at IS NULL OR $4 < revoked_at) LIMIT 1",
                &values![&office, &holder.to_string(), right.as_str(), at],
            )
            .await?;
        Ok(row.is_some())
    }

    /// The office lets the delegate do this from `begins_at` until before `ends_at`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_delegation(
        &self,
        office: OfficeNumber,
        delegate: &Holder,
        right: Right,
        begins_at: Time,
        ends_at: Time,
    ) -> Result<(), StoreError> {
        self.pool
            .run(
                "INSERT INTO delegations (office, delegate, right_word, begins_at, ends_at) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (office, delegate, right_word, begins_at) DO UPDATE SET ends_at = excluded.ends_at",
                &values![&office, &delegate.to_string(), right.as_str(), begins_at, ends_at],
            )
            .await?;
        Ok(())
    }

    /// Takes the right back from `at` on; whether there was a delegation to revoke.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_delegation(
        &self,
        office: OfficeNumber,
        delegate: &Holder,
        right: Right,
        at: Time,
    ) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "UPDATE delegations SET revoked_at = $4 WHERE office = $1 AND delegate = $2 AND right_word = $3
                 AND revoked_at IS NULL AND $4 < ends_at",
                &values![&office, &delegate.to_string(), right.as_str(), at],
            )
            .await?;
        Ok(0 < changed)
    }
}
