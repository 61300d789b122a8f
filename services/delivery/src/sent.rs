//! The sent list of an office: a change feed of what it sent, and recall.

use axum::Json;
use axum::extract::{Path, Query, State};
use chassis::process;
use door::Refused;
use proto::api::{Page, Recalled, SentItem};
use proto::{Status, codes};
use serde::Deserialize;
use store::RecallAnswer;

use crate::door::{DeliveryState, store_error};
use crate::inbox::{clamp, cursor, malformed, parse_id};
use crate::reader::{Reader, Sender};

/// Query of the list.
#[derive(Deserialize)]
pub struct ListQuery {
    after: Option<String>,
    limit: Option<String>,
    status: Option<String>,
}

/// `GET /v1/sent`
pub async fn list(
    State(state): State<DeliveryState>,
    reader: Reader,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SentItem>>, Refused> {
    let after = cursor(query.after.as_deref())?;
    let status: Option<Status> = query
        .status
        .map(|word| word.parse())
        .transpose()
        .map_err(|_| malformed("status"))?;
    let (items, next) = state
        .store
        .sent(reader.office, &after, clamp(query.limit.as_deref())?, status)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(Json(Page {
        items,
        next: next.to_string(),
    }))
}

/// `GET /v1/sent/{id}`: with history, problems and receipts.
pub async fn item(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<Json<SentItem>, Refused> {
    let found = state
        .store
        .sent_item(reader.office, parse_id(&id)?)
        .await
        .map_err(|error| store_error(&error))?;
    found
        .map(Json)
        .ok_or_else(|| Refused::from(&codes::HTTP_NOT_FOUND))
}

/// `POST /v1/sent/{id}/recall`
pub async fn recall(
    State(state): State<DeliveryState>,
    sender: Sender,
    Path(id): Path<String>,
) -> Result<Json<Recalled>, Refused> {
    let id = parse_id(&id)?;
    let answer = state
        .store
        .recall(sender.office, id, &state.by, process::now())
        .await
        .map_err(|error| store_error(&error))?;
    match answer {
        RecallAnswer::Recalled(recalled) => {
            tracing::info!(envelope.id = %id, holder = %sender.holder, status = %recalled.status, "recall asked for");
            Ok(Json(recalled))
        }
        RecallAnswer::Unknown => Err(Refused::from(&codes::HTTP_NOT_FOUND)),
        // A place is free when one of those envelopes arrives.
        RecallAnswer::TooMany => Err(Refused::busy(&codes::HTTP_TOO_MANY, 3_600)),
    }
}
