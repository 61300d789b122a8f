//! Whether announced maintenance makes sense.

use proto::maintenance::MaintenancePost;
use proto::{Problem, Time, codes};

/// Longest words, in characters.
const WORDS: usize = 500;

/// Longest maintenance, in seconds: a mistyped year must not close the door for good.
const LONGEST: f64 = 7.0 * 86_400.0;

/// Every reason against it; none if it may be announced.
#[must_use]
pub fn problems(wish: &MaintenancePost, now: Time) -> Vec<Problem> {
    let problem = |field: &str| Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field);
    let mut found = Vec::new();
    let begins_at = wish.begins_at.unwrap_or(now);
    let seconds = wish.ends_at.seconds_since(begins_at);
    if wish.ends_at <= now || seconds <= 0.0 || LONGEST < seconds {
        found.push(problem("ends_at"));
    }
    if WORDS < wish.words.chars().count() || wish.words.chars().any(char::is_control) {
        found.push(problem("words"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_begins_before_it_ends_and_ends_within_a_week() {
        let now = Time::from_micros(1_743_467_400_000_000);
        let wish = |begins: Option<i64>, ends: i64, words: &str| MaintenancePost {
            begins_at: begins.map(|seconds| now.plus_seconds(seconds)),
            ends_at: now.plus_seconds(ends),
            words: words.to_owned(),
        };
        let told = |wish: MaintenancePost| {
            problems(&wish, now)
                .into_iter()
                .filter_map(|problem| problem.field)
                .collect::<Vec<_>>()
        };
        assert!(told(wish(None, 3_600, "機器の交換")).is_empty());
        assert!(told(wish(Some(3_600), 7_200, "")).is_empty());
        assert_eq!(told(wish(None, -1, "")), ["ends_at"]);
        assert_eq!(told(wish(Some(7_200), 3_600, "")), ["ends_at"]);
        assert_eq!(told(wish(None, 8 * 86_400, "a\nb")), ["ends_at", "words"]);
        assert_eq!(told(wish(None, 60, &"x".repeat(501))), ["words"]);
    }
}
