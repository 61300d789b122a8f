//! Characters that are not seen and change how others are: with them a text of somebody else's looks like what it is not.

/// Whether the character turns the direction of a text: the marks, embeddings, overrides and isolates of Unicode Standard
/// Annex #9, § 2.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character is a control, breaks the line (U+2028, U+2029 too), or turns the direction of a text.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control() || is_bidirectional(c) || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formats_of_bidirectional_text_are_twelve() {
        let all: Vec<char> = ('\0'..=char::MAX).filter(|c| is_bidirectional(*c)).collect();
        let wanted = [
            '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}',
            '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
        ];
        assert_eq!(all, wanted);
        assert!(['\u{1b}', '\n', '\u{61c}', '\u{2028}'].into_iter().all(is_hidden));
        assert!(!is_hidden('a') && !is_hidden('\u{3000}'));
    }
}
