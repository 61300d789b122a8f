//! Replays the fuzzers' corpus with the same claims as the fuzz targets make.

use std::fs;
use std::path::{Path, PathBuf};

use standard::finding::MAX_FINDINGS;
use standard::{Context, File, FileKind, FileName, check, looks_standard};

fn corpus(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(target);
    let entries = fs::read_dir(folder).expect("the corpus is part of the source");
    let files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a readable entry").path())
        .collect();
    assert!(files.len() >= 5, "{target}: the corpus is not there");
    files
}

#[test]
fn names_of_the_corpus() {
    for path in corpus("name") {
        let bytes = fs::read(&path).unwrap();
        let Ok(name) = str::from_utf8(&bytes) else {
            continue;
        };
        if FileName::parse(name).is_ok() {
            assert!(looks_standard(name), "{name}");
        }
    }
}

#[test]
fn contents_of_the_corpus() {
    for path in corpus("csv") {
        let bytes = fs::read(&path).unwrap();
        for kind in FileKind::ALL {
            for month in ["", "202504_", "000000_"] {
                let name = format!("{kind}_{month}0300000100_43_0300000005_11_20250425093000.CSV");
                let report = check(
                    &[File {
                        name: &name,
                        bytes: &bytes,
                    }],
                    &Context::default(),
                );
                assert!(report.findings.len() <= MAX_FINDINGS);
            }
        }
    }
}
