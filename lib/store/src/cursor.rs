//! Where a reader of a list is. Opaque to clients, good for years.

use std::fmt;
use std::str::FromStr;

/// The position of the last item read; the default stands before the oldest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub(crate) i64);

/// The text is no cursor this relay gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this relay: give the value of next as it was")]
pub struct NotACursor;

impl fmt::Display for Cursor {
    /// `p` and the position in hexadecimal; the letter leaves room for another kind.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "p{:x}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('p').ok_or(NotACursor)?;
        if digits.starts_with('+') {
            return Err(NotACursor);
        }
        match i64::from_str_radix(digits, 16) {
            Ok(position) if 0 <= position => Ok(Self(position)),
            _ => Err(NotACursor),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is_one() {
        for position in [0, 1, 500, i64::MAX] {
            assert_eq!(Cursor(position).to_string().parse(), Ok(Cursor(position)));
        }
        for bad in ["", "p", "1", "p-1", "p+1", "pg", "p 1", "pffffffffffffffff", "あ"] {
            assert_eq!(bad.parse::<Cursor>(), Err(NotACursor), "{bad}");
        }
    }
}
