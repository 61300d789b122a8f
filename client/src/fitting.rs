//! Whether loose files fit into envelopes: what the relay would say of the envelopes, told before anything is packed.

use parcel::{Draft, pack};
use proto::{Code, Limits, OfficeNumber, Problem, Time, codes};
use standard::{FileName, looks_standard};

use crate::grouping::{self, Attach};

/// More than a seal with its certificate adds to the ZIP.
const SEAL: u64 = 16 * 1024;

/// What is too many or too large for one envelope, were these files sent: one for each sending unit, the attachments with
/// the only unit, or with several by themselves. With several the problem names the first file of the one it is about.
#[must_use]
pub fn problems(files: &[(String, Vec<u8>)], limits: &Limits, now: Time) -> Vec<Problem> {
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    // Whom they are for does not matter here, but no office sends to itself.
    let (Ok(sender), Ok(nobody)) = ("0000000001".parse(), "0000000000".parse()) else {
        return Vec::new();
    };
    let sendings = grouping::sendings(&names, Some(nobody), None)
        .or_else(|_| grouping::sendings(&names, Some(nobody), Some(Attach::Alone)))
        .unwrap_or_default();
    let mut problems = Vec::new();
    for sending in &sendings {
        let inside: Vec<&(String, Vec<u8>)> = sending.files.iter().filter_map(|at| files.get(*at)).collect();
        let standard = inside.iter().find(|(name, _)| looks_standard(name));
        if let Some((name, _)) = standard
            && FileName::parse(name).is_ok_and(|parsed| parsed.sender == parsed.destination)
        {
            problems.push(Problem::new(&codes::MANIFEST_SELF).in_file(name));
        }
        let about = standard.or(inside.first()).filter(|_| 1 < sendings.len());
        problems.extend(
            too_much(&inside, limits, now, [sender, nobody]).map(|(code, value)| {
                let problem = Problem::new(code).with_value(value.to_string());
                match about {
                    Some((name, _)) => problem.in_file(name),
                    None => problem,
                }
            }),
        );
    }
    problems
}

/// The limit that these files break together, and by what.
fn too_much(
    files: &[&(String, Vec<u8>)],
    limits: &Limits,
    now: Time,
    [sender, destination]: [OfficeNumber; 2],
) -> Option<(&'static Code, u64)> {
    let count = files.len() as u64;
    if u64::from(limits.files) < count {
        return Some((&codes::ZIP_TOO_MANY, count));
    }
    let unpacked: u64 = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    if limits.unpacked_bytes < unpacked {
        return Some((&codes::ZIP_UNPACKED, unpacked));
    }
    // Packing makes nothing larger, so what is small needs not be packed.
    if unpacked.saturating_add(SEAL) <= limits.envelope_bytes {
        return None;
    }
    let draft = Draft {
        sender,
        destination,
        sequence: "20250401093000".to_owned(),
        created_at: now,
        message: None,
        software: None,
        files: files.iter().map(|file| (*file).clone()).collect(),
    };
    // What else keeps them from being packed has its own problem.
    let packed = pack(&draft).ok()?.len() as u64 + SEAL;
    (limits.envelope_bytes < packed).then_some((&codes::HTTP_TOO_LARGE, packed))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAIL: &str = "0300000100_43_0300000005_11_20250425200201.CSV";

    fn found(files: &[(String, Vec<u8>)]) -> Vec<(String, Option<String>)> {
        let now = Time::from_micros(1_743_467_400_000_000);
        problems(files, &Limits::default(), now)
            .into_iter()
            .map(|problem| (problem.code, problem.file))
            .collect()
    }

    /// Bytes that cannot be packed.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn files_are_counted_envelope_by_envelope() {
        let notes = |count: usize| (0..count).map(|at| (format!("{at}.txt"), b"x".to_vec()));
        assert_eq!(found(&notes(50).collect::<Vec<_>>()), []);
        let code = |code: &str| (code.to_owned(), None);
        assert_eq!(found(&notes(51).collect::<Vec<_>>()), [code("zip.too_many")]);
        // Sixty units of one file each are sixty envelopes.
        let unit = |at: usize| (format!("DLTPLAN_2025{:02}_{}", 1 + at, TAIL), Vec::new());
        let mut pile: Vec<_> = (0..12).map(unit).collect();
        pile.extend(notes(50));
        assert_eq!(found(&pile), []);
        pile.extend([("51.txt".to_owned(), b"x".to_vec())]);
        assert_eq!(
            found(&pile),
            [("zip.too_many".to_owned(), Some("0.txt".to_owned()))]
        );
    }

    #[test]
    fn nobody_sends_to_himself() {
        let name = format!("DLTPLAN_202504_{}", TAIL.replace("0300000005", "0300000100"));
        let files = [(name.clone(), Vec::new())];
        assert_eq!(found(&files), [("manifest.self".to_owned(), Some(name))]);
    }

    #[test]
    fn sizes_are_those_of_the_envelope_to_be() {
        let file = |bytes: Vec<u8>| [("a.txt".to_owned(), bytes)];
        let mega = 1024 * 1024;
        assert_eq!(
            found(&file(vec![b'a'; 20 * mega])),
            [("http.too_large".to_owned(), None)]
        );
        assert_eq!(
            found(&file(noise(11 * mega))),
            [("http.too_large".to_owned(), None)]
        );
        assert_eq!(found(&file(noise(9 * mega))), []);
        // Twelve megabytes that pack to half of it.
        let half = |byte: u8| b'a' + (byte & 15);
        let text = |at: usize| {
            (
                format!("{at}.txt"),
                noise(2 * mega).into_iter().map(half).collect(),
            )
        };
        assert_eq!(found(&(0..6).map(text).collect::<Vec<_>>()), []);
        let huge: Vec<_> = (0..6).map(|at| (format!("{at}"), vec![b'a'; 9 * mega])).collect();
        assert_eq!(found(&huge), [("zip.unpacked".to_owned(), None)]);
    }
}
