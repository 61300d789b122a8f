//! What was received and not yet begun, and what may begin now: lanes, or one batch after the other.
//!
//! Pure but for the instants it is given.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::lanes::Lanes;
use super::stage::Mode;

/// From so many bytes on a batch is full, however few messages it has.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// Received messages on their way to the handler.
pub(super) enum Intake<T> {
    Lanes(Lanes<T>),
    Batch(Batch<T>),
}

/// Messages begun together, and the ticket to hand in when they are settled.
pub(super) struct Begun<T> {
    pub(super) items: Vec<T>,
    pub(super) ticket: Ticket,
}

/// Names what becomes free when the work is settled.
pub(super) enum Ticket {
    Lane(Arc<str>),
    Batch,
}

pub(super) struct Batch<T> {
    /// Each with its bytes.
    waiting: VecDeque<(usize, T)>,
    /// The bytes of all that wait.
    bytes: usize,
    first_at: Option<Instant>,
    at_work: bool,
    most: usize,
    linger: Duration,
}

impl<T> Intake<T> {
    /// No batch waits for more than `prefetch` messages: the broker would not send them.
    pub(super) fn new(mode: Mode, prefetch: u16) -> Self {
        match mode {
            Mode::Lanes => Self::Lanes(Lanes::new()),
            Mode::Batch { most, linger } => Self::Batch(Batch {
                waiting: VecDeque::new(),
                bytes: 0,
                first_at: None,
                at_work: false,
                most: most.min(prefetch.into()).max(1),
                linger,
            }),
        }
    }

    pub(super) fn push(&mut self, lane: &str, item: T, bytes: usize, now: Instant) {
        match self {
            Self::Lanes(lanes) => lanes.push(lane, item),
            Self::Batch(batch) => {
                batch.first_at.get_or_insert(now);
                batch.bytes += bytes;
                batch.waiting.push_back((bytes, item));
            }
        }
    }

    /// What may begin now.
    pub(super) fn begin(&mut self, now: Instant) -> Option<Begun<T>> {
        match self {
            Self::Lanes(lanes) => lanes.next().map(|(lane, item)| Begun {
                items: vec![item],
                ticket: Ticket::Lane(lane),
            }),
            Self::Batch(batch) => batch.begin(now),
        }
    }

    /// The work is settled.
    pub(super) fn done(&mut self, ticket: &Ticket) {
        match (self, ticket) {
            (Self::Lanes(lanes), Ticket::Lane(lane)) => lanes.done(lane),
            (Self::Batch(batch), Ticket::Batch) => batch.at_work = false,
            _ => {}
        }
    }

    /// When to ask again although nothing arrived or was settled.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        match self {
            Self::Batch(batch) if !batch.at_work => batch.first_at.map(|first| first + batch.linger),
            _ => None,
        }
    }
}

impl<T> Batch<T> {
    fn begin(&mut self, now: Instant) -> Option<Begun<T>> {
        let first = self.first_at?;
        let full = self.most <= self.waiting.len() || BATCH_BYTES <= self.bytes;
        if self.at_work || (!full && now < first + self.linger) {
            return None;
        }
        let (mut items, mut taken) = (Vec::new(), 0);
        while items.len() < self.most
            && let Some((bytes, item)) = self
                .waiting
                .pop_front_if(|(bytes, _)| items.is_empty() || taken + *bytes <= BATCH_BYTES)
        {
            taken += bytes;
            items.push(item);
        }
        self.bytes -= taken;
        // What is left has waited behind this batch already: it does not linger again.
        self.first_at = (!self.waiting.is_empty()).then_some(first);
        self.at_work = true;
        Some(Begun {
            items,
            ticket: Ticket::Batch,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_waits_for_company_or_for_the_end_of_the_linger_and_for_the_one_before() {
        let linger = Duration::from_millis(5);
        let mut intake = Intake::new(Mode::Batch { most: 3, linger }, 16);
        let now = Instant::now();
        assert!(intake.begin(now).is_none());
        intake.push("a", 1, 10, now);
        assert!(intake.begin(now).is_none());
        assert_eq!(intake.wake_at(), Some(now + linger));
        intake.push("a", 2, 10, now);
        let begun = intake.begin(now + linger).unwrap();
        assert_eq!(begun.items, [1, 2]);
        for item in 3..8 {
            intake.push("b", item, 10, now + linger);
        }
        assert!(
            intake.begin(now + 10 * linger).is_none(),
            "the one before is not settled"
        );
        assert_eq!(intake.wake_at(), None);
        intake.done(&begun.ticket);
        let begun = intake.begin(now + linger).unwrap();
        assert_eq!(begun.items, [3, 4, 5], "full, so it does not linger");
        intake.done(&begun.ticket);
        assert_eq!(intake.begin(now + 2 * linger).unwrap().items, [6, 7]);
    }

    #[test]
    fn a_batch_is_full_at_its_bytes_and_one_envelope_always_passes() {
        let linger = Duration::from_secs(1);
        let mut intake = Intake::new(Mode::Batch { most: 100, linger }, 64);
        let now = Instant::now();
        for item in 0..5 {
            intake.push("a", item, BATCH_BYTES / 2, now);
        }
        intake.push("a", 5, 2 * BATCH_BYTES, now);
        let mut batches = Vec::new();
        while let Some(begun) = intake.begin(now + linger) {
            intake.done(&begun.ticket);
            batches.push(begun.items);
        }
        assert_eq!(batches, [vec![0, 1], vec![2, 3], vec![4], vec![5]]);
    }

    #[test]
    fn a_batch_does_not_wait_for_more_than_the_broker_sends() {
        let linger = Duration::from_secs(1);
        let mut intake = Intake::new(Mode::Batch { most: 100, linger }, 2);
        let now = Instant::now();
        intake.push("a", 1, 10, now);
        assert!(intake.begin(now).is_none());
        intake.push("a", 2, 10, now);
        assert_eq!(intake.begin(now).unwrap().items, [1, 2]);
    }
}
