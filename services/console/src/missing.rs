//! `GET /v1/missing`: acceptances that have not reached delivery, one by one.

use axum::Json;
use axum::extract::{Query, State};
use chassis::process;
use door::Refused;
use proto::codes;
use proto::desk::{MissingEntry, MissingList};
use serde::Deserialize;
use store::MissingCursor;

use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Items of a page unless asked otherwise, and most of them.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// What is asked.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// Seconds since acceptance; the configured ones by default.
    seconds: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
    limit: Option<u32>,
}

/// One page, oldest first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<MissingList>, DeskError> {
    let bad_request = || Refused::from(&codes::HTTP_BAD_REQUEST);
    let Query(asked) = asked.map_err(|_| bad_request())?;
    let after: Option<MissingCursor> = asked
        .after
        .map(|text| text.parse().map_err(|_| bad_request()))
        .transpose()?;
    let seconds = asked.seconds.map_or(state.unaccounted_after_seconds, i64::from);
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    let page = state.store.missing(process::now(), seconds, after, limit).await?;
    let items = page.items.into_iter().map(|note| MissingEntry {
        id: note.id,
        sender: note.sender,
        destination: note.destination,
        accepted_at: note.accepted_at,
        submitter: note.submitter,
    });
    Ok(Json(MissingList {
        items: items.collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}
