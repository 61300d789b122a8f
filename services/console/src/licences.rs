//! `PUT /v1/offices/{number}/licence`.

use axum::Json;
use axum::extract::{Path, State};
use chassis::process;
use proto::codes;
use proto::desk::{LicencePut, OfficeView};

use crate::audit;
use crate::body::{self, Body};
use crate::decide;
use crate::decide::act::Act;
use crate::error::DeskError;
use crate::offices;
use crate::operator::Operator;
use crate::state::ConsoleState;

/// Gives an office a licence.
pub(crate) async fn put(
    State(state): State<ConsoleState>,
    operator: Operator,
    Path(number): Path<String>,
    Body(wish): Body<LicencePut>,
) -> Result<Json<OfficeView>, DeskError> {
    let permit = operator.permit(&state, Act::PutLicence).await?;
    let number = body::office(&number)?;
    let period = decide::licence::period(wish).map_err(|problem| vec![*problem])?;
    if state.store.office(number).await?.is_none() {
        return Err((&codes::HTTP_NOT_FOUND).into());
    }
    let subject = format!("{number} {} {}", period.from, period.until);
    audit::write(&state, &permit, &subject, process::now()).await?;
    state.store.put_licence(number, period.from, period.until).await?;
    offices::view(&state, number).await
}
