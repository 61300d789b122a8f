//! `/v1/products`: conformance results of vendors' products, and which takes in what which has sent.

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::process;
use proto::conformance::ConformanceResult;
use proto::desk_products::{ImportMatrix, ProductList, ResultEntry, ResultPost};
use proto::{Code, Holder, Problem, Right, Time, codes};
use seal::OpenError;
use sha2::{Digest, Sha256};

use crate::audit;
use crate::body::Body;
use crate::decide::act::Act;
use crate::error::{DeskError, bad};
use crate::operator::Operator;
use crate::state::ConsoleState;

/// `GET /v1/products`: each with its newest result.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<ProductList>, DeskError> {
    Ok(Json(state.store.products().await?))
}

/// `GET /v1/products/imports`: the matrix.
pub(crate) async fn imports(
    State(state): State<ConsoleState>,
    _: Operator,
) -> Result<Json<ImportMatrix>, DeskError> {
    Ok(Json(state.store.import_matrix().await?))
}

/// `POST /v1/products/results`: keeps a signed result once seal, signer and content are judged; its product is registered
/// by it. Adding the same file again is answered alike.
pub(crate) async fn add_result(
    State(state): State<ConsoleState>,
    operator: Operator,
    Body(wish): Body<ResultPost>,
) -> Result<Json<ResultEntry>, DeskError> {
    let permit = operator.permit(&state, Act::AddResult).await?;
    let signed = STANDARD.decode(wish.signed.trim()).map_err(|_| bad("signed"))?;
    let now = process::now();
    // A result is small: judging it takes about a tenth of a millisecond.
    let opened = match seal::open(&signed, &state.trust.current(), now, now) {
        Ok(opened) => opened,
        Err(OpenError::Refused(problems)) => return Err(problems.into()),
        Err(OpenError::CrlStale) => return Err((&codes::TRUST_CRL_STALE).into()),
    };
    let result = ConformanceResult::read(&opened.content)
        .map_err(|fault| vec![because(&codes::CONFORMANCE_RESULT, &fault.to_string())])?;
    // Clocks differ a little.
    if now.plus_seconds(600) < result.ended_at {
        let words = "ended_at is in the future";
        return Err(vec![because(&codes::CONFORMANCE_RESULT, words)].into());
    }
    let signer = signer(&state, &opened.signer.fingerprint, &result, now)
        .await?
        .to_string();
    let id = hex::encode(Sha256::digest(&signed));
    let subject = format!("{} {} {id}", result.product, result.version);
    audit::write(&state, &permit, &subject, now).await?;
    let kept = state.store.add_result(&id, &result, &signer, &signed, now);
    let entry = kept.await?.ok_or(&codes::CONFORMANCE_PRODUCTS)?;
    Ok(Json(entry))
}

/// Whose certificate signed: the tested office's own, or one that may sign for it.
async fn signer(
    state: &ConsoleState,
    fingerprint: &str,
    result: &ConformanceResult,
    now: Time,
) -> Result<Holder, DeskError> {
    let known = state.store.certificate(fingerprint).await?;
    let known = known.filter(|known| known.revoked_at.is_none_or(|ended| now < ended));
    let holder = known.ok_or(&codes::CONFORMANCE_SIGNER)?.holder;
    if state
        .store
        .may_act(result.office, &holder, Right::Sign, now)
        .await?
    {
        Ok(holder)
    } else {
        Err((&codes::CONFORMANCE_SIGNER).into())
    }
}

/// A problem with the reason behind both of its sentences.
fn because(code: &'static Code, reason: &str) -> Problem {
    let mut problem = Problem::new(code);
    problem.message = format!("{}（{reason}）", problem.message);
    problem.message_en = format!("{} ({reason})", problem.message_en);
    problem
}
