//! The same sending found twice in one check: in two folders, or in a folder and a ZIP.

use std::collections::HashMap;

use proto::{Problem, Severity, codes};
use sha2::{Digest, Sha256};
use standard::FileName;

use crate::opening::Opened;

/// The files of the standard seen so far, with the place and the digest of each.
#[derive(Debug, Default)]
pub struct Doubles {
    seen: HashMap<String, (String, [u8; 32])>,
}

impl Doubles {
    /// Warns of the files that were found elsewhere before: one warning for each such place, at the first of them.
    pub fn note(&mut self, opened: &mut Opened) {
        let mut told: Vec<String> = Vec::new();
        for (name, bytes) in &opened.files {
            if FileName::parse(name).is_err() {
                continue;
            }
            let digest: [u8; 32] = Sha256::digest(bytes).into();
            let Some((place, before)) = self.seen.get(name) else {
                self.seen.insert(name.clone(), (opened.place.clone(), digest));
                continue;
            };
            if !told.contains(place) {
                told.push(place.clone());
                let problem = warning(place, digest == *before).in_file(name);
                opened.judged.problems.push(problem);
            }
        }
    }
}

fn warning(place: &str, is_same: bool) -> Problem {
    let (place_ja, place_en) = match place {
        "" => ("個別に指定したファイル", "the files named one by one"),
        place => (place, place),
    };
    let (same_ja, same_en) = match is_same {
        true => (
            "中身は同じです。どちらか一方だけを送ってください",
            "its contents are the same; send one of them only",
        ),
        false => (
            "中身は違います。両方を送ると、後のものは差し戻されます。正しいほうだけを送ってください",
            "its contents differ; of two that are sent the later one comes back; send the right one only",
        ),
    };
    Problem {
        severity: Severity::Warning,
        message: format!("同じ名前のファイルが別の場所にもあります（{place_ja}）。{same_ja}。"),
        message_en: format!("a file of this name is also elsewhere ({place_en}); {same_en}."),
        ..Problem::new(&codes::SEQUENCE_REUSED)
    }
}

#[cfg(test)]
mod tests {
    use parcel::Judged;

    use super::*;
    use crate::opening::Kind;

    fn opened(place: &str, bytes: &[u8]) -> Opened {
        let name = |kind: &str| format!("{kind}_202504_0300000100_43_0300000005_11_20250325093000.CSV");
        Opened {
            place: place.to_owned(),
            kind: Kind::File,
            files: vec![
                ("memo.txt".to_owned(), b"x".to_vec()),
                (name("UPPLAN"), bytes.to_vec()),
                (name("UPSIKYU"), b"same".to_vec()),
            ],
            judged: Judged::default(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn the_same_names_elsewhere_are_warned_of_once() {
        let mut doubles = Doubles::default();
        let mut texts = |place: &str, bytes: &[u8]| {
            let mut opened = opened(place, bytes);
            doubles.note(&mut opened);
            assert!(!opened.judged.problems.any_error());
            let problems = opened.judged.problems.problems;
            problems
                .into_iter()
                .map(|problem| problem.message_en)
                .collect::<Vec<_>>()
        };
        assert_eq!(texts("april", b"1"), [""; 0]);
        let again = texts("copy", b"1");
        assert!(again.len() == 1 && again[0].contains("april") && again[0].contains("are the same"));
        let other = texts("other", b"2");
        assert!(
            other.len() == 1 && other[0].contains("contents differ"),
            "{other:?}"
        );
    }
}
