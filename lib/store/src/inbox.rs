//! The mailbox as its office sees it.

use bytes::Bytes;
use proto::api::InboxItem;
use proto::{EnvelopeId, OfficeNumber, Time};

use crate::sql::{Row, values};
use crate::standing::{STANDING, Standing};
use crate::{Cursor, Store, StoreError};

/// Which items of an inbox are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InboxState {
    /// Not yet acknowledged as fetched.
    New,
    /// Acknowledged.
    Collected,
    /// Both.
    #[default]
    All,
}

const ITEM: &str = "SELECT m.position, m.id, l.sender, o.name, l.sequence, l.kinds, l.month, m.message, m.size, m.arrived_at,
        m.collected_at, l.recall_requested_at, l.status";

const FROM: &str = "FROM mailbox m JOIN ledger l ON l.id = m.id LEFT JOIN offices o ON o.number = l.sender";

impl Store {
    /// Items after the cursor, oldest first, at most `limit`, and the cursor to go on from: the same one when there are
    /// none. Withdrawn items are not there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn inbox(
        &self,
        office: OfficeNumber,
        after: &Cursor,
        limit: u32,
        state: InboxState,
    ) -> Result<(Vec<InboxItem>, Cursor), StoreError> {
        let wanted = match state {
            InboxState::New => "AND m.collected_at IS NULL",
            InboxState::Collected => "AND m.collected_at IS NOT NULL",
            InboxState::All => "",
        };
        let sql = format!(
            "{ITEM}, {STANDING} {FROM} WHERE m.destination = $1 AND m.position > $2 AND m.withdrawn_at IS NULL {wanted}
             ORDER BY m.position LIMIT $3"
        );
        let rows = self
            .pool
            .rows(&sql, &values![&office, after.0, i64::from(limit)])
            .await?;
        let next = rows.last().map_or(Ok(after.0), |row| row.int(0))?;
        let mut items = rows.iter().map(inbox_item).collect::<Result<Vec<_>, _>>()?;
        let ids = items.iter().map(|item| (&item.id, &item.kinds));
        let mut withdrawn = self.withdrawn_by(ids).await?;
        for item in &mut items {
            item.withdraws = withdrawn.remove(&item.id).unwrap_or_default();
        }
        Ok((items, Cursor(next)))
    }

    /// One item of this office's inbox, unless it was withdrawn.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn inbox_item(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
    ) -> Result<Option<InboxItem>, StoreError> {
        let sql = format!(
            "{ITEM}, {STANDING} {FROM} WHERE m.id = $1 AND m.destination = $2 AND m.withdrawn_at IS NULL"
        );
        let row = self.pool.row(&sql, &values![&id, &office]).await?;
        let Some(mut item) = row.map(|row| inbox_item(&row)).transpose()? else {
            return Ok(None);
        };
        let mut withdrawn = self.withdrawn_by([(&item.id, &item.kinds)].into_iter()).await?;
        item.withdraws = withdrawn.remove(&id).unwrap_or_default();
        Ok(Some(item))
    }

    /// The size in bytes of an envelope that could be handed out; hands out nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn head(&self, office: OfficeNumber, id: EnvelopeId) -> Result<Option<u64>, StoreError> {
        let row = self
            .pool
            .row(
                "SELECT m.size FROM mailbox m JOIN contents c ON c.month = m.content_month AND c.id = m.id
                 WHERE m.id = $1 AND m.destination = $2 AND m.withdrawn_at IS NULL",
                &values![&id, &office],
            )
            .await?;
        let size = row.map(|row| row.int(0)).transpose()?;
        Ok(size.map(|size| u64::try_from(size).unwrap_or(0)))
    }

    /// The envelope's bytes. That they were handed out is committed before the first byte is returned, so a recall and this
    /// never both win.
    ///
    /// # Errors
    /// When the database does not answer; it may then count as handed out.
    pub async fn hand_out(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        now: Time,
    ) -> Result<Option<Bytes>, StoreError> {
        let row = self
            .pool
            .row(
                "SELECT content_month, handed_out_at FROM mailbox
                 WHERE id = $1 AND destination = $2 AND withdrawn_at IS NULL",
                &values![&id, &office],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        if row.maybe_int(1)?.is_none() {
            let marked = self
                .pool
                .run(
                    "UPDATE mailbox SET handed_out_at = COALESCE(handed_out_at, $3)
                     WHERE id = $1 AND destination = $2 AND withdrawn_at IS NULL",
                    &values![&id, &office, now],
                )
                .await?;
            if marked == 0 {
                return Ok(None);
            }
        }
        let month = row.text(0)?;
        let row = self
            .pool
            .row(
                "SELECT bytes FROM contents WHERE month = $1 AND id = $2",
                &values![&month, &id],
            )
            .await?;
        row.map(|row| Ok(Bytes::from(row.bytes(0)?))).transpose()
    }
}

fn inbox_item(row: &Row) -> Result<InboxItem, StoreError> {
    let standing = Standing::read(row, 13)?;
    Ok(InboxItem {
        id: row.id(1)?,
        sender: row.word(2, "office number")?,
        sender_name: row.maybe_text(3)?,
        sequence: row.maybe_text(4)?.unwrap_or_default(),
        kinds: crate::directory::words(&row.text(5)?),
        month: row.maybe_text(6)?,
        message: row.maybe_text(7)?,
        size: u64::try_from(row.int(8)?).unwrap_or(0),
        arrived_at: row.time(9)?,
        collected_at: row.maybe_time(10)?,
        superseded_by: standing.superseded_by,
        recall_requested_at: row.maybe_time(11)?,
        status: row.word(12, "status")?,
        records: standing.records,
        partly_superseded_by: standing.partly_superseded_by,
        withdrawn_by: standing.withdrawn_by,
        withdraws: Vec::new(),
    })
}
