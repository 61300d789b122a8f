//! The desk in a browser: the same acts and the same decisions as the API's, written as pages. HTML made here is escaped by
//! construction, works without JavaScript and asks nobody else for anything.

mod audit;
mod delegations;
mod directory;
mod drawing;
mod envelope;
mod form;
mod frame;
mod held;
mod lang;
mod maintenance;
mod notices;
mod offices;
mod operators;
mod overview;
mod parked;
mod products;
mod search;
mod visit;
mod webhook_acts;
mod webhooks;
mod words;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::error::DeskError;
use crate::state::ConsoleState;

/// What a page answers.
type Page = Result<Response, DeskError>;

/// The pages.
pub(crate) fn router() -> Router<ConsoleState> {
    Router::new()
        .route("/", get(overview::show))
        .route("/search", get(search::show))
        .route("/envelopes/{id}", get(envelope::show))
        .route("/parked", get(parked::list))
        .route("/parked/confirm", post(parked::confirm))
        .route("/parked/redrive", post(parked::redrive))
        .route("/parked/discard", post(parked::discard))
        .route("/parked/stop", post(parked::stop))
        .route(
            "/directory",
            // The form with the file has a bound of its own.
            get(directory::show)
                .post(directory::take)
                .layer(DefaultBodyLimit::disable()),
        )
        .route("/directory/offices.csv", get(directory::export))
        .route("/directory/imports/{id}", get(directory::report))
        .route("/offices", get(offices::search))
        .route("/offices/{number}", get(offices::show))
        .route("/offices/{number}/licence", post(offices::give_licence))
        .route("/licences", get(held::licences))
        .route(
            "/certificates",
            get(held::certificates).post(held::bind_certificate),
        )
        .route("/certificates/confirm", post(held::confirm))
        .route("/certificates/{fingerprint}/end", post(held::end_binding))
        .route(
            "/delegations",
            get(delegations::list).post(delegations::add_delegation),
        )
        .route("/delegations/end", post(delegations::end))
        .route("/vendors", get(delegations::vendors))
        .route("/vendors/confirm", post(delegations::confirm))
        .route("/vendors/remove", post(delegations::remove))
        .route("/webhooks", get(webhooks::list).post(webhook_acts::put))
        .route("/webhooks/{name}", get(webhooks::show))
        .route("/webhooks/{name}/test", post(webhook_acts::test))
        .route("/webhooks/{name}/enable", post(webhook_acts::enable))
        .route("/webhooks/{name}/confirm", post(webhook_acts::confirm))
        .route("/webhooks/{name}/rotate", post(webhook_acts::rotate))
        .route("/webhooks/{name}/leave", post(webhook_acts::leave))
        .route("/webhooks/{name}/remove", post(webhook_acts::remove))
        .route("/notices", get(notices::list).post(notices::publish))
        .route("/notices/drafts", post(notices::save))
        .route("/notices/drafts/{id}", get(notices::draft).post(notices::change))
        .route("/notices/drafts/{id}/publish", post(notices::publish_draft))
        .route("/notices/drafts/{id}/discard", post(notices::discard))
        .route("/maintenance", get(maintenance::show).post(maintenance::start))
        .route("/maintenance/end", post(maintenance::end))
        .route("/operators", get(operators::list).post(operators::put))
        .route("/products", get(products::show))
        .route("/audit", get(audit::list))
        .layer(from_fn(visit::visit))
        .route("/desk.css", get(css))
}

async fn css() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("desk.css"),
    )
}

/// After an act the browser asks for a page: to load it again is not to act again.
fn see(place: &str) -> Response {
    Redirect::to(place).into_response()
}
