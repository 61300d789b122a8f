//! What every page has in common: language, the cookie forms are bound to, headers, and refusals as pages.

use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Refused;
use maud::html;
use proto::desk_roles::OperatorRole;
use proto::{ProblemDocument, codes};

use super::form::token;
use super::frame::{self, Place};
use super::lang::Lang;
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// The cookie forms are bound to. The prefix keeps other sites and paths from setting it (RFC 6265bis §4.1.3).
const DESK_COOKIE: &str = "__Host-desk";
const LANG_COOKIE: &str = "__Host-lang";

/// Largest problem document, bytes.
const DOCUMENT: usize = 4 * 1024 * 1024;

/// Nothing is loaded but the desk's own style; nothing runs; no other site frames it or gets its forms. The referrer's
/// policy is one under which browsers still send `Origin` with forms.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// What the middleware learned of the browser.
#[derive(Clone, Debug)]
struct Visit {
    lang: Lang,
    place: Place,
    cookie: String,
}

/// Who looks at a page, and how.
pub(super) struct Visitor {
    pub(super) operator: Operator,
    pub(super) role: OperatorRole,
    pub(super) lang: Lang,
    pub(super) place: Place,
    /// What each form of the page carries.
    pub(super) token: String,
}

impl Visitor {
    pub(super) fn may(&self, act: Act) -> bool {
        act.is_for(self.role)
    }
}

impl FromRequestParts<ConsoleState> for Visitor {
    type Rejection = DeskError;

    async fn from_request_parts(parts: &mut Parts, state: &ConsoleState) -> Result<Self, DeskError> {
        let operator = Operator::from_request_parts(parts, state).await?;
        let role = operator.role(state).await?;
        let visit = parts.extensions.get::<Visit>().ok_or(&codes::HTTP_INTERNAL)?;
        Ok(Self {
            token: token(&visit.cookie, &operator.fingerprint),
            lang: visit.lang,
            place: visit.place.clone(),
            operator,
            role,
        })
    }
}

/// Goes around every page.
pub(super) async fn visit(mut request: Request, next: Next) -> Response {
    let asked = asked_language(request.uri());
    let kept = cookie(request.headers(), LANG_COOKIE).and_then(|code| Lang::named(&code));
    let accepted = || {
        let header = request.headers().get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        Lang::accepted(header)
    };
    let lang = asked.or(kept).or_else(accepted).unwrap_or_default();
    let known = cookie(request.headers(), DESK_COOKIE).filter(|value| is_secret(value));
    let fresh = if known.is_none() { secret() } else { None };
    let Some(secret) = known.or_else(|| fresh.clone()) else {
        return Refused::from(&codes::HTTP_INTERNAL).into_response();
    };
    let place = Place::of(request.uri(), request.method());
    let visit = Visit {
        lang,
        place: place.clone(),
        cookie: secret,
    };
    request.extensions_mut().insert(visit);
    let mut response = told(next.run(request).await, lang, &place).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    let cookies = [
        fresh.map(|secret| format!("{DESK_COOKIE}={secret}")),
        asked.map(|lang| format!("{LANG_COOKIE}={}; Max-Age=31536000", lang.code())),
    ];
    for cookie in cookies.into_iter().flatten() {
        let whole = format!("{cookie}; Path=/; Secure; HttpOnly; SameSite=Lax");
        if let Ok(value) = HeaderValue::from_str(&whole) {
            headers.append(SET_COOKIE, value);
        }
    }
    response
}

/// A refusal as a page; everything else as it is.
async fn told(response: Response, lang: Lang, place: &Place) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind != Some(ProblemDocument::MEDIA_TYPE.as_bytes()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let read = to_bytes(body, DOCUMENT).await.unwrap_or_default();
    let document = serde_json::from_slice::<ProblemDocument>(&read)
        .unwrap_or_else(|_| ProblemDocument::new(&codes::HTTP_INTERNAL));
    let page = problem(&document, lang, place);
    parts.headers.remove(axum::http::header::CONTENT_LENGTH);
    let (page_parts, page_body) = page.into_parts();
    parts.headers.extend(page_parts.headers);
    Response::from_parts(parts, page_body)
}

fn problem(document: &ProblemDocument, lang: Lang, place: &Place) -> Response {
    let title = lang.of("できませんでした", "This was not done");
    let words = lang.of(&document.detail, &document.title);
    let problems = document.problems.iter().flatten();
    let body = html! {
        div.told.bad role="alert" {
            p { strong { (words) } }
            p { code { (document.code) } " · " (document.status) }
            ul {
                @for problem in problems {
                    li {
                        @if let Some(field) = &problem.field { code { (field) } ": " }
                        (lang.of(&problem.message, &problem.message_en))
                    }
                }
            }
        }
        p { a href="/" { (lang.of("概況へ戻る", "Back to the overview")) } }
    };
    frame::bare(lang, title, place, &body)
}

fn asked_language(uri: &Uri) -> Option<Lang> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .find(|(name, _)| *name == "lang")
        .and_then(|(_, code)| Lang::named(code))
}

/// The value of a cookie.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value.to_owned())
}

/// 256 bits nobody can guess.
fn secret() -> Option<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).ok()?;
    Some(hex::encode(random))
}

fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_static("a=b; __Host-lang=en; c=d"));
        headers.append(COOKIE, HeaderValue::from_static("__Host-desk=x"));
        assert_eq!(cookie(&headers, LANG_COOKIE).as_deref(), Some("en"));
        assert_eq!(cookie(&headers, DESK_COOKIE).as_deref(), Some("x"));
        assert_eq!(cookie(&headers, "b"), None);
        assert!(is_secret(&secret().unwrap()) && !is_secret("x"));
    }

    #[test]
    fn a_language_is_asked_for_by_name() {
        let asked = |uri: &'static str| asked_language(&Uri::from_static(uri));
        assert_eq!(asked("/?lang=en"), Some(Lang::English));
        assert_eq!(asked("/search?office=1&lang=ja"), Some(Lang::Japanese));
        assert_eq!((asked("/?lang=fr"), asked("/")), (None, None));
    }
}
