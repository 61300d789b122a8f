//! What the broker's management says of itself (RabbitMQ documentation: HTTP API Reference), as far as the check looks.

use proto::topology::{DEFAULT_SHARDS, SHARDS_MARKER};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Everything the check judges.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// The version, `4.0.5`.
    pub(super) version: String,
    pub(super) nodes: Vec<Node>,
    pub(super) queues: Vec<Queue>,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) bindings: Vec<Binding>,
    pub(super) policies: Vec<Policy>,
}

impl Facts {
    /// The number of shards the broker was made for, as its marker holds it; the usual one without a marker.
    pub(super) fn shards(&self) -> u16 {
        let marker = self.queues.iter().find(|queue| queue.name == SHARDS_MARKER);
        let held = marker.and_then(|queue| queue.arguments.get("x-max-length")?.as_u64());
        held.and_then(|held| u16::try_from(held).ok())
            .unwrap_or(DEFAULT_SHARDS)
    }
}

/// `GET /api/overview`.
#[derive(Debug, Deserialize)]
pub(super) struct Overview {
    pub(super) rabbitmq_version: String,
}

/// One of `GET /api/nodes`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) running: bool,
    #[serde(default)]
    pub(super) mem_alarm: bool,
    #[serde(default)]
    pub(super) disk_free_alarm: bool,
    /// Nodes it no longer shares its metadata with since they were cut off from each other.
    #[serde(default)]
    pub(super) partitions: Vec<String>,
}

/// One of `GET /api/queues/{vhost}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Queue {
    pub(super) name: String,
    #[serde(default)]
    pub(super) durable: bool,
    #[serde(default, deserialize_with = "object")]
    pub(super) arguments: Map<String, Value>,
    /// Policy and operator policy, merged as the broker applies them.
    #[serde(default, deserialize_with = "object")]
    pub(super) effective_policy_definition: Map<String, Value>,
    #[serde(default)]
    pub(super) policy: Option<String>,
    #[serde(default)]
    pub(super) operator_policy: Option<String>,
    /// Nodes that hold a replica, of a quorum queue or stream.
    #[serde(default)]
    pub(super) members: Vec<String>,
    /// Those of them that are there.
    #[serde(default)]
    pub(super) online: Vec<String>,
}

/// One of `GET /api/exchanges/{vhost}`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Exchange {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) durable: bool,
    #[serde(default, deserialize_with = "object")]
    pub(super) arguments: Map<String, Value>,
    #[serde(default)]
    pub(super) policy: Option<String>,
}

/// One of `GET /api/bindings/{vhost}`.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Binding {
    pub(super) source: String,
    pub(super) destination: String,
    pub(super) destination_type: String,
    pub(super) routing_key: String,
}

/// One of `GET /api/policies/{vhost}`; operator policies touch queues alone and stand in their effective definition.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Policy {
    pub(super) name: String,
    #[serde(default, deserialize_with = "object")]
    pub(super) definition: Map<String, Value>,
}

/// An empty object is written `[]` by the management of some versions.
fn object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Object(map) => map,
        _ => Map::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_object_may_be_written_as_a_list() {
        let text = r#"{"name":"q","durable":true,"arguments":{"x-queue-type":"quorum"},"effective_policy_definition":[],"new":1}"#;
        let queue: Queue = serde_json::from_str(text).unwrap();
        assert!(queue.effective_policy_definition.is_empty());
        assert_eq!(queue.arguments["x-queue-type"], "quorum");
    }
}
