//! `POST /v1/delegations` and `DELETE /v1/delegations/{office}/{delegate}/{right}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use chassis::process;
use proto::desk::{DelegationList, DelegationMade, DelegationPost};
use proto::{Holder, codes};

use crate::audit;
use crate::body::{self, Body};
use crate::decide;
use crate::decide::act::Act;
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Lets a holder act for an office.
pub(crate) async fn post(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<DelegationPost>,
) -> Result<Json<DelegationMade>, DeskError> {
    let permit = operator.permit(&state, Act::AddDelegation).await?;
    let now = process::now();
    let delegation = decide::delegation::read(&wish, now)?;
    if state.store.office(wish.office).await?.is_none() {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    for right in &delegation.rights {
        let subject = format!("{} {} {}", wish.office, delegation.delegate, right.as_str());
        audit::write(&state, &permit, &subject, now).await?;
        let (delegate, from) = (&delegation.delegate, delegation.from);
        let until = delegation.until.unwrap_or_else(decide::delegation::no_end);
        state
            .store
            .put_delegation(wish.office, delegate, *right, from, until)
            .await?;
    }
    Ok(Json(DelegationMade {
        office: wish.office,
        delegate: delegation.delegate.to_string(),
        rights: delegation
            .rights
            .iter()
            .map(|right| right.as_str().to_owned())
            .collect(),
        from: delegation.from,
        until: delegation.until,
    }))
}

/// `GET /v1/offices/{number}/delegations`.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(number): Path<String>,
) -> Result<Json<DelegationList>, DeskError> {
    let number = body::office(&number)?;
    let mut items = state.store.delegations_of(number).await?;
    let no_end = decide::delegation::no_end();
    for item in &mut items {
        item.until = item.until.filter(|until| *until < no_end);
    }
    Ok(Json(DelegationList { items }))
}

/// Takes a right back from now on.
pub(crate) async fn delete(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path((office, delegate, word)): Path<(String, String, String)>,
) -> Result<StatusCode, DeskError> {
    let permit = operator.permit(&state, Act::RevokeDelegation).await?;
    let office = body::office(&office)?;
    let delegate: Holder = delegate.parse().map_err(|_| bad("delegate"))?;
    let right = decide::delegation::right(&word).ok_or_else(|| bad("right"))?;
    let now = process::now();
    let subject = format!("{office} {delegate} {word}");
    audit::write(&state, &permit, &subject, now).await?;
    if state
        .store
        .revoke_delegation(office, &delegate, right, now)
        .await?
    {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err((&codes::HTTP_NOT_FOUND).into())
    }
}
