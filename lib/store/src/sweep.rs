//! The sweep: walks through all envelope ids, slice by slice, and deletes what has been kept long enough. Without an
//! index by age: ids are digests, so every slice holds the same share of every age.

use proto::{EnvelopeId, Time};

use crate::sql::{Transaction, Value, values};
use crate::{Batch, Store, StoreError};

/// Slices of the ids, by their first 12 bits.
pub const SLICES: u16 = 4_096;

/// Most rows of one transaction.
const MOST: usize = 200;

/// How many rows went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Inbox rows with the names taken by them.
    pub metadata: u64,
    /// Ledger rows with history, receipts and acceptances.
    pub evidence: u64,
}

/// The slice an id lies in.
#[must_use]
pub fn slice_of(id: EnvelopeId) -> u16 {
    let [first, second, ..] = *id.as_bytes();
    (u16::from(first) << 4) | (u16::from(second) >> 4)
}

/// The first id of a slice and the first behind it.
fn bounds(slice: u16) -> ([u8; 32], Vec<u8>) {
    let first = |slice: u16| {
        let mut id = [0; 32];
        let [high, low] = (slice << 4).to_be_bytes();
        (id[0], id[1]) = (high, low);
        id
    };
    let slice = slice.min(SLICES - 1);
    let behind = if slice + 1 == SLICES {
        // Longer than an id, so behind the last.
        vec![0xFF; 33]
    } else {
        first(slice + 1).to_vec()
    };
    (first(slice), behind)
}

impl Store {
    /// Deletes of this slice the inbox rows whose envelope last changed before `metadata_before`, with the names they took,
    /// and the ledger of those that last changed before `evidence_before`. What has no end yet is never deleted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep(
        &self,
        slice: u16,
        metadata_before: Time,
        evidence_before: Time,
    ) -> Result<Batch<Swept>, StoreError> {
        let (first, behind) = bounds(slice);
        let most = i64::try_from(MOST).unwrap_or(i64::MAX);
        let sql = "SELECT m.id FROM mailbox m JOIN ledger l ON l.id = m.id
             WHERE m.id >= $1 AND m.id < $2 AND l.changed_at < $3 AND l.status <> 'delivered' LIMIT $4";
        let asked = values![&first[..], &behind[..], metadata_before, most];
        let old = ids(&self.pool.rows(sql, &asked).await?)?;
        let sql = "SELECT id FROM ledger WHERE id >= $1 AND id < $2 AND changed_at < $3
                 AND status NOT IN ('accepted', 'validated', 'routed', 'delivered', 'parked') LIMIT $4";
        let asked = values![&first[..], &behind[..], evidence_before, most];
        let oldest = ids(&self.pool.rows(sql, &asked).await?)?;
        if !old.is_empty() || !oldest.is_empty() {
            let mut open = self.pool.begin().await?;
            let all: Vec<_> = old.iter().chain(&oldest).copied().collect();
            delete(&mut open, METADATA, &all).await?;
            delete(&mut open, EVIDENCE, &oldest).await?;
            open.commit().await?;
        }
        Ok(Batch {
            done: Swept {
                metadata: old.len() as u64,
                evidence: oldest.len() as u64,
            },
            more: old.len() == MOST || oldest.len() == MOST,
        })
    }

    /// Deletes notices older than `before`, and recalls that wait for an envelope since before `recalls_before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn sweep_words(&self, before: Time, recalls_before: Time) -> Result<(), StoreError> {
        // Numbers rise with time, so the oldest come first.
        let rows = self
            .pool
            .rows("SELECT id, at FROM notices ORDER BY id LIMIT 500", &[])
            .await?;
        let mut old = Vec::new();
        for row in &rows {
            if row.time(1)? < before {
                old.push(Value::from(row.int(0)?));
            }
        }
        let mut open = self.pool.begin().await?;
        open.delete_in("DELETE FROM notices WHERE id", &old).await?;
        let sql = "DELETE FROM tombstones WHERE requested_at < $1";
        open.run(sql, &values![recalls_before]).await?;
        open.commit().await
    }

    /// A number kept under this name: how far a work has come.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn progress(&self, name: &str) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT position FROM offsets WHERE name = $1";
        let row = self.pool.row(sql, &values![name]).await?;
        row.map(|row| row.int(0)).transpose()
    }

    /// Keeps that number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_progress(&self, name: &str, position: i64) -> Result<(), StoreError> {
        let sql = "INSERT INTO offsets (name, position) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET position = excluded.position";
        self.pool.run(sql, &values![name, position]).await?;
        Ok(())
    }
}

const METADATA: &[&str] = &[
    "DELETE FROM names WHERE id",
    "DELETE FROM version_links WHERE older",
    "DELETE FROM version_links WHERE newer",
    "DELETE FROM versions_before WHERE id",
    "DELETE FROM mailbox WHERE id",
];

const EVIDENCE: &[&str] = &[
    "DELETE FROM history WHERE id",
    "DELETE FROM receipts WHERE id",
    "DELETE FROM acceptances WHERE id",
    "DELETE FROM ledger WHERE id",
];

fn ids(rows: &[crate::sql::Row]) -> Result<Vec<EnvelopeId>, StoreError> {
    rows.iter().map(|row| row.id(0)).collect()
}

async fn delete(open: &mut Transaction, tables: &[&str], ids: &[EnvelopeId]) -> Result<(), StoreError> {
    let keys: Vec<_> = ids.iter().map(Value::from).collect();
    for before in tables {
        open.delete_in(before, &keys).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_cover_every_id_once() {
        for bytes in [[0; 32], [0x0F; 32], [0x10; 32], [0x7F; 32], [0xFF; 32]] {
            let slice = slice_of(EnvelopeId::from_bytes(bytes));
            let (first, behind) = bounds(slice);
            assert!(first <= bytes && bytes[..] < behind[..], "{slice}");
        }
        for slice in 1..SLICES {
            assert_eq!(bounds(slice - 1).1, bounds(slice).0, "{slice}");
        }
    }
}
