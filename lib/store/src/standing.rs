//! How the version chain shows in the lists: who took an item's place, and whose place a deletion took.

use std::collections::BTreeMap;

use proto::EnvelopeId;

use crate::sql::{Row, Value};
use crate::{Store, StoreError};

/// Columns of the mailbox, under the name `m`, that [`Standing::read`] reads.
pub(crate) const STANDING: &str = "m.records, m.records_current, m.superseded_by, m.withdrawn_by";

/// How an item stands in the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) records: Option<u32>,
    pub(crate) superseded_by: Option<EnvelopeId>,
    pub(crate) partly_superseded_by: Option<EnvelopeId>,
    pub(crate) withdrawn_by: Option<EnvelopeId>,
}

impl Standing {
    pub(crate) fn read(row: &Row, from: usize) -> Result<Self, StoreError> {
        let records = row.maybe_int(from)?;
        let (by, none_left) = (row.maybe_id(from + 2)?, row.maybe_int(from + 1)? == Some(0));
        Ok(Self {
            records: records.and_then(|count| u32::try_from(count).ok()),
            superseded_by: by.filter(|_| none_left),
            partly_superseded_by: by.filter(|_| !none_left),
            withdrawn_by: row.maybe_id(from + 3)?,
        })
    }
}

/// Whether kinds of files are those of a deletion.
fn is_deletion(kinds: &[String]) -> bool {
    kinds.iter().any(|kind| kind.starts_with("DLT"))
}

impl Store {
    /// Which sendings the deletions among these items, given by id and kinds of files, withdrew records of.
    pub(crate) async fn withdrawn_by(
        &self,
        items: impl Iterator<Item = (&EnvelopeId, &Vec<String>)>,
    ) -> Result<BTreeMap<EnvelopeId, Vec<EnvelopeId>>, StoreError> {
        let deletions = items.filter(|(_, kinds)| is_deletion(kinds));
        let keys: Vec<_> = deletions.map(|(id, _)| Value::from(id)).collect();
        let sql = "SELECT newer, older FROM version_links WHERE newer";
        let rows = self.pool.select_in(sql, &keys, "").await?;
        let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for row in rows {
            found.entry(row.id(0)?).or_default().push(row.id(1)?);
        }
        Ok(found)
    }
}
