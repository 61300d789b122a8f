//! The sent list of an office: a change feed of what it sent, and recall.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use chassis::process;
use door::Refused;
use proto::api::{Page, Recalled, SentItem};
use proto::{Status, Time, codes};
use serde::Deserialize;
use store::{RecallAnswer, SentFilter};
use tokio::time::Instant;

use crate::decide::business_days::{arrived_before, business_days_since};
use crate::door::{DeliveryState, store_error};
use crate::inbox::{LONGEST_WAIT, clamp, cursor, malformed, number, parse_id};
use crate::reader::{Reader, Sender};

/// Seconds for which an id nobody knows yet is waited for: on PostgreSQL another replica may read the notes, and is looked at once a
/// second.
const LEARNING: u64 = 2;

/// Query of the list.
#[derive(Deserialize)]
pub struct ListQuery {
    after: Option<String>,
    limit: Option<String>,
    status: Option<String>,
    uncollected: Option<String>,
}

/// Query of one item.
#[derive(Deserialize)]
pub struct ItemQuery {
    wait: Option<String>,
}

/// Which items: those of a status, or those not collected for so many business days.
fn filter(query: &ListQuery, now: Time) -> Result<SentFilter, Refused> {
    let status = query.status.as_deref().map(str::parse).transpose();
    let status: Option<Status> = status.map_err(|_| malformed("status"))?;
    let Some(days) = &query.uncollected else {
        return Ok(status.into());
    };
    if status.is_some_and(|status| status != Status::Delivered) {
        return Err(malformed("status"));
    }
    let days = u32::try_from(number("uncollected", days)?).unwrap_or(u32::MAX);
    Ok(SentFilter {
        status: Some(Status::Delivered),
        arrived_before: Some(arrived_before(now, days)),
    })
}

/// Tells how long an item waits to be collected.
fn with_age(item: SentItem, now: Time) -> SentItem {
    let waits = item.arrived_at.filter(|_| item.status == Status::Delivered);
    SentItem {
        uncollected_days: waits.map(|arrived| business_days_since(arrived, now)),
        ..item
    }
}

/// `GET /v1/sent`
pub async fn list(
    State(state): State<DeliveryState>,
    reader: Reader,
    Query(query): Query<ListQuery>,
) -> Result<Json<Page<SentItem>>, Refused> {
    let after = cursor(query.after.as_deref())?;
    let now = process::now();
    let filter = filter(&query, now)?;
    let (items, next) = state
        .store
        .sent(reader.office, &after, clamp(query.limit.as_deref())?, filter)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(Json(Page {
        items: items.into_iter().map(|item| with_age(item, now)).collect(),
        next: next.to_string(),
    }))
}

/// `GET /v1/sent/{id}`: with history, problems and receipts. The 202 comes before the ledger has read the acceptance note, so
/// an id nobody knows yet is waited for, `wait` seconds or [`LEARNING`]: who follows `status_url` at once shall not read 404.
pub async fn item(
    State(state): State<DeliveryState>,
    reader: Reader,
    Path(id): Path<String>,
    Query(query): Query<ItemQuery>,
) -> Result<Json<SentItem>, Refused> {
    let id = parse_id(&id)?;
    let wait = query
        .wait
        .as_deref()
        .map_or(Ok(LEARNING), |text| number("wait", text))?;
    let learnt = Instant::now() + Duration::from_secs(wait.min(LONGEST_WAIT));
    // Without a free place it is answered at once.
    let place = state.long_polls.clone().try_acquire_owned();
    loop {
        let changed = state.store.changed(reader.office);
        let found = state.store.sent_item(reader.office, id).await;
        if let Some(item) = found.map_err(|error| store_error(&error))? {
            return Ok(Json(with_age(item, process::now())));
        }
        if place.is_err() || learnt <= Instant::now() || state.shutdown.begun() {
            return Err(Refused::from(&codes::HTTP_NOT_FOUND));
        }
        tokio::select! {
            () = changed => {}
            () = state.shutdown.wait() => {}
            () = tokio::time::sleep_until(learnt) => {}
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(status: Option<&str>, uncollected: Option<&str>) -> Result<SentFilter, Refused> {
        let query = ListQuery {
            after: None,
            limit: None,
            status: status.map(str::to_owned),
            uncollected: uncollected.map(str::to_owned),
        };
        filter(&query, "2025-04-08T09:00:00+09:00".parse().unwrap())
    }

    #[test]
    fn what_is_not_collected_is_delivered() {
        assert_eq!(asked(None, None).unwrap(), SentFilter::default());
        let three = asked(None, Some("3")).unwrap();
        assert_eq!(three.status, Some(Status::Delivered));
        // Tuesday: three business days back, what arrived on Thursday or before.
        let border = "2025-04-04T00:00:00+09:00".parse().unwrap();
        assert_eq!(three.arrived_before, Some(border));
        assert_eq!(asked(Some("delivered"), Some("3")).unwrap(), three);
        assert!(asked(Some("collected"), Some("3")).is_err());
        assert!(asked(None, Some("-1")).is_err() && asked(None, Some("")).is_err());
        assert!(asked(Some("nowhere"), None).is_err());
        assert!(asked(None, Some("99999999999999999999")).is_ok());
    }
}
