//! A quick hash of some fields, for whoever compares the fields themselves afterwards or only warns.
//!
//! Not a shield against bytes made to collide: nothing may grow or go quadratic by it.

const ODD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Puts fields together, sixteen bytes at a time.
#[derive(Debug)]
pub(crate) struct Hash(u64);

impl Hash {
    pub(crate) fn new() -> Self {
        // Not zero: empty fields would leave it as it is.
        Hash(0x243F_6A88_85A3_08D3)
    }

    /// Adds a field; where it ends counts too.
    #[inline]
    pub(crate) fn add(&mut self, field: &[u8]) {
        let (words, _) = field.as_chunks::<8>();
        let (pairs, one) = words.as_chunks::<2>();
        for [one, other] in pairs {
            self.mix_two(u64::from_le_bytes(*one), u64::from_le_bytes(*other));
        }
        for word in one {
            self.mix(u64::from_le_bytes(*word));
        }
        // The rest, without a loop over its bytes: words may overlap what has been added.
        let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
        let rest = match (field.last_chunk::<8>(), field.first_chunk(), field.last_chunk()) {
            (Some(last), ..) => u64::from_le_bytes(*last),
            (None, Some(first), Some(last)) => half(first) | half(last) << 32,
            _ => match *field {
                [] => 0,
                [one] => u64::from(one),
                [one, .., last] => {
                    let middle = field.get(1).copied().unwrap_or_default();
                    u64::from(one) | u64::from(middle) << 8 | u64::from(last) << 16
                }
            },
        };
        self.mix(rest ^ (field.len() as u64) << 57);
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn word(&mut self, word: u64) {
        self.mix(word);
    }

    /// The hash of all fields added.
    pub(crate) fn end(mut self) -> u64 {
        self.mix(self.0 >> 32);
        self.0
    }

    #[inline]
    fn mix_two(&mut self, one: u64, other: u64) {
        let product = u128::from(one ^ self.0) * u128::from(other ^ ODD);
        self.0 = self.0.rotate_left(23) ^ product as u64 ^ (product >> 64) as u64;
    }

    #[inline]
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(ODD);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn of(fields: &[&[u8]]) -> u64 {
        let mut hash = Hash::new();
        fields.iter().for_each(|field| hash.add(field));
        hash.end()
    }

    #[test]
    fn where_a_field_ends_counts() {
        let all: [&[&[u8]]; 12] = [
            &[],
            &[b""],
            &[b"", b""],
            &[b"ab", b""],
            &[b"a", b"b"],
            &[b"12345678"],
            &[b"1234567", b"8"],
            &[b"1234567812345678"],
            &[b"1234567812345678", b""],
            &[b"1234567812345679"],
            &[b"1234567912345678"],
            &[b"12345678", b"12345678"],
        ];
        let different: HashSet<u64> = all.iter().map(|fields| of(fields)).collect();
        assert_eq!(different.len(), all.len());
        assert_eq!(of(&[b"a", b"bc"]), of(&[b"a", b"bc"]));
    }

    #[test]
    fn numbers_in_turn_do_not_collide() {
        let numbers =
            (0..100_000_u32).map(|number| of(&[b"990001", format!("{number:010}").as_bytes(), b"202505"]));
        assert_eq!(numbers.collect::<HashSet<u64>>().len(), 100_000);
    }
}
