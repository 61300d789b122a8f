//! Which files are quiet: their size and their time have not changed for a while. Pure; the disk is looked at elsewhere.

use std::collections::BTreeMap;

use proto::Time;
use serde::{Deserialize, Serialize};

/// How a file looks from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Bytes.
    pub size: u64,
    /// Time of its last change, microseconds since 1970.
    pub modified: i64,
}

/// Since when a file has looked so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    stamp: Stamp,
    since: Time,
}

/// What was seen so far, by the path in the outbox. Kept on the disk, so that a run of a scheduler knows of the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watched {
    seen: BTreeMap<String, Seen>,
}

impl Watched {
    /// Takes in what is there now; what is gone is forgotten. A clock that was set back begins anew.
    pub fn observe(&mut self, found: &BTreeMap<String, Stamp>, now: Time) {
        self.seen.retain(|path, _| found.contains_key(path));
        for (path, stamp) in found {
            let seen = self.seen.entry(path.clone()).or_insert(Seen {
                stamp: *stamp,
                since: now,
            });
            if seen.stamp != *stamp || now < seen.since {
                *seen = Seen {
                    stamp: *stamp,
                    since: now,
                };
            }
        }
    }

    /// For how many seconds a file has not changed; 0 for one that was never seen.
    #[must_use]
    pub fn age(&self, path: &str, now: Time) -> f64 {
        self.seen
            .get(path)
            .map_or(0.0, |seen| now.seconds_since(seen.since).max(0.0))
    }

    /// Whether any file has been quiet for less than so many seconds.
    #[must_use]
    pub fn is_moving(&self, settle: f64, now: Time) -> bool {
        self.seen
            .values()
            .any(|seen| now.seconds_since(seen.since) < settle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Time {
        Time::from_micros(1_743_467_400_000_000).plus_seconds(seconds)
    }

    fn found(size: u64) -> BTreeMap<String, Stamp> {
        BTreeMap::from([("a".to_owned(), Stamp { size, modified: 1 })])
    }

    #[test]
    fn a_file_is_quiet_when_it_has_not_changed() {
        let mut watched = Watched::default();
        assert!(watched.age("a", at(0)) == 0.0);
        watched.observe(&found(1), at(0));
        watched.observe(&found(1), at(5));
        assert!(watched.age("a", at(5)) == 5.0 && !watched.is_moving(5.0, at(5)));
        watched.observe(&found(2), at(6));
        assert!(watched.age("a", at(6)) == 0.0 && watched.is_moving(5.0, at(10)));
        // Gone and back: from the beginning.
        watched.observe(&BTreeMap::new(), at(20));
        watched.observe(&found(2), at(21));
        assert!(watched.age("a", at(21)) == 0.0);
        // The clock was set back.
        watched.observe(&found(2), at(-3_600));
        assert!(watched.age("a", at(-3_590)) == 10.0);
    }

    proptest! {
        #[test]
        fn nothing_is_older_than_its_last_change(sizes in prop::collection::vec(0_u64..3, 1..40)) {
            let mut watched = Watched::default();
            let mut changed = 0;
            for (second, size) in (0_i64..).zip(&sizes) {
                if second == 0 || sizes[usize::try_from(second).unwrap() - 1] != *size {
                    changed = second;
                }
                watched.observe(&found(*size), at(second));
                let age = watched.age("a", at(second));
                prop_assert!(age == at(second).seconds_since(at(changed)));
            }
        }
    }
}
