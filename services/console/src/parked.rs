//! `/v1/parked`: envelopes set aside for an operator, and what may be done with them. They are marked and discarded in the
//! table; the console sends nothing.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use chassis::process;
use proto::desk_parked::{
    ParkedActed, ParkedDiscard, ParkedEntry, ParkedList, ParkedRedrive, ParkedSelection, ParkedStopped,
    ParkedView,
};
use proto::{Station, Time, codes};
use serde::Deserialize;
use store::Parked;

use crate::audit;
use crate::body::Body;
use crate::decide::act::Act;
use crate::decide::parked::{MOST, chosen, detail, entry, filter, reason_problem, subject};
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Most items shown.
const MOST_SHOWN: u32 = 1_000;

/// Query of the list; each member that is given narrows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListQuery {
    station: Option<Station>,
    office: Option<String>,
    cause: Option<String>,
    older_than_seconds: Option<u64>,
}

/// `GET /v1/parked`: what is parked and open.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<ParkedList>, DeskError> {
    let Query(query) = query.map_err(|_| bad("query"))?;
    let selection = ParkedSelection {
        station: query.station,
        office: query.office,
        cause: query.cause,
        older_than_seconds: query.older_than_seconds,
        ..ParkedSelection::default()
    };
    let filter = filter(&selection, process::now());
    let parked = state.store.parked_where(&filter, MOST_SHOWN).await?;
    let items = parked.iter().map(entry).collect();
    Ok(Json(ParkedList { items }))
}

/// `GET /v1/parked/{id}`: one of them, without its body.
pub(crate) async fn show(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(id): Path<String>,
) -> Result<Json<ParkedView>, DeskError> {
    let items: Vec<_> = state.store.parked(&id).await?.iter().map(detail).collect();
    if items.is_empty() {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    Ok(Json(ParkedView { items }))
}

/// `POST /v1/parked/redrive`: marks them; delivery sends them.
pub(crate) async fn redrive(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<ParkedRedrive>,
) -> Result<Json<ParkedActed>, DeskError> {
    let permit = operator.permit(&state, Act::RedriveParked).await?;
    if wish.per_minute == Some(0) {
        return Err(bad("per_minute"));
    }
    let now = process::now();
    let (parked, more) = choose(&state, &wish.selection, now).await?;
    let mut done = 0;
    if !wish.dry_run {
        let pace = (wish.per_minute).map_or_else(String::new, |most| format!("at most {most} a minute"));
        let subjects: Vec<_> = parked.iter().map(|parked| subject(parked, &pace)).collect();
        audit::write_each(&state, &permit, &subjects, now).await?;
        let keys: Vec<_> = parked.iter().map(Parked::key).collect();
        done = state.store.mark_redrive(&keys, wish.per_minute, now).await?;
    }
    Ok(acted(&parked, done, more))
}

/// `POST /v1/parked/stop`: what is marked and not yet sent stays parked.
pub(crate) async fn stop(
    State(state): State<ConsoleState>,
    operator: Operator,
) -> Result<Json<ParkedStopped>, DeskError> {
    let permit = operator.permit(&state, Act::StopRedrive).await?;
    let now = process::now();
    audit::write(&state, &permit, "every marked one", now).await?;
    let stopped = state.store.stop_redrive(now).await?;
    Ok(Json(ParkedStopped { stopped }))
}

/// `POST /v1/parked/discard`: they will not be delivered; their senders read `relay.discarded`.
pub(crate) async fn discard(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<ParkedDiscard>,
) -> Result<Json<ParkedActed>, DeskError> {
    let permit = operator.permit(&state, Act::DiscardParked).await?;
    if let Some(problem) = reason_problem(&wish.reason) {
        return Err(vec![problem].into());
    }
    let now = process::now();
    let (parked, more) = choose(&state, &wish.selection, now).await?;
    let mut done = 0;
    if !wish.dry_run {
        let by = process::name(Station::Console);
        for parked in &parked {
            // One by one: what is written down is what was done, also when the store goes away half-way.
            let subject = subject(parked, &wish.reason);
            audit::write(&state, &permit, &subject, now).await?;
            done += u64::from(state.store.discard(&parked.key(), &by, now).await?);
        }
    }
    Ok(acted(&parked, done, more))
}

/// The oldest of what is chosen, and whether there are more.
async fn choose(
    state: &ConsoleState,
    selection: &ParkedSelection,
    now: Time,
) -> Result<(Vec<Parked>, bool), DeskError> {
    let filter = chosen(selection, now)?;
    let mut parked = state.store.parked_where(&filter, MOST + 1).await?;
    let more = parked.len() > MOST as usize;
    parked.truncate(MOST as usize);
    Ok((parked, more))
}

fn acted(parked: &[Parked], done: u64, more: bool) -> Json<ParkedActed> {
    let items: Vec<ParkedEntry> = parked.iter().map(entry).collect();
    Json(ParkedActed { items, done, more })
}
