//! The sent list: a change feed. An item moves to the end when its status does.

use proto::api::{HistoryEntry, SentItem};
use proto::{EnvelopeId, OfficeNumber, Status, Step, Time};

use crate::ledger::{COLUMNS, LEDGER, LedgerRow};
use crate::sql::{Row, values};
use crate::standing::{STANDING, Standing};
use crate::{Cursor, Store, StoreError};

/// The ledger's row and, if it came into a mailbox, how it stands there.
const SENT: &str =
    "SELECT l.id, l.acceptance, l.accepted_at, l.sender, l.destination, l.submitter, l.status, l.changed_at,
    l.sent_position, l.steps, l.arrived_at, l.recall_requested_at, l.sequence, l.kinds, l.month, l.version, l.signer,
    l.digest, l.same_as, l.renumbered_to, l.report, l.software, l.made_with";

const FROM: &str = "FROM ledger l LEFT JOIN mailbox m ON m.id = l.id";

/// Which items of a sent list are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SentFilter {
    /// Those that stand there.
    pub status: Option<Status>,
    /// Those that came into a mailbox before.
    pub arrived_before: Option<Time>,
}

impl From<Option<Status>> for SentFilter {
    fn from(status: Option<Status>) -> Self {
        Self {
            status,
            arrived_before: None,
        }
    }
}

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
        filter: impl Into<SentFilter>,
    ) -> Result<(Vec<SentItem>, Cursor), StoreError> {
        let filter: SentFilter = filter.into();
        let word = filter.status.map(|status| status.as_str().to_owned());
        let sql = format!(
            "{SENT}, {STANDING} {FROM} WHERE l.sender = $1 AND l.sent_position > $2 AND ($3 IS NULL OR l.status = $3)
                 AND ($4 IS NULL OR l.arrived_at < $4)
             ORDER BY l.sent_position LIMIT $5"
        );
        let asked = values![&office, after.0, &word, filter.arrived_before, i64::from(limit)];
        let rows = self.pool.rows(&sql, &asked).await?;
        let next = rows.last().map_or(Ok(after.0), |row| row.int(8))?;
        let mut items: Vec<_> = rows.iter().map(sent_item).collect::<Result<_, _>>()?;
        let ids = items.iter().map(|item| (&item.id, &item.kinds));
        let mut withdrawn = self.withdrawn_by(ids).await?;
        for item in &mut items {
            item.withdraws = withdrawn.remove(&item.id).unwrap_or_default();
        }
        Ok((items, Cursor(next)))
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
        let sql = format!("{SENT}, {STANDING} {FROM} WHERE l.id = $1 AND l.sender = $2");
        let Some(row) = self.pool.row(&sql, &values![&id, &office]).await? else {
            return Ok(None);
        };
        let problems = LedgerRow::read(&row)?.problems();
        let mut item = sent_item(&row)?;
        let mut withdrawn = self.withdrawn_by([(&item.id, &item.kinds)].into_iter()).await?;
        item.withdraws = withdrawn.remove(&id).unwrap_or_default();
        let history = self.history(id).await?;
        let standing = standing(&history, item.accepted_at);
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
            ..item
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

fn sent_item(row: &Row) -> Result<SentItem, StoreError> {
    let standing = Standing::read(row, COLUMNS)?;
    let row = LedgerRow::read(row)?;
    Ok(SentItem {
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
        arrived_at: row.arrived_at,
        uncollected_days: None,
        records: standing.records,
        superseded_by: standing.superseded_by,
        partly_superseded_by: standing.partly_superseded_by,
        withdrawn_by: standing.withdrawn_by,
        withdraws: Vec::new(),
        history: Vec::new(),
        problems: Vec::new(),
        more: std::collections::BTreeMap::new(),
        receipts: Vec::new(),
    })
}
