//! The version chain: a later sequence takes the place of an earlier one, record by record, whatever order they arrive
//! in. Facts of a batch are read at once, decided in memory, written back in few statements.

use std::collections::{BTreeMap, BTreeSet};

use proto::{EnvelopeId, RecordKey, Sending};

use crate::StoreError;
use crate::sql::{Row, Transaction, Value, values};

/// A sending that has a version of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) id: EnvelopeId,
    /// The 14 digits as a number.
    pub(crate) sequence: i64,
    /// A deletion.
    pub(crate) withdraws: bool,
}

/// What an envelope lost to later ones in this transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) records: i64,
    /// The one that took the last, by sequence.
    pub(crate) by: Version,
    /// The deletion that took the last.
    pub(crate) withdrawn_by: Option<EnvelopeId>,
}

/// The chain as far as a batch touches it, and what is to be written.
#[derive(Default)]
pub(crate) struct Chain {
    latest: BTreeMap<RecordKey, Version>,
    changed: BTreeSet<RecordKey>,
    before: Vec<(RecordKey, Version)>,
    links: BTreeMap<(EnvelopeId, EnvelopeId), Version>,
    losses: BTreeMap<EnvelopeId, Loss>,
}

impl Version {
    /// The version this sending brings, with the keys of its records; none: the chain does not follow it.
    pub(crate) fn of(id: EnvelopeId, sending: &Sending) -> Option<(Self, Vec<RecordKey>)> {
        let versions = sending.versions.as_ref()?;
        let version = Self {
            id,
            sequence: sending.sequence.parse().ok()?,
            withdraws: versions.withdraws,
        };
        Some((version, versions.keys())).filter(|(_, keys)| !keys.is_empty())
    }

    fn read(row: &Row, from: usize) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(from)?,
            sequence: row.int(from + 1)?,
            withdraws: row.int(from + 2)? != 0,
        })
    }

    /// A row of this version behind its key.
    pub(crate) fn values<'a>(&'a self, key: impl Into<Value<'a>>) -> Vec<Value<'a>> {
        let withdraws = i64::from(self.withdraws);
        vec![
            key.into(),
            (&self.id).into(),
            self.sequence.into(),
            withdraws.into(),
        ]
    }
}

impl Chain {
    /// Reads who has the latest version of these records.
    pub(crate) async fn load(open: &mut Transaction, keys: &BTreeSet<RecordKey>) -> Result<Self, StoreError> {
        Ok(Self {
            latest: latest(open, keys, "").await?,
            ..Self::default()
        })
    }

    /// A sending comes into a mailbox with these records.
    pub(crate) fn enter(&mut self, version: Version, keys: &[RecordKey]) {
        for key in keys {
            match self.latest.get(key).copied() {
                Some(latest) if version.sequence < latest.sequence => {
                    self.before.push((*key, version));
                    self.lose(version.id, latest);
                }
                earlier => {
                    if let Some(earlier) = earlier {
                        self.before.push((*key, earlier));
                        self.lose(earlier.id, version);
                    }
                    self.latest.insert(*key, version);
                    self.changed.insert(*key);
                }
            }
        }
    }

    fn lose(&mut self, older: EnvelopeId, newer: Version) {
        self.links.insert((older, newer.id), newer);
        let loss = self.losses.entry(older).or_insert(Loss {
            records: 0,
            by: newer,
            withdrawn_by: None,
        });
        loss.records += 1;
        if loss.by.sequence <= newer.sequence {
            loss.by = newer;
        }
        if newer.withdraws {
            loss.withdrawn_by = Some(newer.id);
        }
    }

    /// What this envelope of the batch lost already.
    pub(crate) fn loss(&self, id: EnvelopeId) -> Option<&Loss> {
        self.losses.get(&id)
    }

    /// Writes everything but what `posted` envelopes lost: their rows are written whole.
    pub(crate) async fn write(
        &self,
        open: &mut Transaction,
        posted: &BTreeSet<EnvelopeId>,
    ) -> Result<(), StoreError> {
        let changed = self.changed.iter();
        let rows: Vec<_> = changed
            .filter_map(|key| Some(self.latest.get(key)?.values(key)))
            .collect();
        put_latest(open, &rows).await?;
        let rows: Vec<_> = self
            .before
            .iter()
            .map(|(key, version)| version.values(key))
            .collect();
        let head = "INSERT INTO versions_before (record, id, sequence, withdraws)";
        open.insert(head, &rows, "ON CONFLICT (record, id) DO NOTHING")
            .await?;
        put_links(open, &self.links).await?;
        for (id, loss) in self.losses.iter().filter(|(id, _)| !posted.contains(id)) {
            open.run(
                "UPDATE mailbox SET records_current = records_current - $2, superseded_by = $3,
                     withdrawn_by = COALESCE($4, withdrawn_by) WHERE id = $1",
                &values![id, loss.records, &loss.by.id, &loss.withdrawn_by],
            )
            .await?;
        }
        Ok(())
    }
}

/// Who has the latest version of these records.
pub(crate) async fn latest(
    open: &mut Transaction,
    keys: &BTreeSet<RecordKey>,
    for_update: &str,
) -> Result<BTreeMap<RecordKey, Version>, StoreError> {
    let keys: Vec<_> = keys.iter().map(Value::from).collect();
    let sql = "SELECT record, id, sequence, withdraws FROM versions WHERE record";
    // Locked in ascending order, as they are written.
    let after = if for_update.is_empty() {
        String::new()
    } else {
        format!("ORDER BY record{for_update}")
    };
    let rows = open.select_in(sql, &keys, &after).await?;
    rows.iter().map(read_version).collect()
}

/// A key, and a version of it.
pub(crate) fn read_version(row: &Row) -> Result<(RecordKey, Version), StoreError> {
    Ok((row.record(0)?, Version::read(row, 1)?))
}

/// Who took the place of one: `newer, sequence, withdraws` from this column on.
pub(crate) fn read_newer(row: &Row, from: usize) -> Result<Version, StoreError> {
    Version::read(row, from)
}

pub(crate) async fn put_latest(open: &mut Transaction, rows: &[Vec<Value<'_>>]) -> Result<(), StoreError> {
    open.insert(
        "INSERT INTO versions (record, id, sequence, withdraws)",
        rows,
        "ON CONFLICT (record) DO UPDATE SET id = excluded.id, sequence = excluded.sequence,
             withdraws = excluded.withdraws",
    )
    .await
}

pub(crate) async fn put_links(
    open: &mut Transaction,
    links: &BTreeMap<(EnvelopeId, EnvelopeId), Version>,
) -> Result<(), StoreError> {
    let rows: Vec<_> = links
        .iter()
        .map(|((older, _), newer)| newer.values(older))
        .collect();
    open.insert(
        "INSERT INTO version_links (older, newer, sequence, withdraws)",
        &rows,
        "ON CONFLICT (older, newer) DO NOTHING",
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(sequence: i64) -> Version {
        Version {
            id: EnvelopeId::of(&sequence.to_be_bytes()),
            sequence,
            withdraws: false,
        }
    }

    fn key(n: u8) -> RecordKey {
        RecordKey::from_bytes([n; 16])
    }

    #[test]
    fn the_latest_is_the_highest_sequence_in_whatever_order() {
        for order in [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]] {
            let mut chain = Chain::default();
            for sequence in order {
                chain.enter(version(sequence), &[key(1)]);
            }
            assert_eq!(chain.latest[&key(1)], version(3), "{order:?}");
            assert!(chain.loss(version(3).id).is_none());
            for sequence in [1, 2] {
                assert_eq!(chain.losses[&version(sequence).id].records, 1, "{order:?}");
            }
            assert_eq!(chain.before.len(), 2);
        }
    }

    #[test]
    fn records_are_lost_one_by_one() {
        let mut chain = Chain::default();
        chain.enter(version(1), &[key(1), key(2)]);
        chain.enter(version(2), &[key(2), key(3)]);
        let loss = chain.loss(version(1).id).unwrap();
        assert_eq!((loss.records, loss.by), (1, version(2)));
        let deletion = Version {
            withdraws: true,
            ..version(3)
        };
        chain.enter(deletion, &[key(1)]);
        let loss = chain.loss(version(1).id).unwrap();
        assert_eq!((loss.records, loss.by), (2, deletion));
        assert_eq!(loss.withdrawn_by, Some(deletion.id));
        assert!(chain.loss(version(2).id).is_none());
    }
}
