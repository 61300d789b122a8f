//! Arbitrary bytes as the content of an envelope.
#![no_main]

use proto::{Limits, Time};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let limits = Limits::default();
    let unpacked = parcel::unpack(bytes, &limits);
    let judged = parcel::judge(bytes, &limits, Time::from_micros(1_743_467_400_000_000));
    assert!(unpacked.is_err() || parcel::peek(bytes).is_ok());
    assert!(unpacked.is_ok() || judged.problems.any_error());
});
