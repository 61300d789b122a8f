//! A sending leaves the version chain: recalled, as if it had never been there; forgotten, with its contents.

use std::collections::{BTreeMap, BTreeSet};

use proto::{EnvelopeId, RecordKey};

use crate::StoreError;
use crate::sql::{Transaction, Value, values};
use crate::versions::{Version, latest, put_latest, put_links, read_newer, read_version};

/// Who has what after a recall.
#[derive(Debug, Default, PartialEq, Eq)]
struct Left {
    /// Records nobody has any more.
    free: Vec<RecordKey>,
    /// Records whose earlier version is the latest again.
    again: Vec<(RecordKey, Version)>,
    /// How many of these each envelope has.
    regained: BTreeMap<EnvelopeId, i64>,
    /// Those that had lost to the one that left, and have lost to another as well.
    links: BTreeMap<(EnvelopeId, EnvelopeId), Version>,
}

/// Decides who has the records of `gone` now. `lost_to_it` are the envelopes it took records of.
fn without(
    gone: EnvelopeId,
    latest: &BTreeMap<RecordKey, Version>,
    before: &[(RecordKey, Version)],
    lost_to_it: &BTreeSet<EnvelopeId>,
) -> Left {
    let mut left = Left::default();
    for (key, version) in latest {
        let earlier = before.iter().filter(|(of, one)| of == key && one.id != gone);
        let earlier: Vec<Version> = earlier.map(|(_, one)| *one).collect();
        let mut now = *version;
        if version.id == gone {
            let Some(next) = earlier.iter().max_by_key(|one| one.sequence) else {
                left.free.push(*key);
                continue;
            };
            now = *next;
            left.again.push((*key, now));
            *left.regained.entry(now.id).or_default() += 1;
        }
        for one in earlier {
            if one.id != now.id && lost_to_it.contains(&one.id) {
                left.links.insert((one.id, now.id), now);
            }
        }
    }
    left
}

/// Takes a recalled sending out of the chain: what it had taken the place of stands again.
pub(crate) async fn recalled(
    open: &mut Transaction,
    id: EnvelopeId,
    keys: &BTreeSet<RecordKey>,
) -> Result<(), StoreError> {
    let latest = latest(open, keys, "").await?;
    let values: Vec<_> = keys.iter().map(Value::from).collect();
    let sql = "SELECT record, id, sequence, withdraws FROM versions_before WHERE record";
    let rows = open.select_in(sql, &values, "").await?;
    let before: Vec<_> = rows.iter().map(read_version).collect::<Result<_, _>>()?;
    let sql = "SELECT older FROM version_links WHERE newer = $1";
    let rows = open.rows(sql, &values![&id]).await?;
    let lost_to_it: BTreeSet<_> = rows.iter().map(|row| row.id(0)).collect::<Result<_, _>>()?;
    let left = without(id, &latest, &before, &lost_to_it);

    let sql = "DELETE FROM versions_before WHERE id = $1";
    open.run(sql, &values![&id]).await?;
    for (key, version) in &left.again {
        let sql = "DELETE FROM versions_before WHERE record = $1 AND id = $2";
        open.run(sql, &values![key, &version.id]).await?;
    }
    let rows: Vec<_> = left
        .again
        .iter()
        .map(|(key, version)| version.values(key))
        .collect();
    put_latest(open, &rows).await?;
    let free: Vec<_> = left.free.iter().map(Value::from).collect();
    open.delete_in("DELETE FROM versions WHERE record", &free).await?;
    let sql = "DELETE FROM version_links WHERE newer = $1";
    open.run(sql, &values![&id]).await?;
    let sql = "DELETE FROM version_links WHERE older = $1";
    open.run(sql, &values![&id]).await?;
    put_links(open, &left.links).await?;
    for older in &lost_to_it {
        stand_again(open, *older, left.regained.get(older).copied().unwrap_or(0)).await?;
    }
    Ok(())
}

/// Writes how an envelope stands that has lost a link and regained so many records.
async fn stand_again(open: &mut Transaction, id: EnvelopeId, regained: i64) -> Result<(), StoreError> {
    let sql = "SELECT newer, sequence, withdraws FROM version_links WHERE older = $1 ORDER BY sequence";
    let rows = open.rows(sql, &values![&id]).await?;
    let links: Vec<_> = rows
        .iter()
        .map(|row| read_newer(row, 0))
        .collect::<Result<_, _>>()?;
    let by = links.last().map(|newer| newer.id);
    let withdrawn_by = links.iter().rfind(|newer| newer.withdraws).map(|newer| newer.id);
    open.run(
        "UPDATE mailbox SET records_current = records_current + $2, superseded_by = $3, withdrawn_by = $4 WHERE id = $1",
        &values![&id, regained, &by, &withdrawn_by],
    )
    .await?;
    Ok(())
}

/// Forgets the records of envelopes whose contents go; what was said of versions stands.
pub(crate) async fn forgotten(
    open: &mut Transaction,
    ids: &[EnvelopeId],
    keys: &BTreeSet<RecordKey>,
) -> Result<(), StoreError> {
    let for_update = open.for_update();
    // Another may have taken the place of one in the meantime: then the row is that one's.
    let latest = latest(open, keys, for_update).await?;
    let theirs = latest.iter().filter(|(_, version)| ids.contains(&version.id));
    let theirs: Vec<_> = theirs.map(|(key, _)| Value::from(key)).collect();
    open.delete_in("DELETE FROM versions WHERE record", &theirs)
        .await?;
    let ids: Vec<_> = ids.iter().map(Value::from).collect();
    open.delete_in("DELETE FROM versions_before WHERE id", &ids).await
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
    fn the_one_before_stands_again_and_the_others_lose_to_it() {
        // 1, 2 and 3 had the first record; 3 alone the second; 4 has taken the third from 3.
        let (one, two, gone, four) = (version(1), version(2), version(3), version(4));
        let latest = [(key(1), gone), (key(2), gone), (key(3), four)].into();
        let before = [(key(1), one), (key(1), two), (key(3), gone)];
        let left = without(gone.id, &latest, &before, &[one.id, two.id].into());
        assert_eq!(left.free, [key(2)]);
        assert_eq!(left.again, [(key(1), two)]);
        assert_eq!(left.regained, [(two.id, 1)].into());
        assert_eq!(left.links, [((one.id, two.id), two)].into());
    }

    #[test]
    fn who_lost_to_one_in_between_has_lost_to_the_latest() {
        let (one, gone, three) = (version(1), version(2), version(3));
        let latest = [(key(1), three)].into();
        let before = [(key(1), one), (key(1), gone)];
        let left = without(gone.id, &latest, &before, &[one.id].into());
        assert_eq!(
            (left.free.len(), left.again.len(), left.regained.len()),
            (0, 0, 0)
        );
        assert_eq!(left.links, [((one.id, three.id), three)].into());
    }
}
