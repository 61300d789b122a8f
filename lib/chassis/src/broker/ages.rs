//! How old the oldest message is that a stage has received and not settled, since the door took it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use proto::stamps::header::ACCEPTED_AT;
use proto::{Message, Time};

/// The messages a stage has received and not settled, by acceptance. Clones share them.
#[derive(Clone, Default)]
pub(super) struct Ages(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// When each was accepted, and its turn: many are accepted in the same instant.
    messages: BTreeSet<(Time, u64)>,
    turn: u64,
}

/// A message among them; settled or given back when dropped.
pub(super) struct Aging {
    key: (Time, u64),
    ages: Ages,
}

impl Ages {
    /// Counts a received message. One whose acceptance cannot be read from its headers is as old as its receipt.
    pub(super) fn hold(&self, message: &Message, now: Time) -> Aging {
        let stamped = message.headers.get(ACCEPTED_AT);
        let accepted_at = stamped.and_then(|text| text.parse().ok()).unwrap_or(now);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.turn += 1;
        let key = (accepted_at, known.turn);
        known.messages.insert(key);
        Aging {
            key,
            ages: self.clone(),
        }
    }

    /// Seconds since the acceptance of the oldest; 0 when there is none.
    pub(super) fn oldest_seconds(&self, now: Time) -> f64 {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = known.messages.first();
        oldest.map_or(0.0, |(accepted_at, _)| now.seconds_since(*accepted_at).max(0.0))
    }
}

impl Drop for Aging {
    fn drop(&mut self) {
        let mut known = self.ages.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.messages.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn accepted(at: Option<Time>) -> Message {
        Message {
            queue: String::new(),
            routing_key: String::new(),
            message_id: String::new(),
            message_type: None,
            user_id: None,
            headers: at
                .map(|at| (ACCEPTED_AT.to_owned(), at.to_string()))
                .into_iter()
                .collect(),
            delivery_count: 0,
            body: Bytes::new(),
        }
    }

    #[test]
    fn the_oldest_counts_until_it_is_settled() {
        let now = Time::from_micros(1_700_000_000_000_000);
        let ages = Ages::default();
        assert!(ages.oldest_seconds(now).abs() < 1e-9);
        let old = ages.hold(&accepted(Some(now.plus_seconds(-60))), now);
        let same = ages.hold(&accepted(Some(now.plus_seconds(-60))), now);
        let unstamped = ages.hold(&accepted(None), now.plus_seconds(-5));
        for (settled, left) in [(old, 60.0), (same, 5.0), (unstamped, 0.0)] {
            drop(settled);
            assert!((ages.oldest_seconds(now) - left).abs() < 1e-9, "{left}");
        }
    }
}
