//! When a webhook that did not take a call is called again, and when that is given up.

use std::time::Duration;

use proto::Time;

/// First pause after a call in vain, seconds; it doubles.
const FIRST: u64 = 2;

/// Longest pause, seconds.
const LONGEST: u64 = 3_600;

/// What to do after a call in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Call again after this.
    Again(Duration),
    /// Give up until an operator says otherwise.
    GiveUp,
}

/// Decides after call number `tries` (from 0) in vain, at `now`, with the first of them at `failing_since`. `chance` spreads
/// the calls of those who failed together: 0 is the whole pause, 255 three quarters of it.
#[must_use]
pub fn after_in_vain(
    failing_since: Time,
    now: Time,
    tries: i64,
    give_up_after: Duration,
    chance: u8,
) -> Then {
    if give_up_after.as_secs_f64() <= now.seconds_since(failing_since) {
        return Then::GiveUp;
    }
    let doublings = u32::try_from(tries.clamp(0, 16)).unwrap_or(16);
    let whole = Duration::from_secs((FIRST << doublings).min(LONGEST));
    Then::Again(whole - whole * u32::from(chance) / 1_024)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAYS: Duration = Duration::from_secs(3 * 86_400);

    fn at(seconds: i64) -> Time {
        Time::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_end_after_three_days() {
        let begun = at(1_000);
        for (now, tries, then) in [
            (1_000, 0, Then::Again(Duration::from_secs(2))),
            (1_002, 1, Then::Again(Duration::from_secs(4))),
            (5_000, 10, Then::Again(Duration::from_secs(2_048))),
            (90_000, 11, Then::Again(Duration::from_secs(3_600))),
            (90_000, i64::MAX, Then::Again(Duration::from_secs(3_600))),
            (
                1_000 + 3 * 86_400 - 1,
                80,
                Then::Again(Duration::from_secs(3_600)),
            ),
            (1_000 + 3 * 86_400, 80, Then::GiveUp),
        ] {
            assert_eq!(
                after_in_vain(begun, at(now), tries, DAYS, 0),
                then,
                "{now} {tries}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_pause_is_neither_none_nor_for_ever(
            since in 0_i64..1_000_000_000, later in -1_000_i64..400_000, tries in any::<i64>(), chance in any::<u8>(),
        ) {
            match after_in_vain(at(since), at(since + later), tries, DAYS, chance) {
                Then::Again(pause) => {
                    prop_assert!(Duration::from_millis(1_500) <= pause && pause <= Duration::from_secs(LONGEST));
                    prop_assert!(later < 3 * 86_400);
                }
                Then::GiveUp => prop_assert!(3 * 86_400 <= later),
            }
        }
    }
}
