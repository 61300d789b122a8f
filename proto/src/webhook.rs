//! Webhooks: how a request is signed, by the Standard Webhooks scheme (standardwebhooks.com, specification 1.0.0), so that
//! vendors can take a library for it, or ten lines. Names, secrets, the shape of a test.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::Time;

/// Header: the name of what happened, the same at every try.
pub const ID: &str = "webhook-id";

/// Header: when this try was signed, seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";

/// Header: signatures, `v1,` and Base64 each, with a blank between them. One that fits is enough.
pub const SIGNATURE: &str = "webhook-signature";

/// What a secret begins with.
const PREFIX: &str = "whsec_";

/// Bytes of a secret made here.
pub const SECRET_BYTES: usize = 32;

/// A secret of a webhook, written `whsec_` and Base64. Never in logs: its `Debug` says nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret(Vec<u8>);

/// The text is no secret of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a secret is written whsec_ and 24 to 64 bytes in Base64")]
pub struct NotASecret;

impl WebhookSecret {
    /// A secret of these random bytes.
    #[must_use]
    pub fn of(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes.to_vec())
    }

    /// As its holder writes it into a program.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// One signature over id, timestamp and body: `v1,` and Base64 of HMAC-SHA256.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        // A key of any length is taken (RFC 2104), so there is always a signer.
        let Ok(mut signer) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return String::new();
        };
        signer.update(format!("{id}.{timestamp}.").as_bytes());
        signer.update(body);
        format!("v1,{}", STANDARD.encode(signer.finalize().into_bytes()))
    }
}

impl FromStr for WebhookSecret {
    type Err = NotASecret;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(PREFIX).ok_or(NotASecret)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| NotASecret)?;
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(NotASecret)
        }
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret")
    }
}

/// Body of the request of a test: no happening, so it names no envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WebhookTest {
    /// `test`.
    pub kind: String,
    /// When it was asked for.
    pub at: Time,
}

/// How a call of a webhook ended, a closed set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallOutcome {
    /// Answered 2xx.
    Taken,
    /// Answered 3xx; redirects are not followed.
    Redirected,
    /// Answered 4xx or 5xx.
    Refused,
    /// No answer in time.
    Silent,
    /// The name has no address.
    Unresolved,
    /// Every address of the name is one that webhooks may not lead to.
    Forbidden,
    /// No connection, or none with TLS that holds the name's certificate.
    Unreachable,
    /// Not HTTP, or cut off.
    Broken,
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [Self; 8] = [
        Self::Taken,
        Self::Redirected,
        Self::Refused,
        Self::Silent,
        Self::Unresolved,
        Self::Forbidden,
        Self::Unreachable,
        Self::Broken,
    ];

    /// By the status of an answer.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            200..=299 => Self::Taken,
            300..=399 => Self::Redirected,
            _ => Self::Refused,
        }
    }

    /// Its word in logs, metrics and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Redirected => "redirected",
            Self::Refused => "refused",
            Self::Silent => "silent",
            Self::Unresolved => "unresolved",
            Self::Forbidden => "forbidden",
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
        }
    }
}

impl FromStr for CallOutcome {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The vector of the scheme's reference libraries.
    #[test]
    fn a_signature_is_that_of_the_scheme() {
        let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
        let signed = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "WebhookSecret");
    }

    proptest! {
        #[test]
        fn a_secret_is_read_as_it_is_written(bytes in any::<[u8; SECRET_BYTES]>()) {
            let secret = WebhookSecret::of(bytes);
            prop_assert_eq!(secret.expose().parse(), Ok(secret));
        }

        #[test]
        fn any_text_is_a_secret_or_none(text in "\\PC{0,40}|whsec_[A-Za-z0-9+/=]{0,100}") {
            if let Ok(secret) = text.parse::<WebhookSecret>() {
                prop_assert!(secret.expose().len() <= 100);
            }
        }

        #[test]
        fn every_status_has_an_outcome(status in any::<u16>()) {
            let outcome = CallOutcome::of_status(status);
            prop_assert_eq!(outcome == CallOutcome::Taken, (200..300).contains(&status));
            prop_assert_eq!(outcome.as_str().parse(), Ok(outcome));
        }
    }
}
