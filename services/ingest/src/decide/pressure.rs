//! How the door meets a backlog: later, then not at all, before anything piles up without bound.

use std::time::Duration;

/// Messages in front of all stages from which on the door does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Above it submissions are answered later, the more the nearer to `full`. At or below it a full door opens again.
    pub slow: u64,
    /// At or above it submissions are refused.
    pub full: u64,
    /// The longest delay, just below `full`.
    pub delay: Duration,
}

/// What the door does with a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressure {
    /// Takes it at once.
    Open,
    /// Takes it after this time.
    Slow(Duration),
    /// Refuses it for now.
    Full,
}

impl Marks {
    /// What to do with so many waiting, after what was done before: once full, the door stays so until the backlog is down to
    /// `slow`, so that it does not open for a moment and close again.
    #[must_use]
    pub fn pressure(&self, before: Pressure, waiting: u64) -> Pressure {
        if self.full <= waiting || (before == Pressure::Full && self.slow < waiting) {
            return Pressure::Full;
        }
        let above = waiting.saturating_sub(self.slow);
        let width = self.full.saturating_sub(self.slow).max(1);
        let delay = u128::from(above) * self.delay.as_millis() / u128::from(width);
        match u64::try_from(delay).unwrap_or(u64::MAX) {
            0 => Pressure::Open,
            milliseconds => Pressure::Slow(Duration::from_millis(milliseconds)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_door_slows_closes_and_opens_again_only_when_the_backlog_is_down() {
        let marks = Marks {
            slow: 100,
            full: 200,
            delay: Duration::from_millis(1_000),
        };
        let slow = |milliseconds| Pressure::Slow(Duration::from_millis(milliseconds));
        let mut pressure = Pressure::Open;
        for (waiting, expected) in [
            (0, Pressure::Open),
            (100, Pressure::Open),
            (101, slow(10)),
            (150, slow(500)),
            (199, slow(990)),
            (200, Pressure::Full),
            (5_000, Pressure::Full),
            (150, Pressure::Full),
            (101, Pressure::Full),
            (100, Pressure::Open),
            (150, slow(500)),
        ] {
            pressure = marks.pressure(pressure, waiting);
            assert_eq!(pressure, expected, "{waiting}");
        }
    }
}
