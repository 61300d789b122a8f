//! Finding what stands twice among very many, without a table that would miss the cache at each.

/// Places (from 0) whose hashes agree, at least two together, each group and its places ascending; of long lists the lowest
/// bits of the hashes do not count. Whoever asks compares the things themselves: others may agree by chance.
pub(crate) fn repeated(mut hashes: Vec<u64>) -> Vec<Vec<usize>> {
    // The place is kept in the lowest bits: single words are sorted quickest.
    let bits = usize::BITS - hashes.len().leading_zeros();
    let places = (1_u64 << bits) - 1;
    for (place, hash) in (0..).zip(&mut hashes) {
        *hash = *hash & !places | place;
    }
    hashes.sort_unstable();
    hashes
        .chunk_by(|one, other| one & !places == other & !places)
        .filter(|group| group.len() > 1)
        .map(|group| group.iter().map(|hash| (hash & places) as usize).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_their_places_ascend() {
        let far = |number: u64| number << 32;
        assert_eq!(repeated(Vec::new()), Vec::<Vec<usize>>::new());
        assert_eq!(repeated(vec![far(1), far(2)]), Vec::<Vec<usize>>::new());
        let hashes = [3, 1, 3, 2, 1, 3].map(far).to_vec();
        assert_eq!(repeated(hashes), [vec![1, 4], vec![0, 2, 5]]);
    }
}
