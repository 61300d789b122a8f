//! Splitting a pile of files into sending units by their names alone.

use crate::kind::Edition;
use crate::name::FileName;
use crate::unit::{self, Slot};

/// Files that make one sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// 14 digits.
    pub sequence: String,
    /// Sending office.
    pub sender: String,
    /// Its service kind (V4.1).
    pub sender_kind: Option<String>,
    /// Receiving office.
    pub destination: String,
    /// Its service kind (V4.1).
    pub destination_kind: Option<String>,
    /// Edition of the names.
    pub edition: Edition,
    /// Service month YYYYMM.
    pub month: Option<String>,
    /// Positions of its files in the list given, ascending.
    pub files: Vec<usize>,
}

/// Splits a pile into sendings: different offices, service kinds, sequences, months and sets of tables go apart.
/// A supplement (UPHOSOKU) with month 000000 goes with tables 1/2/3, one with a month with tables 6/7.
/// The groups come in the order in which they are to be sent: ascending sequence, else order of appearance.
pub fn group(names: &[FileName]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let found = groups.iter_mut().find(|group| {
            group
                .files
                .first()
                .and_then(|first| names.get(*first))
                .is_some_and(|first| together(first, name))
        });
        match found {
            Some(group) => group.files.push(at),
            None => groups.push(Group {
                sequence: name.sequence.clone(),
                sender: name.sender.clone(),
                sender_kind: name.sender_kind.clone(),
                destination: name.destination.clone(),
                destination_kind: name.destination_kind.clone(),
                edition: name.edition,
                month: name.month.clone(),
                files: vec![at],
            }),
        }
    }
    groups.sort_by(|one, other| one.sequence.cmp(&other.sequence));
    groups
}

/// Of how many sendings are these files?
pub(crate) fn key_count(names: &[FileName]) -> usize {
    group(names).len()
}

fn together(one: &FileName, other: &FileName) -> bool {
    one.edition == other.edition
        && one.sequence == other.sequence
        && one.sender == other.sender
        && one.sender_kind == other.sender_kind
        && one.destination == other.destination
        && one.destination_kind == other.destination_kind
        && one.month == other.month
        && unit::related(one.edition, Slot::from(one), Slot::from(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pile_is_split_into_units() {
        let pile = [
            "UPPLAN_202505_0300000100_43_0300000005_11_20250425200202.CSV",
            "UP1KYO_0300000100_43_0300000005_11_20250425200201.CSV",
            "UPHOSOKU_000000_0300000100_43_0300000005_11_20250425200201.CSV",
            "UPHOSOKU_202505_0300000100_43_0300000005_11_20250425200201.CSV",
            "UPPLAN_202505_0300000100_43_0300000005_11_20250425200201.CSV",
            "UPPLAN_202506_0300000100_43_0300000005_11_20250425200201.CSV",
            "UPPLAN_202505_0300000100_43_0300000005_15_20250425200201.CSV",
            "UP2KYO_0300000100_43_0300000005_11_20250425200201.CSV",
            "DLTPLAN_202505_0300000100_43_0300000005_11_20250425200201.CSV",
        ];
        let names: Vec<_> = pile.iter().map(|name| FileName::parse(name).unwrap()).collect();
        let files: Vec<_> = group(&names).into_iter().map(|group| group.files).collect();
        assert_eq!(
            files,
            [vec![1, 2, 7], vec![3, 4], vec![5], vec![6], vec![8], vec![0]]
        );
    }
}
