//! What a record has that the one before it had not: rows of a file are much alike, and what was good once is good again.

use std::ops::Range;

use crate::csv::Reader;

/// Fields as bits: bit n is the field at position n (from 0). No layout has more than 128.
pub(crate) type Fields = u128;

/// Every field.
pub(crate) const ALL: Fields = Fields::MAX;

/// These fields.
pub(crate) fn fields(positions: impl IntoIterator<Item = usize>) -> Fields {
    positions.into_iter().fold(0, |fields, at| {
        fields | 1_u128.checked_shl(at as u32).unwrap_or(ALL)
    })
}

/// The range as bits.
pub(crate) fn bits(range: &Range<usize>) -> Fields {
    let below = |end: usize| 1_u128.checked_shl(end as u32).map_or(ALL, |bit| bit - 1);
    below(range.end) & !below(range.start)
}

/// The fields outside this range hold the same bytes as in the record before, whose bytes these are. Both records must
/// have as many fields, and no fault: then the same beginning makes the same fields, and the same end (it has the same
/// number of quotes, so it is inside or outside quotes alike) makes the same last fields.
pub(crate) fn range(before: &[u8], reader: &Reader<'_>) -> Range<usize> {
    if let Some(range) = reader.differing() {
        return range;
    }
    let (now, begin) = (reader.raw(), reader.start());
    let same_begin = common(before, now);
    let shorter = before.len().min(now.len());
    let same_end = common_end(before, now).min(shorter - same_begin.min(shorter));
    let last = reader.len();
    // A field's end with its quote and its comma; its start with its comma and its quote.
    let ends_in = |at: usize| {
        reader
            .range(at)
            .is_some_and(|field| field.end + 2 <= begin + same_begin)
    };
    let starts_in = |at: usize| {
        reader
            .range(at)
            .is_some_and(|field| begin + now.len() - same_end + 2 <= field.start)
    };
    if before.len() == now.len() && same_begin == now.len() {
        return 0..0;
    }
    let first = (0..last).find(|at| !ends_in(*at)).unwrap_or(last);
    let after = (first..last)
        .rev()
        .find(|at| !starts_in(*at))
        .map_or(first, |at| at + 1);
    first..after
}

/// How many bytes both begin with.
fn common(one: &[u8], other: &[u8]) -> usize {
    let (words, others) = (one.as_chunks::<8>().0, other.as_chunks::<8>().0);
    let same = words
        .iter()
        .zip(others)
        .take_while(|(one, other)| one == other)
        .count()
        * 8;
    let rest = one.iter().zip(other).skip(same);
    same + rest.take_while(|(one, other)| one == other).count()
}

/// How many bytes both end with.
fn common_end(one: &[u8], other: &[u8]) -> usize {
    let (words, others) = (one.as_rchunks::<8>().1, other.as_rchunks::<8>().1);
    let pairs = words.iter().rev().zip(others.iter().rev());
    let same = pairs.take_while(|(one, other)| one == other).count() * 8;
    let rest = one.iter().rev().zip(other.iter().rev()).skip(same);
    same + rest.take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(bytes: &[u8]) -> Reader<'_> {
        let mut reader = Reader::new(bytes);
        reader.read();
        reader
    }

    #[test]
    fn only_what_differs_is_in_the_range() {
        let range = |before: &[u8], now: &[u8]| range(before, &reader(now));
        assert_eq!(range(b"a,b,c,d,e", b"a,b,c,d,e\r\n"), 0..0);
        // A field beside it is taken along: its quote might belong to the difference.
        assert_eq!(range(b"aa,bb,cc,dd,ee,ff", b"aa,bb,cx,dd,ee,ff\r\n"), 2..4);
        let mut two = Reader::new(b"aaaaaaaa,bb,cccccccc,dd\r\naaaaaaaa,bb,ccccxccc,dd\r\n");
        assert!(two.read() && two.read());
        assert_eq!(two.differing(), Some(2..3));
        assert_eq!((two.field(2), two.line()), (&b"ccccxccc"[..], 2));
        assert_eq!(bits(&(2..4)), 0b1100);
        assert_eq!(fields([2, 3]), 0b1100);
        assert_eq!(bits(&(0..128)), ALL);
    }

    proptest::proptest! {
        #[test]
        fn what_differs_is_never_outside(
            one in proptest::collection::vec("[a-c]{0,9}|\"[a-c,\n]{0,12}\"|\"(\"\"|,){0,4}\"", 7),
            edits in proptest::collection::vec((0..7_usize, "[a-c]{0,9}|\"[a-c,\n]{0,12}\""), 0..3),
        ) {
            let mut other = one.clone();
            for (at, text) in edits {
                other[at] = text;
            }
            let (one, other) = (one.join(","), other.join(","));
            let (before, now) = (reader(one.as_bytes()), reader(other.as_bytes()));
            if before.len() == now.len() && before.fault().is_none() && now.fault().is_none() {
                let range = range(before.raw(), &now);
                for at in (0..now.len()).filter(|at| !range.contains(at)) {
                    proptest::prop_assert_eq!(before.field(at), now.field(at), "{} {:?}", at, range);
                }
            }
        }
    }
}
