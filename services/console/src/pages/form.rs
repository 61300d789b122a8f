//! Forms. A browser shows the operator's certificate to the desk whoever asked it to come here, so a certificate alone must
//! not be an order: a form carries a token that only a page of the desk can have written for this operator and this browser,
//! and the browser must say that it comes from the desk.

use std::time::Duration;

use axum::extract::multipart::{Field, Multipart};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use door::read_body;
use proto::codes;
use sha2::{Digest, Sha256};

use super::visit::Visitor;
use crate::error::{DeskError, bad};
use crate::state::ConsoleState;

/// Largest form, bytes: two hundred ids and a notice.
const BYTES: usize = 128 * 1024;
/// Time for it to arrive.
const WITHIN: Duration = Duration::from_secs(10);
/// The field with the token.
pub(super) const TOKEN: &str = "token";

/// What forms of this browser carry while this certificate is shown.
pub(super) fn token(cookie: &str, fingerprint: &str) -> String {
    hex::encode(Sha256::digest(format!(
        "careplan-relay desk form\n{cookie}\n{fingerprint}"
    )))
}

/// A form of the desk, and who sent it.
pub(super) struct Form {
    pub(super) visitor: Visitor,
    fields: Vec<(String, String)>,
}

impl Form {
    /// The first value of a field; empty if it was not sent.
    pub(super) fn text(&self, name: &str) -> &str {
        let mut fields = self.fields.iter().filter(|(known, _)| known == name);
        fields.next().map_or("", |(_, value)| value.trim())
    }

    /// Every value of a field.
    pub(super) fn all(&self, name: &str) -> Vec<String> {
        let fields = self.fields.iter().filter(|(known, _)| known == name);
        fields.map(|(_, value)| value.clone()).collect()
    }

    /// A field that was sent empty or not at all, or holds such a value.
    pub(super) fn maybe<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, DeskError> {
        match self.text(name) {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| bad(name)),
        }
    }
}

impl FromRequest<ConsoleState> for Form {
    type Rejection = DeskError;

    async fn from_request(request: Request, state: &ConsoleState) -> Result<Self, DeskError> {
        let (mut parts, body) = request.into_parts();
        let visitor =
            <Visitor as axum::extract::FromRequestParts<ConsoleState>>::from_request_parts(&mut parts, state)
                .await?;
        if !comes_from_here(&parts.headers, &parts.uri) {
            return Err((&codes::DESK_FORM).into());
        }
        let kind = parts.headers.get(CONTENT_TYPE).map(|kind| kind.as_bytes());
        if !kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded")) {
            return Err((&codes::DESK_FORM).into());
        }
        let bytes = read_body(body, BYTES, WITHIN).await?;
        let fields = serde_urlencoded::from_bytes(&bytes).map_err(|_| bad("form"))?;
        let form = Self { visitor, fields };
        if form.text(TOKEN) != form.visitor.token {
            return Err((&codes::DESK_FORM).into());
        }
        Ok(form)
    }
}

/// A form with a file, which comes field by field. Whoever reads it compares the token before the file.
pub(super) struct FileForm {
    pub(super) visitor: Visitor,
    pub(super) multipart: Multipart,
}

impl FromRequest<ConsoleState> for FileForm {
    type Rejection = DeskError;

    async fn from_request(request: Request, state: &ConsoleState) -> Result<Self, DeskError> {
        let (mut parts, body) = request.into_parts();
        let visitor =
            <Visitor as axum::extract::FromRequestParts<ConsoleState>>::from_request_parts(&mut parts, state)
                .await?;
        if !comes_from_here(&parts.headers, &parts.uri) {
            return Err((&codes::DESK_FORM).into());
        }
        let request = Request::from_parts(parts, body);
        let multipart = Multipart::from_request(request, state).await;
        let multipart = multipart.map_err(|_| &codes::DESK_FORM)?;
        Ok(Self { visitor, multipart })
    }
}

/// The text of a field that is no file.
pub(super) async fn short(mut field: Field<'_>) -> Result<String, DeskError> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(|_| bad("form"))? {
        bytes.extend_from_slice(&piece);
        if 1_024 < bytes.len() {
            return Err(bad("form"));
        }
    }
    String::from_utf8(bytes).map_err(|_| bad("form"))
}

/// Whether the browser says that a page of this very door sent it (Fetch standard § Origin header, Fetch Metadata).
fn comes_from_here(headers: &HeaderMap, uri: &Uri) -> bool {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value: &axum::http::HeaderValue| value.to_str().ok())
    };
    let host = uri.authority().map(|authority| authority.as_str());
    let host = host.or_else(|| header(HOST.as_str()));
    match (header(ORIGIN.as_str()), host) {
        (Some(origin), Some(host)) => origin.strip_prefix("https://") == Some(host),
        (Some(_), None) => false,
        (None, _) => header("sec-fetch-site") == Some("same-origin"),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_form_of_another_site_is_told_apart() {
        let from = |pairs: &[(&'static str, &'static str)], uri: &'static str| {
            let pairs = pairs.iter().map(|(name, value)| {
                (
                    axum::http::HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            });
            comes_from_here(&pairs.collect(), &Uri::from_static(uri))
        };
        let host = ("host", "desk.example:8445");
        assert!(from(
            &[host, ("origin", "https://desk.example:8445")],
            "/parked/stop"
        ));
        assert!(from(
            &[("origin", "https://desk.example:8445")],
            "https://desk.example:8445/parked/stop"
        ));
        assert!(from(&[host, ("sec-fetch-site", "same-origin")], "/parked/stop"));
        for other in [
            ("origin", "https://desk.example"),
            ("origin", "https://evil.example:8445"),
            ("origin", "http://desk.example:8445"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("accept", "*/*"),
        ] {
            assert!(!from(&[host, other], "/parked/stop"), "{other:?}");
        }
    }

    #[test]
    fn a_token_is_of_one_browser_and_one_certificate() {
        let one = token("a", "b");
        assert_eq!(one, token("a", "b"));
        assert!(one != token("a", "c") && one != token("c", "b") && one.len() == 64);
    }
}
