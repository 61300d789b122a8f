//! `GET /v1/parked`: envelopes set aside for an operator.

use axum::Json;
use axum::extract::State;
use proto::desk::{ParkedEntry, ParkedList};

use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Most items shown.
const MOST: u32 = 1_000;

/// What is parked and open.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<ParkedList>, DeskError> {
    let parked = state.store.parked_list(MOST).await?;
    let items = parked
        .into_iter()
        .map(|parked| ParkedEntry {
            id: parked.row.message_id,
            station: parked.row.station.to_string(),
            office: parked.row.office,
            cause: parked.row.cause,
            parked_at: parked.parked_at,
            redrive: parked.redrive,
            size: parked.size,
        })
        .collect();
    Ok(Json(ParkedList { items }))
}
