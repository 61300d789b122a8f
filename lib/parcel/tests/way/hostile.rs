//! Random bytes, mutated good ZIPs and the corpus: whatever comes, there is an answer, and not a large one.

use parcel::{attachment_kind, judge, judge_files, peek, unpack};
use proptest::prelude::*;
use proto::Limits;

use crate::support::good;

fn swallow(bytes: &[u8]) {
    let limits = Limits::default();
    let _ = peek(bytes);
    let unpacked = unpack(bytes, &limits);
    let judged = judge(bytes, &limits, proto::Time::from_micros(1_743_467_400_000_000));
    match unpacked {
        Ok(content) => {
            let total: usize = content.files.iter().map(|file| file.bytes.len()).sum();
            assert!(total as u64 <= limits.unpacked_bytes);
            assert!(peek(bytes).is_ok(), "what can be unpacked can be peeked at");
            assert!(content.files.iter().all(|file| parcel::is_plain_name(&file.name)));
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            assert!(judged.problems.any_error());
        }
    }
    let _ = attachment_kind(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        swallow(&bytes);
    }

    #[test]
    fn a_good_zip_with_bytes_changed(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut zip = good().write();
        for (at, byte) in changes {
            let at = at.index(zip.len());
            zip[at] = byte;
        }
        swallow(&zip);
    }

    #[test]
    fn a_good_zip_cut_doubled_and_shifted(from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let zip = good().write();
        let (from, to) = (from.index(zip.len()), to.index(zip.len()));
        let part = zip[from.min(to)..from.max(to)].to_vec();
        swallow(&part);
        let mut longer = zip.clone();
        let at = at.index(zip.len());
        longer.splice(at..at, part);
        swallow(&longer);
    }

    #[test]
    fn loose_files(name in ".{0,30}", kind in "(UP|up)(PLAN|JSK|KIHON_IMAGE)_[0-9_]{0,40}\\.(CSV|jpg)", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let _ = judge_files(&[(name, bytes.clone()), (kind, bytes)]);
    }
}

#[test]
fn the_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/way/corpus");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    assert!(20 <= files.len(), "the corpus is not there");
    for file in files {
        swallow(&std::fs::read(&file).unwrap());
    }
}
