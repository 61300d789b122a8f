//! `/ready` of the broker: both connections stand, and the publishing one is not blocked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::health::Part;

/// `/ready` of the broker: both connections stand.
#[derive(Clone)]
pub(super) struct Readiness {
    part: Part,
    /// Connections that do not stand.
    down: Arc<AtomicU64>,
    /// Whether the publishing one is blocked.
    blocked: Arc<AtomicBool>,
}

impl Readiness {
    /// Of two connections, none of which stands yet.
    pub(super) fn new(part: Part) -> Self {
        part.set_ready(false, "connecting");
        Self {
            part,
            down: Arc::new(AtomicU64::new(2)),
            blocked: Arc::default(),
        }
    }

    pub(super) fn up(&self) {
        self.down.fetch_sub(1, Ordering::AcqRel);
        self.tell("connecting");
    }

    pub(super) fn down(&self) {
        self.down.fetch_add(1, Ordering::AcqRel);
        self.tell("the connection to the broker is lost; connecting again");
    }

    pub(super) fn set_blocked(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::Release);
        self.tell("connecting");
    }

    /// Why a connection does not stand, in more detail.
    pub(super) fn explain(&self, reason: &str) {
        self.part.set_ready(false, reason);
    }

    fn tell(&self, down: &str) {
        if self.down.load(Ordering::Acquire) != 0 {
            self.part.set_ready(false, down);
        } else if self.blocked.load(Ordering::Acquire) {
            self.part.set_ready(
                false,
                "the broker has blocked publishing: it is short of memory or disk",
            );
        } else {
            self.part.set_ready(true, "");
        }
    }
}
