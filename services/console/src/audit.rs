//! Every act is written down before it is done: an act nobody can find again must not happen. Writing takes a permit, so
//! that no act is done without a look at the operator's role.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use door::Refused;
use proto::desk::{AuditItem, AuditList};
use proto::{Time, codes};
use serde::Deserialize;

use crate::error::DeskError;
use crate::operator::{Operator, Permit};
use crate::state::ConsoleState;

/// Items of a page unless asked otherwise, and most of them.
const USUAL: u32 = 100;
const MOST: u32 = 1_000;

/// Writes the act into the store's audit log.
pub(crate) async fn write(
    state: &ConsoleState,
    permit: &Permit,
    subject: &str,
    at: Time,
) -> Result<(), DeskError> {
    write_each(state, permit, &[subject.to_owned()], at).await
}

/// The same act on several subjects, an entry each.
pub(crate) async fn write_each(
    state: &ConsoleState,
    permit: &Permit,
    subjects: &[String],
    at: Time,
) -> Result<(), DeskError> {
    let (actor, act) = (permit.actor.to_string(), permit.act.as_str());
    state.store.audit_all(&actor, act, subjects, at).await?;
    for subject in subjects {
        tracing::info!(operator = actor, act, subject, "act at the desk");
    }
    Ok(())
}

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    /// Entries older than this number.
    pub(crate) before: Option<i64>,
    pub(crate) limit: Option<u32>,
}

/// `GET /v1/audit`: newest first.
pub(crate) async fn list(
    State(state): State<ConsoleState>,
    _: Operator,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Json<AuditList>, DeskError> {
    let Query(asked) = asked.map_err(|_| Refused::from(&codes::HTTP_BAD_REQUEST))?;
    let limit = asked.limit.unwrap_or(USUAL).clamp(1, MOST);
    let entries = state.store.audit_before(asked.before, limit).await?;
    let full = entries.len() == limit as usize;
    let next = entries.last().filter(|_| full).map(|entry| entry.n);
    let items = entries.into_iter().map(|entry| AuditItem {
        n: entry.n,
        actor: entry.actor,
        act: entry.act,
        subject: entry.subject,
        at: entry.at,
    });
    Ok(Json(AuditList {
        items: items.collect(),
        next,
    }))
}
