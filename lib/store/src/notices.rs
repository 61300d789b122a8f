//! Notices to offices, and the operators' audit trail.

use proto::api::NoticeEntry;
use proto::desk::PublishedNotice;
use proto::{OfficeNumber, Time};

use crate::sql::{Row, Transaction, values};
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

/// Whom a notice is for: one office; or all offices, those of a prefecture, of a service kind, or of both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeTarget {
    /// This office alone; the others are none then.
    pub office: Option<OfficeNumber>,
    /// The first two digits of office numbers.
    pub prefecture: Option<String>,
    /// Service kind.
    pub service: Option<String>,
}

/// The office (an expression of SQL) is among those that the notice `n`, one to many, is for.
pub(crate) fn is_among(office: &str) -> String {
    format!(
        "(n.prefecture IS NULL OR n.prefecture = substr({office}, 1, 2)) AND (n.service IS NULL OR EXISTS
             (SELECT 1 FROM offices f WHERE f.number = {office} AND f.services LIKE '% ' || n.service || ' %'))"
    )
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

    /// Publishes a notice to those it is for; its number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn publish_notice(
        &self,
        target: &NoticeTarget,
        text: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let mut open = self.pool.begin().await?;
        let id = open.publish_notice(target, text, at).await?;
        open.commit().await?;
        Ok(id)
    }

    /// Notices to this office with numbers behind `after`, oldest first: those to it alone and those to many it is among.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn notices(
        &self,
        office: OfficeNumber,
        after: i64,
        limit: u32,
    ) -> Result<Vec<NoticeEntry>, StoreError> {
        let is_among = is_among("CAST($1 AS TEXT)");
        let sql = format!(
            "SELECT n.id, n.at, n.words FROM notices n WHERE (n.office = $1 OR (n.office IS NULL AND {is_among})) AND n.id > $2
             ORDER BY n.id LIMIT $3"
        );
        let rows = self
            .pool
            .rows(&sql, &values![&office, after, i64::from(limit)])
            .await?;
        rows.iter().map(notice_entry).collect()
    }

    /// What was published, to whomever, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn published(&self, limit: u32) -> Result<Vec<PublishedNotice>, StoreError> {
        let sql = "SELECT id, office, at, words, prefecture, service FROM notices ORDER BY id DESC LIMIT $1";
        let rows = self.pool.rows(sql, &values![i64::from(limit)]).await?;
        let one = |row: &Row| {
            Ok(PublishedNotice {
                id: row.int(0)?,
                office: row.maybe_word(1, "office number")?,
                prefecture: row.maybe_text(4)?,
                service: row.maybe_text(5)?,
                at: row.time(2)?,
                text: row.text(3)?,
            })
        };
        rows.iter().map(one).collect()
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
            open.put_audit(actor, act, subject, at).await?;
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
        rows.iter().map(audit_entry).collect()
    }

    /// The audit trail before entry `before` (none: from the last one on), newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn audit_before(&self, before: Option<i64>, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let sql = "SELECT n, actor, act, subject, at FROM audit WHERE n < $1 ORDER BY n DESC LIMIT $2";
        let before = before.unwrap_or(i64::MAX);
        let rows = self.pool.rows(sql, &values![before, i64::from(limit)]).await?;
        rows.iter().map(audit_entry).collect()
    }
}

fn audit_entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        n: row.int(0)?,
        actor: row.text(1)?,
        act: row.text(2)?,
        subject: row.text(3)?,
        at: row.time(4)?,
    })
}

/// Reads `id, at, words`.
pub(crate) fn notice_entry(row: &Row) -> Result<NoticeEntry, StoreError> {
    Ok(NoticeEntry {
        id: row.int(0)?,
        at: row.time(1)?,
        text: row.text(2)?,
    })
}

impl Transaction {
    pub(crate) async fn put_notice(
        &mut self,
        office: Option<OfficeNumber>,
        text: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let target = NoticeTarget {
            office,
            ..NoticeTarget::default()
        };
        self.publish_notice(&target, text, at).await
    }

    pub(crate) async fn publish_notice(
        &mut self,
        target: &NoticeTarget,
        text: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let id = self.next_serial("notices").await?;
        self.run(
            "INSERT INTO notices (id, office, at, words, prefecture, service) VALUES ($1, $2, $3, $4, $5, $6)",
            &values![id, &target.office, at, text, &target.prefecture, &target.service],
        )
        .await?;
        Ok(id)
    }

    pub(crate) async fn put_audit(
        &mut self,
        actor: &str,
        act: &str,
        subject: &str,
        at: Time,
    ) -> Result<(), StoreError> {
        let n = self.next_serial("audit").await?;
        self.run(
            "INSERT INTO audit (n, actor, act, subject, at) VALUES ($1, $2, $3, $4, $5)",
            &values![n, actor, act, subject, at],
        )
        .await?;
        Ok(())
    }

    /// Publishes a notice to each of these offices.
    pub(crate) async fn put_notices(
        &mut self,
        notices: &[(OfficeNumber, String)],
        at: Time,
    ) -> Result<(), StoreError> {
        let Ok(count @ 1..) = i64::try_from(notices.len()) else {
            return Ok(());
        };
        let first = self.next_serials("notices", count).await? - count + 1;
        let rows: Vec<_> = (first..)
            .zip(notices)
            .map(|(id, (office, text))| values![id, office, at, text].to_vec())
            .collect();
        self.insert("INSERT INTO notices (id, office, at, words)", &rows, "")
            .await
    }

    /// The next number of this series; gap-free, since it is committed with what bears it.
    pub(crate) async fn next_serial(&mut self, name: &str) -> Result<i64, StoreError> {
        self.next_serials(name, 1).await
    }

    /// The last of the next so many numbers.
    async fn next_serials(&mut self, name: &str, count: i64) -> Result<i64, StoreError> {
        let row = self
            .row(
                "INSERT INTO serials (name, last) VALUES ($1, $2)
                 ON CONFLICT (name) DO UPDATE SET last = serials.last + $2 RETURNING last",
                &values![name, count],
            )
            .await?;
        row.ok_or(StoreError::Unreadable("serial"))?.int(0)
    }
}
