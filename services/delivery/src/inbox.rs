//! The inbox of an office: list, bytes, collected, imported.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chassis::process;
use door::Refused;
use proto::api::{Acknowledged, InboxItem, Page};
use proto::{EnvelopeId, MessageType, Problem, codes};
use serde::Deserialize;
use store::{Cursor, InboxState};

use crate::door::{DeliveryState, store_error};
use crate::imports::Imports;
use crate::reader::Reader;

/// Longest long poll, seconds.
pub const LONGEST_WAIT: u64 = 60;

/// Query of a list.
#[derive(Deserialize)]
pub struct ListQuery {
    after: Option<String>,
    limit: Option<String>,
    state: Option<String>,
    wait: Option<String>,
}

/// A limit as asked for: 1 to 500, 100 unless said; more is clamped.
///
/// # Errors
/// `http.bad_request` when it is no number.
pub fn clamp(limit: Option<&str>) -> Result<u32, Refused> {
    let number = limit.map_or(Ok(100), |text| number("limit", text))?;
    Ok(u32::try_from(number.clamp(1, 500)).unwrap_or(500))
}

/// The refusal of a parameter or a body that names it; values are the client's own and not repeated.
pub fn malformed(what: &str) -> Refused {
    Problem::new(&codes::HTTP_BAD_REQUEST).at_field(what).into()
}

/// A whole number in digits, however large.
///
/// # Errors
/// `http.bad_request` when it is none.
pub fn number(parameter: &str, text: &str) -> Result<u64, Refused> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(malformed(parameter));
    }
    Ok(text.parse().unwrap_or(u64::MAX))
}

/// Reads a cursor; none means from the oldest.
///
/// # Errors
/// `http.bad_request` when it is not one of ours.
pub fn cursor(after: Option<&str>) -> Result<Cursor, Refused> {
    match after {
        None | Some("") => Ok(Cursor::default()),
        Some(text) => text.parse().map_err(|_| malformed("after")),
    }
}

/// `GET /v1/inbox`: a page, waiting up to `wait` seconds for one that is not empty.
pub async fn list(
    State(state): State<DeliveryState>,
    reader: Reader,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<InboxItem>>, Refused> {
    let after = cursor(query.after.as_deref())?;
    let which = match query.state.as_deref() {
        None | Some("all") => InboxState::All,
        Some("new") => InboxState::New,
        Some("collected") => InboxState::Collected,
        Some(_) => return Err(malformed("state")),
    };
    let limit = clamp(query.limit.as_deref())?;
    let wait = query.wait.as_deref().map_or(Ok(0), |text| number("wait", text))?;
    let wait = Duration::from_secs(wait.min(LONGEST_WAIT));
    // Without a free place the poll is answered at once, and the client asks again.
    let _place = if wait.is_zero() {
        None
    } else {
        state.long_polls.clone().try_acquire_owned().ok()
    };
    let patience = if _place.is_some() { wait } else { Duration::ZERO };
    let end = tokio::time::Instant::now() + patience;
    loop {
        // Listened for before reading, so that nothing slips in between.
        let changed = state.store.changed(reader.office);
        let (items, next) = state
            .store
            .inbox(reader.office, &after, limit, which)
            .await
            .map_err(|error| store_error(&error))?;
        let page = Page {
            items,
            next: next.to_string(),
        };
        if !page.items.is_empty() {
            return Ok(Json(page));
        }
        tokio::select! {
            () = changed => {}
            // At shutdown the poll is answered at once, or it would hold up the drain.
            () = state.shutdown.wait() => return Ok(Json(page)),
            () = tokio::time::sleep_until(end) => return Ok(Json(page)),
        }
    }
}

/// `GET /v1/inbox/{id}`: the CMS bytes as they were sent. Marked as handed out before the first byte; an answer without
/// bytes (304, 416) hands nothing out.
pub async fn fetch(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let id = parse_id(&id)?;
    let not_found = || Refused::from(&codes::HTTP_NOT_FOUND);
    let size = state
        .store
        .head(reader.office, id)
        .await
        .map_err(|error| store_error(&error))?;
    let part = asked_part(id, size.ok_or_else(not_found)?, &headers);
    let mut response = match part {
        Part::Unchanged => StatusCode::NOT_MODIFIED.into_response(),
        Part::Outside(total) => {
            let span = format!("bytes */{total}");
            (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, span)]).into_response()
        }
        Part::All | Part::Range(..) => {
            let handed = state.store.hand_out(reader.office, id, process::now()).await;
            serve(
                handed
                    .map_err(|error| store_error(&error))?
                    .ok_or_else(not_found)?,
                &part,
            )
        }
    };
    common_headers(response.headers_mut(), id);
    Ok(response)
}

/// `HEAD /v1/inbox/{id}`: size and tag; hands nothing out.
pub async fn head(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let id = parse_id(&id)?;
    let size = state
        .store
        .head(reader.office, id)
        .await
        .map_err(|error| store_error(&error))?
        .ok_or_else(|| Refused::from(&codes::HTTP_NOT_FOUND))?;
    let mut response = (StatusCode::OK, Body::empty()).into_response();
    common_headers(response.headers_mut(), id);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    Ok(response)
}

/// `POST /v1/inbox/{id}/collected`
pub async fn collected(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<Acknowledged>, Refused> {
    let id = parse_id(&id)?;
    let done = state
        .store
        .collected(reader.office, id, &state.by, process::now())
        .await;
    acknowledged(done)
}

/// `POST /v1/inbox/{id}/imported`
pub async fn imported(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Json<Acknowledged>, Refused> {
    let id = parse_id(&id)?;
    let imported = Imports::read(&body).ok_or_else(|| malformed("body"))?;
    acknowledged(state.imports.record(reader.office, id, &imported).await)
}

fn acknowledged(
    done: Result<Option<Acknowledged>, store::StoreError>,
) -> Result<Json<Acknowledged>, Refused> {
    match done {
        Ok(Some(acknowledged)) => Ok(Json(acknowledged)),
        Ok(None) => Err(Refused::from(&codes::HTTP_NOT_FOUND)),
        Err(error) => Err(store_error(&error)),
    }
}

/// An id of the path; what is no id is not there.
///
/// # Errors
/// `http.not_found`.
pub fn parse_id(text: &str) -> Result<EnvelopeId, Refused> {
    text.parse().map_err(|_| Refused::from(&codes::HTTP_NOT_FOUND))
}

fn common_headers(headers: &mut HeaderMap, id: EnvelopeId) {
    let content_type = HeaderValue::from_static(MessageType::Envelope.content_type());
    headers.insert(header::CONTENT_TYPE, content_type);
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    );
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{id}\"")) {
        headers.insert(header::ETAG, tag);
    }
}

/// What a GET asks for, by its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    Range(u64, u64),
    Unchanged,
    Outside(u64),
}

fn asked_part(id: EnvelopeId, total: u64, asked: &HeaderMap) -> Part {
    let tag = format!("\"{id}\"");
    let text = |name| {
        asked
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        return Part::Unchanged;
    }
    // RFC 9110 §13.1.5: a range is honoured only if the tag still fits.
    let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|given| given == tag));
    match range.and_then(|range| one_range(range, total)) {
        Some(Ok((from, to))) => Part::Range(from, to),
        Some(Err(())) => Part::Outside(total),
        None => Part::All,
    }
}

fn serve(bytes: Bytes, part: &Part) -> Response {
    let total = bytes.len();
    let at = |position: u64| usize::try_from(position).unwrap_or(total).min(total);
    match *part {
        Part::Range(from, to) => {
            let span = format!("bytes {from}-{to}/{total}");
            let slice = bytes.slice(at(from)..at(to.saturating_add(1)));
            (
                StatusCode::PARTIAL_CONTENT,
                [(header::CONTENT_RANGE, span)],
                Body::from(slice),
            )
                .into_response()
        }
        _ => (StatusCode::OK, Body::from(bytes)).into_response(),
    }
}

/// One `bytes=` range of RFC 9110 §14.1.2; several or malformed ones are ignored (`None`), one outside is an error.
fn one_range(range: &str, total: u64) -> Option<Result<(u64, u64), ()>> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let last_byte = total.saturating_sub(1);
    if first.is_empty() {
        let suffix: u64 = last.parse().ok()?;
        return Some(if suffix == 0 || total == 0 {
            Err(())
        } else {
            Ok((total.saturating_sub(suffix), last_byte))
        });
    }
    let first: u64 = first.parse().ok()?;
    let last: u64 = if last.is_empty() {
        last_byte
    } else {
        last.parse().ok()?
    };
    if total <= first {
        return Some(Err(()));
    }
    if last < first {
        None
    } else {
        Some(Ok((first, last.min(last_byte))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_clamped_and_only_numbers() {
        for (text, limit) in [
            (None, 100),
            (Some("0"), 1),
            (Some("99999999999999999999999"), 500),
            (Some("7"), 7),
        ] {
            assert_eq!(clamp(text).unwrap(), limit);
        }
        assert!(clamp(Some("-1")).is_err() && clamp(Some("")).is_err());
    }

    #[test]
    fn ranges_of_the_rfc() {
        assert_eq!(one_range("bytes=0-499", 1_000), Some(Ok((0, 499))));
        assert_eq!(one_range("bytes=500-", 1_000), Some(Ok((500, 999))));
        assert_eq!(one_range("bytes=-300", 1_000), Some(Ok((700, 999))));
        assert_eq!(one_range("bytes=0-9999", 1_000), Some(Ok((0, 999))));
        assert_eq!(one_range("bytes=1000-", 1_000), Some(Err(())));
        assert_eq!(one_range("bytes=0-1,3-4", 1_000), None);
        assert_eq!(one_range("lines=0-1", 1_000), None);
    }
}
