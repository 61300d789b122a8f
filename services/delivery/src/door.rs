//! The routes of delivery's door and what they share.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::from_fn;
use axum::routing::{get, post};
use chassis::metrics::Metrics;
use chassis::process;
use chassis::shutdown::Shutdown;
use door::{Gate, Refused};
use proto::{Station, codes};
use seal::Sealer;
use store::{Snapshot, Store, StoreError};
use tokio::sync::Semaphore;

use crate::imports::Imports;
use crate::{Config, directory, happenings, inbox, receipts, sent, traced};

/// Seconds a client waits when the store cannot be reached.
const RETRY_AFTER: u32 = 5;

/// What every request can reach.
#[derive(Clone)]
pub struct DeliveryState {
    pub(crate) gate: Gate,
    pub(crate) store: Store,
    pub(crate) snapshot: Snapshot,
    pub(crate) receipts: Arc<Sealer>,
    pub(crate) long_polls: Arc<Semaphore>,
    pub(crate) shutdown: Shutdown,
    pub(crate) by: String,
    pub(crate) imports: Imports,
}

impl DeliveryState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(
        config: &Config,
        gate: Gate,
        store: Store,
        snapshot: Snapshot,
        receipts: Arc<Sealer>,
        shutdown: Shutdown,
        imports: Imports,
    ) -> Self {
        let long_polls = Arc::new(Semaphore::new(config.long_polls));
        let by = process::name(Station::Delivery);
        Self {
            gate,
            store,
            snapshot,
            receipts,
            long_polls,
            shutdown,
            by,
            imports,
        }
    }

    /// Registers how many wait, told whenever it is asked for.
    pub fn count_waiting(&self, config: &Config, metrics: &Metrics) {
        let waiting = metrics.gauge(
            "relay_delivery_waiting",
            "Long polls and streams of events open now. At `delivery.long_polls` further ones are answered at once, and clients ask again: raise it, or start another replica.",
            &[],
        );
        let (places, all) = (Arc::clone(&self.long_polls), config.long_polls);
        metrics.at_render(move || {
            let open = all.saturating_sub(places.available_permits());
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            waiting.with(&[]).set(open as f64);
        });
    }
}

impl FromRef<DeliveryState> for Gate {
    fn from_ref(state: &DeliveryState) -> Self {
        state.gate.clone()
    }
}

/// The routes.
pub fn router(state: DeliveryState) -> Router {
    let items = Router::new()
        .route("/v1/inbox/{id}", get(inbox::fetch).head(inbox::head))
        .route("/v1/inbox/{id}/collected", post(inbox::collected))
        .route("/v1/inbox/{id}/imported", post(inbox::imported))
        .route_layer(from_fn(traced::item));
    Router::new()
        .merge(items)
        .route("/v1/events", get(happenings::follow))
        .route("/v1/inbox", get(inbox::list))
        .route("/v1/sent", get(sent::list))
        .route("/v1/sent/{id}", get(sent::item))
        .route("/v1/sent/{id}/recall", post(sent::recall))
        .route("/v1/receipts/{id}/{step}", get(receipts::get))
        .route("/v1/offices", get(directory::offices))
        .route("/v1/notices", get(directory::notices))
        .route("/v1/me", get(directory::me))
        .route(proto::openapi::PATH, get(::door::openapi))
        .with_state(state)
}

/// The answer when the store did not do it: 503 for a condition of the store, 500 for what would fail again.
#[must_use]
pub fn store_error(error: &StoreError) -> Refused {
    if error.is_transient() {
        tracing::warn!(error = %error, "store not usable");
        Refused::busy(&codes::STORE_UNAVAILABLE, RETRY_AFTER)
    } else {
        tracing::error!(error = %error, "the store refuses");
        Refused::from(&codes::HTTP_INTERNAL)
    }
}
