//! Just enough of Rust's grammar to tell code from comments, text and tests.

/// A source text, line by line, in three views.
#[derive(Debug, Default)]
pub struct Lexed {
    /// The lines with comments removed and the contents of string literals left out.
    pub code: Vec<String>,
    /// The string literals: line (from 1) on which each begins, and its text as written, escapes unread.
    pub literals: Vec<(usize, String)>,
    /// For each line, whether it belongs to a `#[cfg(test)]` module.
    pub in_test: Vec<bool>,
}

/// Splits a Rust source.
#[must_use]
pub fn lex(text: &str) -> Lexed {
    let chars: Vec<char> = text.chars().collect();
    let mut lexed = Lexed::default();
    let mut line = String::new();
    let mut at = 0;
    while let Some(&char) = chars.get(at) {
        let end = match char {
            '/' if chars.get(at + 1) == Some(&'/') => {
                until(&chars, at, |rest| rest.first() == Some(&'\n'), 0)
            }
            '/' if chars.get(at + 1) == Some(&'*') => block_comment(&chars, at),
            '"' => plain_string(&chars, at),
            'r' if starts_raw(&chars, at) => raw_string(&chars, at),
            '\'' => char_literal(&chars, at),
            _ => at,
        };
        if end == at {
            if char == '\n' {
                lexed.code.push(std::mem::take(&mut line));
            } else {
                line.push(char);
            }
            at += 1;
            continue;
        }
        let token: String = chars.get(at..end).unwrap_or_default().iter().collect();
        if char == '"' || char == 'r' {
            lexed
                .literals
                .push((lexed.code.len() + 1, inner(&token).to_owned()));
            line.push_str("\"\"");
        }
        for _ in token.matches('\n') {
            lexed.code.push(std::mem::take(&mut line));
        }
        at = end;
    }
    lexed.code.push(line);
    lexed.in_test = test_lines(&lexed.code);
    lexed
}

fn inner(literal: &str) -> &str {
    literal
        .trim_start_matches('r')
        .trim_matches('#')
        .trim_matches('"')
}

/// The first place from `at` where `stop` holds, plus `past`; the end of the text if it never does.
fn until(chars: &[char], at: usize, stop: impl Fn(&[char]) -> bool, past: usize) -> usize {
    (at..chars.len())
        .find(|place| chars.get(*place..).is_some_and(&stop))
        .map_or(chars.len(), |place| place + past)
}

fn block_comment(chars: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut place = at;
    while place < chars.len() {
        match chars.get(place..place + 2) {
            Some(['/', '*']) => {
                depth += 1;
                place += 2;
            }
            Some(['*', '/']) => {
                depth -= 1;
                place += 2;
                if depth == 0 {
                    return place;
                }
            }
            _ => place += 1,
        }
    }
    chars.len()
}

fn plain_string(chars: &[char], at: usize) -> usize {
    let mut place = at + 1;
    while let Some(char) = chars.get(place) {
        match char {
            '\\' => place += 2,
            '"' => return place + 1,
            _ => place += 1,
        }
    }
    chars.len()
}

/// `r"`, `r#"`, `br"`, but not an identifier that ends in r.
fn starts_raw(chars: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|place| chars.get(place));
    let fresh = before.is_none_or(|char| !char.is_alphanumeric() && *char != '_') || before == Some(&'b');
    let rest = chars.get(at + 1..).unwrap_or_default();
    fresh && rest.iter().find(|char| **char != '#') == Some(&'"')
}

fn raw_string(chars: &[char], at: usize) -> usize {
    let rest = chars.get(at + 1..).unwrap_or_default();
    let hashes = rest.iter().take_while(|char| **char == '#').count();
    let close: Vec<char> = std::iter::once('"')
        .chain(std::iter::repeat_n('#', hashes))
        .collect();
    until(
        chars,
        at + 2 + hashes,
        |rest| rest.starts_with(&close),
        close.len(),
    )
}

/// The end of `'x'` or `'\n'`; a lifetime is left as it is.
fn char_literal(chars: &[char], at: usize) -> usize {
    if chars.get(at + 1) == Some(&'\\') {
        return until(chars, at + 3, |rest| rest.first() == Some(&'\''), 1);
    }
    if chars.get(at + 2) == Some(&'\'') {
        at + 3
    } else {
        at
    }
}

/// Marks every module behind `#[cfg(test)]`, by its braces.
fn test_lines(code: &[String]) -> Vec<bool> {
    let mut marks = vec![false; code.len()];
    let mut number = 0;
    while let Some(line) = code.get(number) {
        if line.trim() != "#[cfg(test)]" {
            number += 1;
            continue;
        }
        let mut depth = 0_usize;
        for (mark, line) in marks.iter_mut().zip(code).skip(number) {
            *mark = true;
            number += 1;
            depth += line.matches('{').count();
            let closes = line.matches('}').count();
            depth = depth.saturating_sub(closes);
            let declaration = line.trim_end().ends_with(';');
            if depth == 0 && (closes > 0 || declaration) {
                break;
            }
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_text_and_tests_are_told_apart() {
        let text = "let a = \"x // \\\" y\"; // tokio\n/* a\n /* b */ c */ let b = r#\"raw \"q\" \"#;\nlet c: &'a str = 'x';\n\
                    #[cfg(test)]\nmod tests {\n  fn f() { }\n}\nfn after() {}\n";
        let lexed = lex(text);
        assert_eq!(lexed.code[0], "let a = \"\"; ");
        assert_eq!(lexed.code[2], " let b = \"\";");
        assert_eq!(lexed.code[3], "let c: &'a str = ;");
        assert_eq!(
            lexed.literals,
            [(1, "x // \\\" y".to_owned()), (3, "raw \"q\" ".to_owned())]
        );
        assert_eq!(
            lexed.in_test,
            [false, false, false, false, true, true, true, true, false, false]
        );
    }

    #[test]
    fn a_quote_in_a_char_opens_nothing() {
        let lexed = lex("let quote = '\"'; let escaped = '\\''; call(\"z\");");
        assert_eq!(lexed.code[0], "let quote = ; let escaped = ; call(\"\");");
        assert_eq!(lexed.literals, [(1, "z".to_owned())]);
    }
}
