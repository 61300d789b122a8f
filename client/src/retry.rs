//! When to try again, and after how long.

use std::time::Duration;

use reqwest::StatusCode;

/// First wait.
const FIRST: Duration = Duration::from_secs(1);
/// Longest wait of our own choosing.
const LONGEST: Duration = Duration::from_secs(30);

/// Whether the same request may succeed later. Every request of ours may be repeated: an envelope is known by its bytes,
/// and acknowledgements say the same twice.
#[must_use]
pub fn is_worth_it(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// How long to wait before the next attempt (`attempt` counts from 0), given what the relay asked for and what is left of
/// the time; `None` when the time would be over.
#[must_use]
pub fn wait(attempt: u32, asked: Option<Duration>, left: Duration) -> Option<Duration> {
    let doubled = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
    // Half fixed, half drawn.
    let own = doubled / 2 + doubled.mul_f64(rand::random::<f64>() / 2.0);
    let wait = asked.map_or(own, |asked| asked + own / 4);
    (wait < left).then_some(wait)
}

/// The seconds of a Retry-After header.
#[must_use]
pub fn asked(header: Option<&reqwest::header::HeaderValue>) -> Option<Duration> {
    header?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_are_bounded_and_keep_to_what_was_asked() {
        let long = Duration::from_secs(3_600);
        for attempt in 0..40 {
            let wait = wait(attempt, None, long).unwrap();
            assert!(wait >= FIRST / 2 && wait <= LONGEST, "{wait:?}");
        }
        let asked = Duration::from_secs(7);
        assert!(wait(0, Some(asked), long).unwrap() >= asked);
        assert_eq!(wait(0, Some(asked), Duration::from_secs(5)), None);
        assert_eq!(wait(9, None, Duration::ZERO), None);
    }
}
