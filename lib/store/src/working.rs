//! What a transaction of the ledger works on: facts read at once, changed in memory by pure code, written back in few
//! statements.

use std::collections::{BTreeMap, BTreeSet};

use proto::{Acceptance, AcceptanceNote, EnvelopeId, OfficeNumber, Status, Time};

use crate::StoreError;
use crate::counters::Counters;
use crate::ledger::{AcceptanceRow, LedgerRow};
use crate::sql::{Transaction, Value, values};
use crate::versions::Chain;

/// Facts of a batch, and what is to be written.
pub(crate) struct Working<'a> {
    pub(crate) counters: Counters,
    pub(crate) ledger: BTreeMap<EnvelopeId, LedgerRow>,
    /// Filled only where envelopes may come into mailboxes.
    pub(crate) chain: Chain,
    touched: BTreeSet<EnvelopeId>,
    pub(crate) acceptances: BTreeMap<Acceptance, AcceptanceRow>,
    touched_acceptances: BTreeSet<Acceptance>,
    tombstones: BTreeMap<(EnvelopeId, OfficeNumber), Time>,
    names: BTreeMap<(String, OfficeNumber), NameHolder>,
    new_names: Vec<(String, OfficeNumber)>,
    history: Vec<HistoryRow>,
    mail: Vec<Mail<'a>>,
    unparked: Vec<String>,
    refuted: Vec<EnvelopeId>,
}

/// The sending that has taken a name.
#[derive(Clone)]
pub(crate) struct NameHolder {
    pub(crate) id: EnvelopeId,
    pub(crate) digest: String,
}

struct HistoryRow {
    id: EnvelopeId,
    n: i64,
    status: Status,
    at: Time,
    by: String,
}

/// An envelope on its way into a mailbox.
pub(crate) struct Mail<'a> {
    pub(crate) id: EnvelopeId,
    pub(crate) destination: OfficeNumber,
    pub(crate) position: i64,
    pub(crate) month: String,
    pub(crate) message: &'a Option<String>,
    /// Keys of its records, 16 bytes each; none: the version chain does not follow it.
    pub(crate) records: Option<Vec<u8>>,
    pub(crate) arrived_at: Time,
    pub(crate) bytes: &'a [u8],
}

impl Mail<'_> {
    /// How many records the version chain follows.
    fn count(&self) -> Option<i64> {
        let records = self.records.as_ref()?;
        i64::try_from(records.len() / 16).ok()
    }

    fn is_large(&self) -> bool {
        (1 << 20) < self.bytes.len()
    }
}

impl<'a> Working<'a> {
    /// Locks the offices (the senders at least), then reads what is known of these acceptances, their ids and these names.
    pub(crate) async fn load(
        open: &mut Transaction,
        offices: &BTreeSet<OfficeNumber>,
        notes: &[AcceptanceNote],
        names: &[String],
    ) -> Result<Self, StoreError> {
        let counters = Counters::lock(open, offices).await?;
        let ids: BTreeSet<_> = notes.iter().map(|note| note.id).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let acceptances: BTreeSet<_> = notes.iter().map(|note| note.acceptance).collect();
        let acceptances: Vec<_> = acceptances.into_iter().collect();
        let ledger = open.ledger_rows(&ids).await?;
        let acceptances = open.acceptance_rows(&acceptances).await?;
        Ok(Self {
            counters,
            ledger: ledger.into_iter().map(|row| (row.id, row)).collect(),
            chain: Chain::default(),
            touched: BTreeSet::new(),
            acceptances: acceptances
                .into_iter()
                .map(|row| (row.note.acceptance, row))
                .collect(),
            touched_acceptances: BTreeSet::new(),
            tombstones: tombstones(open, &ids).await?,
            names: name_holders(open, names).await?,
            new_names: Vec::new(),
            history: Vec::new(),
            mail: Vec::new(),
            unparked: Vec::new(),
            refuted: Vec::new(),
        })
    }

    /// Makes the ledger's row of a new id, or begins a new attempt of a known one.
    pub(crate) fn begin_attempt(&mut self, note: &AcceptanceNote, by: &str) -> Result<(), StoreError> {
        let recalled = self.tombstones.get(&(note.id, note.sender)).copied();
        let row = self.ledger.entry(note.id).or_insert_with(|| LedgerRow {
            recall_requested_at: recalled,
            ..LedgerRow::first(note)
        });
        // A recall before the sender submitted the same bytes once more is no word against the new attempt.
        if 0 < row.steps && row.recall_requested_at.is_some_and(|at| at < note.accepted_at) {
            row.recall_requested_at = None;
        }
        // What was attested of the attempt before says nothing of this one.
        if 0 < row.steps {
            self.refuted.push(note.id);
        }
        (row.acceptance, row.accepted_at) = (note.acceptance, note.accepted_at);
        row.submitter.clone_from(&note.submitter);
        (row.report, row.renumbered_to) = (None, None);
        self.step(note.id, Status::Accepted, note.accepted_at, by)?;
        self.move_up(note.id)
    }

    /// Writes one step into the history; the id stands there now.
    pub(crate) fn step(
        &mut self,
        id: EnvelopeId,
        status: Status,
        at: Time,
        by: &str,
    ) -> Result<(), StoreError> {
        let row = self.row(id)?;
        if row.status == Status::Parked && status != Status::Parked {
            self.unparked.push(id.to_string());
        }
        let row = self.row(id)?;
        row.steps += 1;
        (row.status, row.changed_at) = (status, at);
        let n = row.steps;
        self.history.push(HistoryRow {
            id,
            n,
            status,
            at,
            by: by.to_owned(),
        });
        Ok(())
    }

    /// Moves the item to the end of its sender's list.
    pub(crate) fn move_up(&mut self, id: EnvelopeId) -> Result<(), StoreError> {
        let sender = self.row(id)?.sender;
        let position = self.counters.next_sent(sender)?;
        self.row(id)?.sent_position = position;
        Ok(())
    }

    /// The row, which will be written back.
    pub(crate) fn row(&mut self, id: EnvelopeId) -> Result<&mut LedgerRow, StoreError> {
        self.touched.insert(id);
        self.ledger
            .get_mut(&id)
            .ok_or(StoreError::Contradiction("id is not in the batch"))
    }

    /// The acceptance, made if not known, which will be written back.
    pub(crate) fn acceptance(&mut self, note: &AcceptanceNote) -> &mut AcceptanceRow {
        self.touched_acceptances.insert(note.acceptance);
        self.acceptances
            .entry(note.acceptance)
            .or_insert_with(|| AcceptanceRow::awaited(note.clone()))
    }

    /// Who holds a name of this sender.
    pub(crate) fn holder(&self, name: &str, sender: OfficeNumber) -> Option<&NameHolder> {
        self.names.get(&(name.to_owned(), sender))
    }

    /// Takes a free name.
    pub(crate) fn take_name(&mut self, name: &str, sender: OfficeNumber, holder: NameHolder) {
        let key = (name.to_owned(), sender);
        self.new_names.push(key.clone());
        self.names.insert(key, holder);
    }

    pub(crate) fn post(&mut self, mail: Mail<'a>) {
        self.mail.push(mail);
    }

    /// Writes everything; whose lists changed.
    pub(crate) async fn write(&self, open: &mut Transaction) -> Result<Vec<OfficeNumber>, StoreError> {
        let ledger: Vec<_> = self.touched.iter().filter_map(|id| self.ledger.get(id)).collect();
        open.put_ledger(&ledger).await?;
        let acceptances = self.touched_acceptances.iter();
        let acceptances: Vec<_> = acceptances.filter_map(|key| self.acceptances.get(key)).collect();
        open.put_acceptances(&acceptances).await?;
        let history: Vec<_> = self
            .history
            .iter()
            .map(|step| values![&step.id, step.n, step.status.as_str(), step.at, &step.by].to_vec())
            .collect();
        let head = "INSERT INTO history (id, n, status, at, done_by)";
        open.insert(head, &history, "").await?;
        let names: Vec<_> = self
            .new_names
            .iter()
            .filter_map(|key| Some((key, self.names.get(key)?)))
            .map(|((name, sender), holder)| values![sender, name, &holder.id, &holder.digest].to_vec())
            .collect();
        let head = "INSERT INTO names (sender, name, id, digest)";
        open.insert(head, &names, "").await?;
        self.write_mail(open).await?;
        let posted = self.mail.iter().map(|mail| mail.id).collect();
        self.chain.write(open, &posted).await?;
        let refuted: Vec<_> = self.refuted.iter().map(Value::from).collect();
        open.delete_in("DELETE FROM receipts WHERE id", &refuted).await?;
        // Recalls waiting for these ids have had their say.
        let recalled = self.tombstones.keys().map(|(id, _)| id);
        let recalled: Vec<_> = recalled
            .filter(|id| self.touched.contains(id))
            .map(Value::from)
            .collect();
        open.delete_in("DELETE FROM tombstones WHERE id", &recalled)
            .await?;
        let unparked: Vec<_> = self.unparked.iter().map(Value::from).collect();
        open.delete_in("DELETE FROM parked WHERE message_id", &unparked)
            .await?;
        self.counters.write(open).await
    }

    async fn write_mail(&self, open: &mut Transaction) -> Result<(), StoreError> {
        let rows: Vec<_> = self
            .mail
            .iter()
            .map(|mail| {
                let size = i64::try_from(mail.bytes.len()).unwrap_or(i64::MAX);
                let (count, loss) = (mail.count(), self.chain.loss(mail.id));
                let current = count.map(|count| count - loss.map_or(0, |loss| loss.records));
                values![
                    &mail.id,
                    &mail.destination,
                    mail.position,
                    &mail.month,
                    size,
                    mail.message,
                    mail.arrived_at,
                    count,
                    current,
                    loss.map(|loss| &loss.by.id),
                    loss.and_then(|loss| loss.withdrawn_by.as_ref()),
                ]
                .to_vec()
            })
            .collect();
        let head = "INSERT INTO mailbox (id, destination, position, content_month, size, message, arrived_at, records,
             records_current, superseded_by, withdrawn_by)";
        open.insert(head, &rows, "").await?;
        let contents: Vec<_> = self
            .mail
            .iter()
            .map(|mail| values![&mail.month, &mail.id, mail.bytes, mail.records.as_deref()].to_vec())
            .collect();
        let head = "INSERT INTO contents (month, id, bytes, records)";
        // Few at a time: parameters are copied, an envelope may have megabytes, and a statement has a time limit.
        for rows in contents.chunks(if self.mail.iter().any(Mail::is_large) {
            2
        } else {
            16
        }) {
            open.insert(head, rows, "").await?;
        }
        Ok(())
    }
}

async fn tombstones(
    open: &mut Transaction,
    ids: &[EnvelopeId],
) -> Result<BTreeMap<(EnvelopeId, OfficeNumber), Time>, StoreError> {
    let keys: Vec<_> = ids.iter().map(Value::from).collect();
    let sql = "SELECT id, office, requested_at FROM tombstones WHERE id";
    let rows = open.select_in(sql, &keys, "").await?;
    rows.iter()
        .map(|row| Ok(((row.id(0)?, row.word(1, "office number")?), row.time(2)?)))
        .collect()
}

async fn name_holders(
    open: &mut Transaction,
    names: &[String],
) -> Result<BTreeMap<(String, OfficeNumber), NameHolder>, StoreError> {
    let keys: Vec<_> = names.iter().map(Value::from).collect();
    let sql = "SELECT name, sender, id, digest FROM names WHERE name";
    let rows = open.select_in(sql, &keys, "").await?;
    rows.iter()
        .map(|row| {
            let holder = NameHolder {
                id: row.id(2)?,
                digest: row.text(3)?,
            };
            Ok(((row.text(0)?, row.word(1, "office number")?), holder))
        })
        .collect()
}
