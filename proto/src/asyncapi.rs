//! The broker's contract for vendors as an AsyncAPI 3.0 document, written from the topology and the messages' own types. Its
//! golden copy is `docs/asyncapi.yaml`.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::api::NoticeEntry;
use crate::channel::{AckMessage, StatusMessage};
use crate::routes::CMS;
use crate::stamps::header;
use crate::topology::{Exchange, channel_queue};
use crate::{Channel, Holder, MessageType, ProblemDocument};

const ABOUT: &str = "Queues of vendors' and offices' own. A user of the broker has the name of its queue, vendor.<name> or office.<office \
number>, may publish to relay.submit and relay.acks, and consume that queue. Every publish bears the property user_id. Messages come at \
least once; the envelope's id is the key.";

/// Headers of an envelope in a channel, each with its words.
const HEADERS: [(&str, &str); 6] = [
    (header::SENDER, "Office number of the sender."),
    (
        header::DESTINATION,
        "Office number of the destination, which lets the queue's holder read.",
    ),
    (header::SEQUENCE, "連番: 14 digits."),
    (header::KINDS, "Kinds of the standard files, with blanks between."),
    (header::MONTH, "Service month, if there is one."),
    (header::TRACEPARENT, "W3C Trace Context."),
];

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into())
        .into_generator();
    generator.subschema_for::<ProblemDocument>();
    let (status, ack, notice) = (
        generator.subschema_for::<StatusMessage>(),
        generator.subschema_for::<AckMessage>(),
        generator.subschema_for::<NoticeEntry>(),
    );
    let schemas = generator.take_definitions(true);
    let submission = "An envelope, as for POST /v1/envelopes. The manifest in it says who sends to whom; key, properties and headers do not.";
    let envelope = "An envelope of an inbox. message_id is its id, the SHA-256 of the body.";
    json!({
        "asyncapi": "3.0.0",
        "info": { "title": "careplan-relay", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "defaultContentType": "application/json",
        "servers": { "relay": {
            "host": "{host}:5671",
            "pathname": "/{vhost}",
            "protocol": "amqps",
            "protocolVersion": "0-9-1",
            "variables": {
                "host": { "description": "The operator tells it." },
                "vhost": { "description": "The relay's virtual host." },
            },
        } },
        "channels": {
            "submissions": published(Exchange::Submit, "submission"),
            "acknowledgements": published(Exchange::Acks, "acknowledgement"),
            "own": own(),
        },
        "operations": {
            "submit": operation("send", "submissions", &["submission"]),
            "acknowledge": operation("send", "acknowledgements", &["acknowledgement"]),
            "receive": operation("receive", "own", &["envelope", "status", "notice"]),
        },
        "components": {
            "messages": {
                "submission": { "summary": submission, "contentType": CMS, "payload": { "type": "string", "contentEncoding": "binary" } },
                "acknowledgement": { "summary": "Collected, or how the import went.", "payload": ack },
                "envelope": {
                    "name": MessageType::Envelope.as_str(),
                    "summary": envelope,
                    "contentType": CMS,
                    "headers": headers(),
                    "payload": { "type": "string", "contentEncoding": "binary" },
                },
                "status": {
                    "name": MessageType::Status.as_str(),
                    "summary": "Where stands what the queue's holder submitted, or why it was not taken.",
                    "payload": status,
                },
                "notice": {
                    "name": MessageType::Notice.as_str(),
                    "summary": "A notice to one of the queue's offices.",
                    "payload": notice,
                },
            },
            "schemas": schemas,
        },
    })
}

/// A channel one publishes to: an exchange, whatever the key.
fn published(exchange: Exchange, message: &str) -> Value {
    json!({
        "address": null,
        "description": "Persistent, mandatory, confirmed; with the property user_id. The routing key decides nothing.",
        "messages": { message: reference("components/messages", message) },
        "bindings": { "amqp": {
            "is": "routingKey",
            "exchange": { "name": exchange.name(), "type": "topic", "durable": true, "autoDelete": false },
            "bindingVersion": "0.3.0",
        } },
    })
}

/// The queue of a vendor; an office's is the same under its own name.
fn own() -> Value {
    let vendor = Channel::of(&Holder::Vendor("abc".to_owned()));
    let Some(queue) = vendor.as_ref().map(channel_queue) else {
        return Value::Null;
    };
    let arguments: Map<String, Value> = queue
        .arguments
        .iter()
        .map(|(key, value)| ((*key).to_owned(), Value::from(*value)))
        .collect();
    let messages: Map<String, Value> = ["envelope", "status", "notice"]
        .into_iter()
        .map(|message| (message.to_owned(), reference("components/messages", message)))
        .collect();
    json!({
        "address": "{queue}",
        "description": "Made by the relay. `type` tells the message; pass over types you do not know.",
        "parameters": { "queue": { "description": "vendor.<name> or office.<office number>", "examples": [queue.name] } },
        "messages": messages,
        "bindings": { "amqp": {
            "is": "queue",
            "queue": { "durable": true, "exclusive": false, "autoDelete": false },
            "bindingVersion": "0.3.0",
        } },
        "x-arguments": arguments,
    })
}

fn operation(action: &str, channel: &str, messages: &[&str]) -> Value {
    let place = format!("channels/{channel}/messages");
    let messages: Vec<Value> = messages
        .iter()
        .map(|message| reference(&place, message))
        .collect();
    json!({ "action": action, "channel": reference("channels", channel), "messages": messages })
}

fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{name}") })
}

fn headers() -> Value {
    let properties: Map<String, Value> = HEADERS
        .iter()
        .map(|(name, words)| {
            (
                (*name).to_owned(),
                json!({ "type": "string", "description": words }),
            )
        })
        .collect();
    json!({ "type": "object", "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Channel {
        "vendor.abc".parse().unwrap()
    }

    #[test]
    fn an_envelope_in_a_channel_has_the_headers_that_are_told() {
        let item = serde_json::json!({
            "id": "0".repeat(64), "sender": "0300000100", "sequence": "20250401093000", "kinds": ["UPPLAN"], "month": "202504",
            "message": null, "size": 1, "arrived_at": "2025-04-01T09:30:00+09:00", "collected_at": null, "superseded_by": null,
            "recall_requested_at": null, "status": "delivered",
        });
        let item = serde_json::from_value(item).unwrap();
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            .parse()
            .unwrap();
        let office = "0300000005".parse().unwrap();
        let publication = example().envelope(office, &item, Some(trace), bytes::Bytes::new());
        let told: Vec<&str> = HEADERS.iter().map(|(name, _)| *name).collect();
        assert!(
            publication
                .headers
                .keys()
                .all(|name| told.contains(&name.as_str()))
        );
        assert_eq!(publication.headers.len(), told.len());
    }

    #[test]
    fn every_exchange_a_user_may_write_to_is_told_and_no_other() {
        let document = document();
        let channels = document["channels"].as_object().unwrap();
        let mut told: Vec<&str> = channels
            .values()
            .filter_map(|channel| channel["bindings"]["amqp"]["exchange"]["name"].as_str())
            .collect();
        told.sort_unstable();
        let allowed = example().permissions().write;
        let mut may: Vec<&str> = Exchange::ALL
            .iter()
            .map(|exchange| exchange.name())
            .filter(|name| allowed.contains(name.trim_start_matches("relay.")))
            .collect();
        may.sort_unstable();
        assert_eq!((told.len(), told), (2, may));
    }
}
