//! `POST /v1/check`: the relay's judgement of an envelope or a ZIP, without sending anything.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chassis::process;
use door::{Caller, Refused};
use parcel::Rules;
use proto::api::CheckReport;
use proto::{Problems, Time, codes};
use seal::trust::Trust;

use crate::door::IngestState;

/// Seconds a client waits when every place at the check is taken.
const RETRY_AFTER: u32 = 2;

/// Judges a body that is an envelope (CMS) or its content (ZIP).
pub async fn post(State(state): State<IngestState>, _caller: Caller, body: Body) -> Response {
    let Ok(place) = state.checks.clone().try_acquire_owned() else {
        return Refused::busy(&codes::HTTP_BUSY, RETRY_AFTER).into_response();
    };
    let (bytes, under_way) = match state.read(body).await {
        Ok(read) => read,
        Err(refused) => return refused.into_response(),
    };
    let (trust, rules) = (state.trust.current(), state.rules.clone());
    let judged = tokio::task::spawn_blocking(move || {
        // The thread keeps its place even when the client has gone.
        let _place = (place, under_way);
        judge(&bytes, &trust, &rules, process::now())
    })
    .await;
    match judged {
        Ok(Ok(report)) => Json(report).into_response(),
        Ok(Err(())) => Refused::busy(&codes::TRUST_CRL_STALE, RETRY_AFTER).into_response(),
        Err(_) => Refused::from(&codes::HTTP_INTERNAL).into_response(),
    }
}

/// The report, or nothing while the revocation list is out of date.
fn judge(bytes: &Bytes, trust: &Trust, rules: &Rules, now: Time) -> Result<CheckReport, ()> {
    let is_zip = bytes.starts_with(b"PK");
    let content = if is_zip {
        bytes.to_vec()
    } else {
        match seal::open(bytes, trust, now, now) {
            Ok(opened) => opened.content,
            Err(seal::OpenError::Refused(problems)) => {
                return Ok(CheckReport::new(Vec::new(), Problems::from(problems)));
            }
            Err(seal::OpenError::CrlStale) => return Err(()),
        }
    };
    let judged = rules.judge(&content, now);
    Ok(CheckReport::new(judged.units, judged.problems))
}
