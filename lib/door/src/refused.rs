//! A refusal as the client reads it: a problem document of RFC 9457.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use proto::{Code, Problem, ProblemDocument};

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What the client reads.
    pub document: Box<ProblemDocument>,
    /// Seconds after which the same request may be sent again.
    pub retry_after: Option<u32>,
}

impl Refused {
    /// A refusal that passes: the client tries again after so many seconds.
    #[must_use]
    pub fn busy(code: &Code, seconds: u32) -> Self {
        Self {
            document: Box::new(ProblemDocument::new(code)),
            retry_after: Some(seconds.max(1)),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.document.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<&Code> for Refused {
    fn from(code: &Code) -> Self {
        Self {
            document: Box::new(ProblemDocument::new(code)),
            // Whatever passes says when: a client without a hint would try again at once.
            retry_after: (code.status == 503 || code.status == 429).then_some(DEFAULT_RETRY_SECONDS),
        }
    }
}

impl From<Vec<Problem>> for Refused {
    fn from(problems: Vec<Problem>) -> Self {
        Self {
            document: Box::new(ProblemDocument::of(problems)),
            retry_after: None,
        }
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        vec![problem].into()
    }
}

/// `Retry-After` of refusals that pass and name no time of their own, seconds.
const DEFAULT_RETRY_SECONDS: u32 = 5;

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.document).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static(ProblemDocument::MEDIA_TYPE);
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.document.status == 401 {
            // Another certificate needs another handshake.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use proto::codes;

    use super::*;

    #[test]
    fn a_refusal_says_its_type_and_when_to_come_back() {
        let response = Refused::busy(&codes::HTTP_BUSY, 7).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(Refused::from(&codes::STORE_UNAVAILABLE).retry_after.is_some());
        assert!(Refused::from(&codes::HTTP_NOT_FOUND).retry_after.is_none());
    }

    #[test]
    fn a_refused_certificate_closes_the_connection() {
        let response = Refused::from(&codes::AUTH_CERTIFICATE_EXPIRED).into_response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers()["connection"], "close");
    }
}
