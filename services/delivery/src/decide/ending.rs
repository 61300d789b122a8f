//! How soon licences and certificates end, as it is counted. The borders are those of the warnings.

use proto::Time;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Upper borders of what is counted apart, in days from now, with their labels.
const LEFT: [(i64, &str); 5] = [
    (0, "over"),
    (7, "0-7"),
    (14, "7-14"),
    (30, "14-30"),
    (60, "30-60"),
];

/// The label of those that end later.
const LATER: &str = "60-";

/// The borders as times.
#[must_use]
pub fn borders(now: Time) -> Vec<Time> {
    let border = |(days, _): (i64, _)| now.plus_seconds(days * DAY);
    LEFT.map(border).to_vec()
}

/// Counts of those that end before each border, and of all, as counts of each label.
#[must_use]
pub fn by_days_left(before: &[i64]) -> Vec<(&'static str, i64)> {
    let labels = LEFT.iter().map(|(_, label)| *label).chain([LATER]);
    let sooner = [0].iter().chain(before);
    labels
        .zip(before.iter().zip(sooner))
        .map(|(label, (upto, sooner))| (label, upto - sooner))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_counts_once() {
        let now = Time::from_micros(0);
        assert_eq!(borders(now)[1], now.plus_seconds(7 * DAY));
        let counts = by_days_left(&[1, 3, 3, 3, 10, 100]);
        let wanted = [
            ("over", 1),
            ("0-7", 2),
            ("7-14", 0),
            ("14-30", 0),
            ("30-60", 7),
            ("60-", 90),
        ];
        assert_eq!(counts, wanted);
    }
}
