//! Business days in Japan: Monday to Friday without national holidays.
//!
//! Source of the holidays: 国民の祝日に関する法律 (Act No. 178 of 1948) articles 2 and 3 as in force since 2022; a law of its own
//! may move them in a year. The equinoxes follow the formula of 新こよみ便利帳 (good for 1980 to 2099); officially they are
//! announced each February for the next year.

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use proto::Time;

/// Most days looked back; what is older is so old.
const MOST: u32 = 1_000;

/// Holidays on the same day each year: month and day.
const FIXED: [(i8, i8); 10] = [
    (1, 1),   // 元日
    (2, 11),  // 建国記念の日
    (2, 23),  // 天皇誕生日
    (4, 29),  // 昭和の日
    (5, 3),   // 憲法記念日
    (5, 4),   // みどりの日
    (5, 5),   // こどもの日
    (8, 11),  // 山の日
    (11, 3),  // 文化の日
    (11, 23), // 勤労感謝の日
];

/// Holidays on a Monday: month and which Monday.
const MONDAYS: [(i8, i8); 4] = [
    (1, 2),  // 成人の日
    (7, 3),  // 海の日
    (9, 3),  // 敬老の日
    (10, 2), // スポーツの日
];

/// The day in Japan.
#[must_use]
pub fn day_of(time: Time) -> Date {
    clock_of(time).date()
}

/// The hour of the day in Japan.
#[must_use]
pub fn hour_of(time: Time) -> i8 {
    clock_of(time).hour()
}

fn clock_of(time: Time) -> jiff::civil::DateTime {
    let timestamp = Timestamp::from_microsecond(time.micros()).unwrap_or_default();
    Offset::constant(9).to_datetime(timestamp)
}

/// Midnight in Japan at the beginning of that day.
fn begin_of(day: Date) -> Time {
    let begin = Offset::constant(9).to_timestamp(day.at(0, 0, 0, 0));
    Time::from(begin.unwrap_or_default())
}

/// Whether offices work on that day.
#[must_use]
pub fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(day)
}

/// How many business days have begun since the day it arrived; that day does not count.
#[must_use]
pub fn business_days_since(arrived: Time, now: Time) -> u32 {
    let (arrived, mut day) = (day_of(arrived), day_of(now));
    let mut count = 0;
    while arrived < day && count < MOST {
        count += u32::from(is_business_day(day));
        day = before(day);
    }
    count
}

/// What arrived before this time is at least so many business days old.
#[must_use]
pub fn arrived_before(now: Time, business_days: u32) -> Time {
    let (mut day, mut count) = (day_of(now), 0);
    while count < business_days.min(MOST) {
        count += u32::from(is_business_day(day));
        day = before(day);
    }
    begin_of(after(day))
}

fn is_holiday(day: Date) -> bool {
    if is_named(day) {
        return true;
    }
    // Article 3: a holiday on a Sunday goes over to the next day that is none, and a day between two is one.
    let mut earlier = before(day);
    while is_named(earlier) {
        if earlier.weekday() == Weekday::Sunday {
            return true;
        }
        earlier = before(earlier);
    }
    is_named(before(day)) && is_named(after(day))
}

/// A day of article 2.
fn is_named(day: Date) -> bool {
    let (month, date) = (day.month(), day.day());
    let monday =
        |(of, nth): &(i8, i8)| *of == month && day.weekday() == Weekday::Monday && (date - 1) / 7 + 1 == *nth;
    FIXED.contains(&(month, date)) || MONDAYS.iter().any(monday) || equinox(day.year(), month) == Some(date)
}

/// The day of the equinox in that month.
fn equinox(year: i16, month: i8) -> Option<i8> {
    // In millionths of a day: 0.242194 of it later each year, and one earlier after each leap year.
    let first = match month {
        3 => 20_843_100_i64,
        9 => 23_248_800,
        _ => return None,
    };
    let years = i64::from(year) - 1_980;
    let moved = first + 242_194 * years;
    let day = moved.div_euclid(1_000_000) - years.div_euclid(4);
    i8::try_from(day).ok()
}

fn before(day: Date) -> Date {
    day.saturating_sub(1.day())
}

fn after(day: Date) -> Date {
    day.saturating_add(1.day())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the Cabinet Office's list (国民の祝日について), month and day.
    const LISTED: [(i16, &str); 4] = [
        (
            2024,
            "0101 0108 0211 0212 0223 0320 0429 0503 0504 0505 0506 0715 0811 0812 0916 0922 0923 1014 1103 1104 1123",
        ),
        (
            2025,
            "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 1123 1124",
        ),
        (
            2026,
            "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
        ),
        (
            2027,
            "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
        ),
    ];

    #[test]
    fn holidays_are_those_of_the_list() {
        for (year, listed) in LISTED {
            let mut found = Vec::new();
            let mut day = Date::constant(year, 1, 1);
            while day.year() == year {
                if is_holiday(day) {
                    found.push(format!("{:02}{:02}", day.month(), day.day()));
                }
                day = after(day);
            }
            assert_eq!(found.join(" "), listed, "{year}");
        }
    }

    #[test]
    fn days_off_do_not_age_an_envelope() {
        for (arrived, now, days) in [
            ("2025-04-01T09:00:00+09:00", "2025-04-01T18:00:00+09:00", 0),
            ("2025-04-01T23:59:59+09:00", "2025-04-02T00:00:00+09:00", 1),
            // Friday to Monday.
            ("2025-04-04T09:00:00+09:00", "2025-04-07T09:00:00+09:00", 1),
            // Saturday to Sunday.
            ("2025-04-05T09:00:00+09:00", "2025-04-06T09:00:00+09:00", 0),
            // Over the holidays of May, from Friday to Wednesday.
            ("2025-05-02T09:00:00+09:00", "2025-05-07T09:00:00+09:00", 1),
            ("2025-04-02T09:00:00+09:00", "2025-04-01T09:00:00+09:00", 0),
        ] {
            let since = business_days_since(arrived.parse().unwrap(), now.parse().unwrap());
            assert_eq!(since, days, "{arrived} {now}");
        }
        let (first, now) = ("1990-01-01T00:00:00+09:00", "2025-04-01T00:00:00+09:00");
        assert_eq!(
            business_days_since(first.parse().unwrap(), now.parse().unwrap()),
            MOST
        );
    }

    #[test]
    fn the_border_and_the_count_agree() {
        let now: Time = "2025-05-08T10:00:00+09:00".parse().unwrap();
        for days in 0..15 {
            let border = arrived_before(now, days);
            for hours in 0..24 * 30 {
                let arrived = now.plus_seconds(-3_600 * hours);
                let old_enough = days <= business_days_since(arrived, now);
                assert_eq!(arrived < border, old_enough, "{arrived} {days}");
            }
        }
        let oldest = arrived_before(now, u32::MAX);
        assert_eq!(oldest, arrived_before(now, MOST));
    }
}
