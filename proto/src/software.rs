//! Names of care software, as it says of itself in a manifest or an import report: a free text such as `Kaigo Pro 3.1`.

use crate::hidden::is_hidden;

/// Longest text, in characters.
pub const CHARACTERS: usize = 200;

/// Longest name of a product, in characters.
pub const NAME_CHARACTERS: usize = 80;

/// Whether a text may name software: not empty, bounded, one line without controls and turns of direction.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= CHARACTERS && !text.chars().any(is_hidden)
}

/// A name as a report gave it, for the eye: one line without controls and turns of direction.
#[must_use]
pub fn shown(text: &str) -> String {
    let seen = |c: char| if is_hidden(c) { '\u{fffd}' } else { c };
    text.chars().map(seen).collect()
}

/// By what a product is known: its name in lower case, with single blanks.
#[must_use]
pub fn key(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// By what the product of such a text may be known, the likeliest first: by the whole of it, or without the version at
/// its end. None: the text names nothing.
#[must_use]
pub fn keys(text: &str) -> Vec<String> {
    if !is_plain(text) {
        return Vec::new();
    }
    let whole = key(text);
    let without = whole
        .rsplit_once(' ')
        .filter(|(_, last)| is_version(last))
        .map(|(name, _)| name.to_owned());
    std::iter::once(whole).chain(without).collect()
}

/// `3`, `3.1`, `v3.1-beta`, `(3.1)`.
fn is_version(word: &str) -> bool {
    let word = word.trim_start_matches(['(', 'v']).trim_start_matches("er.");
    word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_version_is_no_part_of_a_product_s_name() {
        let cases: &[(&str, &[&str])] = &[
            ("Kaigo Pro 3.1", &["kaigo pro 3.1", "kaigo pro"]),
            ("  Kaigo\u{3000}PRO  v3 ", &["kaigo pro v3", "kaigo pro"]),
            ("ケア21", &["ケア21"]),
            ("ケア 21 2.0", &["ケア 21 2.0", "ケア 21"]),
            ("Ver.2", &["ver.2"]),
            ("", &[]),
            ("a\u{202e}b", &[]),
            ("a\u{61c}b", &[]),
        ];
        for (text, wanted) in cases {
            assert_eq!(keys(text), *wanted, "{text:?}");
        }
        assert!(keys(&"x".repeat(CHARACTERS + 1)).is_empty());
        assert_eq!(shown("ケア 1.0\n\u{202e}x"), "ケア 1.0\u{fffd}\u{fffd}x");
    }

    proptest! {
        #[test]
        fn any_text_has_at_most_two_plain_keys(text in ".{0,220}") {
            let keys = keys(&text);
            prop_assert!(keys.len() <= 2);
            for found in keys {
                prop_assert!(is_plain(&found) || found.chars().count() > CHARACTERS, "{found:?}");
                prop_assert_eq!(key(&found), found.clone());
            }
        }
    }
}
