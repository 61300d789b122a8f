//! `GET /v1/way`: the way of an envelope and what waits on it.

use axum::Json;
use axum::extract::State;
use chassis::process;
use proto::desk_way::{OldestView, Rates, Way};

use crate::books;
use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// The period rates are told of, seconds.
const PERIOD: i64 = 300;

/// The overview as it is now.
pub(crate) async fn get(State(state): State<ConsoleState>, _: Operator) -> Result<Json<Way>, DeskError> {
    let now = process::now();
    let (broker, stages) = state.broker.view();
    let moved = state.store.moved_since(now.plus_seconds(-PERIOD)).await?;
    let oldest = state.store.oldest().await?;
    Ok(Json(Way {
        at: now,
        broker,
        stages,
        rates: Rates {
            seconds: PERIOD,
            accepted: moved.accepted,
            delivered: moved.delivered,
            returned: moved.returned,
        },
        oldest: OldestView {
            under_way: oldest.under_way,
            parked: oldest.parked,
            uncollected: oldest.uncollected,
        },
        books: books::read(&state).await?,
    }))
}
