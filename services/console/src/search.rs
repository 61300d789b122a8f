//! `GET /v1/envelopes` and `GET /v1/envelopes/{id}`: where an envelope is, and how it came there.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use proto::desk_search::{EnvelopeList, EnvelopeTrace};
use proto::{EnvelopeId, codes};

use crate::decide::parked::entry;
use crate::decide::search::{Asked, read};
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// What fits, newest acceptance first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<EnvelopeList>, DeskError> {
    let Query(asked) = asked.map_err(|_| bad("query"))?;
    let search = read(&asked)?;
    let (items, next) = state.store.envelopes(&search).await?;
    Ok(Json(EnvelopeList {
        items,
        next: next.map(|next| next.to_string()),
    }))
}

/// Everything known of one.
pub(crate) async fn trace(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Json<EnvelopeTrace>, DeskError> {
    let id: EnvelopeId = id.parse().map_err(|_| &codes::HTTP_NOT_FOUND)?;
    let mut trace = state.store.trace(id).await?.ok_or(&codes::HTTP_NOT_FOUND)?;
    let parked = state.store.parked(&id.to_string()).await?;
    trace.parked = parked.iter().map(entry).collect();
    Ok(Json(trace))
}
