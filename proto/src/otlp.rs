//! Spans as OTLP carries them: the JSON encoding of `ExportTraceServiceRequest`, OTLP 1.x,
//! <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>. Shapes only: who records, samples and sends is not here.
//!
//! An attribute is a text chosen by the code that records it: ids of envelopes, numbers of offices, stages, outcomes, codes.
//! Nothing a person wrote is ever one.

use serde_json::{Value, json};

use crate::Traceparent;

/// Path of an OTLP receiver for traces, behind its base address.
const PATH: &str = "/v1/traces";

/// The address of an OTLP receiver for traces below this base, with or without a slash at its end.
#[must_use]
pub fn address(base: &str) -> String {
    format!("{}{PATH}", base.trim_end_matches('/'))
}

/// Who records: `service.namespace` of every span.
pub const NAMESPACE: &str = "careplan-relay";

/// What a span is to the others, with OTLP's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A step inside a process.
    Internal = 1,
    /// A request taken.
    Server = 2,
    /// A request made.
    Client = 3,
    /// A message published.
    Producer = 4,
    /// A message handled.
    Consumer = 5,
}

/// A span that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its trace, itself, and whether it is sampled.
    pub context: Traceparent,
    /// The span it is part of; none: the trace begins here.
    pub parent: Option<[u8; 8]>,
    /// Spans it belongs with, in this trace or in others.
    pub links: Vec<Traceparent>,
    /// `service.name`: the station, or the program.
    pub service: &'static str,
    /// What was done, of a small closed set.
    pub name: String,
    /// What it is to the others.
    pub kind: Kind,
    /// Nanoseconds since 1970.
    pub begin: u64,
    /// Nanoseconds since 1970.
    pub end: u64,
    /// Facts about it.
    pub attributes: Vec<(&'static str, String)>,
    /// What failed, in words of our own; none: nothing did.
    pub error: Option<String>,
}

/// The request that hands these spans to a collector. `instance` names the process.
#[must_use]
pub fn request(instance: &str, version: &str, spans: &[Span]) -> Value {
    let mut services: Vec<&'static str> = spans.iter().map(|span| span.service).collect();
    services.sort_unstable();
    services.dedup();
    let of = |service: &'static str| -> Vec<Value> {
        let own = spans.iter().filter(|span| span.service == service);
        own.map(Span::to_json).collect()
    };
    let groups: Vec<Value> = services
        .into_iter()
        .map(|service| {
            json!({
                "resource": { "attributes": attributes([
                    ("service.namespace", NAMESPACE),
                    ("service.name", service),
                    ("service.instance.id", instance),
                    ("service.version", version),
                ]) },
                "scopeSpans": [{ "scope": { "name": NAMESPACE, "version": version }, "spans": of(service) }],
            })
        })
        .collect();
    json!({ "resourceSpans": groups })
}

impl Span {
    fn to_json(&self) -> Value {
        let links: Vec<Value> = self.links.iter().map(link).collect();
        let named = self.attributes.iter();
        let mut span = json!({
            "traceId": hex::encode(self.context.trace_id),
            "spanId": hex::encode(self.context.span_id),
            "flags": self.context.flags,
            "name": self.name,
            "kind": self.kind as u8,
            // 64-bit numbers are decimal strings in JSON.
            "startTimeUnixNano": self.begin.to_string(),
            "endTimeUnixNano": self.end.to_string(),
            "attributes": attributes(named.map(|(name, value)| (*name, value.as_str()))),
            "links": links,
        });
        if let Some(parent) = self.parent {
            span["parentSpanId"] = json!(hex::encode(parent));
        }
        if let Some(error) = &self.error {
            span["status"] = json!({ "code": 2, "message": error });
        }
        span
    }
}

fn link(to: &Traceparent) -> Value {
    json!({ "traceId": hex::encode(to.trace_id), "spanId": hex::encode(to.span_id) })
}

fn attributes<'a>(named: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<Value> {
    named
        .into_iter()
        .map(|(name, value)| json!({ "key": name, "value": { "stringValue": value } }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(service: &'static str, parent: Option<[u8; 8]>) -> Span {
        Span {
            context: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
                .parse()
                .unwrap(),
            parent,
            links: Vec::new(),
            service,
            name: "process validation".into(),
            kind: Kind::Consumer,
            begin: 1_700_000_000_000_000_001,
            end: 1_700_000_000_000_000_002,
            attributes: vec![("stage", "validation".into())],
            error: None,
        }
    }

    #[test]
    fn a_receiver_is_below_its_base() {
        for base in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/"] {
            assert_eq!(address(base), "http://127.0.0.1:4318/v1/traces");
        }
    }

    #[test]
    fn ids_are_hex_numbers_are_texts_and_each_service_has_its_resource() {
        let mut failed = span("routing", Some([0xab; 8]));
        failed.error = Some("not confirmed".into());
        failed.links.push(failed.context);
        let request = request(
            "a/1",
            "0.1.0",
            &[span("validation", None), failed, span("routing", None)],
        );
        let groups = request["resourceSpans"].as_array().unwrap();
        assert_eq!(groups.len(), 2);
        let routing = &groups[0]["scopeSpans"][0]["spans"];
        assert_eq!(routing.as_array().unwrap().len(), 2);
        assert_eq!(routing[0]["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(routing[0]["spanId"], "00f067aa0ba902b7");
        assert_eq!(routing[0]["parentSpanId"], "abababababababab");
        assert_eq!(routing[0]["startTimeUnixNano"], "1700000000000000001");
        assert_eq!(routing[0]["status"]["code"], 2);
        assert_eq!(routing[0]["links"][0]["spanId"], "00f067aa0ba902b7");
        let validation = &groups[1]["scopeSpans"][0]["spans"][0];
        assert_eq!(validation["kind"], 5);
        assert!(validation.get("parentSpanId").is_none() && validation.get("status").is_none());
        assert_eq!(validation["attributes"][0]["value"]["stringValue"], "validation");
    }
}
