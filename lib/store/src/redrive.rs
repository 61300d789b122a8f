//! What operators do with parked messages: look for them, have them sent again, stop that, discard them. Whatever is done,
//! the acceptance stands in one account before and after.

use bytes::Bytes;
use proto::{Acceptance, EnvelopeId, Problem, Problems, Station, Status, Time};

use crate::enter::report;
use crate::parked::{LIST, Parked, ParkedRow, pace, plain, read, with_body};
use crate::sql::{Transaction, Value, values};
use crate::working::Working;
use crate::{Store, StoreError};

/// Which parked messages; what is not said does not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParkedFilter {
    /// Under one of these ids.
    pub ids: Vec<String>,
    /// Parked by this station.
    pub station: Option<Station>,
    /// For this office, or the words in its place.
    pub office: Option<String>,
    /// Its cause contains these words, whatever their case.
    pub cause: Option<String>,
    /// Parked before this instant.
    pub before: Option<Time>,
    /// Not those marked for redrive already.
    pub open_only: bool,
}

/// What names one row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedKey {
    /// The message's id.
    pub message_id: String,
    /// Its acceptance, 32 hex digits; empty if it bears none.
    pub acceptance: String,
}

const CHOSEN: &str = "FROM parked WHERE ($1 IS NULL OR station = $1) AND ($2 IS NULL OR office = $2)
    AND ($3 IS NULL OR lower(cause) LIKE $3 ESCAPE '!') AND ($4 IS NULL OR parked_at < $4)
    AND ($5 = 0 OR state = 'open') AND ($6 IS NULL OR message_id = $6)
    ORDER BY parked_at, message_id, acceptance LIMIT $7";

impl Parked {
    /// What names its row.
    #[must_use]
    pub fn key(&self) -> ParkedKey {
        ParkedKey {
            message_id: self.row.message_id.clone(),
            acceptance: self.row.acceptance.clone(),
        }
    }
}

impl ParkedFilter {
    /// The cause as a pattern of LIKE.
    fn cause_pattern(&self) -> Option<String> {
        let cause = self.cause.as_ref()?.to_ascii_lowercase();
        let escaped = cause.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        Some(plain(&format!("%{escaped}%")))
    }
}

impl Store {
    /// Parked messages of a filter, oldest first, without their bodies.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn parked_where(&self, filter: &ParkedFilter, limit: u32) -> Result<Vec<Parked>, StoreError> {
        let sql = format!("{LIST} {CHOSEN}");
        let (cause, office) = (filter.cause_pattern(), filter.office.as_deref().map(plain));
        let ids: Vec<_> = filter.ids.iter().map(|id| plain(id)).collect();
        let mut asked: Vec<Value<'_>> = ids.iter().map(Value::from).collect();
        if asked.is_empty() {
            asked.push(Value::Text(None));
        }
        let mut found = Vec::new();
        for id in asked {
            let left = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
            let bound = [
                Value::Text(filter.station.map(Station::as_str)),
                Value::from(&office),
                Value::from(&cause),
                Value::from(filter.before),
                Value::from(i64::from(filter.open_only)),
                id,
                Value::from(left.max(0)),
            ];
            let rows = self.pool.rows(&sql, &bound).await?;
            for row in &rows {
                found.push(read(row, Bytes::new())?);
            }
        }
        Ok(found)
    }

    /// Marks open rows to be sent through their stations again, at most `per_minute` of them a minute if that is said; how many.
    ///
    /// # Errors
    /// When the database does not answer; then none is marked.
    pub async fn mark_redrive(
        &self,
        keys: &[ParkedKey],
        per_minute: Option<u32>,
        now: Time,
    ) -> Result<u64, StoreError> {
        let most = Value::Int(per_minute.map(i64::from));
        let mut open = self.pool.begin().await?;
        let mut marked = 0;
        for key in keys {
            let (message_id, acceptance) = (plain(&key.message_id), plain(&key.acceptance));
            let [message_id, acceptance, now] = values![&message_id, &acceptance, now];
            marked += open
                .run(
                    "UPDATE parked SET state = 'redrive', per_minute = $3, changed_at = $4
                     WHERE message_id = $1 AND acceptance = $2 AND state = 'open'",
                    &[message_id, acceptance, most, now],
                )
                .await?;
        }
        open.commit().await?;
        Ok(marked)
    }

    /// Stops redriving: what is marked and not yet sent stays parked; how many rows.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn stop_redrive(&self, now: Time) -> Result<u64, StoreError> {
        self.pool
            .run(
                "UPDATE parked SET state = 'open', changed_at = $1 WHERE state = 'redrive'",
                &values![now],
            )
            .await
    }

    /// Takes the mark from one row: it cannot be sent again as it is. Whether it was marked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unmark_redrive(&self, key: &ParkedKey, now: Time) -> Result<bool, StoreError> {
        let changed = self
            .pool
            .run(
                "UPDATE parked SET state = 'open', changed_at = $3
                 WHERE message_id = $1 AND acceptance = $2 AND state = 'redrive'",
                &values![&plain(&key.message_id), &plain(&key.acceptance), now],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Whether anything is marked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn redrive_waits(&self) -> Result<bool, StoreError> {
        Ok(self.redrive_pace().await?.is_some())
    }

    /// How many a minute are wished of what is sent again next; none inside: no such wish; none: nothing is marked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn redrive_pace(&self) -> Result<Option<Option<u32>>, StoreError> {
        let sql =
            "SELECT per_minute FROM parked WHERE state = 'redrive' ORDER BY parked_at, message_id LIMIT 1";
        let row = self.pool.row(sql, &[]).await?;
        row.map(|row| pace(&row, 0)).transpose()
    }

    /// What the holder of the lease has to send again, oldest first, bodies included.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn to_redrive(&self, limit: u32) -> Result<Vec<Parked>, StoreError> {
        let sql = format!(
            "{LIST}, body FROM parked WHERE state = 'redrive' ORDER BY parked_at, message_id LIMIT $1"
        );
        let rows = self.pool.rows(&sql, &values![i64::from(limit)]).await?;
        rows.iter().map(with_body).collect()
    }

    /// The broker has confirmed the message sent again: its row is closed, the id is under way and waited for from `now`.
    /// False: an end, a new parking or a stop came first.
    ///
    /// # Errors
    /// When the database does not answer; the message is then sent again.
    pub async fn redriven(&self, row: &ParkedRow, by: &str, now: Time) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let known = attempt_of(&mut open, &row.message_id, &row.acceptance).await?;
        let closed = open
            .run(
                "DELETE FROM parked WHERE message_id = $1 AND acceptance = $2 AND state = 'redrive'",
                &values![&plain(&row.message_id), &plain(&row.acceptance)],
            )
            .await?;
        match known {
            Some((id, acceptance, mut working)) if closed == 1 => {
                working.under_way_again(id, acceptance, by, now)?;
                self.close_item(open, &working).await?;
            }
            _ => open.commit().await?,
        }
        Ok(closed == 1)
    }

    /// Discards an open row: what is known as an acceptance ends, refused with `relay.discarded` (recalled, if its sender
    /// has asked for that), and the message is gone. A copy still on its way is discarded when it arrives. False: nothing of
    /// the kind is open any more.
    ///
    /// # Errors
    /// When the database does not answer; then nothing is discarded.
    pub async fn discard(&self, key: &ParkedKey, by: &str, now: Time) -> Result<bool, StoreError> {
        let mut open = self.pool.begin().await?;
        let known = attempt_of(&mut open, &key.message_id, &key.acceptance).await?;
        let gone = open
            .run(
                "DELETE FROM parked WHERE message_id = $1 AND acceptance = $2 AND state = 'open'",
                &values![&plain(&key.message_id), &plain(&key.acceptance)],
            )
            .await?;
        match known {
            Some((id, acceptance, mut working)) if gone == 1 => {
                working.end_discarded(id, acceptance, by, now)?;
                self.close_item(open, &working).await?;
            }
            _ => open.commit().await?,
        }
        Ok(gone == 1)
    }
}

/// The ledger's row of this acceptance, with its sender locked; none if the ledger does not know it.
async fn attempt_of(
    open: &mut Transaction,
    message_id: &str,
    acceptance: &str,
) -> Result<Option<(EnvelopeId, Acceptance, Working<'static>)>, StoreError> {
    let (Ok(id), Ok(acceptance)) = (message_id.parse(), acceptance.parse()) else {
        return Ok(None);
    };
    let Some(ledger) = open.ledger_rows(&[id]).await?.into_iter().next() else {
        return Ok(None);
    };
    let working = Working::of_one(open, &ledger).await?;
    Ok(Some((id, acceptance, working)))
}

impl Working<'_> {
    fn under_way_again(
        &mut self,
        id: EnvelopeId,
        acceptance: Acceptance,
        by: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        let row = self.row(id)?;
        if row.status != Status::Parked || row.acceptance != acceptance {
            return Ok(());
        }
        self.step(id, Status::Accepted, now, by)?;
        self.move_up(id)?;
        if let Some(note) = self.acceptances.get(&acceptance).map(|row| row.note.clone()) {
            let awaited = self.acceptance(&note);
            (awaited.seen_at, awaited.due_from) = (None, now);
        }
        Ok(())
    }

    fn end_discarded(
        &mut self,
        id: EnvelopeId,
        acceptance: Acceptance,
        by: &str,
        now: Time,
    ) -> Result<(), StoreError> {
        let row = self.row(id)?;
        let open = matches!(row.status, Status::Parked | Status::Accepted);
        if !open || row.acceptance != acceptance {
            return Ok(());
        }
        let status = if row.recall_requested_at.is_some() {
            Status::Recalled
        } else {
            row.report = report(&Problems::from(Problem::new(&proto::codes::RELAY_DISCARDED)));
            Status::Rejected
        };
        self.step(id, status, now, by)?;
        self.move_up(id)?;
        if let Some(note) = self.acceptances.get(&acceptance).map(|row| row.note.clone()) {
            let ended = self.acceptance(&note);
            ended.seen_at = ended.seen_at.or(Some(now));
            ended.ended_at = Some(now);
        }
        Ok(())
    }
}
