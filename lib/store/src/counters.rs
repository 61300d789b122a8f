//! Positions of inboxes and sent lists: gap-free, given in the transaction that commits them. Holding an office's
//! counter until the commit keeps positions visible in order, and is the lock on everything of that sender.

use std::collections::{BTreeMap, BTreeSet};

use proto::OfficeNumber;

use crate::StoreError;
use crate::sql::{Transaction, Value, values};

/// The counters of the offices a transaction works for.
#[derive(Default)]
pub(crate) struct Counters(BTreeMap<OfficeNumber, Counter>);

#[derive(Default)]
struct Counter {
    inbox: i64,
    sent: i64,
    changed: bool,
}

impl Counters {
    /// Locks the counters in ascending order of the offices, so that two transactions never wait for each other.
    pub(crate) async fn lock(
        open: &mut Transaction,
        offices: &BTreeSet<OfficeNumber>,
    ) -> Result<Self, StoreError> {
        let mut counters = read(open, offices, "").await?;
        let missing: Vec<_> = offices
            .iter()
            .filter(|office| !counters.0.contains_key(office))
            .collect();
        if !missing.is_empty() {
            // What a restored store does not know of an office may be in that office's hands.
            let first = open.restored_at().await?.map_or(0, proto::Time::micros);
            let missing: Vec<_> = missing
                .iter()
                .map(|office| values![*office, first, first].to_vec())
                .collect();
            // Whoever sees the row missing makes it or waits for its maker here, before holding any older one.
            open.insert(
                "INSERT INTO counters (office, inbox, sent)",
                &missing,
                "ON CONFLICT (office) DO NOTHING",
            )
            .await?;
        }
        let for_update = open.for_update();
        if !missing.is_empty() || !for_update.is_empty() {
            counters = read(open, offices, for_update).await?;
        }
        Ok(counters)
    }

    pub(crate) fn next_inbox(&mut self, office: OfficeNumber) -> Result<i64, StoreError> {
        let counter = self.get(office)?;
        counter.inbox += 1;
        Ok(counter.inbox)
    }

    pub(crate) fn next_sent(&mut self, office: OfficeNumber) -> Result<i64, StoreError> {
        let counter = self.get(office)?;
        counter.sent += 1;
        Ok(counter.sent)
    }

    /// Writes back what was given, and says whose lists changed.
    pub(crate) async fn write(&self, open: &mut Transaction) -> Result<Vec<OfficeNumber>, StoreError> {
        let changed: Vec<_> = self.0.iter().filter(|(_, counter)| counter.changed).collect();
        let rows: Vec<_> = changed
            .iter()
            .map(|(office, counter)| values![*office, counter.inbox, counter.sent].to_vec())
            .collect();
        open.insert(
            "INSERT INTO counters (office, inbox, sent)",
            &rows,
            "ON CONFLICT (office) DO UPDATE SET inbox = excluded.inbox, sent = excluded.sent",
        )
        .await?;
        Ok(changed.into_iter().map(|(office, _)| *office).collect())
    }

    fn get(&mut self, office: OfficeNumber) -> Result<&mut Counter, StoreError> {
        let counter = self
            .0
            .get_mut(&office)
            .ok_or(StoreError::Contradiction("counter of another office"))?;
        counter.changed = true;
        Ok(counter)
    }
}

async fn read(
    open: &mut Transaction,
    offices: &BTreeSet<OfficeNumber>,
    for_update: &str,
) -> Result<Counters, StoreError> {
    let keys: Vec<Value<'_>> = offices.iter().map(Value::from).collect();
    let rows = open
        .select_in(
            "SELECT office, inbox, sent FROM counters WHERE office",
            &keys,
            &format!("ORDER BY office{for_update}"),
        )
        .await?;
    let mut counters = Counters::default();
    for row in rows {
        let counter = Counter {
            inbox: row.int(1)?,
            sent: row.int(2)?,
            changed: false,
        };
        counters.0.insert(row.word(0, "office number")?, counter);
    }
    Ok(counters)
}
