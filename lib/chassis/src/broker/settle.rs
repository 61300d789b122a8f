//! Settling: publish, have it confirmed, and only then acknowledge. The only file that acknowledges.

use std::collections::BTreeSet;
use std::time::Duration;

use lapin::Channel;
use lapin::options::BasicAckOptions;
use proto::Publication;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::error::PublishError;
use super::publish::Publisher;

/// Publishes with confirm, repeating with back-off for `patience`.
///
/// # Errors
/// The last error, when patience is over; the shard is then given back.
pub(super) async fn publish(
    publisher: &Publisher,
    publication: &Publication,
    patience: Duration,
) -> Result<(), PublishError> {
    let until = Instant::now() + patience;
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
    loop {
        // The body is shared, not copied.
        let error = match publisher.publish(publication.clone()).await {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let wait = backoff.next_wait();
        if error.is_permanent() || until < Instant::now() + wait {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
    }
}

/// How long a settled delivery may wait to be acknowledged together with others. Each acknowledgement is an entry in the
/// queue's log on the broker's disks; its message is confirmed further on already, so nobody waits for this.
const TOGETHER: Duration = Duration::from_millis(3);

/// Deliveries of one channel that are not acknowledged, and which acknowledgement says the most.
///
/// The broker numbers a channel's deliveries from 1 on; acknowledging "all up to" needs that all of them are settled.
pub(super) struct Acks {
    outstanding: BTreeSet<u64>,
    settled: BTreeSet<u64>,
    /// When the first of the settled ones came.
    since: Option<Instant>,
    /// So many are enough for one acknowledgement.
    enough: usize,
}

/// One acknowledgement to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ack {
    tag: u64,
    multiple: bool,
}

impl Acks {
    /// For a channel of this prefetch: acknowledged a quarter at a time, so that the broker can send on.
    pub(super) fn new(prefetch: u16) -> Self {
        Self {
            outstanding: BTreeSet::new(),
            settled: BTreeSet::new(),
            since: None,
            enough: usize::from(prefetch / 4).max(1),
        }
    }

    /// Received and not settled.
    pub(super) fn received(&mut self, tag: u64) {
        self.outstanding.insert(tag);
    }

    /// Whether everything received is settled.
    pub(super) fn nothing_open(&self) -> bool {
        self.outstanding.is_empty()
    }

    /// Settled: to be acknowledged.
    pub(super) fn settled(&mut self, tag: u64, now: Instant) {
        if self.outstanding.remove(&tag) {
            self.settled.insert(tag);
            self.since.get_or_insert(now);
        }
    }

    /// When [`Self::due`] has something to say although nothing more is settled.
    pub(super) fn wake_at(&self) -> Option<Instant> {
        self.since.map(|since| since + TOGETHER)
    }

    /// What must be acknowledged by now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<Ack> {
        if self.wake_at().is_some_and(|at| at <= now) {
            return self.all();
        }
        let first_open = self.outstanding.first().copied().unwrap_or(u64::MAX);
        if self.settled.range(..first_open).count() < self.enough {
            return Vec::new();
        }
        let after = self.settled.split_off(&first_open);
        let before = std::mem::replace(&mut self.settled, after);
        self.since = (!self.settled.is_empty()).then_some(now);
        together(&before).into_iter().collect()
    }

    /// The acknowledgements of everything settled; nothing is ever named twice.
    pub(super) fn all(&mut self) -> Vec<Ack> {
        self.since = None;
        let first_open = self.outstanding.first().copied().unwrap_or(u64::MAX);
        let after = self.settled.split_off(&first_open);
        let before = std::mem::take(&mut self.settled);
        let alone = after.into_iter().map(|tag| Ack { tag, multiple: false });
        together(&before).into_iter().chain(alone).collect()
    }
}

fn together(before: &BTreeSet<u64>) -> Option<Ack> {
    before.last().map(|tag| Ack {
        tag: *tag,
        multiple: before.len() > 1,
    })
}

/// Acknowledges. `false` when the channel is gone: then nothing was, and the broker hands it out again.
pub(super) async fn acknowledge(channel: &Channel, acks: Vec<Ack>) -> bool {
    for ack in acks {
        let options = BasicAckOptions {
            multiple: ack.multiple,
        };
        if let Err(error) = channel.basic_ack(ack.tag, options).await {
            tracing::debug!(%error, "not acknowledged: the channel is gone");
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Played against the broker's rule: each settled tag is acknowledged once, an open one never.
        #[test]
        fn every_settled_tag_once_and_no_open_one(
            order in Just((1_u64..40).collect::<Vec<_>>()).prop_shuffle(),
            waits in prop::collection::vec(0_u64..3, 39),
            open in 0_usize..39,
            prefetch in 1_u16..40,
        ) {
            let mut acks = Acks::new(prefetch);
            let mut unacked: BTreeSet<u64> = (1..40).collect();
            for tag in 1..40 {
                acks.received(tag);
            }
            let mut now = Instant::now();
            for (tag, wait) in order[..open].iter().zip(waits) {
                now += Duration::from_millis(wait);
                acks.settled(*tag, now);
                play(&mut unacked, acks.due(now))?;
            }
            // Whatever waits is due in the end, without anything more being settled.
            if let Some(at) = acks.wake_at() {
                play(&mut unacked, acks.due(at))?;
            }
            prop_assert_eq!(acks.wake_at(), None);
            prop_assert!(acks.all().is_empty());
            let expected: BTreeSet<u64> = order[open..].iter().copied().collect();
            prop_assert_eq!(unacked, expected);
        }
    }

    #[test]
    fn a_quarter_of_the_prefetch_goes_together_and_a_single_one_waits_a_little() {
        let mut acks = Acks::new(16);
        for tag in 1..=16 {
            acks.received(tag);
        }
        let now = Instant::now();
        for tag in [1, 2, 3, 9] {
            acks.settled(tag, now);
            assert_eq!(acks.due(now), []);
        }
        acks.settled(4, now);
        assert_eq!(
            acks.due(now),
            [Ack {
                tag: 4,
                multiple: true
            }]
        );
        assert_eq!(acks.due(now), []);
        assert_eq!(
            acks.due(now + TOGETHER),
            [Ack {
                tag: 9,
                multiple: false
            }]
        );
    }

    fn play(unacked: &mut BTreeSet<u64>, acks: Vec<Ack>) -> Result<(), TestCaseError> {
        for ack in acks {
            if ack.multiple {
                unacked.retain(|tag| *tag > ack.tag);
            } else {
                prop_assert!(unacked.remove(&ack.tag), "{} named twice", ack.tag);
            }
        }
        Ok(())
    }
}
