//! The routes of the console's door.

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::state::ConsoleState;
use crate::{
    audit, books, certificates, channels, delegations, directory, held, licences, maintenance, missing,
    notices, offices, operators, pages, parked, products, search, way, webhooks,
};

/// The routes. The door adds what every door has: time-outs, unknown paths, faults as problem documents.
pub fn router(state: ConsoleState) -> Router {
    Router::new()
        .route("/v1/directory", get(directory::export))
        .route(
            "/v1/directory/imports",
            get(directory::list).post(directory::post),
        )
        .route("/v1/directory/imports/{id}", get(directory::get))
        .route("/v1/offices/{number}", put(offices::put).get(offices::get))
        .route("/v1/offices/{number}/licence", put(licences::put))
        .route("/v1/offices/{number}/delegations", get(delegations::list))
        .route(
            "/v1/certificates",
            post(certificates::post).get(held::certificates),
        )
        .route("/v1/licences", get(held::licences))
        .route("/v1/certificates/{fingerprint}", delete(certificates::delete))
        .route("/v1/delegations", post(delegations::post).get(held::delegations))
        .route(
            "/v1/delegations/{office}/{delegate}/{right}",
            delete(delegations::delete),
        )
        .route("/v1/channels", get(channels::list))
        .route("/v1/channels/{name}", put(channels::put).delete(channels::delete))
        .route("/v1/channels/{name}/password", put(channels::rotate))
        .route("/v1/channels/{name}/offices/{office}", delete(channels::leave))
        .route("/v1/webhooks", get(webhooks::list))
        .route(
            "/v1/webhooks/{name}",
            put(webhooks::put).get(webhooks::show).delete(webhooks::delete),
        )
        .route("/v1/webhooks/{name}/rotate", post(webhooks::rotate))
        .route("/v1/webhooks/{name}/enable", post(webhooks::enable))
        .route("/v1/webhooks/{name}/test", post(webhooks::test))
        .route("/v1/webhooks/{name}/offices/{office}", delete(webhooks::leave))
        .route("/v1/notices", post(notices::post).get(notices::list))
        .route(
            "/v1/notices/drafts",
            get(notices::drafts).post(notices::post_draft),
        )
        .route(
            "/v1/notices/drafts/{id}",
            get(notices::draft)
                .put(notices::put_draft)
                .delete(notices::discard_draft),
        )
        .route("/v1/notices/drafts/{id}/publish", post(notices::publish_draft))
        .route("/v1/books", get(books::get))
        .route("/v1/way", get(way::get))
        .route(
            "/v1/maintenance",
            get(maintenance::get)
                .post(maintenance::post)
                .delete(maintenance::delete),
        )
        .route("/v1/missing", get(missing::list))
        .route("/v1/envelopes", get(search::list))
        .route("/v1/envelopes/{id}", get(search::trace))
        .route("/v1/operators", get(operators::list))
        .route("/v1/operators/{name}", put(operators::put))
        .route("/v1/audit", get(audit::list))
        .route("/v1/parked", get(parked::list))
        .route("/v1/parked/{id}", get(parked::show))
        .route("/v1/parked/redrive", post(parked::redrive))
        .route("/v1/parked/stop", post(parked::stop))
        .route("/v1/parked/discard", post(parked::discard))
        .route("/v1/products", get(products::list))
        .route("/v1/products/results", post(products::add_result))
        .route("/v1/products/imports", get(products::imports))
        .merge(pages::router())
        .with_state(state)
}
