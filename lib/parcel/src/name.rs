//! Names of files inside the ZIP: plain ones only, and no two that a receiver's disk could take for one.

use proto::hidden::is_hidden;
use unicode_normalization::UnicodeNormalization;

/// Longest name, in bytes of UTF-8; file systems take 255, and receivers like to add to it.
const LONGEST: usize = 200;

/// Whether a name is a plain file name: without path parts, control or bidirectional characters, not hidden, and at
/// most 200 bytes long.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= LONGEST && !name.starts_with('.') && !name.chars().any(is_forbidden)
}

/// Equal for names that differ only in case or Unicode form.
pub(crate) fn folded(name: &str) -> String {
    let lower = name.nfkc().collect::<String>().to_lowercase();
    lower.nfkc().collect()
}

/// A name as it may be shown, whatever its bytes are.
pub(crate) fn shown(name: &[u8]) -> String {
    let harmless = |c: char| {
        if is_forbidden(c) && !matches!(c, '/' | '\\' | ':') {
            '\u{fffd}'
        } else {
            c
        }
    };
    String::from_utf8_lossy(name)
        .chars()
        .take(LONGEST)
        .map(harmless)
        .collect()
}

fn is_forbidden(c: char) -> bool {
    matches!(c, '/' | '\\' | ':') || is_hidden(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_pass() {
        for good in ["a.pdf", "報告書 四月.pdf", "UPPLAN_1.CSV", "a..b"] {
            assert!(is_plain_name(good), "{good}");
        }
        let long = "長".repeat(67);
        for bad in [
            "",
            ".",
            "..",
            ".profile",
            "a/b",
            "../a",
            "a\\b",
            "C:a",
            "a\0b",
            "a\nb",
            "a\u{85}b",
            "a\u{202e}fdp.exe",
            "\u{2066}a",
            &long,
        ] {
            assert!(!is_plain_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn case_and_unicode_form_do_not_make_another_name() {
        assert_eq!(folded("Ａ.PDF"), folded("a.pdf"));
        assert_eq!(folded("か\u{3099}.txt"), folded("が.txt"));
        assert_eq!(folded("ｶﾞ.txt"), folded("ガ.txt"));
        assert_ne!(folded("は.txt"), folded("ば.txt"));
    }

    #[test]
    fn what_is_shown_holds_nothing_that_moves_the_cursor() {
        assert_eq!(shown("a\u{202e}b\n/c".as_bytes()), "a\u{fffd}b\u{fffd}/c");
        assert_eq!(shown(b"\xff"), "\u{fffd}");
    }
}
