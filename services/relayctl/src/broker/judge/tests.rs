use serde_json::json;

use super::super::facts::{Binding, Node};
use super::*;

const SHARDS: u16 = 2;

/// A broker as the stations declare it, with a vendor's queue.
fn good() -> Facts {
    let mut table = topology::queues(SHARDS);
    table.push(topology::channel_queue(&"vendor.abc".parse().unwrap()));
    let exchange = |exchange: &topology::Exchange| Exchange {
        name: exchange.name().to_owned(),
        kind: "topic".to_owned(),
        durable: true,
        ..Exchange::default()
    };
    let queue = |queue: &topology::Queue| Queue {
        name: queue.name.clone(),
        durable: true,
        arguments: queue
            .arguments
            .iter()
            .map(|(key, value)| ((*key).to_owned(), Value::from(*value)))
            .collect(),
        ..Queue::default()
    };
    let bindings = table.iter().flat_map(|queue| {
        queue
            .bindings
            .iter()
            .map(|(exchange, key)| bound(exchange.name(), &queue.name, key))
    });
    Facts {
        version: "4.0.5".to_owned(),
        nodes: vec![Node {
            name: "rabbit@one".to_owned(),
            running: true,
            ..Node::default()
        }],
        queues: table.iter().map(queue).collect(),
        exchanges: topology::Exchange::ALL.iter().map(exchange).collect(),
        bindings: bindings.collect(),
        policies: Vec::new(),
    }
}

fn bound(source: &str, destination: &str, key: &str) -> Binding {
    Binding {
        source: source.to_owned(),
        destination: destination.to_owned(),
        destination_type: "queue".to_owned(),
        routing_key: key.to_owned(),
    }
}

fn queue<'a>(facts: &'a mut Facts, name: &str) -> &'a mut Queue {
    facts.queues.iter_mut().find(|queue| queue.name == name).unwrap()
}

/// The one finding's name and what is said of it.
fn one(facts: &Facts) -> (String, String) {
    let findings = judge(facts, SHARDS);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    (findings[0].name.clone(), findings[0].what.clone())
}

#[test]
fn what_the_stations_declare_is_good_and_so_are_sizes_and_own_channels() {
    let mut facts = good();
    assert_eq!(judge(&facts, SHARDS), []);
    let sizes = json!({"max-length": 100_000, "max-length-bytes": 1_000_000});
    queue(&mut facts, "validation.00").effective_policy_definition = sizes.as_object().unwrap().clone();
    facts.bindings.push(bound("", "vendor.abc", "vendor.abc"));
    facts.version = "3.10.8".to_owned();
    assert_eq!(judge(&facts, SHARDS), []);
}

#[test]
fn every_policy_that_can_lose_a_message_is_found() {
    for (name, key) in [
        ("validation.01", "message-ttl"),
        ("routing.00", "expires"),
        ("delivery.00", "overflow"),
        ("submit", "dead-letter-exchange"),
        ("parked", "delivery-limit"),
        ("acks", "something-new"),
        ("accepted", "max-length-bytes"),
    ] {
        let mut facts = good();
        let hurt = queue(&mut facts, name);
        hurt.effective_policy_definition.insert(key.to_owned(), json!(1));
        hurt.policy = Some("mine".to_owned());
        let found = one(&facts);
        assert!(found.0 == name && found.1.contains(key), "{found:?}");
        assert!(judge(&facts, SHARDS)[0].mend.contains("mine"));
    }
}

#[test]
fn other_arguments_and_missing_things_are_found() {
    let mut facts = good();
    queue(&mut facts, "delivery.01")
        .arguments
        .insert("x-overflow".to_owned(), json!("drop-head"));
    assert_eq!(
        one(&facts).1,
        r#"x-overflow is "drop-head", must be "reject-publish""#
    );
    let mut facts = good();
    queue(&mut facts, "delivery.01")
        .arguments
        .insert("x-message-ttl".to_owned(), json!(1000));
    assert!(one(&facts).1.contains("x-message-ttl"));
    let mut facts = good();
    facts.queues.retain(|queue| queue.name != "acks");
    assert_eq!(one(&facts).0, "acks");
    let mut facts = good();
    facts.exchanges.retain(|exchange| exchange.name != "relay.routed");
    assert_eq!(one(&facts).0, "relay.routed");
    let mut facts = good();
    facts.bindings.retain(|binding| binding.destination != "submit");
    assert_eq!(one(&facts).0, "relay.submit -> submit");
    // An installation of more shards than the broker was made for.
    assert!(!judge(&good(), SHARDS + 1).is_empty());
}

#[test]
fn what_shows_envelopes_to_others_is_found() {
    let mut facts = good();
    facts.bindings.push(bound("relay.routed", "copy", "#"));
    assert_eq!(one(&facts).0, "relay.routed -> queue copy");
    let mut facts = good();
    facts
        .bindings
        .push(bound("relay.office", "vendor.abc", "vendor.xyz.*"));
    assert_eq!(one(&facts).0, "relay.office -> queue vendor.abc");
    let mut facts = good();
    let alternate = json!({"alternate-exchange": "elsewhere"});
    facts.policies.push(Policy {
        name: "catch".to_owned(),
        definition: alternate.as_object().unwrap().clone(),
    });
    facts.exchanges[2].policy = Some("catch".to_owned());
    assert!(one(&facts).1.contains("alternate-exchange"));
    let mut facts = good();
    let elsewhere = json!({"dead-letter-exchange": "elsewhere"});
    queue(&mut facts, "vendor.abc").effective_policy_definition = elsewhere.as_object().unwrap().clone();
    assert_eq!(one(&facts).0, "vendor.abc");
}

#[test]
fn alarms_absent_replicas_and_unknown_versions_are_found() {
    let mut facts = good();
    facts.nodes[0].disk_free_alarm = true;
    assert!(one(&facts).1.contains("disk"));
    let mut facts = good();
    for (name, partitions) in [
        ("rabbit@two", &["rabbit@three"][..]),
        ("rabbit@three", &["rabbit@one", "rabbit@two"]),
    ] {
        facts.nodes.push(Node {
            name: name.to_owned(),
            running: true,
            partitions: partitions.iter().map(ToString::to_string).collect(),
            ..Node::default()
        });
    }
    let (name, what) = one(&facts);
    assert_eq!(name, "rabbit@three");
    assert!(what.contains("cut off from rabbit@one, rabbit@two"));
    let mut facts = good();
    let hurt = queue(&mut facts, "validation.00");
    hurt.members = vec!["rabbit@one".to_owned(), "rabbit@two".to_owned()];
    hurt.online = vec!["rabbit@one".to_owned()];
    assert!(one(&facts).1.contains("rabbit@two"));
    for version in ["3.9.29", "5.0.0", "", "x"] {
        let facts = Facts {
            version: version.to_owned(),
            ..good()
        };
        assert_eq!(one(&facts).0, "rabbitmq", "{version}");
    }
    let facts = Facts {
        version: "4.1.0-rc.1".to_owned(),
        ..good()
    };
    assert_eq!(judge(&facts, SHARDS), []);
}
