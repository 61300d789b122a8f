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

/// Deliveries of one channel that are not acknowledged, and which acknowledgement says the most.
///
/// The broker numbers a channel's deliveries from 1 on; acknowledging "all up to" needs that all of them are settled.
#[derive(Default)]
pub(super) struct Acks {
    outstanding: BTreeSet<u64>,
    settled: BTreeSet<u64>,
}

/// One acknowledgement to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ack {
    tag: u64,
    multiple: bool,
}

impl Acks {
    /// Received and not settled.
    pub(super) fn received(&mut self, tag: u64) {
        self.outstanding.insert(tag);
    }

    /// Settled: to be acknowledged.
    pub(super) fn settled(&mut self, tag: u64) {
        if self.outstanding.remove(&tag) {
            self.settled.insert(tag);
        }
    }

    /// The acknowledgements of what was settled since the last call; nothing is ever named twice.
    pub(super) fn take(&mut self) -> Vec<Ack> {
        let first_open = self.outstanding.first().copied().unwrap_or(u64::MAX);
        let after = self.settled.split_off(&first_open);
        let before = std::mem::take(&mut self.settled);
        let together = before.last().map(|tag| Ack {
            tag: *tag,
            multiple: before.len() > 1,
        });
        let alone = after.into_iter().map(|tag| Ack { tag, multiple: false });
        together.into_iter().chain(alone).collect()
    }
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
        fn every_settled_tag_once_and_no_open_one(order in Just((1_u64..40).collect::<Vec<_>>()).prop_shuffle(), takes in prop::collection::vec(any::<bool>(), 39), open in 0_usize..39) {
            let mut acks = Acks::default();
            let mut unacked: BTreeSet<u64> = (1..40).collect();
            for tag in 1..40 {
                acks.received(tag);
            }
            let settled = &order[..open];
            for (tag, take) in settled.iter().zip(takes) {
                acks.settled(*tag);
                if take {
                    play(&mut unacked, acks.take())?;
                }
            }
            play(&mut unacked, acks.take())?;
            let expected: BTreeSet<u64> = order[open..].iter().copied().collect();
            prop_assert_eq!(unacked, expected);
        }
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
