//! Which message may start: at most one of a lane at any time, in order of arrival; lanes do not wait for each other.
//!
//! Pure: no clock, no I/O.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Messages waiting for their lane, and lanes at work.
pub(super) struct Lanes<T> {
    /// Every lane with a message at work or waiting.
    lanes: HashMap<Arc<str>, Lane<T>>,
    /// Lanes whose first message may start, in order of arrival.
    ready: VecDeque<Arc<str>>,
}

struct Lane<T> {
    waiting: VecDeque<T>,
}

impl<T> Lanes<T> {
    pub(super) fn new() -> Self {
        Self {
            lanes: HashMap::new(),
            ready: VecDeque::new(),
        }
    }

    /// A message arrived.
    pub(super) fn push(&mut self, lane: &str, item: T) {
        if let Some(known) = self.lanes.get_mut(lane) {
            known.waiting.push_back(item);
            return;
        }
        let name: Arc<str> = lane.into();
        let waiting = VecDeque::from([item]);
        self.lanes.insert(name.clone(), Lane { waiting });
        self.ready.push_back(name);
    }

    /// The next message that may start; its lane is at work until [`Self::done`].
    pub(super) fn next(&mut self) -> Option<(Arc<str>, T)> {
        let name = self.ready.pop_front()?;
        let item = self.lanes.get_mut(&name)?.waiting.pop_front()?;
        Some((name, item))
    }

    /// The lane's message is settled.
    pub(super) fn done(&mut self, lane: &Arc<str>) {
        let Some(known) = self.lanes.get(lane) else {
            return;
        };
        if known.waiting.is_empty() {
            self.lanes.remove(lane);
        } else {
            self.ready.push_back(lane.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever arrives and ends whenever: one of a lane at a time, in its order, and no free lane waits.
        #[test]
        fn one_of_a_lane_at_a_time_in_order(acts in prop::collection::vec((0_u8..3, 0_u8..5), 1..200)) {
            let mut lanes = Lanes::new();
            let mut pushed: HashMap<String, Vec<usize>> = HashMap::new();
            let mut started: HashMap<String, Vec<usize>> = HashMap::new();
            let mut busy: Vec<Arc<str>> = Vec::new();
            let mut count = 0;
            let check_no_free_lane_waits = |pushed: &HashMap<String, Vec<usize>>, started: &HashMap<String, Vec<usize>>, busy: &[Arc<str>]| {
                let working: HashSet<&str> = busy.iter().map(AsRef::as_ref).collect();
                pushed.iter().all(|(lane, items)| {
                    working.contains(lane.as_str()) || items.len() == started.get(lane).map_or(0, Vec::len)
                })
            };
            for (act, which) in acts {
                match act {
                    0 => {
                        let lane = which.to_string();
                        lanes.push(&lane, count);
                        pushed.entry(lane).or_default().push(count);
                        count += 1;
                    }
                    1 => match lanes.next() {
                        Some((lane, item)) => {
                            prop_assert!(!busy.contains(&lane), "two of lane {lane}");
                            started.entry(lane.to_string()).or_default().push(item);
                            busy.push(lane);
                        }
                        None => prop_assert!(check_no_free_lane_waits(&pushed, &started, &busy)),
                    },
                    _ if !busy.is_empty() => {
                        let lane = busy.swap_remove(which as usize % busy.len());
                        lanes.done(&lane);
                    }
                    _ => {}
                }
            }
            // Let everything end: each started exactly once, in its lane's order.
            loop {
                for lane in busy.drain(..) {
                    lanes.done(&lane);
                }
                while let Some((lane, item)) = lanes.next() {
                    started.entry(lane.to_string()).or_default().push(item);
                    busy.push(lane);
                }
                if busy.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(pushed, started);
            prop_assert!(lanes.lanes.is_empty(), "no lane is kept for ever");
        }
    }
}
