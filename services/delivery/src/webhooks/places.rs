//! How many calls are under way, and whose: one slow or dead webhook hurts nobody else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use proto::{Channel, OfficeNumber};
use store::WebhookDue;

/// Of one webhook at once, each for another office.
const OF_ONE: usize = 4;

/// The places; clones share them.
#[derive(Clone)]
pub(super) struct Places {
    /// For those that took their last call.
    well: usize,
    /// For those that did not.
    failing: usize,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    lines: BTreeSet<(Channel, OfficeNumber)>,
    of: BTreeMap<Channel, usize>,
    well: usize,
    failing: usize,
}

/// A place taken; given back when dropped.
pub(super) struct Place {
    places: Places,
    line: (Channel, OfficeNumber),
    failing: bool,
}

impl Places {
    /// So many, and a quarter as many more for those that fail.
    pub(super) fn new(at_once: usize) -> Self {
        let well = at_once.max(1);
        Self {
            well,
            failing: (well / 4).max(1),
            taken: Arc::default(),
        }
    }

    /// A place for this line, if one is free and the line is not under way.
    pub(super) fn take(&self, due: &WebhookDue) -> Option<Place> {
        let line = (due.target.name.clone(), due.office);
        let failing = due.failing_since.is_some();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let room = if failing {
            taken.failing < self.failing
        } else {
            taken.well < self.well
        };
        // A webhook that fails is asked about once at a time.
        let most = if failing { 1 } else { OF_ONE };
        let of = taken.of.get(&line.0).copied().unwrap_or(0);
        if !room || most <= of || taken.lines.contains(&line) {
            return None;
        }
        taken.lines.insert(line.clone());
        *taken.of.entry(line.0.clone()).or_default() += 1;
        if failing {
            taken.failing += 1;
        } else {
            taken.well += 1;
        }
        Some(Place {
            places: self.clone(),
            line,
            failing,
        })
    }

    /// Whether those that are well find no place.
    pub(super) fn full(&self) -> bool {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        self.well <= taken.well
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.lines.remove(&self.line);
        if let Some(of) = taken.of.get_mut(&self.line.0) {
            *of -= 1;
            if *of == 0 {
                taken.of.remove(&self.line.0);
            }
        }
        if self.failing {
            taken.failing -= 1;
        } else {
            taken.well -= 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proto::Time;
    use store::{Marks, WebhookTarget};

    use super::*;

    fn due(name: &str, office: &str, failing: bool) -> WebhookDue {
        WebhookDue {
            target: WebhookTarget {
                name: name.parse().unwrap(),
                url: String::new(),
                secrets: Vec::new(),
            },
            office: office.parse().unwrap(),
            marks: Marks::default(),
            failing_since: failing.then(|| Time::from_micros(0)),
            tries: i64::from(failing),
        }
    }

    #[test]
    fn the_dead_and_the_greedy_leave_places_to_others() {
        let places = Places::new(8);
        let offices: Vec<String> = (0..9).map(|n| format!("030000000{n}")).collect();
        let take = |name: &str, failing| -> Vec<Place> {
            let lines = offices.iter().map(|office| due(name, office, failing));
            lines.filter_map(|line| places.take(&line)).collect()
        };
        let (greedy, dead) = (take("vendor.greedy", false), take("vendor.dead", true));
        assert_eq!((greedy.len(), dead.len()), (OF_ONE, 1));
        let (dead_too, no_more) = (take("vendor.dead-2", true), take("vendor.dead-3", true));
        assert_eq!((dead_too.len(), no_more.len()), (1, 0));
        let other = take("vendor.other", false);
        assert_eq!(other.len(), 4);
        assert!(places.full() && take("vendor.late", false).is_empty());
        // A line under way is not begun twice; given back, it may begin again.
        drop(greedy);
        assert_eq!(take("vendor.greedy", false).len(), OF_ONE);
        drop((dead, dead_too, other));
        assert!(!places.full());
    }
}
