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
use proto::api::{Acknowledged, Imported, InboxItem, Page};
use proto::{EnvelopeId, MessageType, codes};
use serde::Deserialize;
use store::{Cursor, InboxState};

use crate::door::{DeliveryState, store_error};
use crate::reader::Reader;

/// Longest long poll, seconds.
const LONGEST_WAIT: u64 = 60;

/// Query of a list.
#[derive(Deserialize)]
pub struct ListQuery {
    after: Option<String>,
    limit: Option<u32>,
    state: Option<String>,
    wait: Option<u64>,
}

/// A limit as asked for: 1 to 500, 100 unless said; more is clamped.
#[must_use]
pub fn clamp(limit: Option<u32>) -> u32 {
    limit.unwrap_or(100).clamp(1, 500)
}

/// Reads a cursor; none means from the oldest.
///
/// # Errors
/// `http.bad_request` when it is not one of ours.
pub fn cursor(after: Option<&str>) -> Result<Cursor, Refused> {
    match after {
        None | Some("") => Ok(Cursor::default()),
        Some(text) => text.parse().map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST)),
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
        Some(_) => return Err(Refused::from(&codes::HTTP_BAD_REQUEST)),
    };
    let limit = clamp(query.limit);
    let wait = Duration::from_secs(query.wait.unwrap_or(0).min(LONGEST_WAIT));
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

/// `GET /v1/inbox/{id}`: the CMS bytes as they were sent. Marked as handed out before the first byte.
pub async fn fetch(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    let id = parse_id(&id)?;
    let bytes = state
        .store
        .hand_out(reader.office, id, process::now())
        .await
        .map_err(|error| store_error(&error))?
        .ok_or_else(|| Refused::from(&codes::HTTP_NOT_FOUND))?;
    Ok(serve(id, bytes, &headers))
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
    let result: Imported =
        serde_json::from_slice(&body).map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST))?;
    let done = state
        .store
        .imported(reader.office, id, &result, &state.by, process::now())
        .await;
    acknowledged(done)
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

fn serve(id: EnvelopeId, bytes: Bytes, asked: &HeaderMap) -> Response {
    let total = bytes.len() as u64;
    let tag = format!("\"{id}\"");
    let text = |name| {
        asked
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let mut response = if text(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        // RFC 9110 §13.1.5: a range is honoured only if the tag still fits.
        let range = text(header::RANGE).filter(|_| text(header::IF_RANGE).is_none_or(|given| given == tag));
        match range.map(|range| one_range(range, total)) {
            Some(Some(Ok((from, to)))) => {
                let part =
                    bytes.slice(usize::try_from(from).unwrap_or(0)..usize::try_from(to + 1).unwrap_or(0));
                let span = format!("bytes {from}-{to}/{total}");
                (
                    StatusCode::PARTIAL_CONTENT,
                    [(header::CONTENT_RANGE, span)],
                    Body::from(part),
                )
                    .into_response()
            }
            Some(Some(Err(()))) => {
                let span = format!("bytes */{total}");
                (StatusCode::RANGE_NOT_SATISFIABLE, [(header::CONTENT_RANGE, span)]).into_response()
            }
            _ => (StatusCode::OK, Body::from(bytes)).into_response(),
        }
    };
    common_headers(response.headers_mut(), id);
    response
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
