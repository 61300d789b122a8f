//! When offices are reminded of what they have not collected, and in which words.
//!
//! Care support offices claim by the 10th of a month for the month before, and need the other offices' results for it; so
//! reminders go out on the business days up to the 10th, and operators are told how far off it is.

use proto::Time;

use super::business_days::{business_days_since, day_of, hour_of, is_business_day};

/// The last day of a month on which claims are taken.
const LAST_DAY: i8 = 10;

/// Offices read in the morning.
const FROM_HOUR: i8 = 8;

/// Lower borders of the ages that are counted apart, in business days, with their labels.
pub const AGES: [(u32, &str); 5] = [(0, "0"), (1, "1-2"), (3, "3-4"), (5, "5-9"), (10, "10-")];

/// The day (`YYYYMMDD` as a number) whose reminders are due now; none: today nobody is reminded, or not yet.
#[must_use]
pub fn due(now: Time) -> Option<i64> {
    let day = day_of(now);
    let reminds = day.day() <= LAST_DAY && is_business_day(day) && FROM_HOUR <= hour_of(now);
    let number = i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day());
    reminds.then_some(number)
}

/// Whole days in Japan until claims close next; 0 on the last day itself.
#[must_use]
pub fn claims_days_left(now: Time) -> i8 {
    let day = day_of(now);
    let left = LAST_DAY - day.day();
    if left < 0 {
        // It is the next month's.
        return left + day.days_in_month();
    }
    left
}

/// What a destination reads. Numbers only.
#[must_use]
pub fn words(count: i64, oldest: Time, now: Time) -> String {
    let days = business_days_since(oldest, now);
    format!(
        "まだ受け取られていない封筒が{count}件あります（最も古いものは{days}営業日前に到着）。請求の締切は10日です。受信一覧を確認してください。\n\
         {count} envelopes have not been collected yet; the oldest arrived {days} business days ago. Claims close on the 10th: look into your inbox."
    )
}

/// Counts of those at least so old, as counts of each age.
#[must_use]
pub fn by_age(at_least: &[i64]) -> Vec<i64> {
    let older = at_least.iter().skip(1).chain([&0]);
    at_least
        .iter()
        .zip(older)
        .map(|(all, older)| all - older)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminders_go_out_on_business_days_up_to_the_tenth() {
        for (now, due_day) in [
            ("2025-04-01T08:00:00+09:00", Some(20_250_401)),
            ("2025-04-01T07:59:59+09:00", None),
            ("2025-04-05T09:00:00+09:00", None),
            ("2025-04-10T20:00:00+09:00", Some(20_250_410)),
            ("2025-04-11T09:00:00+09:00", None),
            ("2025-05-05T09:00:00+09:00", None),
            // The day counts in Japan.
            ("2025-03-31T23:30:00Z", Some(20_250_401)),
        ] {
            assert_eq!(due(now.parse().unwrap()), due_day, "{now}");
        }
    }

    #[test]
    fn days_are_counted_to_the_next_tenth() {
        for (now, left) in [
            ("2025-04-01T00:00:00+09:00", 9),
            ("2025-04-05T09:00:00+09:00", 5),
            ("2025-04-09T23:59:59+09:00", 1),
            ("2025-04-10T00:00:00+09:00", 0),
            ("2025-04-10T23:59:59+09:00", 0),
            ("2025-04-11T00:00:00+09:00", 29),
            ("2025-04-30T12:00:00+09:00", 10),
            ("2025-05-11T12:00:00+09:00", 30),
            ("2025-05-31T12:00:00+09:00", 10),
            // February with and without its 29th.
            ("2024-02-11T12:00:00+09:00", 28),
            ("2024-02-29T12:00:00+09:00", 10),
            ("2025-02-11T12:00:00+09:00", 27),
            ("2025-02-28T12:00:00+09:00", 10),
            // Into the next year.
            ("2025-12-31T23:59:59+09:00", 10),
            // The day counts in Japan.
            ("2025-04-09T15:00:00Z", 0),
            ("2025-04-10T15:00:00Z", 29),
        ] {
            assert_eq!(claims_days_left(now.parse().unwrap()), left, "{now}");
        }
    }

    #[test]
    fn ages_are_counted_apart() {
        assert_eq!(by_age(&[10, 7, 7, 2, 1]), [3, 0, 5, 1, 1]);
        assert_eq!(by_age(&[]), [0_i64; 0]);
    }

    #[test]
    fn the_words_count() {
        let (oldest, now) = ("2025-04-04T09:00:00+09:00", "2025-04-08T09:00:00+09:00");
        let words = words(3, oldest.parse().unwrap(), now.parse().unwrap());
        assert!(words.contains("3件") && words.contains("2営業日"), "{words}");
    }
}
