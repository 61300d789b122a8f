//! From the bytes to the acceptance: [`take`], the same for every door, and `POST /v1/envelopes`.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chassis::broker::publishing;
use chassis::process;
use chassis::traces::{self, Recording};
use door::{Caller, Refused};
use proto::api::Accepted;
use proto::otlp::Kind;
use proto::{
    Acceptance, AcceptanceNote, Code, Envelope, EnvelopeId, Holder, ManifestHead, Receipt, Right, Stamps,
    Station, Step, StepStamp, Traceparent, codes,
};

use tracing::Instrument;

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
    state.sign.pass()?;
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
    let traceparent = headers.get("traceparent").and_then(|value| value.to_str().ok());
    let by = By {
        submitter: &caller.holder,
        traceparent,
        door: (Kind::Server, "POST /v1/envelopes"),
    };
    let receipt = take(state, &by, envelope).await?;
    Ok(Accepted {
        id: receipt.id,
        accepted_at: receipt.at,
        status_url: format!("/v1/sent/{}", receipt.id),
        receipt: sign(state, &receipt)?,
    })
}

/// Who submits, and how.
pub(crate) struct By<'a> {
    pub(crate) submitter: &'a Holder,
    /// The client's trace, as it was written.
    pub(crate) traceparent: Option<&'a str>,
    /// What the door's span is called.
    pub(crate) door: (Kind, &'static str),
}

/// Takes an envelope from whoever submits it, by whatever door. Done says: on disk at the broker, confirmed, and noted.
pub(crate) async fn take(state: &IngestState, by: &By<'_>, envelope: Bytes) -> Result<Receipt, Refused> {
    let began = std::time::Instant::now();
    let Peeked { id, head } = peek::peek(&envelope)
        .await
        .map_err(|problem| Refused::from(*problem))?;
    // The client's trace goes on; without one it is the envelope's own.
    let given = by.traceparent.and_then(|text| text.parse().ok());
    let under = traces::accept(given, id);
    let trace = under.context();
    let mut span = traces::begin(Station::Ingest.as_str(), by.door.0, by.door.1, under);
    if let Some(span) = &mut span {
        span.since(began.elapsed());
        span.note("envelope.id", id);
        span.note("office.sender", head.sender);
        span.note("office.destination", head.destination);
    }
    let trace = span.as_ref().and_then(Recording::context).unwrap_or(trace);
    let events = tracing::error_span!("envelope", envelope.id = %id, trace_id = trace.trace());
    let taking = async {
        may_send(state, by.submitter, &head).await?;
        let accept = accept(state, by.submitter, (trace, &span), envelope, id, &head);
        let receipt = tokio::time::timeout(state.accept_within, accept)
            .await
            .map_err(|_| &codes::BROKER_UNAVAILABLE)??;
        state
            .events
            .accepted(head.sender, head.destination, began.elapsed().as_secs_f64());
        Ok(receipt)
    };
    let taken: Result<Receipt, Refused> = taking.instrument(events).await;
    if let Some(span) = &mut span {
        match &taken {
            Ok(_) => span.note("outcome", "accepted"),
            Err(refused) => {
                span.note("outcome", "refused");
                span.note("outcome.codes", &refused.document.code);
                span.fail(&refused.document.code);
            }
        }
    }
    taken
}

/// The submitter may act for the sender; a no of the snapshot is asked again afresh.
async fn may_send(state: &IngestState, submitter: &Holder, head: &ManifestHead) -> Result<(), Refused> {
    let may_send = state
        .snapshot
        .may_act_after_all(head.sender, submitter, Right::Send, process::now())
        .await
        .map_err(|error| {
            tracing::warn!(error = %error, "directory not readable");
            &codes::STORE_UNAVAILABLE
        })?;
    Ok(decide::submitter(&SubmitterFacts {
        submitter,
        sender: head.sender,
        may_send,
    })?)
}

async fn accept(
    state: &IngestState,
    submitter: &Holder,
    (trace, span): (Traceparent, &Option<Recording>),
    bytes: Bytes,
    id: EnvelopeId,
    head: &ManifestHead,
) -> Result<Receipt, Refused> {
    let acceptance = Acceptance::from_bytes(random()?);
    let accepted_at = process::now();
    let stamps = Stamps {
        acceptance,
        accepted: StepStamp {
            at: accepted_at,
            by: state.by.clone(),
        },
        submitter: submitter.clone(),
        sender: head.sender,
        destination: head.destination,
        validated: None,
        sending: None,
        routed: None,
        traceparent: Some(trace),
        parked: None,
    };
    let note = AcceptanceNote {
        id,
        acceptance,
        accepted_at,
        sender: head.sender,
        destination: head.destination,
        submitter: submitter.to_string(),
    };
    let envelope = Envelope::accepted(id, stamps, bytes);
    let mut publication = envelope.submitted(state.shards);
    let below = span.as_ref().and_then(Recording::below);
    let mut sending = publishing(below, Station::Ingest.as_str(), &mut publication);
    state.publisher.publish(publication).await.map_err(|error| {
        if let Some(sending) = &mut sending {
            sending.fail(error);
        }
        tracing::warn!(error = %error, "envelope not confirmed");
        &codes::BROKER_UNAVAILABLE
    })?;
    drop(sending);
    state.notes.write(note).await.map_err(|error| {
        tracing::warn!(error = %error, "note not confirmed");
        &codes::BROKER_UNAVAILABLE
    })?;
    Ok(Receipt::new(
        Step::Accepted,
        id,
        head.sender,
        head.destination,
        accepted_at,
    ))
}

fn sign(state: &IngestState, receipt: &Receipt) -> Result<String, &'static Code> {
    let json = serde_json::to_vec(receipt).map_err(|_| &codes::HTTP_INTERNAL)?;
    let signed = state.receipts.seal(&json).map_err(|error| {
        tracing::error!(error = %error, "receipt not signed");
        &codes::HTTP_INTERNAL
    })?;
    Ok(STANDARD.encode(signed))
}

fn random<const N: usize>() -> Result<[u8; N], &'static Code> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| &codes::HTTP_INTERNAL)?;
    Ok(bytes)
}
