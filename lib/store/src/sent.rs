//! The sent list: a change feed. An item moves to the end when its status does.

use proto::api::{HistoryEntry, SentItem};
use proto::{EnvelopeId, OfficeNumber, Status, Step, Time};

use crate::ledger::{LEDGER, LedgerRow};
use crate::sql::values;
use crate::{Cursor, Store, StoreError};

impl Store {
    /// Items whose status changed after the cursor, in the order of the changes, at most `limit`, and the cursor to go on
    /// from: the same one when there are none. History, problems and receipts are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sent(
        &self,
        office: OfficeNumber,
        after: &Cursor,
        limit: u32,
        status: Option<Status>,
    ) -> Result<(Vec<SentItem>, Cursor), StoreError> {
        let word = status.map(|status| status.as_str().to_owned());
        let sql = format!(
            "{LEDGER} WHERE sender = $1 AND sent_position > $2 AND ($3 IS NULL OR status = $3)
             ORDER BY sent_position LIMIT $4"
        );
        let rows = self
            .pool
            .rows(&sql, &values![&office, after.0, &word, i64::from(limit)])
            .await?;
        let rows: Vec<_> = rows.iter().map(LedgerRow::read).collect::<Result<_, _>>()?;
        let next = rows.last().map_or(after.0, |row| row.sent_position);
        Ok((rows.into_iter().map(sent_item).collect(), Cursor(next)))
    }

    /// One item of this office's sent list, with history, problems and the paths of its receipts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sent_item(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
    ) -> Result<Option<SentItem>, StoreError> {
        let Some(row) = self.ledger_row(id).await? else {
            return Ok(None);
        };
        if row.sender != office {
            return Ok(None);
        }
        let problems = row.problems();
        let history = self.history(id).await?;
        let standing = standing(&history, row.accepted_at);
        let receipts = Step::ALL
            .iter()
            .filter(|step| standing.iter().any(|entry| entry.status == status_of(**step)))
            .map(|step| format!("/v1/receipts/{id}/{step}"))
            .collect();
        Ok(Some(SentItem {
            history,
            problems: problems.problems,
            more: problems.more,
            receipts,
            ..sent_item(row)
        }))
    }

    pub(crate) async fn ledger_row(&self, id: EnvelopeId) -> Result<Option<LedgerRow>, StoreError> {
        let row = self
            .pool
            .row(&format!("{LEDGER} WHERE id = $1"), &values![&id])
            .await?;
        row.map(|row| LedgerRow::read(&row)).transpose()
    }

    pub(crate) async fn history(&self, id: EnvelopeId) -> Result<Vec<HistoryEntry>, StoreError> {
        let rows = self
            .pool
            .rows(
                "SELECT status, at, done_by FROM history WHERE id = $1 ORDER BY n",
                &values![&id],
            )
            .await?;
        rows.iter()
            .map(|row| {
                Ok(HistoryEntry {
                    status: row.word(0, "status")?,
                    at: row.time(1)?,
                    by: row.text(2)?,
                })
            })
            .collect()
    }
}

/// The history from where the standing attempt begins: its acceptance, and not what a redrive writes.
pub(crate) fn standing(history: &[HistoryEntry], accepted_at: Time) -> &[HistoryEntry] {
    let begins = |entry: &HistoryEntry| entry.status == Status::Accepted && entry.at == accepted_at;
    let first = history.iter().rposition(begins).unwrap_or(0);
    history.get(first..).unwrap_or_default()
}

/// The status whose first entry in the standing attempt the receipt of this step proves.
pub(crate) fn status_of(step: Step) -> Status {
    match step {
        Step::Accepted => Status::Accepted,
        Step::Validated => Status::Validated,
        Step::Delivered => Status::Delivered,
        Step::Collected => Status::Collected,
        Step::Imported => Status::Imported,
    }
}

fn sent_item(row: LedgerRow) -> SentItem {
    SentItem {
        id: row.id,
        destination: row.destination,
        status: row.status,
        accepted_at: row.accepted_at,
        changed_at: row.changed_at,
        sequence: row.sequence,
        kinds: crate::directory::words(&row.kinds),
        month: row.month,
        same_as: row.same_as,
        renumbered_to: row.renumbered_to,
        recall_requested_at: row.recall_requested_at,
        history: Vec::new(),
        problems: Vec::new(),
        more: std::collections::BTreeMap::new(),
        receipts: Vec::new(),
    }
}
