//! The doors' contract as an OpenAPI 3.1 document, written from the table of routes and the shapes' own types. Its golden copy
//! is `docs/openapi.json`; both doors serve it at [`PATH`].

use schemars::generate::{SchemaGenerator, SchemaSettings};
use serde_json::{Map, Value, json};

use crate::routes::{CMS, Door, Payload, ROUTES, Route};
use crate::webhook::{self, WebhookTest};
use crate::{Happening, ProblemDocument, Receipt};

/// Where the doors serve the document.
pub const PATH: &str = "/v1/openapi.json";

const ABOUT: &str = "Sealed envelopes of care plan data from office to office. HTTPS with a client certificate; times are RFC 3339 with \
offset. Errors are problem documents (RFC 9457) whose `code` is the same everywhere; 503 and 429 carry Retry-After. Clients ignore \
fields and statuses they do not know.";

/// A parameter of a query or a path: name, whether it stands in the path, schema, words.
type Parameter = (&'static str, bool, fn() -> Value, &'static str);

const PARAMETERS: &[Parameter] = &[
    (
        "id",
        true,
        || json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        "The envelope's id: SHA-256 of its bytes, lower-case hexadecimal.",
    ),
    (
        "step",
        true,
        || json!({ "type": "string", "enum": ["accepted", "validated", "delivered", "collected", "imported"] }),
        "Which step.",
    ),
    (
        "office",
        false,
        || json!({ "type": "string", "pattern": "^[0-9]{10}$" }),
        "For which office; the certificate's own by default. Delegates name it.",
    ),
    (
        "after",
        false,
        || json!({ "type": "string" }),
        "The `next` of the page before; without it the list begins at the oldest.",
    ),
    (
        "limit",
        false,
        || json!({ "type": "integer", "minimum": 1, "default": 100 }),
        "Items at most; more than 500 is 500.",
    ),
    (
        "state",
        false,
        || json!({ "type": "string", "enum": ["new", "collected", "all"], "default": "all" }),
        "Which items.",
    ),
    (
        "wait",
        false,
        || json!({ "type": "integer", "minimum": 0 }),
        "Seconds to wait for what is not there yet; more than 60 is 60.",
    ),
    (
        "status",
        false,
        || json!({ "type": "string" }),
        "Only items of this status.",
    ),
    (
        "uncollected",
        false,
        || json!({ "type": "integer", "minimum": 0 }),
        "Only items that wait to be collected for at least so many business days.",
    ),
    (
        "q",
        false,
        || json!({ "type": "string" }),
        "Words of the name, or the beginning of the number.",
    ),
    (
        "prefecture",
        false,
        || json!({ "type": "string", "pattern": "^[0-9]{2}$" }),
        "Prefecture code (JIS X 0401).",
    ),
    (
        "service",
        false,
        || json!({ "type": "string" }),
        "Service kind, two characters.",
    ),
];

/// The document.
#[must_use]
pub fn document() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    // Not the answer of a route by themselves, but what routes' words speak of.
    generator.subschema_for::<ProblemDocument>();
    generator.subschema_for::<Receipt>();
    generator.subschema_for::<WebhookTest>();
    let mut paths: Map<String, Value> = Map::new();
    for route in ROUTES {
        let operation = operation(route, &mut generator);
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(route.method.as_str().to_owned(), operation);
        }
    }
    let told = generator.subschema_for::<Happening>();
    let parameters: Map<String, Value> = PARAMETERS
        .iter()
        .map(|one| (one.0.to_owned(), parameter(one)))
        .collect();
    let schemas = generator.take_definitions(true);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "careplan-relay", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [],
        "security": [{ "officeCertificate": [] }],
        "tags": [
            { "name": tag(Door::Ingest), "description": "The door envelopes are sent to." },
            { "name": tag(Door::Delivery), "description": "The door of inbox, sent list and receipts." },
        ],
        "paths": paths,
        "webhooks": { "happening": { "post": webhook_call(&told) } },
        "components": {
            "securitySchemes": {
                "officeCertificate": { "type": "mutualTLS", "description": "A certificate that the directory binds to an office, or to a delegate." },
            },
            "parameters": parameters,
            "responses": { "Problem": {
                "description": "Refused, or not known to be done; `code` says why, `detail` what to do, in Japanese and English.",
                "headers": { "Retry-After": { "description": "Seconds to wait, of 503 and 429.", "schema": { "type": "integer" } } },
                "content": { ProblemDocument::MEDIA_TYPE: { "schema": { "$ref": "#/components/schemas/ProblemDocument" } } },
            } },
            "schemas": schemas,
        },
    })
}

/// What a vendor's or an office's own URL is called with.
fn webhook_call(told: &impl serde::Serialize) -> Value {
    let header = |name: &str, words: &str| json!({ "name": name, "in": "header", "required": true, "description": words, "schema": { "type": "string" } });
    json!({
        "operationId": "happening",
        "summary": "What happened, ids only. 何が起きたか（識別子だけ）",
        "description": "Signed by the Standard Webhooks scheme. Happenings of one office come one by one, in order; the next only after 2xx. \
            Anything else, redirects included, is tried again for three days. The same happening may come twice, under the same webhook-id. \
            A test has a body of the shape WebhookTest.",
        "security": [],
        "parameters": [
            header(webhook::ID, "The name of what happened, the same at every try."),
            header(webhook::TIMESTAMP, "When this try was signed, seconds since 1970; refuse what is more than five minutes off."),
            header(webhook::SIGNATURE, "Signatures separated by blanks; one that fits is enough. v1, then Base64 of HMAC-SHA256 over id, timestamp and body, a full stop between each, with the secret's bytes."),
        ],
        "requestBody": { "required": true, "content": { "application/json": { "schema": told } } },
        "responses": { "2XX": { "description": "Taken; the body is not looked at." } },
    })
}

fn tag(door: Door) -> &'static str {
    match door {
        Door::Ingest => "ingest",
        Door::Delivery => "delivery",
    }
}

fn parameter((name, in_path, schema, words): &Parameter) -> Value {
    let place = if *in_path { "path" } else { "query" };
    json!({ "name": name, "in": place, "required": in_path, "description": words, "schema": schema() })
}

fn operation(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let named = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
    let in_path = route
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameters: Vec<Value> = in_path
        .map(named)
        .chain(route.query.iter().map(|name| named(name)))
        .collect();
    let [english, japanese] = route.summary;
    let mut operation = json!({
        "operationId": route.id,
        "tags": [tag(route.door)],
        "summary": format!("{english} / {japanese}"),
        "parameters": parameters,
        "responses": responses(route, generator),
    });
    if let Some(fields) = operation.as_object_mut() {
        if !route.words.is_empty() {
            fields.insert("description".to_owned(), Value::from(route.words));
        }
        if let Some(content) = content(route.body, generator) {
            fields.insert(
                "requestBody".to_owned(),
                json!({ "required": true, "content": content }),
            );
        }
    }
    operation
}

fn responses(route: &Route, generator: &mut SchemaGenerator) -> Value {
    let (status, payload) = route.answer;
    let mut good = json!({ "description": "Done" });
    if let (Some(content), Some(good)) = (content(payload, generator), good.as_object_mut()) {
        good.insert("content".to_owned(), content);
    }
    let mut responses: Map<String, Value> = Map::from_iter([(status.to_string(), good)]);
    for (status, words) in route.also {
        responses.insert(status.to_string(), json!({ "description": words }));
    }
    responses.insert(
        "default".to_owned(),
        json!({ "$ref": "#/components/responses/Problem" }),
    );
    Value::Object(responses)
}

fn content(payload: Payload, generator: &mut SchemaGenerator) -> Option<Value> {
    match payload {
        Payload::None => None,
        Payload::Json(shape) => Some(json!({ "application/json": { "schema": shape(generator) } })),
        Payload::Bytes(types) => Some(
            types
                .iter()
                .map(|kind| (without_parameters(kind), json!({})))
                .collect(),
        ),
    }
}

/// OpenAPI compares media types without parameters.
fn without_parameters(kind: &str) -> String {
    kind.split(';').next().unwrap_or(CMS).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Every `$ref` of the document.
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    found.insert(target.clone());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_nothing_is_there_for_nothing() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for target in &found {
            let pointer = target.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{target}");
        }
        for (name, ..) in PARAMETERS {
            let target = format!("#/components/parameters/{name}");
            assert!(found.contains(&target), "{name} is used by no route");
        }
    }

    #[test]
    fn operations_have_names_of_their_own() {
        let names: BTreeSet<&str> = ROUTES.iter().map(|route| route.id).collect();
        assert_eq!(names.len(), ROUTES.len());
    }

    #[test]
    fn what_a_client_generator_needs_is_there() {
        let document = document();
        let accepted = "/paths/~1v1~1envelopes/post/responses/202/content/application~1json/schema/$ref";
        assert_eq!(
            document.pointer(accepted).unwrap(),
            "#/components/schemas/Accepted"
        );
        let id = document.pointer("/components/schemas/Accepted/properties/id");
        assert!(id.is_some(), "shapes are written out");
        let body = document.pointer("/paths/~1v1~1envelopes/post/requestBody/content");
        assert!(body.unwrap().get("application/pkcs7-mime").is_some());
    }
}
