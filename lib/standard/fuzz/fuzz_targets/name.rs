//! File names.
#![no_main]

#[expect(dead_code, reason = "each target makes one of the claims")]
#[path = "../claims.rs"]
mod claims;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| claims::name(bytes));
