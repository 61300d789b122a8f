//! Arbitrary bytes as a manifest: what the door reads of it, the whole reading agrees with.
#![no_main]

use proto::{Manifest, ManifestHead};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = Manifest::parse(bytes) {
        let head = ManifestHead::peek(bytes).expect("what parses can be peeked at");
        assert_eq!((head.sender, head.destination), (manifest.sender, manifest.destination));
    }
});
