//! Which files of a pile are to be sent now, together. A pile is the outbox itself, or a folder in it. Pure.

use proto::OfficeNumber;
use standard::{FileName, identify, looks_standard};

use crate::grouping::{self, Sending};

/// A file of a pile.
#[derive(Clone, Debug, PartialEq)]
pub struct Lying {
    /// Its name.
    pub name: String,
    /// Seconds without a change.
    pub age: f64,
}

/// How long to wait, seconds.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// A file that has not changed for so long is taken to be whole.
    pub settle: f64,
    /// So long a unit waits for missing files, and an attachment for its unit.
    pub wait: f64,
}

/// Files to be taken together: sent, or refused with the reason the check gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Positions in the pile.
    pub files: Vec<usize>,
    /// For whom; nobody is known for attachments without a unit.
    pub to: Option<OfficeNumber>,
    /// 連番 of the names.
    pub sequence: Option<String>,
}

/// What of a pile is to be taken now, in the order of sending; `to` is whom the folder names. Grouped as by `careplan send`.
///
/// A unit goes when its files are quiet and none is missing, or when it has waited long enough for the missing ones. With
/// anything in the pile that is not of the standard, all of it must be quiet: only then is it known to which unit it belongs.
/// What cannot be assigned holds the pile until it has waited long enough, and is taken by itself.
#[must_use]
pub fn claims(pile: &[Lying], to: Option<OfficeNumber>, terms: Terms) -> Vec<Claim> {
    let names: Vec<&str> = pile.iter().map(|file| file.name.as_str()).collect();
    let quiet = |at: &usize| pile.get(*at).is_some_and(|file| terms.settle <= file.age);
    let waited = |at: &usize| pile.get(*at).is_some_and(|file| terms.wait <= file.age);
    let others: Vec<usize> = (0..pile.len())
        .filter(|at| names.get(*at).is_some_and(|name| !is_addressed(name)))
        .collect();
    let all_quiet = (0..pile.len()).all(|at| quiet(&at));
    let Ok(sendings) = grouping::sendings(&names, to, None) else {
        let files: Vec<usize> = others.into_iter().filter(|at| quiet(at) && waited(at)).collect();
        let none = files.is_empty();
        let claim = Claim {
            files,
            to: None,
            sequence: None,
        };
        return if none { Vec::new() } else { vec![claim] };
    };
    sendings
        .into_iter()
        .filter(|sending| {
            let is_quiet = sending.files.iter().all(quiet) && (others.is_empty() || all_quiet);
            is_quiet && (is_whole(sending, &names) || sending.files.iter().all(waited))
        })
        .map(|sending| Claim {
            files: sending.files,
            to: Some(sending.destination),
            sequence: sending.sequence,
        })
        .collect()
}

/// A name that says which sending the file belongs to and for whom that is.
fn is_addressed(name: &str) -> bool {
    FileName::parse(name).is_ok_and(|parsed| parsed.destination.parse::<OfficeNumber>().is_ok())
}

/// By its names nothing is missing.
fn is_whole(sending: &Sending, names: &[&str]) -> bool {
    let of_standard: Vec<&str> = sending
        .files
        .iter()
        .filter_map(|at| names.get(*at).copied())
        .filter(|name| looks_standard(name))
        .collect();
    let parsed: Vec<FileName> = of_standard
        .iter()
        .filter_map(|name| FileName::parse(name).ok())
        .collect();
    of_standard.is_empty() || (parsed.len() == of_standard.len() && identify(&parsed).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TERMS: Terms = Terms {
        settle: 10.0,
        wait: 300.0,
    };
    const TAIL: &str = "0300000100_43_0300000005_11";

    fn usage(sequence: u8) -> [String; 3] {
        ["UPHOSOKU", "UPPLAN", "UPSIKYU"]
            .map(|kind| format!("{kind}_202505_{TAIL}_202504252002{sequence:02}.CSV"))
    }

    fn pile(files: &[(&str, f64)]) -> Vec<Lying> {
        let lying = |(name, age): &(&str, f64)| Lying {
            name: (*name).to_owned(),
            age: *age,
        };
        files.iter().map(lying).collect()
    }

    fn taken(files: &[(&str, f64)], to: Option<&str>) -> Vec<Vec<usize>> {
        let to = to.map(|to| to.parse().unwrap());
        claims(&pile(files), to, TERMS)
            .into_iter()
            .map(|claim| claim.files)
            .collect()
    }

    #[test]
    fn a_unit_goes_when_it_is_quiet_and_whole() {
        let [one, two, three] = &usage(1);
        assert_eq!(
            taken(&[(one, 10.0), (two, 10.0), (three, 12.0)], None),
            [[0, 1, 2]]
        );
        assert!(taken(&[(one, 10.0), (two, 9.0), (three, 12.0)], None).is_empty());
        assert!(
            taken(&[(one, 20.0), (three, 299.0)], None).is_empty(),
            "one is missing"
        );
        assert!(taken(&[(one, 400.0), (three, 299.0)], None).is_empty());
        assert_eq!(taken(&[(one, 400.0), (three, 300.0)], None), [[0, 1]]);
    }

    #[test]
    fn units_do_not_wait_for_each_other() {
        let ([a, b, c], [d, ..]) = (&usage(2), &usage(1));
        assert_eq!(
            taken(&[(a, 10.0), (b, 10.0), (c, 10.0), (d, 1.0)], None),
            [[0, 1, 2]]
        );
    }

    #[test]
    fn attachments_go_with_the_only_unit_or_where_the_folder_says() {
        let [a, b, c] = &usage(1);
        let with = |age| [(a.as_str(), 20.0), (b, 20.0), (c, 20.0), ("memo.pdf", age)];
        assert!(taken(&with(9.0), None).is_empty(), "it is still being written");
        assert_eq!(taken(&with(10.0), None), [[0, 1, 2, 3]]);
        assert!(taken(&[("memo.pdf", 20.0)], None).is_empty(), "its unit may come");
        let claim = claims(&pile(&[("memo.pdf", 300.0)]), None, TERMS);
        assert_eq!((claim.len(), claim[0].to), (1, None));
        assert_eq!(taken(&[("memo.pdf", 10.0)], Some("0300000005")), [[0]]);
    }

    #[test]
    fn attachments_between_units_are_refused_and_then_the_units_go() {
        let ([a, b, c], [d, e, f]) = (&usage(1), &usage(2));
        let units = [
            (a.as_str(), 20.0),
            (b, 20.0),
            (c, 20.0),
            (d, 20.0),
            (e, 20.0),
            (f, 20.0),
        ];
        let with = |age| [units.as_slice(), &[("memo.pdf", age)]].concat();
        assert!(taken(&with(20.0), None).is_empty());
        assert_eq!(taken(&with(300.0), None), [[6]]);
        assert_eq!(taken(&units, None), [[0, 1, 2], [3, 4, 5]]);
    }

    proptest! {
        #[test]
        fn no_file_is_taken_twice_early_or_never(
            files in prop::collection::btree_map(
                "(UPHOSOKU|UPPLAN|UPSIKYU)_20250[56]_0300000100_43_0300000005_11_2025042520020[1-3]\\.CSV|(UPPLAN_x|memo|[a-c])\\.(CSV|pdf)",
                0.0_f64..600.0, 0..12),
            named in any::<bool>(),
        ) {
            let to = named.then(|| "0300000005".parse().unwrap());
            let lying: Vec<(&str, f64)> = files.iter().map(|(name, age)| (name.as_str(), *age)).collect();
            let mut all: Vec<usize> = claims(&pile(&lying), to, TERMS).into_iter().flat_map(|claim| claim.files).collect();
            prop_assert!(all.iter().all(|at| TERMS.settle <= lying[*at].1));
            all.sort_unstable();
            let count = all.len();
            all.dedup();
            prop_assert_eq!(count, all.len());
            // In the end nothing is left lying.
            let mut left: Vec<(&str, f64)> = lying.iter().map(|(name, _)| (*name, 600.0)).collect();
            while !left.is_empty() {
                let taken: Vec<usize> = claims(&pile(&left), to, TERMS).into_iter().flat_map(|claim| claim.files).collect();
                prop_assert!(!taken.is_empty(), "{:?} would lie there for ever", left);
                left = left.into_iter().enumerate().filter(|(at, _)| !taken.contains(at)).map(|(_, file)| file).collect();
            }
        }
    }
}
