//! Arbitrary text as a webhook's URL, its secret, and a place in a stream of events: what is read is written as it was read.
#![no_main]

use proto::happening::Marks;
use proto::webhook::WebhookSecret;
use proto::webhook_url::WebhookUrl;

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(url) = text.parse::<WebhookUrl>() {
        assert_eq!(url.as_str().parse(), Ok(url));
    }
    if let Ok(secret) = text.parse::<WebhookSecret>() {
        assert_eq!(secret.expose().parse(), Ok(secret));
    }
    if let Ok(marks) = text.parse::<Marks>() {
        assert_eq!(marks.to_string().parse(), Ok(marks));
    }
});
