//! What offices see of the directory: partners, notices, and themselves.

use axum::Json;
use axum::extract::{Query, State};
use door::{Caller, Refused};
use proto::api::{CertificateEntry, Me, NoticeEntry, OfficeEntry, Page};
use proto::{Holder, OfficeNumber};
use serde::Deserialize;
use store::{CertificateFacts, Freshness, OfficeFacts, OfficeSearch};

use crate::door::{DeliveryState, store_error};
use crate::inbox::{clamp, malformed};
use crate::reader::Reader;

/// Query of the partner search.
#[derive(Deserialize)]
pub struct OfficesQuery {
    q: Option<String>,
    prefecture: Option<String>,
    service: Option<String>,
    after: Option<String>,
    limit: Option<String>,
}

/// Query of the notices.
#[derive(Deserialize)]
pub struct NoticesQuery {
    after: Option<String>,
    limit: Option<String>,
}

/// `GET /v1/offices`: offices by words of the name or the number, prefecture (JIS X 0401), service kind. `next` is the last
/// number read.
pub async fn offices(
    State(state): State<DeliveryState>,
    _caller: Caller,
    Query(query): Query<OfficesQuery>,
) -> Result<Json<Page<OfficeEntry>>, Refused> {
    let limit = clamp(query.limit.as_deref())?;
    let (words, prefecture) = (query.q.unwrap_or_default(), query.prefecture.unwrap_or_default());
    let (service, after) = (query.service.unwrap_or_default(), query.after.unwrap_or_default());
    for (name, text) in [
        ("q", &words),
        ("prefecture", &prefecture),
        ("service", &service),
        ("after", &after),
    ] {
        if text.chars().any(char::is_control) {
            return Err(malformed(name));
        }
    }
    let search = OfficeSearch {
        words: &words,
        prefecture: &prefecture,
        service: &service,
        after: &after,
    };
    let items = state
        .store
        .search_offices(&search, limit)
        .await
        .map_err(|error| store_error(&error))?;
    let next = items
        .last()
        .map_or_else(|| after.clone(), |last| last.number.to_string());
    Ok(Json(Page { items, next }))
}

/// `GET /v1/notices`: oldest first. `next` is the last notice's number.
pub async fn notices(
    State(state): State<DeliveryState>,
    reader: Reader,
    Query(query): Query<NoticesQuery>,
) -> Result<Json<Page<NoticeEntry>>, Refused> {
    let limit = clamp(query.limit.as_deref())?;
    let after = match query.after.as_deref() {
        None | Some("") => 0,
        Some(text) => text.parse().map_err(|_| malformed("after"))?,
    };
    let items = state
        .store
        .notices(reader.office, after, limit)
        .await
        .map_err(|error| store_error(&error))?;
    let next = items.last().map_or(after, |last| last.id).to_string();
    Ok(Json(Page { items, next }))
}

/// `GET /v1/me`
pub async fn me(State(state): State<DeliveryState>, caller: Caller) -> Result<Json<Me>, Refused> {
    let office = match caller.holder.office() {
        Some(number) => office_of(&state, number).await?,
        None => None,
    };
    let licence_until = office.as_ref().and_then(|office| office.licence_until);
    let certificates = certificates(&state, &caller.holder).await?;
    Ok(Json(Me {
        holder: caller.holder.to_string(),
        office: office.map(entry),
        licence_until,
        certificates,
    }))
}

async fn office_of(state: &DeliveryState, number: OfficeNumber) -> Result<Option<OfficeFacts>, Refused> {
    state
        .snapshot
        .office(number, Freshness::Now)
        .await
        .map_err(|error| store_error(&error))
}

async fn certificates(state: &DeliveryState, holder: &Holder) -> Result<Vec<CertificateEntry>, Refused> {
    let entry = |facts: CertificateFacts| CertificateEntry {
        fingerprint: facts.fingerprint,
        not_before: facts.not_before,
        not_after: facts.not_after,
        revoked_at: facts.revoked_at,
    };
    let bound = state
        .store
        .certificates_of(holder)
        .await
        .map_err(|error| store_error(&error))?;
    Ok(bound.into_iter().map(entry).collect())
}

fn entry(facts: OfficeFacts) -> OfficeEntry {
    let prefecture = facts.number.as_str()[..2].to_owned();
    OfficeEntry {
        number: facts.number,
        name: facts.name,
        prefecture,
        services: facts.services,
    }
}
