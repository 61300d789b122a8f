//! Acceptance notes: how the ledger learns acceptances without the pipeline.

use proto::{AcceptanceNote, Time};

use crate::sql::{Value, values};
use crate::working::Working;
use crate::{Store, StoreError};

/// The acceptances that have not reached delivery, of those waited for since before `$1`.
pub(crate) const MISSING: &str = "FROM acceptances AS lost WHERE seen_at IS NULL AND due_from < $1
    AND NOT EXISTS (SELECT 1 FROM acceptances AS later WHERE later.id = lost.id
        AND later.accepted_at > lost.accepted_at AND later.ended_at IS NOT NULL)";

impl Store {
    /// Up to where the stream of notes is taken in; none: nothing ever was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_position(&self) -> Result<Option<u64>, StoreError> {
        let row = self
            .pool
            .row("SELECT position FROM offsets WHERE name = 'accepted'", &[])
            .await?;
        let position = row.map(|row| row.int(0)).transpose()?;
        Ok(position.and_then(|position| u64::try_from(position).ok()))
    }

    /// Takes in notes and moves the position from `from` to `to`, in one transaction; notes known already change
    /// nothing. False, and nothing is written: someone else moved the position.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_notes(
        &self,
        from: Option<u64>,
        to: u64,
        notes: &[AcceptanceNote],
    ) -> Result<bool, StoreError> {
        let to = i64::try_from(to).unwrap_or(i64::MAX);
        let mut open = self.pool.begin().await?;
        let moved = match from {
            None => {
                open.run(
                    "INSERT INTO offsets (name, position) VALUES ('accepted', $1) ON CONFLICT (name) DO NOTHING",
                    &values![to],
                )
                .await?
            }
            Some(from) => {
                open.run(
                    "UPDATE offsets SET position = $1 WHERE name = 'accepted' AND position = $2",
                    &values![to, i64::try_from(from).unwrap_or(i64::MAX)],
                )
                .await?
            }
        };
        if moved == 0 {
            open.rollback().await?;
            return Ok(false);
        }
        let senders = notes.iter().map(|note| note.sender).collect();
        let restored_at = open.restored_at().await?;
        let mut working = Working::load(&mut open, &senders, notes, &[]).await?;
        for note in notes {
            working.take_note(note, restored_at)?;
        }
        let changed = working.write(&mut open).await?;
        open.commit().await?;
        self.arrivals.wake(changed.iter());
        Ok(true)
    }

    /// How many acceptances are older than `after_seconds` (or were redriven longer ago) while neither message, outcome
    /// nor parked copy of theirs has reached delivery. It must be 0. An id that was accepted again later, and came to an end
    /// by that, is accounted for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unaccounted(&self, now: Time, after_seconds: i64) -> Result<i64, StoreError> {
        let due: [Value<'_>; 1] = values![now.plus_seconds(-after_seconds)];
        let sql = format!("SELECT COUNT(*) {MISSING}");
        let row = self.pool.row(&sql, &due).await?;
        row.ok_or(StoreError::Unreadable("count"))?.int(0)
    }
}

impl Working<'_> {
    fn take_note(&mut self, note: &AcceptanceNote, restored_at: Option<Time>) -> Result<(), StoreError> {
        if self.acceptances.contains_key(&note.acceptance) {
            return Ok(());
        }
        self.acceptance(note);
        // A note does not say which process of the door wrote it.
        let by = proto::Station::Ingest.as_str();
        match self.ledger.get(&note.id) {
            None => self.begin_attempt(note, by),
            Some(row) if (row.sender, row.destination) != (note.sender, note.destination) => Ok(()),
            Some(row) if matches!(row.status, proto::Status::Rejected | proto::Status::Undeliverable) => {
                self.begin_attempt(note, by)
            }
            // A repeat of what has its end. Before the store was restored it may have been discarded already, which nobody
            // remembers; nothing is missing, so it is not waited for.
            Some(row) if !matches!(row.status, proto::Status::Accepted | proto::Status::Parked) => {
                if let Some(at) = restored_at.filter(|at| note.accepted_at < *at) {
                    let repeat = self.acceptance(note);
                    (repeat.seen_at, repeat.ended_at) = (Some(at), Some(at));
                }
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }
}
