//! `POST /v1/envelopes`: from the bytes to the 202.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chassis::process;
use door::{Caller, Refused};
use proto::api::Accepted;
use proto::{
    Acceptance, AcceptanceNote, Code, Envelope, ManifestHead, Receipt, Right, Stamps, Step, StepStamp,
    Traceparent, codes,
};
use store::Freshness;

use crate::decide::{self, SubmitterFacts};
use crate::door::IngestState;
use crate::peek;
use crate::peek::Peeked;

/// Takes an envelope. 202 says: on disk at the broker, confirmed, and noted.
pub async fn post(
    State(state): State<IngestState>,
    caller: Caller,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match submit(&state, &caller, &headers, body).await {
        Ok(accepted) => (StatusCode::ACCEPTED, Json(accepted)).into_response(),
        Err(refused) => {
            state.events.refused(&refused);
            refused.into_response()
        }
    }
}

async fn submit(
    state: &IngestState,
    caller: &Caller,
    headers: &HeaderMap,
    body: Body,
) -> Result<Accepted, Refused> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    decide::media_type(content_type)?;
    let _place = state
        .submissions
        .clone()
        .try_acquire_owned()
        .map_err(|_| &codes::HTTP_BUSY)?;
    // Said before the body is read where it can be: a door without a broker refuses in no time.
    if !state.publisher.is_available() {
        return Err((&codes::BROKER_UNAVAILABLE).into());
    }
    state.valve.pass().await?;
    let (envelope, _bytes) = state.read(body).await?;
    let began = std::time::Instant::now();
    let Peeked { id, head } = peek::peek(&envelope)
        .await
        .map_err(|problem| Refused::from(*problem))?;
    may_send(state, caller, &head).await?;
    let accept = accept(state, caller, headers, envelope, id, &head);
    let accepted = tokio::time::timeout(state.accept_within, accept)
        .await
        .map_err(|_| &codes::BROKER_UNAVAILABLE)??;
    state
        .events
        .accepted(&id, head.sender, head.destination, began.elapsed().as_secs_f64());
    Ok(accepted)
}

/// The submitter may act for the sender; a no of the snapshot is asked again afresh.
async fn may_send(state: &IngestState, caller: &Caller, head: &ManifestHead) -> Result<(), Refused> {
    let mut verdict = Ok(());
    for freshness in [Freshness::Cached, Freshness::Now] {
        let may_send = state
            .snapshot
            .may_act(
                head.sender,
                &caller.holder,
                Right::Send,
                process::now(),
                freshness,
            )
            .await
            .map_err(|error| {
                tracing::warn!(error = %error, "directory not readable");
                &codes::STORE_UNAVAILABLE
            })?;
        verdict = decide::submitter(&SubmitterFacts {
            submitter: &caller.holder,
            sender: head.sender,
            may_send,
        });
        if verdict.is_ok() {
            break;
        }
    }
    Ok(verdict?)
}

async fn accept(
    state: &IngestState,
    caller: &Caller,
    headers: &HeaderMap,
    bytes: Bytes,
    id: proto::EnvelopeId,
    head: &ManifestHead,
) -> Result<Accepted, Refused> {
    let acceptance = Acceptance::from_bytes(random()?);
    let accepted_at = process::now();
    let stamps = Stamps {
        acceptance,
        accepted: StepStamp {
            at: accepted_at,
            by: state.by.clone(),
        },
        submitter: caller.holder.clone(),
        sender: head.sender,
        destination: head.destination,
        validated: None,
        sending: None,
        routed: None,
        traceparent: Some(traceparent(headers)?),
        parked: None,
    };
    let note = AcceptanceNote {
        id,
        acceptance,
        accepted_at,
        sender: head.sender,
        destination: head.destination,
        submitter: caller.holder.to_string(),
    };
    let envelope = Envelope::accepted(id, stamps, bytes);
    state
        .publisher
        .publish(envelope.submitted(state.shards))
        .await
        .map_err(|error| {
            tracing::warn!(envelope.id = %id, error = %error, "envelope not confirmed");
            &codes::BROKER_UNAVAILABLE
        })?;
    state.notes.write(note).await.map_err(|error| {
        tracing::warn!(envelope.id = %id, error = %error, "note not confirmed");
        &codes::BROKER_UNAVAILABLE
    })?;
    let receipt = Receipt::new(Step::Accepted, id, head.sender, head.destination, accepted_at);
    Ok(Accepted {
        id,
        accepted_at,
        status_url: format!("/v1/sent/{id}"),
        receipt: sign(state, &receipt)?,
    })
}

fn sign(state: &IngestState, receipt: &Receipt) -> Result<String, &'static Code> {
    let json = serde_json::to_vec(receipt).map_err(|_| &codes::HTTP_INTERNAL)?;
    let signed = state.receipts.seal(&json).map_err(|error| {
        tracing::error!(error = %error, "receipt not signed");
        &codes::HTTP_INTERNAL
    })?;
    Ok(STANDARD.encode(signed))
}

/// The client's trace goes on; without one a new trace begins here.
fn traceparent(headers: &HeaderMap) -> Result<Traceparent, &'static Code> {
    let given = headers
        .get("traceparent")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse().ok());
    let span_id = random()?;
    Ok(match given {
        Some(traceparent) => Traceparent::child(traceparent, span_id),
        None => Traceparent {
            trace_id: random()?,
            span_id,
            flags: 1,
        },
    })
}

fn random<const N: usize>() -> Result<[u8; N], &'static Code> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| &codes::HTTP_INTERNAL)?;
    Ok(bytes)
}
