//! The URL of a webhook: https and nothing that has no business there. Whether the relay may go there is decided where it
//! calls, by the address the name then has.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use url::{Host, Url};

/// Longest URL, bytes.
const LONGEST: usize = 2_000;

/// A URL a webhook may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl(Url);

/// The text is no URL of a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a webhook is called at https://host/path, without a user or a fragment, at most 2,000 bytes")]
pub struct NotAWebhookUrl;

impl WebhookUrl {
    /// The address, when the URL has one in place of a name, however it was written (`https://0x7f.1/` is 127.0.0.1).
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        match self.0.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }

    /// As it is called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for WebhookUrl {
    type Err = NotAWebhookUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // What the parser of URLs would silently leave out was not meant.
        let plain = text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_graphic());
        let url = Url::parse(text).map_err(|_| NotAWebhookUrl)?;
        let fits = url.scheme() == "https"
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && url.port() != Some(0)
            && url.as_str().len() <= LONGEST;
        if plain && fits {
            Ok(Self(url))
        } else {
            Err(NotAWebhookUrl)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_a_url_or_none(text in "\\PC{0,60}|https?://[a-z0-9.:@/#?\\[\\]-]{0,40}") {
            if let Ok(url) = text.parse::<WebhookUrl>() {
                prop_assert!(url.as_str().starts_with("https://"));
                prop_assert_eq!(url.as_str().parse(), Ok(url));
            }
        }
    }

    #[test]
    fn only_https_without_extras() {
        let good: WebhookUrl = "https://Care.Example:8443/hook?v=1".parse().unwrap();
        assert_eq!(good.as_str(), "https://care.example:8443/hook?v=1");
        assert_eq!(good.address(), None);
        for written in [
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://127.1/",
        ] {
            let url: WebhookUrl = written.parse().unwrap();
            assert!(url.address().unwrap().is_loopback(), "{written}");
        }
        for bad in [
            "",
            "http://care.example/",
            "ftp://care.example/",
            "https://",
            "https://user@care.example/",
            "https://user:pw@care.example/",
            "https://care.example/#x",
            "https://care.example:0/",
            "https://care.example:99999/",
            " https://care.example/",
            "https://care.example/a b",
            "https://care.example/\u{3042}",
            "care.example",
        ] {
            assert_eq!(bad.parse::<WebhookUrl>(), Err(NotAWebhookUrl), "{bad}");
        }
    }
}
