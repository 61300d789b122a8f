//! Who may sit at the desk: operators, nobody else; and who of them may do what.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use chassis::process;
use door::{Caller, Gate, Refused};
use proto::desk_roles::OperatorRole;
use proto::{Holder, codes};

use crate::decide::act::Act;
use crate::error::DeskError;
use crate::state::ConsoleState;

/// The audit log's word for an act that was refused for the operator's role.
const REFUSED: &str = "refused";

/// The operator who is asking.
#[derive(Clone, Debug)]
pub(crate) struct Operator {
    /// The operator's name.
    pub(crate) name: String,
    /// SHA-256 of the certificate shown.
    pub(crate) fingerprint: String,
}

/// Leave for one act, given to one operator by the role of this moment. Only with it is an act written down.
#[derive(Debug)]
pub(crate) struct Permit {
    pub(crate) actor: Holder,
    pub(crate) act: Act,
}

impl Operator {
    pub(crate) fn holder(&self) -> Holder {
        Holder::Operator(self.name.clone())
    }

    /// What the operator may do, asked afresh.
    pub(crate) async fn role(&self, state: &ConsoleState) -> Result<OperatorRole, DeskError> {
        Ok(state.store.operator_role(&self.name).await?)
    }

    /// Leave for this act, or a refusal that is in the audit log.
    pub(crate) async fn permit(&self, state: &ConsoleState, act: Act) -> Result<Permit, DeskError> {
        let actor = self.holder();
        if act.is_for(self.role(state).await?) {
            return Ok(Permit { actor, act });
        }
        let subject = format!("{} needs {}", act.as_str(), act.needs());
        let (who, now) = (actor.to_string(), process::now());
        state.store.audit(&who, REFUSED, &subject, now).await?;
        tracing::warn!(operator = %actor, act = act.as_str(), "refused for the operator's role");
        Err((&codes::DESK_ROLE).into())
    }
}

impl<S> FromRequestParts<S> for Operator
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.holder {
            Holder::Operator(name) => Ok(Self {
                name,
                fingerprint: caller.subject.fingerprint,
            }),
            _ => Err(Refused::from(&codes::AUTH_ROLE)),
        }
    }
}
