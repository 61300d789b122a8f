//! From a pile of files to sendings: one for each sending unit of the standard, told by the names.

use proto::OfficeNumber;
use standard::{FileName, looks_standard};

use crate::failure::Failure;

/// Where attachments go when there are several units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Attach {
    /// 最初の単位に / to the first unit
    First,
    /// すべての単位に / to every unit
    Each,
    /// 添付だけの封筒で / in an envelope of their own
    Alone,
}

/// The files of one envelope to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// For whom.
    pub destination: OfficeNumber,
    /// 連番 of the names; there is none when attachments go alone.
    pub sequence: Option<String>,
    /// Positions in the pile, ascending.
    pub files: Vec<usize>,
}

/// Splits a pile into sendings, in the order in which they are to be sent. Files that look like the standard's but whose
/// names are broken stay together, so that one check tells all that is wrong with them.
///
/// # Errors
/// Attachments with several units and no word on where they go, or nobody to send to.
pub fn sendings(
    names: &[&str],
    to: Option<OfficeNumber>,
    attach: Option<Attach>,
) -> Result<Vec<Sending>, Failure> {
    let (mut parsed, mut places, mut broken, mut attachments) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, name) in names.iter().enumerate() {
        match FileName::parse(name) {
            _ if !looks_standard(name) => attachments.push(place),
            Ok(name) => {
                parsed.push(name);
                places.push(place);
            }
            Err(_) => broken.push(place),
        }
    }
    let mut sendings = Vec::new();
    for group in standard::group(&parsed) {
        let named = group.destination.parse().ok();
        sendings.push(Sending {
            destination: to.or(named).ok_or_else(nobody)?,
            sequence: Some(group.sequence),
            files: group
                .files
                .iter()
                .filter_map(|at| places.get(*at))
                .copied()
                .collect(),
        });
    }
    if !broken.is_empty() {
        // They travel with the only unit there is, where the check tells why the unit is incomplete.
        match sendings.as_mut_slice() {
            [only] => only.files.extend(broken),
            _ => sendings.push(alone(to, broken)?),
        }
    }
    if attachments.is_empty() {
        return Ok(sorted(sendings));
    }
    match (sendings.len(), attach) {
        (0, _) | (_, Some(Attach::Alone)) => sendings.push(alone(to, attachments)?),
        (1, _) | (_, Some(Attach::First)) => {
            sendings
                .iter_mut()
                .take(1)
                .for_each(|first| first.files.extend(&attachments));
        }
        (_, Some(Attach::Each)) => {
            sendings
                .iter_mut()
                .for_each(|each| each.files.extend(&attachments));
        }
        (units, None) => {
            return Err(Failure::usage(
                format!(
                    "送信単位が{units}つあります。添付ファイルをどれに付けるか --attach で選んでください（first、each、alone）。"
                ),
                format!(
                    "there are {units} sending units; say with --attach where the attachments go (first, each, alone)"
                ),
            ));
        }
    }
    Ok(sorted(sendings))
}

fn alone(to: Option<OfficeNumber>, files: Vec<usize>) -> Result<Sending, Failure> {
    Ok(Sending {
        destination: to.ok_or_else(nobody)?,
        sequence: None,
        files,
    })
}

fn sorted(mut sendings: Vec<Sending>) -> Vec<Sending> {
    sendings
        .iter_mut()
        .for_each(|sending| sending.files.sort_unstable());
    sendings
}

fn nobody() -> Failure {
    Failure::usage(
        "送信先の事業所番号を --to で指定してください。",
        "name the destination with --to",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PILE: &[&str] = &[
        "memo.pdf",
        "UPPLAN_202505_0300000100_43_0300000005_11_20250425200202.CSV",
        "UP1KYO_0300000100_43_0300000005_11_20250425200201.CSV",
        "UPHOSOKU_000000_0300000100_43_0300000005_11_20250425200201.CSV",
        "UPSIKYU_202505_0300000100_43_0300000005_11_20250425200202.CSV",
    ];

    fn files(names: &[&str], attach: Option<Attach>) -> Vec<Vec<usize>> {
        let to = "0300000005".parse().ok();
        sendings(names, to, attach)
            .unwrap()
            .into_iter()
            .map(|sending| sending.files)
            .collect()
    }

    #[test]
    fn units_go_apart_and_attachments_where_told() {
        assert_eq!(files(&PILE[1..], None), [vec![1, 2], vec![0, 3]]);
        assert_eq!(files(PILE, Some(Attach::First)), [vec![0, 2, 3], vec![1, 4]]);
        assert_eq!(files(PILE, Some(Attach::Each)), [vec![0, 2, 3], vec![0, 1, 4]]);
        assert_eq!(
            files(PILE, Some(Attach::Alone)),
            [vec![2, 3], vec![1, 4], vec![0]]
        );
        let failure = sendings(PILE, "0300000005".parse().ok(), None).unwrap_err();
        assert!(failure.to_string().contains("--attach"), "{failure}");
    }

    #[test]
    fn the_only_unit_takes_attachments_along() {
        assert_eq!(files(&[PILE[0], PILE[2], PILE[3]], None), [[0, 1, 2]]);
        assert_eq!(files(&["a.pdf", "b.txt"], None), [[0, 1]]);
    }

    #[test]
    fn the_destination_is_told_by_the_names_or_by_hand() {
        let found = sendings(&PILE[1..], None, None).unwrap();
        assert!(
            found
                .iter()
                .all(|sending| sending.destination.as_str() == "0300000005")
        );
        assert_eq!(found[0].sequence.as_deref(), Some("20250425200201"));
        assert!(
            sendings(&["a.pdf"], None, None)
                .unwrap_err()
                .to_string()
                .contains("--to")
        );
    }

    #[test]
    fn broken_names_stay_with_the_only_unit() {
        assert_eq!(files(&["upsikyu_x.csv", PILE[1]], None), [[0, 1]]);
        assert_eq!(files(&["upsikyu_x.csv", PILE[1], PILE[2]], None).len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn no_file_is_lost(names in proptest::collection::vec("(UPPLAN_20250[1-3]|UP1KYO|UPJSK_202501|memo)_0300000100_43_030000000[57]_11_2025042520020[12](.CSV|.pdf|)", 0..12)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut all: Vec<usize> = files(&names, Some(Attach::First)).concat();
            all.sort_unstable();
            proptest::prop_assert_eq!(all, (0..names.len()).collect::<Vec<_>>());
        }
    }
}
