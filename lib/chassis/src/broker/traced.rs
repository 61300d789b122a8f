//! What a message's handling looks like in its trace: a span for the handling, one for what it publishes. Names and attributes are
//! those of OpenTelemetry's conventions for messaging,
//! <https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/>.

use proto::otlp::Kind;
use proto::stamps::header;
use proto::{EnvelopeId, Message, MessageType, OutcomeMessage, Publication, Traceparent};

use super::stage::Stage;
use crate::traces::{Recording, Under, begin};

/// Most codes of an outcome that are told.
const CODES: usize = 5;

/// Begins the span of a message's handling. The message names it from now on: what the stage does and publishes is below it.
pub(super) fn handling(stage: &dyn Stage, message: &mut Message) -> Option<Recording> {
    if !crate::traces::are_recorded() {
        return None;
    }
    let parent = stage.trace(message)?;
    let service = stage.station().as_str();
    let mut span = begin(
        service,
        Kind::Consumer,
        format!("process {}", stage.name()),
        Under::Span(parent),
    )?;
    span.note("messaging.system", "rabbitmq");
    span.note("messaging.operation.name", "process");
    span.note("messaging.operation.type", "process");
    span.note("messaging.destination.name", &message.queue);
    span.note("stage", stage.name());
    if let Some(id) = envelope(message) {
        span.note("messaging.message.id", id);
    }
    for (name, header) in [
        ("office.sender", header::SENDER),
        ("office.destination", header::DESTINATION),
    ] {
        // What stands there and is no number of an office was written by somebody else.
        let office = message.headers.get(header);
        if let Some(office) = office.and_then(|text| text.parse::<proto::OfficeNumber>().ok()) {
            span.note(name, office);
        }
    }
    if let Some(context) = span.context() {
        let name = header::TRACEPARENT.to_owned();
        message.headers.insert(name, context.to_string());
    }
    Some(span)
}

/// Whose message it is, if its id is one of ours: what was set aside may bear the words of whoever published it.
pub(super) fn envelope(message: &Message) -> Option<EnvelopeId> {
    message.message_id.parse().ok()
}

/// What stands beside every event about this message, of whatever level: its envelope and its trace.
pub(super) fn events_of(message: &Message) -> tracing::Span {
    let Some(id) = envelope(message) else {
        return tracing::Span::none();
    };
    let trace = message.headers.get(header::TRACEPARENT);
    match trace.and_then(|text| text.parse::<Traceparent>().ok()) {
        Some(trace) => tracing::error_span!("envelope", envelope.id = %id, trace_id = trace.trace()),
        None => tracing::error_span!("envelope", envelope.id = %id),
    }
}

/// How the handling ended.
pub(super) fn ended(span: &mut Option<Recording>, outcome: &str, publication: Option<&Publication>) {
    let Some(span) = span else { return };
    span.note("outcome", outcome);
    if outcome == "retry" || outcome == "park" {
        span.fail(outcome);
    }
    let told = publication.filter(|publication| publication.message_type == MessageType::Outcome);
    let Some(told) = told else { return };
    if let Ok(told) = serde_json::from_slice::<OutcomeMessage>(&told.body) {
        let mut codes: Vec<String> = told
            .report
            .problems
            .into_iter()
            .map(|problem| problem.code)
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes.truncate(CODES);
        span.note("outcome.codes", codes.join(" "));
    }
}

/// Begins the span of a publish; the publication names it, so that the next station goes on there.
pub fn publishing(
    under: Option<Under>,
    service: &'static str,
    publication: &mut Publication,
) -> Option<Recording> {
    let under = under?;
    let exchange = publication.exchange.name();
    let mut span = begin(service, Kind::Producer, format!("send {exchange}"), under)?;
    let key = &publication.routing_key;
    span.note("messaging.system", "rabbitmq");
    span.note("messaging.operation.name", "send");
    span.note("messaging.operation.type", "send");
    span.note("messaging.destination.name", format!("{exchange}:{key}"));
    span.note("messaging.rabbitmq.destination.routing_key", key);
    span.note("messaging.message.id", &publication.message_id);
    let name = header::TRACEPARENT.to_owned();
    publication.headers.insert(name, span.context()?.to_string());
    Some(span)
}
