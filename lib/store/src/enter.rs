//! Delivery's transaction: one sending, one delivery; one end per acceptance.

use std::collections::BTreeSet;

use proto::{
    AcceptanceNote, Envelope, EnvelopeId, OutcomeMessage, Problem, Problems, RecordKey, Refusal, Routed,
    Sending, Status, Time,
};

use crate::versions::{Chain, Version};
use crate::working::{Mail, NameHolder, Working};
use crate::{Store, StoreError};

/// What came out of `delivery.NN`.
#[derive(Clone, Debug)]
pub enum Learned {
    /// An envelope the directory knows the way of.
    Routed(Box<Envelope<Routed>>),
    /// How an envelope ended before delivery.
    Outcome(Box<OutcomeMessage>),
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entered {
    /// It lies in the destination's mailbox, at this position of its inbox.
    Mailboxed {
        /// From 1, gap-free for each office.
        position: i64,
    },
    /// The same sending lies in a mailbox already.
    Duplicate {
        /// Under this id.
        same_as: EnvelopeId,
    },
    /// Its names are taken by another sending: rejected with `sequence.reused`.
    Reused,
    /// Withdrawn by its sender while it was under way.
    Recalled,
    /// Its outcome says rejected.
    Rejected,
    /// Its outcome says undeliverable.
    Undeliverable,
    /// There was an end already: discarded, bytes included.
    Repeat,
    /// The database refuses this one for its data: park it.
    Unfit {
        /// Why, in ASCII, without any text of the envelope.
        cause: String,
    },
}

impl Learned {
    /// The acceptance it belongs to, as its note says or would have said.
    #[must_use]
    pub fn note(&self) -> AcceptanceNote {
        match self {
            Self::Routed(envelope) => note_of(envelope.id, &envelope.stamps),
            Self::Outcome(outcome) => AcceptanceNote {
                id: outcome.id,
                acceptance: outcome.acceptance,
                accepted_at: outcome.accepted.at,
                sender: outcome.sender,
                destination: outcome.destination,
                submitter: outcome.submitter.clone(),
            },
        }
    }

    fn accepted_by(&self) -> &str {
        match self {
            Self::Routed(envelope) => &envelope.stamps.accepted.by,
            Self::Outcome(outcome) => &outcome.accepted.by,
        }
    }

    /// Keys of the records it would bring into a mailbox.
    fn records(&self) -> Vec<RecordKey> {
        match self {
            Self::Routed(envelope) => {
                let sending = envelope.stamps.sending.as_ref();
                let version = sending.and_then(|sending| Version::of(envelope.id, sending));
                version.map(|(_, keys)| keys).unwrap_or_default()
            }
            Self::Outcome(_) => Vec::new(),
        }
    }

    fn names(&self) -> Vec<String> {
        match self {
            Self::Routed(envelope) => {
                let sending = envelope.stamps.sending.as_ref();
                sending.map_or_else(Vec::new, |sending| sending.identity(envelope.stamps.destination))
            }
            Self::Outcome(_) => Vec::new(),
        }
    }
}

pub(crate) fn note_of(id: EnvelopeId, stamps: &proto::Stamps) -> AcceptanceNote {
    AcceptanceNote {
        id,
        acceptance: stamps.acceptance,
        accepted_at: stamps.accepted.at,
        sender: stamps.sender,
        destination: stamps.destination,
        submitter: stamps.submitter.to_string(),
    }
}

impl Store {
    /// Takes in what delivery learned, in order, in one transaction; `by` is the process, `now` its clock. When the
    /// database refuses the batch for its data, it is halved until the one row is found, which comes back as
    /// [`Entered::Unfit`]; the others are committed.
    ///
    /// # Errors
    /// When the database does not answer. Halves committed before come back as [`Entered::Repeat`] at the next try.
    pub async fn enter(&self, batch: &[Learned], by: &str, now: Time) -> Result<Vec<Entered>, StoreError> {
        let mut entered = Vec::with_capacity(batch.len());
        // Ranges of the batch still to do; the first stands last.
        let mut ranges = vec![batch];
        while let Some(range) = ranges.pop() {
            match self.enter_all(range, by, now).await {
                Ok(done) => entered.extend(done),
                Err(error) if !error.is_data() => return Err(error),
                Err(error) if range.len() < 2 => entered.push(Entered::Unfit { cause: error.cause() }),
                Err(_) => {
                    let (first, second) = range.split_at(range.len() / 2);
                    ranges.extend([second, first]);
                }
            }
        }
        Ok(entered)
    }

    async fn enter_all(&self, batch: &[Learned], by: &str, now: Time) -> Result<Vec<Entered>, StoreError> {
        let notes: Vec<_> = batch.iter().map(Learned::note).collect();
        let names: BTreeSet<_> = batch.iter().flat_map(Learned::names).collect();
        let names: Vec<_> = names.into_iter().collect();
        let mut open = self.pool.begin().await?;
        let offices = notes.iter().flat_map(|note| [note.sender, note.destination]);
        let mut working = Working::load(&mut open, &offices.collect(), &notes, &names).await?;
        let records = batch.iter().flat_map(Learned::records).collect();
        working.chain = Chain::load(&mut open, &records).await?;
        let mut entered = Vec::with_capacity(batch.len());
        for (learned, note) in batch.iter().zip(&notes) {
            entered.push(working.enter(learned, note, by, now)?);
        }
        let changed = working.write(&mut open).await?;
        open.commit().await?;
        self.arrivals.wake(changed.iter());
        Ok(entered)
    }
}

impl<'a> Working<'a> {
    fn enter(
        &mut self,
        learned: &'a Learned,
        note: &AcceptanceNote,
        by: &str,
        now: Time,
    ) -> Result<Entered, StoreError> {
        if !self.arrive(note, learned.accepted_by(), now)? {
            return Ok(Entered::Repeat);
        }
        let entered = match learned {
            Learned::Outcome(outcome) => self.refuse(outcome)?,
            Learned::Routed(envelope) => self.deliver(envelope, by, now)?,
        };
        self.acceptance(note).ended_at = Some(now);
        self.move_up(note.id)?;
        Ok(entered)
    }

    /// The acceptance has reached delivery. Whether it may go on: it has no end, and neither has its id, unless the id was
    /// refused and this is a new attempt.
    pub(crate) fn arrive(
        &mut self,
        note: &AcceptanceNote,
        accepted_by: &str,
        now: Time,
    ) -> Result<bool, StoreError> {
        let known = self.ledger.get(&note.id);
        if known.is_some_and(|row| (row.sender, row.destination) != (note.sender, note.destination)) {
            return Err(StoreError::Contradiction(
                "sender or destination differs from the ledger",
            ));
        }
        let standing = known.map(|row| (row.acceptance == note.acceptance, row.status));
        let acceptance = self.acceptance(note);
        if acceptance.note.id != note.id {
            return Err(StoreError::Contradiction("acceptance belongs to another id"));
        }
        acceptance.seen_at = acceptance.seen_at.or(Some(now));
        if acceptance.ended_at.is_some() {
            return Ok(false);
        }
        match standing {
            Some((true, Status::Accepted | Status::Parked)) => Ok(true),
            None
            | Some((false, Status::Accepted | Status::Parked | Status::Rejected | Status::Undeliverable)) => {
                self.begin_attempt(note, accepted_by)?;
                Ok(true)
            }
            Some(_) => {
                self.acceptance(note).ended_at = Some(now);
                Ok(false)
            }
        }
    }

    fn refuse(&mut self, outcome: &OutcomeMessage) -> Result<Entered, StoreError> {
        if let Some(validated) = &outcome.validated {
            self.step(outcome.id, Status::Validated, validated.at, &validated.by)?;
        }
        let ended = &outcome.ended;
        self.step(outcome.id, outcome.status.into(), ended.at, &ended.by)?;
        let row = self.row(outcome.id)?;
        row.report = report(&outcome.report);
        row.renumbered_to = outcome.renumbered_to;
        // A manifest may have been refused for its very sequence; only a good one finds its place.
        let good = |sequence: &&String| sequence.len() == 14 && sequence.bytes().all(|b| b.is_ascii_digit());
        if let Some(sequence) = outcome.sequence.as_ref().filter(good) {
            row.sequence = Some(sequence.clone());
        }
        Ok(match outcome.status {
            Refusal::Rejected => Entered::Rejected,
            Refusal::Undeliverable => Entered::Undeliverable,
        })
    }

    fn deliver(
        &mut self,
        envelope: &'a Envelope<Routed>,
        by: &str,
        now: Time,
    ) -> Result<Entered, StoreError> {
        let (id, stamps) = (envelope.id, &envelope.stamps);
        let Some(sending) = &stamps.sending else {
            return Err(StoreError::Contradiction("stamp sending is missing"));
        };
        for (status, stamp) in [
            (Status::Validated, &stamps.validated),
            (Status::Routed, &stamps.routed),
        ] {
            if let Some(stamp) = stamp {
                self.step(id, status, stamp.at, &stamp.by)?;
            }
        }
        let row = self.row(id)?;
        row.sequence = Some(sending.sequence.clone());
        row.kinds = sending.kinds.join(" ");
        row.month.clone_from(&sending.month);
        row.version.clone_from(&sending.version);
        row.signer = Some(sending.signer.clone());
        row.digest = Some(sending.digest.clone());
        row.made_with.clone_from(&sending.software);
        if row.recall_requested_at.is_some() {
            self.step(id, Status::Recalled, now, by)?;
            return Ok(Entered::Recalled);
        }
        let names = sending.identity(stamps.destination);
        let holders: Vec<_> = names
            .iter()
            .filter_map(|name| Some((name.clone(), self.holder(name, stamps.sender)?.clone())))
            .collect();
        if let Some((_, holder)) = holders.first() {
            // The digest covers names and contents of all files and the message.
            let same = holders.len() == names.len()
                && holders
                    .iter()
                    .all(|(_, other)| other.id == holder.id && other.digest == sending.digest);
            if same {
                self.row(id)?.same_as = Some(holder.id);
                self.step(id, Status::Duplicate, now, by)?;
                return Ok(Entered::Duplicate { same_as: holder.id });
            }
            let taken = holders.iter().map(|(name, _)| name.as_str());
            self.row(id)?.report = report(&reused(sending, taken));
            self.step(id, Status::Rejected, now, by)?;
            return Ok(Entered::Reused);
        }
        for name in &names {
            let holder = NameHolder {
                id,
                digest: sending.digest.clone(),
            };
            self.take_name(name, stamps.sender, holder);
        }
        let version = Version::of(id, sending);
        if let Some((version, keys)) = &version {
            self.chain.enter(*version, keys);
        }
        let position = self.counters.next_inbox(stamps.destination)?;
        self.post(Mail {
            id,
            destination: stamps.destination,
            position,
            month: now.month(),
            message: &sending.message,
            records: version.map(|(_, keys)| keys.iter().flat_map(RecordKey::as_bytes).copied().collect()),
            arrived_at: now,
            bytes: &envelope.bytes,
        });
        self.row(id)?.arrived_at = Some(now);
        self.step(id, Status::Delivered, now, by)?;
        Ok(Entered::Mailboxed { position })
    }
}

/// One problem for each name that is taken.
fn reused<'a>(sending: &Sending, taken: impl Iterator<Item = &'a str>) -> Problems {
    let mut problems = Problems::default();
    for name in taken {
        let problem = Problem::new(&proto::codes::SEQUENCE_REUSED).with_value(sending.sequence.clone());
        // Attachments alone have no standard file to name.
        problems.push(if sending.names.is_empty() {
            problem
        } else {
            problem.in_file(name)
        });
    }
    problems
}

/// The problems as the ledger keeps them.
pub(crate) fn report(problems: &Problems) -> Option<String> {
    if *problems == Problems::default() {
        return None;
    }
    serde_json::to_string(problems).ok()
}
