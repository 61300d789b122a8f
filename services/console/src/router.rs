//! The routes of the console's door.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::state::ConsoleState;
use crate::{books, certificates, delegations, licences, notices, offices, parked};

/// The routes. The door adds what every door has: time-outs, unknown paths, faults as problem documents.
pub fn router(state: ConsoleState) -> Router {
    Router::new()
        .route("/v1/offices/{number}", put(offices::put).get(offices::get))
        .route("/v1/offices/{number}/licence", put(licences::put))
        .route("/v1/certificates", post(certificates::post))
        .route("/v1/certificates/{fingerprint}", delete(certificates::delete))
        .route("/v1/delegations", post(delegations::post))
        .route(
            "/v1/delegations/{office}/{delegate}/{right}",
            delete(delegations::delete),
        )
        .route("/v1/notices", post(notices::post))
        .route("/v1/books", get(books::get))
        .route("/v1/parked", get(parked::list))
        .route("/v1/parked/{id}", get(parked::show))
        .route("/v1/parked/redrive", post(parked::redrive))
        .route("/v1/parked/stop", post(parked::stop))
        .route("/v1/parked/discard", post(parked::discard))
        .with_state(state)
}
