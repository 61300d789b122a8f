//! Retention: what was never collected expires, contents go by month. Each call is one bounded transaction, so that
//! traffic finds its place between two of them.

use std::collections::{BTreeMap, BTreeSet};

use proto::{AcceptanceNote, EnvelopeId, OfficeNumber, Status, Time};

use crate::leave;
use crate::ledger::LedgerRow;
use crate::sql::{Value, values};
use crate::working::Working;
use crate::{Store, StoreError};

/// Most envelopes of one transaction: each may have megabytes of contents.
const MOST: i64 = 100;

/// An envelope that was never collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expired {
    /// Which.
    pub id: EnvelopeId,
    /// Whose.
    pub sender: OfficeNumber,
    /// For whom.
    pub destination: OfficeNumber,
}

/// Envelopes done by one call, and whether it is worth asking at once for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<T> {
    /// What was done.
    pub done: T,
    /// There may be more.
    pub more: bool,
}

impl Store {
    /// Ends envelopes that lie in their mailbox since before `before` and were never collected, the oldest first: status
    /// `expired`, contents deleted, gone from the inbox, a notice to both offices.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn expire(&self, before: Time, by: &str, now: Time) -> Result<Batch<Vec<Expired>>, StoreError> {
        let sql = "SELECT id FROM ledger WHERE status = 'delivered' AND arrived_at < $1 ORDER BY arrived_at LIMIT $2";
        let rows = self.pool.rows(sql, &values![before, MOST]).await?;
        let ids: Vec<EnvelopeId> = rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
        if ids.is_empty() {
            return Ok(Batch {
                done: Vec::new(),
                more: false,
            });
        }
        let mut open = self.pool.begin().await?;
        let notes: Vec<_> = open.ledger_rows(&ids).await?.iter().map(note).collect();
        let senders = notes.iter().map(|note| note.sender).collect();
        // With the senders' counters held nobody collects or recalls; the rows are read anew.
        let mut working = Working::load(&mut open, &senders, &notes, &[]).await?;
        let due: Vec<Expired> = working
            .ledger
            .values()
            .filter(|row| row.status == Status::Delivered && row.arrived_at.is_some_and(|at| at < before))
            .map(|row| Expired {
                id: row.id,
                sender: row.sender,
                destination: row.destination,
            })
            .collect();
        let (mut keys, mut done) = (BTreeSet::new(), Vec::with_capacity(due.len()));
        for one in due {
            let sql = "UPDATE mailbox SET withdrawn_at = $2, message = NULL
                 WHERE id = $1 AND collected_at IS NULL AND withdrawn_at IS NULL RETURNING content_month";
            let Some(row) = open.row(sql, &values![&one.id, now]).await? else {
                continue;
            };
            let sql = "DELETE FROM contents WHERE month = $1 AND id = $2 RETURNING records";
            if let Some(gone) = open.row(sql, &values![&row.text(0)?, &one.id]).await? {
                keys.extend(gone.records(0)?);
            }
            working.step(one.id, Status::Expired, now, by)?;
            working.move_up(one.id)?;
            done.push(one);
        }
        let gone: Vec<_> = done.iter().map(|one| one.id).collect();
        leave::forgotten(&mut open, &gone, &keys).await?;
        open.put_notices(&notices(&done), now).await?;
        self.close_item(open, &working).await?;
        let more = i64::try_from(ids.len()) == Ok(MOST) && !done.is_empty();
        Ok(Batch { done, more })
    }

    /// Deletes contents that came in a month before this one (`YYYYMM`), with their senders' words and what the version
    /// chain knows of their records; never those of an envelope that may still be collected for the first time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_contents(&self, before_month: &str) -> Result<Batch<u64>, StoreError> {
        let mut open = self.pool.begin().await?;
        let sql = "SELECT month, id, records FROM contents WHERE month < $1
                 AND NOT EXISTS (SELECT 1 FROM ledger WHERE ledger.id = contents.id AND status = 'delivered')
             ORDER BY month, id LIMIT $2";
        let rows = open.rows(sql, &values![before_month, MOST]).await?;
        let (mut ids, mut keys) = (Vec::with_capacity(rows.len()), BTreeSet::new());
        for row in &rows {
            let (month, id) = (row.text(0)?, row.id(1)?);
            let sql = "DELETE FROM contents WHERE month = $1 AND id = $2";
            open.run(sql, &values![&month, &id]).await?;
            keys.extend(row.records(2)?);
            ids.push(id);
        }
        let sql = "UPDATE mailbox SET message = NULL WHERE message IS NOT NULL AND id";
        let all: Vec<_> = ids.iter().map(Value::from).collect();
        open.select_in(sql, &all, "RETURNING 1").await?;
        leave::forgotten(&mut open, &ids, &keys).await?;
        open.commit().await?;
        let more = i64::try_from(ids.len()) == Ok(MOST);
        Ok(Batch {
            done: ids.len() as u64,
            more,
        })
    }
}

fn note(row: &LedgerRow) -> AcceptanceNote {
    AcceptanceNote {
        id: row.id,
        acceptance: row.acceptance,
        accepted_at: row.accepted_at,
        sender: row.sender,
        destination: row.destination,
        submitter: row.submitter.clone(),
    }
}

/// One notice to each office, whatever the number of its envelopes. Ids and office numbers only.
fn notices(expired: &[Expired]) -> Vec<(OfficeNumber, String)> {
    let (mut sent, mut got): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) = Default::default();
    for one in expired {
        let line = |other: OfficeNumber| format!("\n{} {other}", one.id);
        sent.entry(one.sender).or_default().push(line(one.destination));
        got.entry(one.destination).or_default().push(line(one.sender));
    }
    let to_senders = sent.into_iter().map(|(office, lines)| {
        let text = "次の封筒は、宛先が受け取らないまま保管期間を過ぎたため、期限切れになりました。内容は削除されています。必要なら送り直してください（封筒、宛先）。\n\
             These envelopes were never collected within the retention period and have expired; their contents are deleted. Send them again if they are still needed (envelope, destination).";
        (office, format!("{text}{}", lines.concat()))
    });
    let to_destinations = got.into_iter().map(|(office, lines)| {
        let text = "次の封筒は、受け取られないまま保管期間を過ぎたため、期限切れになりました。必要なら送信元に再送を依頼してください（封筒、送信元）。\n\
             These envelopes were not collected within the retention period and have expired. Ask the sender to send them again if you need them (envelope, sender).";
        (office, format!("{text}{}", lines.concat()))
    });
    to_senders.chain(to_destinations).collect()
}
