//! Back to the beginning: the sandbox forgets every envelope; offices, certificates and notices stay.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use door::Refused;
use proto::codes;
use serde::Serialize;
use store::{Store, StoreError};

/// How long it waits for what is under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// The answer.
#[derive(Serialize)]
struct Reset {
    /// Envelopes that were accepted since the beginning before.
    forgotten: i64,
}

/// `POST /v1/sandbox/reset`.
pub(super) fn router(store: Store) -> Router {
    Router::new()
        .route("/v1/sandbox/reset", post(reset))
        .with_state(store)
}

async fn reset(State(store): State<Store>) -> Response {
    match tokio::time::timeout(PATIENCE, settled(&store)).await {
        Ok(Ok(forgotten)) => (StatusCode::OK, Json(Reset { forgotten })).into_response(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the sandbox was not reset");
            Refused::busy(&codes::STORE_UNAVAILABLE, 5).into_response()
        }
        // Something is still under way: it would come into the new beginning.
        Err(_) => Refused::busy(&codes::HTTP_BUSY, 5).into_response(),
    }
}

async fn settled(store: &Store) -> Result<i64, StoreError> {
    let mut clock = tokio::time::interval(Duration::from_millis(100));
    loop {
        clock.tick().await;
        let books = store.books().await?;
        if books.under_way == 0 {
            store.forget_envelopes().await?;
            return Ok(books.accepted);
        }
    }
}
