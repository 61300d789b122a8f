//! The words a care office reads: Japanese first, English beside it.

use proto::hidden::is_hidden;

/// A status in Japanese; an unknown one as it is.
#[must_use]
pub fn status(word: &str) -> &str {
    match word {
        "accepted" => "受付済",
        "validated" => "検査済",
        "routed" => "宛先確認済",
        "delivered" => "配達済",
        "collected" => "受取済",
        "imported" => "取込済",
        "import_failed" => "取込失敗",
        "rejected" => "差戻し",
        "undeliverable" => "配達不能",
        "duplicate" => "重複",
        "recalled" => "取消済",
        "expired" => "期限切れ",
        "parked" => "確認中",
        other => other,
    }
}

/// Both words of a status.
#[must_use]
pub fn both(word: &str) -> String {
    format!("{} {word}", status(word))
}

/// The file kinds of what arrived; without any it is attachments alone.
#[must_use]
pub fn kinds(kinds: &[String]) -> String {
    if kinds.is_empty() {
        "（添付のみ attachments only）".to_owned()
    } else {
        kinds.join(" ")
    }
}

/// A time without fractions of seconds, as `2025-04-01 09:30:00`; what is no such time as it is.
#[must_use]
pub fn time(text: &str) -> String {
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(clock)) => format!("{day} {clock}"),
        _ => text.to_owned(),
    }
}

/// The text and blanks up to a width, Japanese characters counting two (half-width kana one).
#[must_use]
pub fn padded(text: &str, width: usize) -> String {
    let narrow = |c: char| c.is_ascii() || ('\u{ff61}'..='\u{ff9f}').contains(&c);
    let taken: usize = text.chars().map(|c| if narrow(c) { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}

/// Text of another office for the terminal: no control characters but line breaks.
#[must_use]
pub fn harmless(text: &str) -> String {
    text.chars()
        .map(|c| {
            if is_hidden(c) && !matches!(c, '\n' | '\t') {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_japanese_word() {
        for word in proto::Status::ALL {
            assert_ne!(status(word.as_str()), word.as_str());
        }
        assert_eq!(status("later"), "later");
    }

    #[test]
    fn columns_line_up() {
        assert_eq!(padded("受付済", 8), "受付済  ");
        assert_eq!(padded("long", 2), "long");
        assert_eq!(time("2025-04-01T09:30:00.123+09:00"), "2025-04-01 09:30:00");
        assert_eq!(
            harmless("a\u{1b}[31m\u{202e}\u{61c}\nb"),
            "a\u{fffd}[31m\u{fffd}\u{fffd}\nb"
        );
    }
}
