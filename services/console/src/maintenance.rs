//! `GET`, `POST` and `DELETE /v1/maintenance`.

use axum::Json;
use axum::extract::State;
use chassis::process;
use proto::codes;
use proto::maintenance::{Maintenance, MaintenancePost, MaintenanceView};

use crate::audit;
use crate::body::Body;
use crate::decide::act::Act;
use crate::decide::maintenance::problems;
use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// What is announced or going on.
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<MaintenanceView>, DeskError> {
    Ok(Json(view(&state).await?))
}

/// The same for the pages.
pub(crate) async fn view(state: &ConsoleState) -> Result<MaintenanceView, DeskError> {
    let now = process::now();
    Ok(MaintenanceView::at(state.store.maintenance(now).await?, now))
}

/// Announces it, in the place of what was announced before.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<MaintenancePost>,
) -> Result<Json<MaintenanceView>, DeskError> {
    let permit = operator.permit(&state, Act::StartMaintenance).await?;
    let now = process::now();
    let found = problems(&wish, now);
    if !found.is_empty() {
        return Err(found.into());
    }
    let announced = Maintenance {
        begins_at: wish.begins_at.unwrap_or(now),
        ends_at: wish.ends_at,
        words: wish.words.trim().to_owned(),
        announced_by: operator.holder().to_string(),
    };
    let subject = format!("{} {}", announced.begins_at, announced.ends_at);
    audit::write(&state, &permit, &subject, now).await?;
    state.store.announce_maintenance(&announced, now).await?;
    Ok(Json(MaintenanceView::at(Some(announced), now)))
}

/// Ends it now.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    operator: Operator,
) -> Result<Json<MaintenanceView>, DeskError> {
    let permit = operator.permit(&state, Act::EndMaintenance).await?;
    let now = process::now();
    if state.store.maintenance(now).await?.is_none() {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    audit::write(&state, &permit, "the door", now).await?;
    state.store.end_maintenance(now).await?;
    Ok(Json(MaintenanceView::default()))
}
