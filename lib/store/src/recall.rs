//! Recall: withdrawn only if its bytes were never handed out, by one conditional update.

use proto::api::Recalled;
use proto::{EnvelopeId, OfficeNumber, Status, Time};

use crate::counters::Counters;
use crate::leave;
use crate::sql::{Transaction, values};
use crate::working::Working;
use crate::{Store, StoreError};

/// Most recalls of one office that wait for an envelope not there yet.
const MOST_WAITING: i64 = 1_000;

/// How long such a recall waits, in days: what was created longer ago is not accepted any more.
const WAIT_DAYS: i64 = 31;

/// What came of asking for a recall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecallAnswer {
    /// Asked for; the status says whether it was withdrawn.
    Recalled(Recalled),
    /// The envelope is not this office's.
    Unknown,
    /// It is not there yet, and too many recalls of this office already wait for such.
    TooMany,
}

impl Store {
    /// The office asks for its envelope back. In a mailbox and never handed out: it is withdrawn, its bytes and names are
    /// let go. Handed out: only noted. Not there yet: noted for its arrival, and counts if the office proves to be its sender.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn recall(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        by: &str,
        now: Time,
    ) -> Result<RecallAnswer, StoreError> {
        let mut open = self.pool.begin().await?;
        // With the sender's counter held, the envelope cannot enter between reading and writing.
        Counters::lock(&mut open, &[office].into()).await?;
        let Some(row) = open.ledger_rows(&[id]).await?.into_iter().next() else {
            let answer = bury(&mut open, office, id, now).await?;
            open.commit().await?;
            return Ok(answer);
        };
        if row.sender != office {
            open.rollback().await?;
            return Ok(RecallAnswer::Unknown);
        }
        let mut working = Working::of_one(&mut open, &row).await?;
        if row.arrived_at.is_some() && row.status == Status::Delivered {
            let withdrawn = open
                .row(
                    "UPDATE mailbox SET withdrawn_at = $2
                     WHERE id = $1 AND handed_out_at IS NULL AND withdrawn_at IS NULL RETURNING content_month",
                    &values![&id, now],
                )
                .await?;
            if let Some(mail) = withdrawn {
                let month = mail.text(0)?;
                open.run("DELETE FROM names WHERE id = $1", &values![&id]).await?;
                let gone = open
                    .row(
                        "DELETE FROM contents WHERE month = $1 AND id = $2 RETURNING records",
                        &values![&month, &id],
                    )
                    .await?;
                let keys = gone.map_or_else(|| Ok(Vec::new()), |row| row.records(0))?;
                leave::recalled(&mut open, id, &keys.into_iter().collect()).await?;
                working.step(id, Status::Recalled, now, by)?;
                working.move_up(id)?;
            }
        }
        let row = working.row(id)?;
        let (first, status) = (row.recall_requested_at.is_none(), row.status);
        let recall_requested_at = *row.recall_requested_at.get_or_insert(now);
        if first && status.is_mailboxed() {
            let notice = notice(id, office);
            let to = Some(row.destination);
            open.put_notice(to, &notice, now).await?;
        }
        self.close_item(open, &working).await?;
        Ok(RecallAnswer::Recalled(Recalled {
            status,
            recall_requested_at,
        }))
    }
}

/// Notes a recall for an envelope the ledger has not heard of. The office's counter is held, so nobody else adds one of its.
async fn bury(
    open: &mut Transaction,
    office: OfficeNumber,
    id: EnvelopeId,
    now: Time,
) -> Result<RecallAnswer, StoreError> {
    let oldest = now.plus_seconds(-WAIT_DAYS * 86_400);
    open.run(
        "DELETE FROM tombstones WHERE office = $1 AND requested_at < $2",
        &values![&office, oldest],
    )
    .await?;
    let row = open
        .row(
            "SELECT COUNT(*), MAX(CASE WHEN id = $2 THEN requested_at END) FROM tombstones WHERE office = $1",
            &values![&office, &id],
        )
        .await?;
    let row = row.ok_or(StoreError::Unreadable("count"))?;
    let (waiting, known) = (row.int(0)?, row.maybe_time(1)?);
    if known.is_none() && MOST_WAITING <= waiting {
        return Ok(RecallAnswer::TooMany);
    }
    if known.is_none() {
        open.run(
            "INSERT INTO tombstones (id, office, requested_at) VALUES ($1, $2, $3)",
            &values![&id, &office, now],
        )
        .await?;
    }
    Ok(RecallAnswer::Recalled(Recalled {
        status: Status::Accepted,
        recall_requested_at: known.unwrap_or(now),
    }))
}

/// What the destination reads when the bytes were handed out already. Ids and office numbers only.
fn notice(id: EnvelopeId, sender: OfficeNumber) -> String {
    format!(
        "事業所 {sender} から取消しの依頼がありました。封筒 {id} の内容は使わず、送信元に確認してください。\n\
         Office {sender} asks to recall envelope {id}. Do not use its contents; ask the sender."
    )
}
