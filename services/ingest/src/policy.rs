//! `GET /v1/policy`: which severity each rule has here, and the limits.

use axum::Json;
use axum::extract::State;
use door::Caller;
use proto::policy::EffectivePolicy;

use crate::door::IngestState;

/// The policy in force; the same file serves `careplan check --policy`.
pub async fn get(State(state): State<IngestState>, _caller: Caller) -> Json<EffectivePolicy> {
    let rules = &state.rules;
    Json(parcel::policy::effective(rules.policy.as_ref(), &rules.limits))
}
