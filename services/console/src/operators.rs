//! `GET /v1/operators` and `PUT /v1/operators/{name}`.

use axum::Json;
use axum::extract::{Path, State};
use chassis::process;
use proto::desk_roles::{OperatorEntry, OperatorList, OperatorPut};
use proto::{Holder, codes};

use crate::audit;
use crate::body::Body;
use crate::decide::act::Act;
use crate::decide::operator::leaves_nobody;
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Everybody who has a role or a certificate.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<OperatorList>, DeskError> {
    let items = state.store.operators().await?;
    Ok(Json(OperatorList { items }))
}

/// Says what an operator may do. The role somebody has already is no act.
pub(crate) async fn put(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(name): Path<String>,
    Body(wish): Body<OperatorPut>,
) -> Result<Json<OperatorEntry>, DeskError> {
    let permit = operator.permit(&state, Act::PutOperator).await?;
    let named = format!("operator:{name}").parse::<Holder>();
    named.map_err(|_| bad("name"))?;
    let operators = state.store.operators().await?;
    if leaves_nobody(&operators, &name, wish.role) {
        return Err((&codes::DESK_LAST_ADMINISTRATOR).into());
    }
    let known = operators.into_iter().find(|known| known.name == name);
    let has = |known: &OperatorEntry| known.role == wish.role && known.changed_at.is_some();
    if let Some(known) = known.as_ref().filter(|known| has(known)) {
        return Ok(Json(known.clone()));
    }
    let now = process::now();
    audit::write(&state, &permit, &format!("{name} {}", wish.role), now).await?;
    state.store.put_operator_role(&name, wish.role, now).await?;
    Ok(Json(OperatorEntry {
        certificates: known.map_or(0, |known| known.certificates),
        name,
        role: wish.role,
        changed_at: Some(now),
    }))
}
