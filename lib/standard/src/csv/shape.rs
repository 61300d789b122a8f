//! Where the bytes stand that give records their shape: commas, quotes, line ends; eight bytes at a time.

use std::ops::Range;

/// Bytes that give a record its shape.
const SHAPE: [u8; 4] = *b",\"\r\n";

/// Where a field lies, from the start of its record: there it lies in the next record too, if that has the same shape.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
}

/// The high bit of each byte of the word that is one of these (none of them zero), the first byte lowest.
#[inline]
pub(super) fn marks<const N: usize>(word: u64, wanted: [u8; N]) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const LOW: u64 = 0x7F7F_7F7F_7F7F_7F7F;
    wanted.iter().fold(0, |found, byte| {
        let difference = word ^ (ONES * u64::from(*byte));
        // A byte of the difference is zero when neither its high bit is set nor its other bits carry into that.
        found | !(((difference & LOW) + LOW) | difference | LOW)
    })
}

/// What a record has in common with the one before it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Alike {
    /// Both have their commas, quotes and line ends at the same places; only bytes of this range may differ.
    Shape(Range<usize>),
    /// So many bytes at the beginning.
    Beginning(usize),
}

/// Compares a whole record, line end included, with what comes after it.
pub(super) fn alike(before: &[u8], rest: &[u8]) -> Alike {
    let now = rest.get(..before.len()).unwrap_or(rest);
    let (words, others) = (before.as_chunks::<8>().0, now.as_chunks::<8>().0);
    let (Some(last_word), Some(last_other)) = (before.last_chunk(), now.last_chunk()) else {
        return Alike::Beginning(0);
    };
    let whole = now.len() == before.len() && before.last() == Some(&b'\n') && now.last() == Some(&b'\n');
    let (mut first, mut last) = (now.len(), 0);
    let mut differs = |at: usize, before: &[u8; 8], now: &[u8; 8]| {
        let (before, now) = (u64::from_le_bytes(*before), u64::from_le_bytes(*now));
        let difference = before ^ now;
        if difference == 0 {
            return true;
        }
        first = first.min(at + (difference.trailing_zeros() / 8) as usize);
        last = at + 8 - (difference.leading_zeros() / 8) as usize;
        let marks = [before, now].map(|word| marks(word, SHAPE));
        // The high bit of each mark, spread over its byte.
        whole && marks[0] == marks[1] && difference & ((marks[0] >> 7) * 0xFF) == 0
    };
    let mut pairs = words.iter().zip(others).enumerate();
    if !pairs.all(|(at, (before, now))| differs(at * 8, before, now)) {
        return Alike::Beginning(first);
    }
    // The last word may overlap the one before it.
    if !whole || !differs(now.len() - 8, last_word, last_other) {
        return Alike::Beginning(first.min(now.len() / 8 * 8));
    }
    Alike::Shape(first.min(last)..last)
}
