//! What goes wrong at the desk, told to the operator as a problem document and to the log with its causes.

use axum::response::{IntoResponse, Response};
use door::Refused;
use proto::{Code, Problem, codes};
use store::StoreError;

use crate::broker::ManagementError;

/// Seconds to wait before asking a store again that could not answer.
const RETRY_SECONDS: u32 = 5;

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeskError {
    /// The operator's wish cannot be granted.
    #[error("refused")]
    Refused(Refused),
    /// The store did not do its part.
    #[error("ask the store")]
    Store(#[from] StoreError),
    /// The broker's management did not do its part.
    #[error("ask the broker's management")]
    Management(#[from] ManagementError),
}

/// The refusal of a field.
pub(crate) fn bad(field: &str) -> DeskError {
    vec![Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field)].into()
}

/// The refusal of a field in words that say what to mend there.
pub(crate) fn mend(code: &Code, field: &str, japanese: &str, english: &str) -> DeskError {
    let mut problem = Problem::new(code).at_field(field);
    (problem.message, problem.message_en) = (japanese.to_owned(), english.to_owned());
    vec![problem].into()
}

impl From<Refused> for DeskError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<&'static Code> for DeskError {
    fn from(code: &'static Code) -> Self {
        Self::Refused(Refused::from(code))
    }
}

impl From<Vec<Problem>> for DeskError {
    fn from(problems: Vec<Problem>) -> Self {
        Self::Refused(Refused::from(problems))
    }
}

impl IntoResponse for DeskError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refused) => refused.into_response(),
            Self::Management(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the desk could not use the broker's management"
                );
                Refused::busy(&codes::BROKER_MANAGEMENT, RETRY_SECONDS).into_response()
            }
            Self::Store(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the desk could not use the store"
                );
                if error.is_transient() {
                    Refused::busy(&codes::STORE_UNAVAILABLE, RETRY_SECONDS).into_response()
                } else {
                    Refused::from(&codes::HTTP_INTERNAL).into_response()
                }
            }
        }
    }
}
