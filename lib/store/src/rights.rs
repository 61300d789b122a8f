//! What one may do for another.

use proto::desk::DelegationView;
use proto::{Holder, OfficeNumber, Right, Time};

use crate::sql::{Row, values};
use crate::{Store, StoreError};

/// A delegation is in force at `$4`.
pub(crate) const IN_FORCE: &str =
    "begins_at <= $4 AND $4 < ends_at AND (revoked_at IS NULL OR $4 < revoked_at)";

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
                &format!(
                    "SELECT 1 FROM delegations WHERE office = $1 AND delegate = $2 AND right_word = $3 AND {IN_FORCE} LIMIT 1"
                ),
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

    /// What this office lets others do and let them do, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delegations_of(&self, office: OfficeNumber) -> Result<Vec<DelegationView>, StoreError> {
        let sql =
            "SELECT delegate, right_word, begins_at, ends_at, revoked_at FROM delegations WHERE office = $1
            ORDER BY begins_at DESC, delegate, right_word";
        let rows = self.pool.rows(sql, &values![&office]).await?;
        let one = |row: &Row| {
            Ok(DelegationView {
                delegate: row.text(0)?,
                right: row.text(1)?,
                from: row.time(2)?,
                until: Some(row.time(3)?),
                revoked_at: row.maybe_time(4)?,
            })
        };
        rows.iter().map(one).collect()
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
