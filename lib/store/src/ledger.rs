//! Rows of the ledger: read for a batch, changed in memory, written back in few statements.

use proto::{Acceptance, AcceptanceNote, EnvelopeId, OfficeNumber, Problems, Status, Time};

use crate::StoreError;
use crate::sql::{Row, Transaction, Value, values};

/// One envelope id.
#[derive(Clone, Debug)]
pub(crate) struct LedgerRow {
    pub(crate) id: EnvelopeId,
    pub(crate) acceptance: Acceptance,
    pub(crate) accepted_at: Time,
    pub(crate) sender: OfficeNumber,
    pub(crate) destination: OfficeNumber,
    pub(crate) submitter: String,
    pub(crate) status: Status,
    pub(crate) changed_at: Time,
    pub(crate) sent_position: i64,
    pub(crate) steps: i64,
    pub(crate) arrived_at: Option<Time>,
    pub(crate) recall_requested_at: Option<Time>,
    pub(crate) sequence: Option<String>,
    pub(crate) kinds: String,
    pub(crate) month: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) signer: Option<String>,
    pub(crate) digest: Option<String>,
    pub(crate) same_as: Option<EnvelopeId>,
    pub(crate) renumbered_to: Option<OfficeNumber>,
    pub(crate) report: Option<String>,
    pub(crate) software: Option<String>,
    pub(crate) made_with: Option<String>,
}

/// One acceptance of an id.
#[derive(Clone, Debug)]
pub(crate) struct AcceptanceRow {
    pub(crate) note: AcceptanceNote,
    pub(crate) due_from: Time,
    pub(crate) seen_at: Option<Time>,
    pub(crate) ended_at: Option<Time>,
}

/// As many as [`LedgerRow::read`] reads.
pub(crate) const COLUMNS: usize = 23;

pub(crate) const LEDGER: &str = "SELECT id, acceptance, accepted_at, sender, destination, submitter, status, changed_at,
    sent_position, steps, arrived_at, recall_requested_at, sequence, kinds, month, version, signer, digest, same_as,
    renumbered_to, report, software, made_with FROM ledger";

const ACCEPTANCES: &str =
    "SELECT acceptance, id, accepted_at, sender, destination, submitter, due_from, seen_at, ended_at
    FROM acceptances";

impl LedgerRow {
    /// An id heard of for the first time, by this acceptance.
    pub(crate) fn first(note: &AcceptanceNote) -> Self {
        Self {
            id: note.id,
            acceptance: note.acceptance,
            accepted_at: note.accepted_at,
            sender: note.sender,
            destination: note.destination,
            submitter: note.submitter.clone(),
            status: Status::Accepted,
            changed_at: note.accepted_at,
            sent_position: 0,
            steps: 0,
            arrived_at: None,
            recall_requested_at: None,
            sequence: None,
            kinds: String::new(),
            month: None,
            version: None,
            signer: None,
            digest: None,
            same_as: None,
            renumbered_to: None,
            report: None,
            software: None,
            made_with: None,
        }
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            acceptance: row.acceptance(1)?,
            accepted_at: row.time(2)?,
            sender: row.word(3, "office number")?,
            destination: row.word(4, "office number")?,
            submitter: row.text(5)?,
            status: row.word(6, "status")?,
            changed_at: row.time(7)?,
            sent_position: row.int(8)?,
            steps: row.int(9)?,
            arrived_at: row.maybe_time(10)?,
            recall_requested_at: row.maybe_time(11)?,
            sequence: row.maybe_text(12)?,
            kinds: row.text(13)?,
            month: row.maybe_text(14)?,
            version: row.maybe_text(15)?,
            signer: row.maybe_text(16)?,
            digest: row.maybe_text(17)?,
            same_as: row.maybe_id(18)?,
            renumbered_to: row.maybe_word(19, "office number")?,
            report: row.maybe_text(20)?,
            software: row.maybe_text(21)?,
            made_with: row.maybe_text(22)?,
        })
    }

    fn values(&self) -> Vec<Value<'_>> {
        values![
            &self.id,
            &self.acceptance,
            self.accepted_at,
            &self.sender,
            &self.destination,
            &self.submitter,
            self.status.as_str(),
            self.changed_at,
            self.sent_position,
            self.steps,
            self.arrived_at,
            self.recall_requested_at,
            &self.sequence,
            &self.kinds,
            &self.month,
            &self.version,
            &self.signer,
            &self.digest,
            &self.same_as,
            &self.renumbered_to,
            &self.report,
            &self.software,
            &self.made_with,
        ]
        .to_vec()
    }

    /// Why it was refused, or what the destination's software said.
    pub(crate) fn problems(&self) -> Problems {
        let report = self.report.as_deref();
        report
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }
}

impl AcceptanceRow {
    /// Known, and waited for.
    pub(crate) fn awaited(note: AcceptanceNote) -> Self {
        Self {
            due_from: note.accepted_at,
            note,
            seen_at: None,
            ended_at: None,
        }
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            note: AcceptanceNote {
                acceptance: row.acceptance(0)?,
                id: row.id(1)?,
                accepted_at: row.time(2)?,
                sender: row.word(3, "office number")?,
                destination: row.word(4, "office number")?,
                submitter: row.text(5)?,
            },
            due_from: row.time(6)?,
            seen_at: row.maybe_time(7)?,
            ended_at: row.maybe_time(8)?,
        })
    }

    fn values(&self) -> Vec<Value<'_>> {
        values![
            &self.note.acceptance,
            &self.note.id,
            self.note.accepted_at,
            &self.note.sender,
            &self.note.destination,
            &self.note.submitter,
            self.due_from,
            self.seen_at,
            self.ended_at,
        ]
        .to_vec()
    }
}

impl Transaction {
    pub(crate) async fn ledger_rows(&mut self, ids: &[EnvelopeId]) -> Result<Vec<LedgerRow>, StoreError> {
        let keys: Vec<Value<'_>> = ids.iter().map(Value::from).collect();
        let rows = self.select_in(&format!("{LEDGER} WHERE id"), &keys, "").await?;
        rows.iter().map(LedgerRow::read).collect()
    }

    /// Writes whole rows: whoever writes a row of the ledger holds its sender's counter.
    pub(crate) async fn put_ledger(&mut self, rows: &[&LedgerRow]) -> Result<(), StoreError> {
        let rows: Vec<_> = rows.iter().map(|row| row.values()).collect();
        self.insert(
            "INSERT INTO ledger (id, acceptance, accepted_at, sender, destination, submitter, status, changed_at,
                 sent_position, steps, arrived_at, recall_requested_at, sequence, kinds, month, version, signer, digest,
                 same_as, renumbered_to, report, software, made_with)",
            &rows,
            "ON CONFLICT (id) DO UPDATE SET acceptance = excluded.acceptance, accepted_at = excluded.accepted_at,
                 submitter = excluded.submitter, status = excluded.status,
                 changed_at = excluded.changed_at, sent_position = excluded.sent_position, steps = excluded.steps,
                 arrived_at = excluded.arrived_at, recall_requested_at = excluded.recall_requested_at,
                 sequence = excluded.sequence, kinds = excluded.kinds, month = excluded.month,
                 version = excluded.version, signer = excluded.signer, digest = excluded.digest,
                 same_as = excluded.same_as, renumbered_to = excluded.renumbered_to, report = excluded.report,
                 software = excluded.software, made_with = excluded.made_with",
        )
        .await
    }

    pub(crate) async fn acceptance_rows(
        &mut self,
        acceptances: &[Acceptance],
    ) -> Result<Vec<AcceptanceRow>, StoreError> {
        let keys: Vec<Value<'_>> = acceptances.iter().map(Value::from).collect();
        let sql = format!("{ACCEPTANCES} WHERE acceptance");
        let rows = self.select_in(&sql, &keys, "").await?;
        rows.iter().map(AcceptanceRow::read).collect()
    }

    pub(crate) async fn put_acceptances(&mut self, rows: &[&AcceptanceRow]) -> Result<(), StoreError> {
        let rows: Vec<_> = rows.iter().map(|row| row.values()).collect();
        self.insert(
            "INSERT INTO acceptances (acceptance, id, accepted_at, sender, destination, submitter, due_from, seen_at,
                 ended_at)",
            &rows,
            "ON CONFLICT (acceptance) DO UPDATE SET due_from = excluded.due_from, seen_at = excluded.seen_at,
                 ended_at = excluded.ended_at",
        )
        .await
    }
}
