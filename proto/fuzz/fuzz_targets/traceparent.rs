//! Arbitrary text as a trace context: what is read is written the same.
#![no_main]

use proto::Traceparent;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(traceparent) = text.parse::<Traceparent>() {
        assert_eq!(traceparent.to_string(), text);
    }
});
