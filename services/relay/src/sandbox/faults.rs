//! Faults on demand: the header `Sandbox-Fault` of a request makes the door fail it, so that a client can be tried.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use door::Refused;
use proto::codes;

/// The header.
const HEADER: &str = "sandbox-fault";

/// How late a slow answer comes.
const SLOW: Duration = Duration::from_secs(10);

/// How long an answer that never comes is held back; every client has given up by then.
const NEVER: Duration = Duration::from_secs(300);

/// Passes a request on, or fails it as it asks to be.
pub(super) async fn hurt(request: Request, next: Next) -> Response {
    let asked = request
        .headers()
        .get(HEADER)
        .map(|value| value.as_bytes().to_vec());
    match asked.as_deref() {
        None => next.run(request).await,
        // Nothing is done.
        Some(b"unavailable") => Refused::busy(&codes::BROKER_UNAVAILABLE, 1).into_response(),
        Some(b"too-many") => Refused::busy(&codes::HTTP_TOO_MANY, 1).into_response(),
        // It is done, and the answer is late, or never comes: the same bytes have to be sent again.
        Some(b"slow") => late(request, next, SLOW).await,
        Some(b"no-answer") => late(request, next, NEVER).await,
        Some(_) => Refused::from(&codes::HTTP_BAD_REQUEST).into_response(),
    }
}

async fn late(request: Request, next: Next, wait: Duration) -> Response {
    let answer = next.run(request).await;
    tokio::time::sleep(wait).await;
    answer
}
