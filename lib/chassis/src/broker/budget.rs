//! The byte budget: large envelopes share it, so that a process never works on too many of them at once; and what is
//! received and not settled is counted against it, so that a process never holds too many bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Envelopes up to this many bytes are not counted.
pub(super) const FREE_BYTES: usize = 1024 * 1024;

/// Budget of all large envelopes a process works on at one time, counted in KiB.
#[derive(Clone)]
pub(super) struct ByteBudget {
    semaphore: Arc<Semaphore>,
    total: u32,
    held: Arc<AtomicUsize>,
}

/// Bytes received and not settled; settled or given back when dropped.
pub(super) struct Held {
    bytes: usize,
    all: Arc<AtomicUsize>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

impl ByteBudget {
    pub(super) fn new(bytes: u64) -> Self {
        // The semaphore of the runtime holds less than 2^61 permits and gives at most 2^32 at once.
        let total = u32::try_from(bytes / 1024).unwrap_or(u32::MAX).max(1);
        Self {
            semaphore: Arc::new(Semaphore::new(total as usize)),
            total,
            held: Arc::default(),
        }
    }

    /// Counts the bytes of a received message. `None` when there is no room for them.
    pub(super) fn hold_if_room(&self, bytes: usize) -> Option<Held> {
        let held = self.hold(bytes);
        // Counted before it is compared, so that two shards never take the same room.
        let room = (self.total as usize).saturating_mul(1024);
        (self.held.load(Ordering::Acquire) <= room).then_some(held)
    }

    /// Counts the bytes of a received message, room or not.
    pub(super) fn hold(&self, bytes: usize) -> Held {
        self.held.fetch_add(bytes, Ordering::AcqRel);
        Held {
            bytes,
            all: self.held.clone(),
        }
    }

    /// Waits until the bodies of these sizes may be worked on. One larger than the whole budget gets all of it.
    pub(super) async fn take(&self, sizes: impl Iterator<Item = usize>) -> Option<OwnedSemaphorePermit> {
        let counted: usize = sizes.filter(|size| *size > FREE_BYTES).sum();
        if counted == 0 {
            return None;
        }
        let wanted = u32::try_from(counted.div_ceil(1024))
            .unwrap_or(u32::MAX)
            .min(self.total);
        // The semaphore is never closed, so this only waits.
        self.semaphore.clone().acquire_many_owned(wanted).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn what_is_held_is_counted_until_it_is_dropped() {
        let budget = ByteBudget::new(4_096);
        let first = budget.hold_if_room(4_000);
        assert!(first.is_some());
        assert!(budget.hold_if_room(97).is_none());
        let beyond = budget.hold(97);
        assert!(budget.hold_if_room(1).is_none());
        drop((first, beyond));
        assert!(budget.hold_if_room(4_096).is_some());
    }

    #[test]
    fn small_ones_pass_and_large_ones_share() {
        let budget = ByteBudget::new(4 * 1024 * 1024);
        assert!(
            budget
                .take([FREE_BYTES; 50].into_iter())
                .now_or_never()
                .unwrap()
                .is_none()
        );
        let first = budget.take([3 * 1024 * 1024].into_iter()).now_or_never().unwrap();
        assert!(first.is_some());
        assert!(
            budget
                .take([2 * 1024 * 1024].into_iter())
                .now_or_never()
                .is_none()
        );
        drop(first);
        let greedy = budget.take([100 * 1024 * 1024].into_iter()).now_or_never();
        assert!(greedy.unwrap().is_some());
    }
}
