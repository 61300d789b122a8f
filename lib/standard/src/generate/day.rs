//! Days to count with.

use crate::date;

/// A day, as the number of days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Day(i64);

impl Day {
    /// The day these digits YYYYMMDD begin with; the first of 2025 when they are no date.
    pub(crate) fn parse(digits: &str) -> Day {
        let text = digits.get(..8).unwrap_or_default();
        let value = date::number(text.as_bytes()).filter(|_| date::is_date(text.as_bytes()));
        let value = value.unwrap_or(20_250_101);
        Day::new(value / 10_000, value / 100 % 100, value % 100)
    }

    /// The first day of the month YYYYMM.
    pub(crate) fn first_of(month: &str) -> Day {
        Day::parse(&format!("{month}01"))
    }

    fn new(year: u32, month: u32, day: u32) -> Day {
        // Years begin in March, so that the leap day is the last one (H. Hinnant's days_from_civil).
        let year = i64::from(year) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
        Day(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
    }

    /// Year, month, day.
    pub(crate) fn parts(self) -> (i64, i64, i64) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let of_era = shifted.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        (year + era * 400 + i64::from(month <= 2), month, day)
    }

    /// So many days later, earlier when negative.
    pub(crate) fn plus(self, days: i64) -> Day {
        Day(self.0 + days)
    }

    /// The first day of the month so many months later, earlier when negative.
    pub(crate) fn month_plus(self, months: i64) -> Day {
        let (year, month, _) = self.parts();
        let count = year * 12 + month - 1 + months;
        let part = |value: i64| u32::try_from(value).unwrap_or_default();
        Day::new(part(count.div_euclid(12)), part(count.rem_euclid(12) + 1), 1)
    }

    /// Days of its month.
    pub(crate) fn days_in_month(self) -> u64 {
        let (first, next) = (self.month_plus(0), self.month_plus(1));
        u64::try_from(next.0 - first.0).unwrap_or(28)
    }

    /// 1 = Monday to 7 = Sunday.
    pub(crate) fn weekday(self) -> u64 {
        u64::try_from((self.0 + 3).rem_euclid(7) + 1).unwrap_or(1)
    }

    /// YYYYMMDD.
    pub(crate) fn text(self) -> String {
        let (year, month, day) = self.parts();
        format!("{year:04}{month:02}{day:02}")
    }

    /// YYYYMM.
    pub(crate) fn month(self) -> String {
        let (year, month, _) = self.parts();
        format!("{year:04}{month:02}")
    }

    /// As care plans write it in texts: `R7.4.1`.
    pub(crate) fn reiwa(self) -> String {
        let (year, month, day) = self.parts();
        format!("R{}.{month}.{day}", year - 2018)
    }

    /// 14 digits, so many seconds after its midnight.
    pub(crate) fn at(self, seconds: u64) -> String {
        let day = self.plus(i64::try_from(seconds / 86_400).unwrap_or_default());
        let (hour, minute, second) = (seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
        format!("{}{hour:02}{minute:02}{second:02}", day.text())
    }
}

/// The sequence (14 digits) so many seconds later; as it is when it is no date and time.
pub fn later(sequence: &str, seconds: usize) -> String {
    let part = |range: std::ops::Range<usize>| sequence.as_bytes().get(range).and_then(date::number);
    let (true, Some(hour), Some(minute), Some(second)) = (
        date::is_timestamp(sequence.as_bytes()),
        part(8..10),
        part(10..12),
        part(12..14),
    ) else {
        return sequence.to_owned();
    };
    Day::parse(sequence).at(u64::from(hour * 3_600 + minute * 60 + second) + seconds as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        assert_eq!(Day::parse("20250331").plus(1).text(), "20250401");
        assert_eq!(Day::parse("20240228").plus(1).text(), "20240229");
        assert_eq!(Day::parse("20250101").plus(-1).text(), "20241231");
        assert_eq!(Day::parse("19350815").text(), "19350815");
        assert_eq!(Day::parse("20250131").month_plus(13).text(), "20260201");
        assert_eq!(Day::parse("20250115").month_plus(-1).month(), "202412");
        assert_eq!(Day::first_of("202402").days_in_month(), 29);
        // A Tuesday.
        assert_eq!(Day::parse("20250401").weekday(), 2);
        assert_eq!(Day::parse("20250406").weekday(), 7);
        assert_eq!(Day::parse("20250401").reiwa(), "R7.4.1");
        assert_eq!(later("20250331235958", 2), "20250401000000");
        assert_eq!(later("20241231000000", 86_400 + 61), "20250101000101");
    }
}
