//! What every route of a door has in common: refusals are problem documents, a panic is one too, and requests are counted.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{IntoResponse, Response};
use chassis::metrics::{CounterVec, HistogramVec, Metrics, SECONDS};
use proto::{Code, ProblemDocument, codes};
use tower_http::catch_panic::CatchPanicLayer;

use crate::Refused;

/// Makes every refusal of the router a problem document: no route (404), no method (405), what extractors refuse (400,
/// 413, 415) and panics (500). Documents made by the routes stay as they are.
pub fn finish(router: Router) -> Router {
    router
        .layer(map_response(documented))
        .layer(CatchPanicLayer::custom(|_| {
            // The panic hook has told where; the text itself may hold what was sent.
            tracing::error!("a request's handler panicked");
            Refused::from(&codes::HTTP_INTERNAL).into_response()
        }))
}

/// Counts and times the router's requests, by route and status; never by office or id. Put around [`finish`], so that
/// panics are counted too.
pub fn measured(router: Router, metrics: &Metrics) -> Router {
    let numbers = Numbers {
        requests: metrics.counter(
            "relay_door_requests_total",
            "Requests answered at the door. Many 4xx: a client's software or certificate is wrong; 5xx: we are.",
            &["route", "method", "status"],
        ),
        seconds: metrics.histogram(
            "relay_door_request_seconds",
            "From a request's head to its answer's head; long polls wait up to a minute by design.",
            &["route"],
            SECONDS,
        ),
    };
    router.layer(from_fn_with_state(numbers, count))
}

#[derive(Clone)]
struct Numbers {
    requests: CounterVec,
    seconds: HistogramVec,
}

async fn count(State(numbers): State<Numbers>, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str)
        .to_owned();
    // Methods are an open set in HTTP and a closed one here.
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "DELETE") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let begun = Instant::now();
    let response = next.run(request).await;
    let status = response.status();
    numbers
        .seconds
        .with(&[&route])
        .observe(begun.elapsed().as_secs_f64());
    numbers.requests.with(&[&route, &method, status.as_str()]).inc();
    response
}

async fn documented(response: Response) -> Response {
    // A page of a desk tells its problem itself; no extractor answers in HTML.
    let is_told = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| {
        let is = |media_type: &str| kind.as_bytes().starts_with(media_type.as_bytes());
        is(ProblemDocument::MEDIA_TYPE) || is("text/html")
    });
    let Some(code) = code_of(response.status()).filter(|_| !is_told) else {
        return response;
    };
    let mut document = Refused::from(code).into_response();
    for (name, value) in response.headers() {
        // Allow of a 405 and the like; the old body's own headers go with it.
        if *name != header::CONTENT_LENGTH && !document.headers().contains_key(name) {
            document.headers_mut().append(name.clone(), value.clone());
        }
    }
    document
}

fn code_of(status: StatusCode) -> Option<&'static Code> {
    match status.as_u16() {
        400 | 422 => Some(&codes::HTTP_BAD_REQUEST),
        404 => Some(&codes::HTTP_NOT_FOUND),
        405 => Some(&codes::HTTP_METHOD),
        408 => Some(&codes::HTTP_TIMEOUT),
        413 => Some(&codes::HTTP_TOO_LARGE),
        415 => Some(&codes::HTTP_MEDIA_TYPE),
        429 => Some(&codes::HTTP_TOO_MANY),
        500 => Some(&codes::HTTP_INTERNAL),
        503 => Some(&codes::HTTP_BUSY),
        _ => None,
    }
}
