//! Receipts: signed from the ledger's facts when first asked for, and kept.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use door::Refused;
use proto::{Step, codes};

use crate::door::{DeliveryState, store_error};
use crate::inbox::parse_id;
use crate::reader::Reader;

/// `GET /v1/receipts/{id}/{step}`: DER of a CMS SignedData over the receipt's JSON. Sender and destination may ask.
pub async fn get(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path((id, step)): Path<(String, String)>,
) -> Result<Response, Refused> {
    let id = parse_id(&id)?;
    let step: Step = step.parse().map_err(|_| Refused::from(&codes::HTTP_NOT_FOUND))?;
    let facts = state
        .store
        .receipt_facts(reader.office, id, step)
        .await
        .map_err(|error| store_error(&error))?
        .ok_or_else(|| Refused::from(&codes::HTTP_NOT_FOUND))?;
    let kept = state
        .store
        .kept_receipt(id, step)
        .await
        .map_err(|error| store_error(&error))?;
    let der = match kept {
        Some(der) => der,
        None => {
            let json = serde_json::to_vec(&facts).map_err(|_| Refused::from(&codes::HTTP_INTERNAL))?;
            let signed = state.receipts.seal(&json).map_err(|error| {
                tracing::error!(error = %error, "receipt not signed");
                Refused::from(&codes::HTTP_INTERNAL)
            })?;
            // Two askers at once: the first one kept stands, and both get it.
            state
                .store
                .keep_receipt(id, step, &signed)
                .await
                .map_err(|error| store_error(&error))?
        }
    };
    let headers = [
        (
            header::CONTENT_TYPE,
            "application/pkcs7-mime; smime-type=signed-data",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, der).into_response())
}
