//! What offices and others hold, as the desk lists it: page by page, each page beginning behind the last item of the one
//! before.

use proto::desk_lists::{HeldCertificate, HeldDelegation, HeldLicence};
use proto::{OfficeNumber, Time};

use crate::sql::values;
use crate::{Store, StoreError};

/// Seconds of a day.
const DAY: f64 = 86_400.0;

/// Where a page of delegations begins: behind this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DelegationKey {
    /// The office.
    pub office: OfficeNumber,
    /// Who may act for it.
    pub delegate: String,
    /// What.
    pub right: String,
    /// From when.
    pub from: Time,
}

impl Store {
    /// Certificates that are bound and end before `before`, the first end first, behind this end and fingerprint.
    /// `holder` narrows to a holder, or to a kind of holders (`office:`); empty narrows to nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn certificates_held(
        &self,
        holder: &str,
        before: Time,
        after: Option<(Time, &str)>,
        limit: u32,
        now: Time,
    ) -> Result<Vec<HeldCertificate>, StoreError> {
        let (end, fingerprint) = after.unwrap_or((Time::from_micros(i64::MIN), ""));
        let rows = self
            .pool
            .rows(
                "SELECT holder, fingerprint, not_before, not_after FROM certificates
                 WHERE revoked_at IS NULL AND (not_after, fingerprint) > ($1, $2) AND not_after < $3
                     AND (holder = $4 OR (substr(holder, 1, length($4)) = $4 AND $4 LIKE '%:') OR $4 = '')
                 ORDER BY not_after, fingerprint LIMIT $5",
                &values![end, fingerprint, before, holder, i64::from(limit)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let not_after = row.time(3)?;
                Ok(HeldCertificate {
                    holder: row.text(0)?,
                    fingerprint: row.text(1)?,
                    not_before: row.time(2)?,
                    not_after,
                    days_left: days(not_after, now),
                })
            })
            .collect()
    }

    /// Offices that take part and whose last licence ends before `before`, the first end first, behind this end and number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn licences_held(
        &self,
        before: Time,
        after: Option<(Time, OfficeNumber)>,
        limit: u32,
        now: Time,
    ) -> Result<Vec<HeldLicence>, StoreError> {
        let end = after.map_or(Time::from_micros(i64::MIN), |(end, _)| end);
        let number = after.map_or_else(String::new, |(_, number)| number.to_string());
        let rows = self
            .pool
            .rows(
                "SELECT number, name, licence_until FROM offices
                 WHERE state = 'open' AND licence_until IS NOT NULL AND (licence_until, number) > ($1, $2) AND licence_until < $3
                 ORDER BY licence_until, number LIMIT $4",
                &values![end, &number, before, i64::from(limit)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                let until = row.time(2)?;
                Ok(HeldLicence {
                    office: row.word(0, "office number")?,
                    name: row.text(1)?,
                    until,
                    days_left: days(until, now),
                })
            })
            .collect()
    }

    /// Delegations that have not ended at `now`, by office, delegate and right, behind this one. `office` and `delegate`
    /// narrow; empty texts ask for nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delegations_held(
        &self,
        office: &str,
        delegate: &str,
        after: Option<&DelegationKey>,
        limit: u32,
        now: Time,
    ) -> Result<Vec<HeldDelegation>, StoreError> {
        let from = after.map_or(Time::from_micros(i64::MIN), |key| key.from);
        let number = after.map_or_else(String::new, |key| key.office.to_string());
        let (who, right) = after.map_or(("", ""), |key| (key.delegate.as_str(), key.right.as_str()));
        let rows = self
            .pool
            .rows(
                "SELECT office, delegate, right_word, begins_at, ends_at FROM delegations
                 WHERE (office, delegate, right_word, begins_at) > ($1, $2, $3, $4)
                     AND (office = $5 OR $5 = '') AND (delegate = $6 OR $6 = '')
                     AND $7 < ends_at AND (revoked_at IS NULL OR $7 < revoked_at)
                 ORDER BY office, delegate, right_word, begins_at LIMIT $8",
                &values![&number, who, right, from, office, delegate, now, i64::from(limit)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(HeldDelegation {
                    office: row.word(0, "office number")?,
                    delegate: row.text(1)?,
                    right: row.text(2)?,
                    from: row.time(3)?,
                    until: Some(row.time(4)?),
                })
            })
            .collect()
    }
}

/// Whole days left; what is over by less than a day is -1.
fn days(until: Time, now: Time) -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "days between two instants fit, and a float saturates"
    )]
    let days = (until.seconds_since(now) / DAY).floor() as i64;
    days
}
