//! Who may sit at the desk: operators, nobody else.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use door::{Caller, Gate, Refused};
use proto::{Holder, codes};

/// The operator who is asking.
pub(crate) struct Operator(pub(crate) Holder);

impl<S> FromRequestParts<S> for Operator
where
    Gate: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let caller = Caller::from_request_parts(parts, state).await?;
        match caller.holder {
            Holder::Operator(_) => Ok(Self(caller.holder)),
            _ => Err(Refused::from(&codes::AUTH_ROLE)),
        }
    }
}
