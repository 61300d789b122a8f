//! Replays the fuzzers' corpus with the claims of the fuzz targets.

use std::fs;
use std::path::Path;

use standard::UnitKind;

use crate::claims;
use crate::made::{judge, unit};

fn replay(target: &str, claim: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let mut replayed = 0;
    for entry in fs::read_dir(folder).expect("the corpus is part of the source") {
        claim(&fs::read(entry.expect("a readable entry").path()).unwrap());
        replayed += 1;
    }
    assert!(12 <= replayed, "{target}: the corpus is not there");
}

#[test]
fn names() {
    replay("name", claims::name);
}

#[test]
fn contents() {
    replay("csv", claims::csv);
}

#[test]
fn units() {
    replay("unit", claims::unit);
}

#[test]
fn a_set_of_files_is_read_as_it_was_written() {
    for kind in UnitKind::ALL {
        let files = unit(kind, "15");
        let mut set = b"nobody's\n".to_vec();
        for (name, bytes) in &files {
            set.extend([format!("=== {name}\n").as_bytes(), bytes].concat());
        }
        let read: Vec<(String, Vec<u8>)> = claims::files(&set)
            .into_iter()
            .map(|(name, bytes)| (name, bytes.to_vec()))
            .collect();
        assert_eq!(read, files);
        assert!(judge(&read).is_accept());
    }
}
