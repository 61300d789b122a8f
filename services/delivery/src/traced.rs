//! What delivery does with one envelope, in the envelope's trace: its entry into the mailbox, and what comes later, its collection
//! and its acknowledgements, which go on at the span of the entry ([`proto::Traceparent::of`]).

use std::time::Duration;

use axum::extract::{MatchedPath, Path, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use chassis::traces::{self, Recording, Under};
use proto::otlp::Kind;
use proto::stamps::header;
use proto::{EnvelopeId, Message, Station, Traceparent};
use store::Entered;

use crate::events::word;

/// The trace a message bears.
pub(crate) fn trace(message: &Message) -> Option<Traceparent> {
    message.headers.get(header::TRACEPARENT)?.parse().ok()
}

/// Records how a message was entered, which took so long.
pub(crate) fn entered(message: &Message, entered: &Entered, took: Duration) {
    let (Some(handling), Ok(id)) = (trace(message), message.message_id.parse::<EnvelopeId>()) else {
        return;
    };
    let name = match entered {
        Entered::Mailboxed { .. } => "enter mailbox",
        _ => "enter ledger",
    };
    let Some(mut span) = begin(Kind::Internal, name, Under::Span(handling)) else {
        return;
    };
    span.since(took);
    span.note("envelope.id", id);
    span.note("outcome", word(entered));
    if let Entered::Mailboxed { .. } = entered {
        let own = Traceparent::of(id);
        if own.trace_id == handling.trace_id {
            span.known_as(own.span_id);
        } else {
            // The sender brought a trace of its own, which nobody remembers later.
            span.link(own);
        }
    }
}

/// Records requests about one item of an inbox: its collection and its acknowledgements. What was refused is nobody's trace.
pub(crate) async fn item(
    Path(id): Path<String>,
    route: MatchedPath,
    request: Request,
    next: Next,
) -> Response {
    let mut span = match (id.parse::<EnvelopeId>(), request.method()) {
        (Ok(id), method @ &(Method::GET | Method::POST)) => {
            let name = format!("{method} {}", route.as_str());
            begin(Kind::Server, &name, traces::of(id)).map(|mut span| {
                span.note("envelope.id", id);
                span.note("http.request.method", method);
                span.note("http.route", route.as_str());
                let given = request.headers().get(header::TRACEPARENT);
                let given = given.and_then(|value| value.to_str().ok()?.parse::<Traceparent>().ok());
                if let Some(given) = given.filter(|given| given.is_sampled()) {
                    span.link(given);
                }
                span
            })
        }
        _ => None,
    };
    let response = next.run(request).await;
    let status = response.status();
    if let Some(mut span) = span.take() {
        span.note("http.response.status_code", status.as_u16());
        if status.is_client_error() {
            span.forget();
        } else if status.is_server_error() {
            span.fail(status);
        }
    }
    response
}

/// Begins the record of an acknowledgement that came by AMQP and took so long.
pub(crate) fn acknowledged(id: EnvelopeId, step: impl ToString, took: Duration) {
    if let Some(mut span) = begin(Kind::Consumer, "process acks", traces::of(id)) {
        span.since(took);
        span.note("messaging.system", "rabbitmq");
        span.note("messaging.operation.name", "process");
        span.note("messaging.operation.type", "process");
        span.note("envelope.id", id);
        span.note("outcome", step);
    }
}

fn begin(kind: Kind, name: &str, under: Under) -> Option<Recording> {
    traces::begin(Station::Delivery.as_str(), kind, name, under)
}
