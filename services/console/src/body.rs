//! JSON bodies, refused with a problem document that says what does not fit.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use door::{Refused, read_body};
use proto::{OfficeNumber, Problem, codes};
use serde::de::DeserializeOwned;

/// Largest body, bytes: an office's entry, or a certificate with its chain.
const BYTES: usize = 256 * 1024;
/// Time for it to arrive.
const WITHIN: Duration = Duration::from_secs(10);

/// A JSON body of this shape.
pub(crate) struct Body<T>(pub(crate) T);

impl<S, T> FromRequest<S> for Body<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Refused;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refused> {
        let bytes = read_body(request.into_body(), BYTES, WITHIN).await?;
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Self(body)),
            Err(error) => {
                let mut problem = Problem::new(&codes::HTTP_BAD_REQUEST);
                problem.message = format!("{}（{error}）", problem.message);
                problem.message_en = format!("{} ({error})", problem.message_en);
                Err(Refused::from(vec![problem]))
            }
        }
    }
}

/// The office number of a path.
pub(crate) fn office(text: &str) -> Result<OfficeNumber, Refused> {
    text.parse()
        .map_err(|_| Refused::from(vec![Problem::new(&codes::HTTP_BAD_REQUEST).at_field("number")]))
}
