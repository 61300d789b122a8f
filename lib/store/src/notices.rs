//! Notices to offices, and the operators' audit trail.

use proto::api::NoticeEntry;
use proto::{OfficeNumber, Time};

use crate::sql::{Transaction, values};
use crate::{Store, StoreError};

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number, from 1, gap-free.
    pub n: i64,
    /// Who, a holder.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: Time,
}

impl Store {
    /// Publishes a notice to one office, or to all; its number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_notice(
        &self,
        office: Option<OfficeNumber>,
        text: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let mut open = self.pool.begin().await?;
        let id = open.put_notice(office, text, at).await?;
        open.commit().await?;
        Ok(id)
    }

    /// Notices to this office with numbers behind `after`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn notices(
        &self,
        office: OfficeNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<NoticeEntry>, StoreError> {
        let rows = self
            .pool
            .rows(
                "SELECT id, at, words FROM notices WHERE (office IS NULL OR office = $1) AND id > $2 ORDER BY id LIMIT $3",
                &values![&office, after, i64::from(limit)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(NoticeEntry {
                    id: row.int(0)?,
                    at: row.time(1)?,
                    text: row.text(2)?,
                })
            })
            .collect()
    }

    /// Writes down what an operator did.
    ///
    /// # Errors
    /// When the database does not answer: the act must then not be done.
    pub async fn audit(&self, actor: &str, act: &str, subject: &str, at: Time) -> Result<(), StoreError> {
        self.audit_all(actor, act, &[subject.to_owned()], at).await
    }

    /// The same act on several subjects, an entry each.
    ///
    /// # Errors
    /// When the database does not answer: the act must then not be done.
    pub async fn audit_all(
        &self,
        actor: &str,
        act: &str,
        subjects: &[String],
        at: Time,
    ) -> Result<(), StoreError> {
        let mut open = self.pool.begin().await?;
        for subject in subjects {
            let n = open.next_serial("audit").await?;
            open.run(
                "INSERT INTO audit (n, actor, act, subject, at) VALUES ($1, $2, $3, $4, $5)",
                &values![n, actor, act, subject, at],
            )
            .await?;
        }
        open.commit().await
    }

    /// The audit trail after entry `after`, oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_trail(&self, after: i64, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let rows = self
            .pool
            .rows(
                "SELECT n, actor, act, subject, at FROM audit WHERE n > $1 ORDER BY n LIMIT $2",
                &values![after, i64::from(limit)],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(AuditEntry {
                    n: row.int(0)?,
                    actor: row.text(1)?,
                    act: row.text(2)?,
                    subject: row.text(3)?,
                    at: row.time(4)?,
                })
            })
            .collect()
    }
}

impl Transaction {
    pub(crate) async fn put_notice(
        &mut self,
        office: Option<OfficeNumber>,
        text: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let id = self.next_serial("notices").await?;
        self.run(
            "INSERT INTO notices (id, office, at, words) VALUES ($1, $2, $3, $4)",
            &values![id, &office, at, text],
        )
        .await?;
        Ok(id)
    }

    /// The next number of this series; gap-free, since it is committed with what bears it.
    async fn next_serial(&mut self, name: &str) -> Result<i64, StoreError> {
        let row = self
            .row(
                "INSERT INTO serials (name, last) VALUES ($1, 1)
                 ON CONFLICT (name) DO UPDATE SET last = serials.last + 1 RETURNING last",
                &values![name],
            )
            .await?;
        row.ok_or(StoreError::Unreadable("serial"))?.int(0)
    }
}
