//! Whom and what a record is about.

use std::fmt;

use crate::field;
use crate::kind::FileKind;

/// Bytes of the longest part of the key.
const LONGEST: usize = 10;

/// Whom and what the records of a sending are about: where all of it is equal, a later sending takes the place of an
/// earlier one. It names a person, so it shows none of it when printed. A large sending has thousands: no text of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Kind of the file the others go along with (`UPPLAN`); of a deletion, the kind it withdraws.
    pub kind: FileKind,
    /// Withdrawn by a deletion instead of brought.
    pub withdraws: bool,
    /// Each filled up with zeros.
    parts: [[u8; LONGEST]; 4],
}

impl Subject {
    /// Of the parts of a key; none when one cannot be right: its record is refused for that.
    pub(crate) fn new(kind: FileKind, withdraws: bool, parts: [&[u8]; 4]) -> Option<Self> {
        let [insurer, insured, ..] = parts;
        let fits = insurer.len() == 6 && field::is_insured(insured);
        if !fits || !parts.iter().all(|part| part.iter().all(u8::is_ascii_graphic)) {
            return None;
        }
        let mut filled = [[0; LONGEST]; 4];
        for (room, part) in filled.iter_mut().zip(parts) {
            room.get_mut(..part.len())?.copy_from_slice(part);
        }
        Some(Subject {
            kind,
            withdraws,
            parts: filled,
        })
    }

    /// Insurer (6 digits), insured number, and what else belongs to the key: the date of plan or consultation; of results,
    /// provider and service kind; else empty. The service month stands in the unit.
    pub fn parts(&self) -> [&str; 4] {
        self.parts.each_ref().map(|part| {
            let part = std::str::from_utf8(part).unwrap_or_default();
            part.trim_end_matches('\0')
        })
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, withdraws) = (self.kind, self.withdraws);
        write!(formatter, "Subject({kind}, withdraws: {withdraws})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_key_that_can_be_right_is_one() {
        let of = |parts| Subject::new(FileKind::UpJsk, false, parts);
        let good: [&[u8]; 4] = [b"990031", b"H123456789", b"0300000005", b"11"];
        let subject = of(good).unwrap();
        assert_eq!(subject.parts(), ["990031", "H123456789", "0300000005", "11"]);
        for (at, bad) in [
            (0, &b"99003"[..]),
            (1, b"12345"),
            (2, b"03000000051"),
            (3, b"\x81\x40"),
        ] {
            let mut parts = good;
            parts[at] = bad;
            assert!(of(parts).is_none(), "{at}");
        }
    }
}
