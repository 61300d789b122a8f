//! `PUT` and `GET /v1/offices/{number}`.

use axum::Json;
use axum::extract::{Path, State};
use chassis::process;
use proto::api::CertificateEntry;
use proto::desk::{OfficePut, OfficeStanding, OfficeView};
use proto::{Holder, OfficeNumber, codes};
use store::{CertificateFacts, OfficeFacts, OfficeState};

use crate::audit;
use crate::body::{self, Body};
use crate::decide;
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Enrols an office or replaces its entry; its licence stays as it is. The same entry again is no act.
pub(crate) async fn put(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(number): Path<String>,
    Body(wish): Body<OfficePut>,
) -> Result<Json<OfficeView>, DeskError> {
    let permit = operator.permit(&state, Act::PutOffice).await?;
    let number = body::office(&number)?;
    let problems = decide::office::problems(number, &wish);
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let before = state.store.office(number).await?;
    let facts = facts(number, wish, before.as_ref());
    if before.as_ref() != Some(&facts) {
        audit::write(&state, &permit, number.as_str(), process::now()).await?;
        state.store.put_office(&facts).await?;
    }
    view(&state, number).await
}

/// Shows an office.
pub(crate) async fn get(
    State(state): State<ConsoleState>,
    _: Operator,
    Path(number): Path<String>,
) -> Result<Json<OfficeView>, DeskError> {
    view(&state, body::office(&number)?).await
}

/// The office as the desk shows it, or 404.
pub(crate) async fn view(state: &ConsoleState, number: OfficeNumber) -> Result<Json<OfficeView>, DeskError> {
    let facts = state.store.office(number).await?.ok_or(&codes::HTTP_NOT_FOUND)?;
    let certificates = state.store.certificates_of(&Holder::Office(number)).await?;
    let (standing, renumbered_to) = match facts.state {
        OfficeState::Open => (OfficeStanding::Open, None),
        OfficeState::Closed => (OfficeStanding::Closed, None),
        OfficeState::Renumbered(to) => (OfficeStanding::Renumbered, Some(to)),
    };
    Ok(Json(OfficeView {
        number,
        name: facts.name,
        services: facts.services,
        state: standing,
        renumbered_to,
        versions: facts.versions,
        max_bytes: facts.max_bytes,
        licence_until: facts.licence_until,
        certificates: certificates.iter().map(entry).collect(),
    }))
}

/// A certificate as the desk shows it.
pub(crate) fn entry(facts: &CertificateFacts) -> CertificateEntry {
    CertificateEntry {
        fingerprint: facts.fingerprint.clone(),
        not_before: facts.not_before,
        not_after: facts.not_after,
        revoked_at: facts.revoked_at,
    }
}

/// What the operator said; what only licences say is kept.
fn facts(number: OfficeNumber, wish: OfficePut, before: Option<&OfficeFacts>) -> OfficeFacts {
    let state = match (wish.state, wish.renumbered_to) {
        (OfficeStanding::Open, _) => OfficeState::Open,
        (OfficeStanding::Renumbered, Some(to)) => OfficeState::Renumbered(to),
        _ => OfficeState::Closed,
    };
    OfficeFacts {
        number,
        name: wish.name,
        state,
        services: wish.services,
        licence_until: before.and_then(|facts| facts.licence_until),
        grace_days: before.map_or(0, |facts| facts.grace_days),
        max_bytes: wish.max_bytes,
        versions: wish.versions,
    }
}
