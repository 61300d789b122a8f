//! Drafts of notices: nobody but operators reads them.

use proto::Time;
use proto::desk_notices::NoticeDraft;

use crate::sql::{Row, values};
use crate::{NoticeTarget, Store, StoreError};

const DRAFT: &str = "SELECT id, office, prefecture, service, words, changed_by, changed_at FROM drafts";

impl Store {
    /// Keeps a new draft; its number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_draft(
        &self,
        target: &NoticeTarget,
        text: &str,
        by: &str,
        at: Time,
    ) -> Result<i64, StoreError> {
        let mut open = self.pool.begin().await?;
        let id = open.next_serial("drafts").await?;
        open.run(
            "INSERT INTO drafts (id, office, prefecture, service, words, changed_by, changed_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
            &values![
                id,
                &target.office,
                &target.prefecture,
                &target.service,
                text,
                by,
                at
            ],
        )
        .await?;
        open.commit().await?;
        Ok(id)
    }

    /// Changes a draft; whether it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_draft(
        &self,
        id: i64,
        target: &NoticeTarget,
        text: &str,
        by: &str,
        at: Time,
    ) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "UPDATE drafts SET office = $2, prefecture = $3, service = $4, words = $5, changed_by = $6, changed_at = $7
                 WHERE id = $1",
                &values![id, &target.office, &target.prefecture, &target.service, text, by, at],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Publishes a draft as it was read, changed last at `read`; it is none any more. The notice's number; none: it is not
    /// there, or not so any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn publish_draft(&self, id: i64, read: Time, at: Time) -> Result<Option<i64>, StoreError> {
        let mut open = self.pool.begin().await?;
        let sql = "DELETE FROM drafts WHERE id = $1 AND changed_at = $2 RETURNING office, prefecture, service, words";
        let Some(row) = open.row(sql, &values![id, read]).await? else {
            open.rollback().await?;
            return Ok(None);
        };
        let target = NoticeTarget {
            office: row.maybe_word(0, "office number")?,
            prefecture: row.maybe_text(1)?,
            service: row.maybe_text(2)?,
        };
        let notice = open.publish_notice(&target, &row.text(3)?, at).await?;
        open.commit().await?;
        Ok(Some(notice))
    }

    /// Throws a draft away; whether it was there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn discard_draft(&self, id: i64) -> Result<bool, StoreError> {
        let sql = "DELETE FROM drafts WHERE id = $1";
        Ok(self.pool.run(sql, &values![id]).await? == 1)
    }

    /// One draft.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn draft(&self, id: i64) -> Result<Option<NoticeDraft>, StoreError> {
        let sql = format!("{DRAFT} WHERE id = $1");
        let row = self.pool.row(&sql, &values![id]).await?;
        row.map(|row| draft(&row)).transpose()
    }

    /// Drafts, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn drafts(&self, limit: u32) -> Result<Vec<NoticeDraft>, StoreError> {
        let sql = format!("{DRAFT} ORDER BY id DESC LIMIT $1");
        let rows = self.pool.rows(&sql, &values![i64::from(limit)]).await?;
        rows.iter().map(draft).collect()
    }
}

fn draft(row: &Row) -> Result<NoticeDraft, StoreError> {
    Ok(NoticeDraft {
        id: row.int(0)?,
        office: row.maybe_word(1, "office number")?,
        prefecture: row.maybe_text(2)?,
        service: row.maybe_text(3)?,
        text: row.text(4)?,
        changed_by: row.text(5)?,
        changed_at: row.time(6)?,
    })
}
