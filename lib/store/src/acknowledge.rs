//! What the destination says: fetched, taken in, or not.

use std::collections::BTreeSet;

use proto::api::{Acknowledged, ImportResult, Imported};
use proto::{EnvelopeId, Limits, OfficeNumber, Problems, Status, Time};

use crate::enter::report;
use crate::ledger::LedgerRow;
use crate::sql::{Transaction, values};
use crate::working::Working;
use crate::{Store, StoreError};

impl Store {
    /// The destination has fetched the envelope; that implies it was handed out. Said again it changes nothing. None: no
    /// such item in this inbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn collected(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        by: &str,
        now: Time,
    ) -> Result<Option<Acknowledged>, StoreError> {
        let Some((mut open, mut working)) = self.open_item(office, id).await? else {
            return Ok(None);
        };
        let Some(at) = collect(&mut open, &mut working, id, by, now).await? else {
            return Ok(None);
        };
        let status = working.row(id)?.status;
        self.close_item(open, &working).await?;
        Ok(Some(Acknowledged { id, status, at }))
    }

    /// The destination's software has taken the envelope in, or could not; that implies it was fetched. Taken in stands
    /// for good; could not may be followed by taken in. None: no such item in this inbox.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn imported(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
        imported: &Imported,
        by: &str,
        now: Time,
    ) -> Result<Option<Acknowledged>, StoreError> {
        let Some((mut open, mut working)) = self.open_item(office, id).await? else {
            return Ok(None);
        };
        if collect(&mut open, &mut working, id, by, now).await?.is_none() {
            return Ok(None);
        }
        let status = match imported.result {
            ImportResult::Ok => Status::Imported,
            ImportResult::Failed => Status::ImportFailed,
        };
        let row = working.row(id)?;
        let done = row.status == status || row.status == Status::Imported;
        if !done {
            let mut problems = Problems::from(imported.problems.clone());
            problems.fit(Limits::OUTCOME_BYTES);
            row.report = report(&problems);
            row.software.clone_from(&imported.software);
            working.step(id, status, now, by)?;
            working.move_up(id)?;
            open.run(
                "UPDATE mailbox SET imported_at = $2 WHERE id = $1",
                &values![&id, now],
            )
            .await?;
        }
        let row = working.row(id)?;
        let (status, at, made_with) = (row.status, row.changed_at, row.made_with.clone());
        if !done {
            open.count_import(&id, made_with.as_deref(), imported, now)
                .await?;
        }
        self.close_item(open, &working).await?;
        Ok(Some(Acknowledged { id, status, at }))
    }

    /// Locks a mailboxed item of this office and its sender's list.
    async fn open_item(
        &self,
        office: OfficeNumber,
        id: EnvelopeId,
    ) -> Result<Option<(Transaction, Working<'static>)>, StoreError> {
        let mut open = self.pool.begin().await?;
        let row = open.ledger_rows(&[id]).await?.into_iter().next();
        let row = row.filter(|row| row.destination == office && row.arrived_at.is_some());
        let Some(row) = row else {
            open.rollback().await?;
            return Ok(None);
        };
        let working = Working::of_one(&mut open, &row).await?;
        Ok(Some((open, working)))
    }

    /// Commits; the item may show differently in both offices' lists.
    pub(crate) async fn close_item(
        &self,
        mut open: Transaction,
        working: &Working<'_>,
    ) -> Result<(), StoreError> {
        working.write(&mut open).await?;
        open.commit().await?;
        let offices: BTreeSet<_> = working
            .ledger
            .values()
            .flat_map(|row| [row.sender, row.destination])
            .collect();
        self.arrivals.wake(offices.iter());
        Ok(())
    }
}

impl Working<'static> {
    /// Locks the sender of a row read before alone (a second office would break the ascending order), and reads the row anew.
    pub(crate) async fn of_one(open: &mut Transaction, row: &LedgerRow) -> Result<Self, StoreError> {
        let note = proto::AcceptanceNote {
            id: row.id,
            acceptance: row.acceptance,
            accepted_at: row.accepted_at,
            sender: row.sender,
            destination: row.destination,
            submitter: row.submitter.clone(),
        };
        Working::load(open, &[row.sender].into(), &[note], &[]).await
    }
}

/// When it was collected, now or before; None: it was withdrawn.
async fn collect(
    open: &mut Transaction,
    working: &mut Working<'_>,
    id: EnvelopeId,
    by: &str,
    now: Time,
) -> Result<Option<Time>, StoreError> {
    let row = open
        .row(
            "UPDATE mailbox SET handed_out_at = COALESCE(handed_out_at, $2), collected_at = COALESCE(collected_at, $2)
             WHERE id = $1 AND withdrawn_at IS NULL RETURNING collected_at",
            &values![&id, now],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    if working.row(id)?.status == Status::Delivered {
        working.step(id, Status::Collected, now, by)?;
        working.move_up(id)?;
    }
    Ok(Some(row.time(0)?))
}
