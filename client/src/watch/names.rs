//! Names the agent gives, and names it leaves alone. Pure.

use proto::{EnvelopeId, OfficeNumber, Time};

/// The agent's own folder in outbox and inbox.
pub const OWN: &str = ".careplan";
/// What was sent.
pub const SENT: &str = "sent";
/// What could not be sent, or not be opened.
pub const ERROR: &str = "error";
/// Why, for a person.
pub const REASON: &str = "理由.txt";
/// What it is, for a program.
pub const FACTS: &str = "careplan.json";

/// Endings of files that are still being written, or are no documents.
const TEMPORARY: &[&str] = &[
    ".tmp",
    ".temp",
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".swp",
    ".lock",
    "~",
];
/// What Windows leaves in folders.
const OF_WINDOWS: &[&str] = &["thumbs.db", "desktop.ini"];

/// Whether a file of this name is never sent: hidden, temporary, or the agent's own.
#[must_use]
pub fn is_passed_over(name: &str) -> bool {
    let lower = name.to_lowercase();
    name.starts_with(['.', '~'])
        || TEMPORARY.iter().any(|end| lower.ends_with(end))
        || OF_WINDOWS.contains(&lower.as_str())
        || name == SENT
        || name == ERROR
        || is_own(name)
}

/// Whether the agent writes files of this name itself.
#[must_use]
pub fn is_own(name: &str) -> bool {
    name == REASON || name == FACTS
}

/// The folder of a claimed sending: its sequence, or the time of the claim, and whom it is for if that is known.
/// `number` tells apart those that are alike.
#[must_use]
pub fn claim(sequence: Option<&str>, to: Option<OfficeNumber>, now: Time, number: usize) -> String {
    let sequence = sequence.map_or_else(|| digits(now, 14), str::to_owned);
    let to = to.map_or_else(|| "none".to_owned(), |to| to.to_string());
    format!("{sequence}_{to}_{number}")
}

/// Whom a claimed sending is for.
#[must_use]
pub fn claimed_for(claim: &str) -> Option<OfficeNumber> {
    claim.split('_').nth(1)?.parse().ok()
}

/// The day as a folder, `20250401`.
#[must_use]
pub fn day(now: Time) -> String {
    digits(now, 8)
}

/// The folder of something sent.
#[must_use]
pub fn archive(sequence: &str, id: EnvelopeId) -> String {
    format!("{sequence}_{}", short(id))
}

/// The folder of something that arrived.
#[must_use]
pub fn arrival(sender: OfficeNumber, sequence: &str) -> String {
    format!("{sender}_{sequence}")
}

/// The folder of something that arrived and cannot be opened; the relay's word for the sender may be none.
#[must_use]
pub fn unopened(sender: &str, id: EnvelopeId) -> String {
    let sender = sender.parse::<OfficeNumber>().map(|sender| sender.to_string());
    format!("{}_{}", sender.as_deref().unwrap_or("unknown"), short(id))
}

/// The first of `name`, `name-2`, `name-3`, … that is not taken.
pub fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    for number in 2_u64.. {
        if !is_taken(&free) {
            break;
        }
        free = format!("{name}-{number}");
    }
    free
}

/// Enough of an id to find it by.
fn short(id: EnvelopeId) -> String {
    id.to_string().chars().take(12).collect()
}

fn digits(now: Time, count: usize) -> String {
    now.to_string()
        .chars()
        .filter(char::is_ascii_digit)
        .take(count)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> Time {
        "2025-04-01T09:30:05.25+09:00".parse().unwrap()
    }

    #[test]
    fn names_are_plain_and_tell_what_is_inside() {
        let to: OfficeNumber = "0300000005".parse().unwrap();
        let id = EnvelopeId::of(b"x");
        let key = claim(None, Some(to), now(), 3);
        assert_eq!(key, "20250401093005_0300000005_3");
        assert_eq!(claimed_for(&key), Some(to));
        assert_eq!(claimed_for(&claim(Some("20250425200201"), None, now(), 1)), None);
        assert_eq!(day(now()), "20250401");
        assert_eq!(
            archive("20250425200201", id),
            format!("20250425200201_{}", &id.to_string()[..12])
        );
        assert_eq!(arrival(to, "20250425200201"), "0300000005_20250425200201");
        assert!(unopened("../../etc", id).starts_with("unknown_"));
        assert_eq!(free("a", |_| false), "a");
        assert_eq!(free("a", |name| name != "a-4"), "a-4");
    }

    #[test]
    fn what_is_temporary_hidden_or_our_own_is_passed_over() {
        for name in [
            ".hidden",
            "~$memo.docx",
            "UPPLAN.CSV.tmp",
            "a.PART",
            "a.csv~",
            "Thumbs.db",
            "理由.txt",
            "careplan.json",
            ".careplan",
            "sent",
            "error",
        ] {
            assert!(is_passed_over(name), "{name}");
        }
        for name in ["UPPLAN_202505_x.CSV", "memo.pdf", "part.pdf", "tmp"] {
            assert!(!is_passed_over(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_folder_of_an_unopened_envelope_never_leaves_its_folder(sender in any::<String>()) {
            let name = unopened(&sender, EnvelopeId::of(b"x"));
            prop_assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        }
    }
}
