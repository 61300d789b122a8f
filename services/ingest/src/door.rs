//! The routes of the door and what they share.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::FromRef;
use axum::routing::{get, post};
use bytes::Bytes;
use chassis::broker::Publisher;
use chassis::metrics::Metrics;
use chassis::process;
use door::{Gate, Refused};
use parcel::Rules;
use proto::{Station, codes};
use seal::Sealer;
use seal::trust::SharedTrust;
use store::Snapshot;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::events::Events;
use crate::maintenance::Sign;
use crate::notes::Notes;
use crate::pressure::Valve;
use crate::{Config, accept, check, policy};

/// What every request of the door can reach.
#[derive(Clone)]
pub struct IngestState {
    pub(crate) gate: Gate,
    pub(crate) trust: SharedTrust,
    pub(crate) snapshot: Snapshot,
    pub(crate) publisher: Publisher,
    pub(crate) notes: Notes,
    pub(crate) sign: Sign,
    pub(crate) valve: Valve,
    pub(crate) receipts: Arc<Sealer>,
    pub(crate) rules: Arc<Rules>,
    pub(crate) shards: u16,
    pub(crate) body_within: Duration,
    pub(crate) accept_within: Duration,
    pub(crate) submissions: Arc<Semaphore>,
    pub(crate) bytes: Arc<Semaphore>,
    pub(crate) checks: Arc<Semaphore>,
    pub(crate) events: Events,
    pub(crate) by: String,
}

/// What the door stands on.
pub struct Parts {
    /// Who is there.
    pub gate: Gate,
    /// CAs and revocation lists.
    pub trust: SharedTrust,
    /// The directory, at most 60 s old.
    pub snapshot: Snapshot,
    /// The way to the broker.
    pub publisher: Publisher,
    /// Whether maintenance is going on.
    pub sign: Sign,
    /// How much is waiting already.
    pub valve: Valve,
    /// Signs receipts.
    pub receipts: Arc<Sealer>,
    /// By what envelopes are judged here.
    pub rules: Arc<Rules>,
    /// Number of shards.
    pub shards: u16,
    /// Where to count.
    pub metrics: Metrics,
}

impl IngestState {
    /// Puts the parts together and starts the writer of notes.
    #[must_use]
    pub fn new(config: &Config, parts: Parts) -> Self {
        let linger = Duration::from_millis(config.note_linger_milliseconds);
        Self {
            gate: parts.gate,
            trust: parts.trust,
            snapshot: parts.snapshot,
            notes: Notes::start(parts.publisher.clone(), linger),
            publisher: parts.publisher,
            sign: parts.sign,
            valve: parts.valve,
            receipts: parts.receipts,
            rules: parts.rules,
            shards: parts.shards,
            body_within: Duration::from_secs(config.body_seconds),
            accept_within: Duration::from_secs(config.accept_seconds),
            submissions: Arc::new(Semaphore::new(config.concurrent_submissions)),
            bytes: Arc::new(Semaphore::new(config.bytes_under_way as usize)),
            checks: Arc::new(Semaphore::new(config.concurrent_checks)),
            events: Events::new(&parts.metrics),
            by: process::name(Station::Ingest),
        }
    }
}

impl IngestState {
    /// Reads a body within the limits of size and time. The place it takes among the bytes under way is held as long as
    /// the returned permit; a body that does not say its length takes the largest one's place.
    pub(crate) async fn read(&self, body: Body) -> Result<(Bytes, OwnedSemaphorePermit), Refused> {
        let most = self.rules.limits.envelope_bytes;
        let announced = body.size_hint().exact().unwrap_or(most).min(most);
        let place = u32::try_from(announced).unwrap_or(u32::MAX);
        let place = self
            .bytes
            .clone()
            .try_acquire_many_owned(place)
            .map_err(|_| Refused::from(&codes::HTTP_BUSY))?;
        let limit = usize::try_from(most).unwrap_or(usize::MAX);
        let bytes = ::door::read_body(body, limit, self.body_within).await?;
        Ok((bytes, place))
    }
}

impl FromRef<IngestState> for Gate {
    fn from_ref(state: &IngestState) -> Self {
        state.gate.clone()
    }
}

/// The routes.
pub fn router(state: IngestState) -> Router {
    Router::new()
        .route("/v1/envelopes", post(accept::post))
        .route("/v1/check", post(check::post))
        .route("/v1/policy", get(policy::get))
        .route(proto::openapi::PATH, get(::door::openapi))
        .with_state(state)
}
