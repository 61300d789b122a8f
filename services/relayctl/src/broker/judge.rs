//! Whether a broker keeps what it takes and shows it to nobody else: its facts against the one table of exchanges and queues.
//!
//! Pure. What can lose, double or divert a message is wrong; sizes are the operator's own matter.

use proto::Channel;
use proto::topology::{self, ACCEPTED_STREAM};
use serde::Serialize;
use serde_json::{Map, Value};

use super::facts::{Exchange, Facts, Policy, Queue};

/// Policy keys that only bound sizes or place replicas.
const HARMLESS: &[&str] = &[
    "max-length",
    "max-length-bytes",
    "max-in-memory-length",
    "max-in-memory-bytes",
    "queue-leader-locator",
    "target-group-size",
];

/// The same of the stream of acceptance notes, which deletes its oldest notes at a size.
const HARMLESS_TO_A_STREAM: &[&str] = &["queue-leader-locator", "stream-max-segment-size-bytes"];

/// Oldest version, and the major version that is not known any more.
const VERSIONS: std::ops::Range<(u32, u32)> = (3, 10)..(5, 0);

/// One thing to mend.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// `queue`, `exchange`, `binding`, `node` or `broker`.
    pub(super) kind: &'static str,
    /// Which one.
    pub(super) name: String,
    /// What is wrong, and what comes of it.
    pub(super) what: String,
    /// What to do.
    pub(super) mend: String,
}

fn finding(kind: &'static str, name: &str, what: String, mend: impl Into<String>) -> Finding {
    Finding {
        kind,
        name: name.to_owned(),
        what,
        mend: mend.into(),
    }
}

/// Everything to mend, in the order broker, nodes, exchanges, queues, bindings.
pub(super) fn judge(facts: &Facts, shards: u16) -> Vec<Finding> {
    let channels = facts
        .queues
        .iter()
        .filter_map(|queue| queue.name.parse::<Channel>().ok());
    let channels = channels.map(|channel| topology::channel_queue(&channel));
    let table: Vec<_> = topology::queues(shards).into_iter().chain(channels).collect();
    let mut findings = Vec::new();
    findings.extend(version(&facts.version));
    findings.extend(nodes(facts));
    for exchange in topology::Exchange::ALL {
        let found = facts.exchanges.iter().find(|one| one.name == exchange.name());
        judge_exchange(exchange.name(), found, &facts.policies, &mut findings);
    }
    for queue in &table {
        let found = facts.queues.iter().find(|one| one.name == queue.name);
        judge_queue(queue, found, &mut findings);
    }
    bindings(facts, &table, &mut findings);
    findings
}

fn version(version: &str) -> Option<Finding> {
    let mut parts = version.split(['.', '-']).map_while(|part| part.parse().ok());
    let known = match (parts.next(), parts.next()) {
        (Some(major), Some(minor)) => VERSIONS.contains(&(major, minor)),
        _ => false,
    };
    (!known).then(|| {
        let what = format!("version {version}: the relay is known to work with RabbitMQ 3.10 to 4.x");
        finding("broker", "rabbitmq", what, "use one of these")
    })
}

fn nodes(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Both sides tell of each other; who misses most is the one that is alone.
    let alone = facts.nodes.iter().map(|node| node.partitions.len()).max();
    for node in &facts.nodes {
        let mut say =
            |what: &str, mend: &str| findings.push(finding("node", &node.name, what.to_owned(), mend));
        if !node.running {
            say("is not running", "start it");
        }
        if node.mem_alarm {
            say(
                "is short of memory: every publish waits",
                "give it memory, or empty what is full",
            );
        }
        if node.disk_free_alarm {
            say("is short of disk: every publish waits", "free or add disk");
        }
        if !node.partitions.is_empty() && Some(node.partitions.len()) == alone {
            let what = format!(
                "was cut off from {} and has not joined them again: each may know other queues and users",
                node.partitions.join(", ")
            );
            let mend = "on this node: rabbitmqctl stop_app, then rabbitmqctl start_app";
            say(&what, mend);
        }
    }
    findings
}

fn judge_exchange(name: &str, found: Option<&Exchange>, policies: &[Policy], findings: &mut Vec<Finding>) {
    let declared = "start a station: it declares what is missing";
    let Some(found) = found else {
        let what = "is not there: nothing can be published to it".to_owned();
        findings.push(finding("exchange", name, what, declared));
        return;
    };
    if found.kind != "topic" || !found.durable {
        let what = format!(
            "is {}{}, not topic and durable",
            found.kind,
            if found.durable { "" } else { ", transient" }
        );
        findings.push(finding(
            "exchange",
            name,
            what,
            format!("delete it, then {declared}"),
        ));
    }
    let policy = found.policy.as_deref();
    let definition = policies
        .iter()
        .filter(|one| Some(one.name.as_str()) == policy)
        .flat_map(|one| one.definition.keys());
    for key in found.arguments.keys().chain(definition) {
        let what = format!("has {key}: what cannot be routed is confirmed and goes elsewhere, unseen");
        let what = if key.contains("alternate-exchange") {
            what
        } else {
            format!("has {key}, which the relay does not know")
        };
        let mend = match policy {
            Some(policy) => format!("take it out of the policy {policy}"),
            None => format!("delete the exchange, then {declared}"),
        };
        findings.push(finding("exchange", name, what, mend));
    }
}

fn judge_queue(table: &topology::Queue, found: Option<&Queue>, findings: &mut Vec<Finding>) {
    let name = table.name.as_str();
    let Some(found) = found else {
        let what = "is not there: what is meant for it is refused or waits at the door".to_owned();
        findings.push(finding(
            "queue",
            name,
            what,
            "start a station: it declares what is missing",
        ));
        return;
    };
    let mend = "empty it, stop the stations, delete it and start them: they declare it as it must be";
    if !found.durable {
        findings.push(finding(
            "queue",
            name,
            "is not durable: a restart loses it".to_owned(),
            mend,
        ));
    }
    for (key, wanted) in &table.arguments {
        if found.arguments.get(*key) != Some(&Value::from(*wanted)) {
            let has = found
                .arguments
                .get(*key)
                .map_or_else(|| "nothing".to_owned(), Value::to_string);
            findings.push(finding(
                "queue",
                name,
                format!("{key} is {has}, must be {}", Value::from(*wanted)),
                mend,
            ));
        }
    }
    let known = |key: &str| table.arguments.iter().any(|(known, _)| *known == key);
    for key in found.arguments.keys().filter(|key| !known(key)) {
        findings.push(finding(
            "queue",
            name,
            format!("was declared with {key}, which the relay does not set"),
            mend,
        ));
    }
    let harmless = if name == ACCEPTED_STREAM {
        HARMLESS_TO_A_STREAM
    } else {
        HARMLESS
    };
    judge_policy(found, harmless, findings);
    let away: Vec<&str> = found
        .members
        .iter()
        .filter(|node| !found.online.contains(node))
        .map(String::as_str)
        .collect();
    if !away.is_empty() {
        let what = format!(
            "{} of its {} replicas are away: {}",
            away.len(),
            found.members.len(),
            away.join(", ")
        );
        findings.push(finding("queue", name, what, "start these nodes"));
    }
}

fn judge_policy(found: &Queue, harmless: &[&str], findings: &mut Vec<Finding>) {
    let policies = [&found.policy, &found.operator_policy];
    let named: Vec<&str> = policies
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    let effective: &Map<String, Value> = &found.effective_policy_definition;
    for (key, value) in effective
        .iter()
        .filter(|(key, _)| !harmless.contains(&key.as_str()))
    {
        let what = format!("a policy sets {key} to {value}{}", consequence(key));
        let mend = format!("take {key} out of the policy {}", named.join(" or "));
        findings.push(finding("queue", &found.name, what, mend));
    }
}

/// What comes of a policy's key.
fn consequence(key: &str) -> &'static str {
    match key {
        "message-ttl" | "max-age" => ": messages are deleted by their age",
        "expires" => ": the queue is deleted when nobody reads it",
        "overflow" => ": a full queue may delete messages",
        "delivery-limit" => ": messages leave the queue after so many tries",
        "dead-letter-exchange" | "dead-letter-routing-key" | "dead-letter-strategy" => {
            ": what leaves the queue goes elsewhere"
        }
        "max-length" | "max-length-bytes" => ": the oldest notes are deleted at that size",
        _ => ", which is not a size",
    }
}

fn bindings(facts: &Facts, table: &[topology::Queue], findings: &mut Vec<Finding>) {
    for queue in table {
        for (exchange, key) in &queue.bindings {
            let there = facts.bindings.iter().any(|one| {
                one.source == exchange.name() && one.destination == queue.name && &one.routing_key == key
            });
            if !there {
                let name = format!("{} -> {}", exchange.name(), queue.name);
                let what = format!("is not there (key {key}): what is published is returned and waits");
                findings.push(finding(
                    "binding",
                    &name,
                    what,
                    "start a station: it declares what is missing",
                ));
            }
        }
    }
    let ours = |name: &str| {
        topology::Exchange::ALL
            .iter()
            .any(|exchange| exchange.name() == name)
    };
    for one in facts.bindings.iter().filter(|one| ours(&one.source)) {
        let known = one.destination_type == "queue" && in_table(table, one);
        if !known {
            let name = format!("{} -> {} {}", one.source, one.destination_type, one.destination);
            let what = format!(
                "is not the relay's (key {}): envelopes are copied to where others may read them",
                one.routing_key
            );
            findings.push(finding(
                "binding",
                &name,
                what,
                "remove it, and find out who made it",
            ));
        }
    }
}

fn in_table(table: &[topology::Queue], binding: &super::facts::Binding) -> bool {
    table
        .iter()
        .filter(|queue| queue.name == binding.destination)
        .any(|queue| {
            let is = |(exchange, key): &(topology::Exchange, String)| {
                exchange.name() == binding.source && key == &binding.routing_key
            };
            queue.bindings.iter().any(is)
        })
}

#[cfg(test)]
mod tests;
