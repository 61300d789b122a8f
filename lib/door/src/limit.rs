//! How fast one certificate holder may ask. Of this process only; the broker's depth is the real back-pressure.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use proto::{Holder, codes};

use crate::Refused;

/// Between two clearings of holders that have been quiet, checks.
const CLEAR_EVERY: u32 = 10_000;

/// A limit of requests a minute, by holder: offices behind one address do not slow each other. Clones share it.
#[derive(Clone)]
pub struct RateLimit(Arc<Inner>);

struct Inner {
    limiter: DefaultKeyedRateLimiter<Holder>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl RateLimit {
    /// At most this many a minute (at least 1); the whole minute's worth may come at once.
    #[must_use]
    pub fn per_minute(requests: u32) -> Self {
        let requests = NonZeroU32::new(requests).unwrap_or(NonZeroU32::MIN);
        Self(Arc::new(Inner {
            limiter: RateLimiter::keyed(Quota::per_minute(requests)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }))
    }

    /// Counts one request of the holder.
    ///
    /// # Errors
    /// `http.too_many` with the seconds after which one more is taken.
    pub fn check(&self, holder: &Holder) -> Result<(), Refused> {
        if self.0.checks.fetch_add(1, Ordering::Relaxed) % CLEAR_EVERY == CLEAR_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
        self.0.limiter.check_key(holder).map_err(|until| {
            let wait = until.wait_time_from(self.0.clock.now());
            let seconds = wait.as_secs().saturating_add(1);
            Refused::busy(&codes::HTTP_TOO_MANY, u32::try_from(seconds).unwrap_or(60))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_over_the_limit_waits_and_the_others_do_not() {
        let limit = RateLimit::per_minute(2);
        let busy = Holder::Vendor("busy".to_owned());
        assert!(limit.check(&busy).is_ok());
        assert!(limit.check(&busy).is_ok());
        let refused = limit.check(&busy).unwrap_err();
        assert_eq!(refused.document.code, "http.too_many");
        assert!((1..=31).contains(&refused.retry_after.unwrap()), "{refused:?}");
        assert!(limit.check(&Holder::Vendor("quiet".to_owned())).is_ok());
    }
}
