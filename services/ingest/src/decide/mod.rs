//! The door's only judgement: is this an envelope at all, and may this submitter act for that sender?

pub mod pressure;

use proto::{Code, Holder, OfficeNumber, codes};

/// The media type of an envelope (RFC 8551 §3.2.1), parameters aside.
pub const ENVELOPE_MEDIA_TYPE: &str = "application/pkcs7-mime";

/// Whether a `Content-Type` names an envelope: `application/pkcs7-mime`, and if it has the parameter `smime-type`,
/// `signed-data`; other parameters do not matter.
///
/// # Errors
/// `http.media_type`.
pub fn media_type(content_type: Option<&str>) -> Result<(), &'static Code> {
    let mut parts = content_type.unwrap_or_default().split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let fits = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("smime-type") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("signed-data")
        }
        _ => true,
    };
    if essence.eq_ignore_ascii_case(ENVELOPE_MEDIA_TYPE) && parts.all(fits) {
        Ok(())
    } else {
        Err(&codes::HTTP_MEDIA_TYPE)
    }
}

/// What is known of the submitter towards the sender.
#[derive(Clone, Debug)]
pub struct SubmitterFacts<'a> {
    /// Who submits.
    pub submitter: &'a Holder,
    /// The manifest's sender.
    pub sender: OfficeNumber,
    /// Whether the directory lets the submitter send for the sender.
    pub may_send: bool,
}

/// Whether the submitter may act for the sender.
///
/// # Errors
/// `auth.role` for holders that never submit, `auth.submitter` otherwise.
pub fn submitter(facts: &SubmitterFacts<'_>) -> Result<(), &'static Code> {
    match facts.submitter {
        Holder::Station(_) | Holder::Operator(_) => Err(&codes::AUTH_ROLE),
        Holder::Office(office) if *office == facts.sender => Ok(()),
        _ if facts.may_send => Ok(()),
        _ => Err(&codes::AUTH_SUBMITTER),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_of_envelopes() {
        for good in [
            "application/pkcs7-mime",
            "application/pkcs7-mime; smime-type=signed-data",
            "Application/PKCS7-MIME;name=x.p7m; smime-type=\"signed-data\"",
        ] {
            assert_eq!(media_type(Some(good)), Ok(()), "{good}");
        }
        for bad in [
            "application/pkcs7-mime; smime-type=enveloped-data",
            "application/zip",
            "application/json",
            "",
        ] {
            assert_eq!(media_type(Some(bad)), Err(&codes::HTTP_MEDIA_TYPE), "{bad}");
        }
        assert!(media_type(None).is_err());
    }

    #[test]
    fn who_may_submit_for_whom() {
        let sender: OfficeNumber = "0300000100".parse().unwrap();
        let code = |holder: &str, may_send| {
            let holder = holder.parse().unwrap();
            submitter(&SubmitterFacts {
                submitter: &holder,
                sender,
                may_send,
            })
            .err()
            .map(|code| code.code)
        };
        assert_eq!(code("office:0300000100", false), None);
        assert_eq!(code("office:0300000013", false), Some("auth.submitter"));
        assert_eq!(code("office:0300000013", true), None);
        assert_eq!(code("vendor:abc", true), None);
        assert_eq!(code("vendor:abc", false), Some("auth.submitter"));
        assert_eq!(code("operator:sato", true), Some("auth.role"));
    }
}
