//! The doors' own description, for generators of clients and for people.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};

static TEXT: LazyLock<String> = LazyLock::new(|| proto::openapi::document().to_string());

/// Serves [`proto::openapi::PATH`], to anybody who has a certificate: it holds nothing of anybody.
pub async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], TEXT.as_str()).into_response()
}
