//! File names: arbitrary text never panics, and what parses looks standard.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|name: &str| {
    if standard::FileName::parse(name).is_ok() {
        assert!(standard::looks_standard(name));
    }
});
