//! Content: arbitrary bytes under each kind of name never panic, and findings stay bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use standard::{Context, File, FileKind, check};

fuzz_target!(|bytes: &[u8]| {
    for kind in FileKind::ALL {
        for month in ["", "202504_", "000000_"] {
            let name = format!("{kind}_{month}0300000100_43_0300000005_11_20250425093000.CSV");
            let report = check(&[File { name: &name, bytes }], &Context::default());
            assert!(report.findings.len() <= standard::finding::MAX_FINDINGS);
        }
    }
});
