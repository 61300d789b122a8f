//! Sets of fields: those that are filled, those that differ from the record before. Rows of a file are much alike, and what
//! was good once is good again.

use std::ops::Range;

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

/// The positions of these fields, ascending.
#[inline]
pub(crate) fn each(mut fields: Fields) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = fields.trailing_zeros() as usize;
        // The lowest bit goes.
        fields &= fields.wrapping_sub(1);
        Some(at).filter(|at| *at < Fields::BITS as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_bits() {
        assert_eq!(bits(&(2..4)), 0b1100);
        assert_eq!(fields([2, 3]), 0b1100);
        assert_eq!(bits(&(0..128)), ALL);
        assert_eq!(bits(&(3..3)), 0);
        assert_eq!(each(1 << 127 | 0b101).collect::<Vec<_>>(), [0, 2, 127]);
        assert_eq!(each(0).count(), 0);
    }
}
