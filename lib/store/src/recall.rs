//! Recall: withdrawn only if its bytes were never handed out, by one conditional update.

use proto::api::Recalled;
use proto::{EnvelopeId, OfficeNumber, Status, Time};

use crate::counters::Counters;
use crate::sql::values;
use crate::working::Working;
use crate::{Store, StoreError};

/// What came of asking for a recall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecallAnswer {
    /// Asked for; the status says whether it was withdrawn.
    Recalled(Recalled),
    /// The envelope is not this office's.
    Unknown,
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
            let row = open
                .row(
                    "INSERT INTO tombstones (id, office, requested_at) VALUES ($1, $2, $3)
                     ON CONFLICT (id, office) DO UPDATE SET requested_at = tombstones.requested_at
                     RETURNING requested_at",
                    &values![&id, &office, now],
                )
                .await?;
            let recall_requested_at = row.ok_or(StoreError::Unreadable("tombstone"))?.time(0)?;
            open.commit().await?;
            let status = Status::Accepted;
            return Ok(RecallAnswer::Recalled(Recalled {
                status,
                recall_requested_at,
            }));
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
                open.run(
                    "DELETE FROM contents WHERE month = $1 AND id = $2",
                    &values![&month, &id],
                )
                .await?;
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

/// What the destination reads when the bytes were handed out already. Ids and office numbers only.
fn notice(id: EnvelopeId, sender: OfficeNumber) -> String {
    format!(
        "事業所 {sender} から取消しの依頼がありました。封筒 {id} の内容は使わず、送信元に確認してください。\n\
         Office {sender} asks to recall envelope {id}. Do not use its contents; ask the sender."
    )
}
