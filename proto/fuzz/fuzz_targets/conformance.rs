//! Arbitrary bytes as a conformance result: what was read is written and read again alike.
#![no_main]

use proto::conformance::ConformanceResult;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(result) = ConformanceResult::read(bytes) {
        let again = serde_json::to_vec(&result).expect("a result is JSON");
        // Written without blanks it is never longer than what was read, but for times and escapes.
        if again.len() <= proto::conformance::BYTES {
            assert_eq!(ConformanceResult::read(&again), Ok(result));
        }
    }
});
