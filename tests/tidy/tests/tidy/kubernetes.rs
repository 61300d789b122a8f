//! ops/kubernetes fits together: what refers to something finds it, and what is generated is what the tables say. No cluster is
//! asked here; the README there says what that leaves open. Each object by itself: `kubernetes_schemas`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use proto::topology::{Argument, Exchange, Queue};
use serde_json::{Map, Value, json};

use crate::yaml::{all, documents, unknown_keys, words};

const FOLDER: &str = "ops/kubernetes";
const NAME: &str = "app.kubernetes.io/name";
const STATIONS: [&str; 5] = ["ingest", "validation", "routing", "delivery", "console"];

fn read(path: &str) -> String {
    std::fs::read_to_string(tidy::tree::root().join(path)).unwrap_or_default()
}

/// Every object that kustomize is told of; read once.
pub(crate) fn resources() -> &'static [Value] {
    static READ: OnceLock<Vec<Value>> = OnceLock::new();
    READ.get_or_init(read_resources)
}

fn read_resources() -> Vec<Value> {
    let kustomization = documents(&format!("{FOLDER}/kustomization.yaml")).remove(0);
    let listed = words(&kustomization, "/resources");
    let files: BTreeSet<String> = tidy::tree::files(FOLDER)
        .expect("it is there")
        .into_iter()
        .filter_map(|file| Some(file.path.rsplit('/').next()?.to_owned()))
        .filter(|name| {
            name.ends_with(".yaml") && !["kustomization.yaml", "station.yaml"].contains(&name.as_str())
        })
        .collect();
    assert_eq!(
        listed.iter().cloned().collect::<BTreeSet<_>>(),
        files,
        "listed on the left, there on the right"
    );
    let paths: Vec<String> = listed.iter().map(|file| format!("{FOLDER}/{file}")).collect();
    all(paths.iter().map(String::as_str))
}

fn of_kind(kind: &str) -> BTreeMap<String, Value> {
    let named = |object: &Value| Some((object["metadata"]["name"].as_str()?.to_owned(), object.clone()));
    let objects: Vec<_> = resources()
        .iter()
        .filter(|object| object["kind"] == kind)
        .collect();
    let count = objects.len();
    let found: BTreeMap<String, Value> = objects.into_iter().filter_map(named).collect();
    assert!(
        0 < count && found.len() == count,
        "{kind}: {count}, {} names",
        found.len()
    );
    found
}

/// Whether a pod of a Deployment is selected.
fn selects(selector: &Value, deployment: &Value) -> bool {
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    let plain = selector["matchLabels"]
        .as_object()
        .into_iter()
        .flatten()
        .all(|(key, value)| labels[key] == *value);
    let listed = selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten()
        .all(|expression| {
            let key = expression["key"].as_str().unwrap_or_default();
            expression["operator"] == "In"
                && words(expression, "/values").contains(&labels[key].as_str().unwrap_or_default().to_owned())
        });
    plain && listed
}

fn ports(deployment: &Value) -> BTreeMap<String, u64> {
    let list = deployment["spec"]["template"]["spec"]["containers"][0]["ports"].as_array();
    let port = |port: &Value| Some((port["name"].as_str()?.to_owned(), port["containerPort"].as_u64()?));
    list.into_iter().flatten().filter_map(port).collect()
}

/// Compares a generated file with what it should be, and writes it where `TIDY_WRITE` is set.
fn compare(file: &str, wanted: &str) {
    let path = format!("{FOLDER}/{file}");
    if std::env::var_os("TIDY_WRITE").is_some() {
        std::fs::write(tidy::tree::root().join(&path), wanted).expect("it can be written");
    }
    assert!(
        read(&path) == wanted,
        "{path} is behind its source: run `make docs`"
    );
}

fn object(kind: &str, name: &str, spec: Value) -> String {
    let mut whole = Map::new();
    whole.insert(
        "rabbitmqClusterReference".to_owned(),
        json!({ "name": "rabbitmq" }),
    );
    whole.extend(spec.as_object().cloned().unwrap_or_default());
    let object = json!({
        "apiVersion": "rabbitmq.com/v1beta1",
        "kind": kind,
        "metadata": { "name": name.replace('.', "-") },
        "spec": whole,
    });
    format!("---\n{object}\n")
}

fn queue(queue: &Queue) -> String {
    let mut kind = "";
    let mut arguments = Map::new();
    for (name, value) in &queue.arguments {
        let value = match value {
            // The operator declares it from `type`.
            Argument::Text(text) if *name == "x-queue-type" => {
                kind = text;
                continue;
            }
            Argument::Text(text) => json!(text),
            Argument::Number(number) => json!(number),
            Argument::Flag(flag) => json!(flag),
        };
        arguments.insert((*name).to_owned(), value);
    }
    let spec = json!({
        "name": queue.name,
        "type": kind,
        "durable": true,
        "autoDelete": false,
        "deleteIfEmpty": true,
        "deleteIfUnused": true,
        "arguments": arguments,
    });
    object("Queue", &queue.name, spec)
}

#[test]
fn the_brokers_objects_are_those_of_the_topology_table() {
    let mut wanted = "# Written by `make docs` from proto/src/topology.rs, for an installation of 16 shards (broker.shards).\n\
        # deleteIfEmpty, deleteIfUnused: removing an object here must not remove a queue with envelopes in it.\n"
        .to_owned();
    for exchange in Exchange::ALL {
        let spec = json!({ "name": exchange.name(), "type": "topic", "durable": true, "autoDelete": false });
        wanted.push_str(&object("Exchange", exchange.name(), spec));
    }
    for each in proto::topology::queues(proto::topology::DEFAULT_SHARDS) {
        wanted.push_str(&queue(&each));
        for (source, key) in &each.bindings {
            let spec = json!({
                "source": source.name(), "destination": each.name, "destinationType": "queue", "routingKey": key,
            });
            wanted.push_str(&object("Binding", &format!("{source}.{}", each.name), spec));
        }
    }
    compare("topology.yaml", &wanted);
    assert_eq!(of_kind("Exchange").len(), Exchange::ALL.len());
    assert_eq!(of_kind("Queue").len(), 3 * 16 + 5);
    assert_eq!(of_kind("Binding").len(), 4 * 16 + 4);
}

#[test]
fn the_alerts_are_those_of_prometheus() {
    let rules = read("ops/prometheus/alerts.yml");
    let (_, groups) = rules.split_once("groups:\n").expect("groups");
    let mut wanted = "# Written by `make docs` from ops/prometheus/alerts.yml.\n\
        apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: { name: careplan-relay }\nspec:\n  groups:\n"
        .to_owned();
    for line in groups.lines() {
        wanted.push_str(if line.is_empty() { "" } else { "  " });
        wanted.push_str(line);
        wanted.push('\n');
    }
    compare("alerts.yaml", &wanted);
    let rule = &of_kind("PrometheusRule")["careplan-relay"];
    assert_eq!(
        rule["spec"]["groups"],
        documents("ops/prometheus/alerts.yml")[0]["groups"]
    );
}

#[test]
fn topology_objects_name_a_cluster_that_is_there() {
    let clusters = of_kind("RabbitmqCluster");
    for kind in ["Queue", "Exchange", "Binding", "User", "Permission"] {
        for (name, object) in of_kind(kind) {
            let cluster = object["spec"]["rabbitmqClusterReference"]["name"]
                .as_str()
                .unwrap_or_default();
            assert!(clusters.contains_key(cluster), "{kind} {name}: {cluster}");
            // RFC 1123, what the names of objects are held to.
            let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            assert!(name.len() <= 63 && name.bytes().all(is_plain), "{kind} {name}");
        }
    }
}

#[test]
fn what_selects_finds_pods_and_their_ports() {
    let deployments = of_kind("Deployment");
    assert!(STATIONS.iter().all(|station| deployments.contains_key(*station)) && deployments.len() == 5);
    for (name, deployment) in &deployments {
        assert!(selects(&deployment["spec"]["selector"], deployment), "{name}");
        let spread = &deployment["spec"]["template"]["spec"]["topologySpreadConstraints"][0];
        assert!(selects(&spread["labelSelector"], deployment), "{name}");
        let arguments = words(deployment, "/spec/template/spec/containers/0/args");
        assert_eq!(arguments, [name.as_str()]);
    }
    for (name, service) in of_kind("Service") {
        let selector = json!({ "matchLabels": service["spec"]["selector"] });
        let found: Vec<_> = deployments
            .values()
            .filter(|each| selects(&selector, each))
            .collect();
        assert_eq!(found.len(), if name == "relay" { 5 } else { 1 }, "{name}");
        for port in service["spec"]["ports"].as_array().expect("ports") {
            let target = port["targetPort"].as_str().expect("by name");
            assert!(
                found
                    .iter()
                    .all(|each| ports(each).get(target).copied() == port["port"].as_u64()),
                "{name}: {port}"
            );
        }
    }
    for (name, budget) in of_kind("PodDisruptionBudget") {
        let found: Vec<_> = deployments
            .iter()
            .filter(|(_, each)| selects(&budget["spec"]["selector"], each))
            .map(|(station, _)| station)
            .collect();
        assert_eq!(found, [&name]);
    }
    for (name, scaler) in of_kind("HorizontalPodAutoscaler") {
        assert_eq!(scaler["spec"]["scaleTargetRef"]["name"], name.as_str());
        // A share of what is asked for: without a request there is no share.
        let requests =
            &deployments[&name]["spec"]["template"]["spec"]["containers"][0]["resources"]["requests"];
        assert!(requests["cpu"].is_string(), "{name}");
        assert!(
            scaler["spec"]["maxReplicas"].as_u64() <= Some(16),
            "{name}: more than shards"
        );
    }
    let monitor = &of_kind("ServiceMonitor")["relay"]["spec"];
    let service = &of_kind("Service")["relay"];
    for (key, value) in monitor["selector"]["matchLabels"].as_object().expect("labels") {
        assert_eq!(service["metadata"]["labels"][key], *value);
    }
    assert_eq!(
        monitor["endpoints"][0]["port"],
        service["spec"]["ports"][0]["name"]
    );
}

#[test]
fn the_network_is_closed_and_what_is_opened_is_there() {
    let deployments = of_kind("Deployment");
    let policies = of_kind("NetworkPolicy");
    let closed = &policies["closed"]["spec"];
    assert_eq!(closed["podSelector"], json!({}));
    assert_eq!(words(closed, "/policyTypes"), ["Ingress", "Egress"]);
    for (name, policy) in &policies {
        let selector = &policy["spec"]["podSelector"];
        let is_broker = selector["matchLabels"][NAME] == "rabbitmq";
        let found: Vec<_> = deployments
            .values()
            .filter(|each| selects(selector, each))
            .collect();
        assert!(is_broker || !found.is_empty(), "{name} is about nobody");
        for rule in policy["spec"]["ingress"].as_array().into_iter().flatten() {
            for port in rule["ports"].as_array().expect("ports are named") {
                let Some(port) = port["port"].as_str() else {
                    continue;
                };
                assert!(
                    found.iter().all(|each| ports(each).contains_key(port)),
                    "{name}: {port}"
                );
                // Admin ports are opened to somebody, doors to everybody.
                assert!(port != "admin" || rule["from"].is_array(), "{name}");
            }
        }
    }
}

#[test]
fn stations_find_their_ports_files_and_time() {
    let station = documents(&format!("{FOLDER}/station.yaml")).remove(0);
    let spec = &station["spec"]["template"]["spec"];
    let container = &spec["containers"][0];
    let deployments = of_kind("Deployment");
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let asked = &container[probe]["httpGet"];
        let path = asked["path"].as_str().unwrap_or_default();
        assert!(["/live", "/ready"].contains(&path), "{probe}: {path}");
        let port = asked["port"].as_str().unwrap_or_default();
        assert!(
            deployments.values().all(|each| ports(each).contains_key(port)),
            "{probe}: {port}"
        );
    }
    let path = format!("{FOLDER}/relay.toml");
    assert!(unknown_keys(&path).is_empty(), "{:?}", unknown_keys(&path));
    let config: toml::Table = read(&path).parse().expect("TOML");
    let defaults: toml::Table = read("services/relay/config.default.toml").parse().expect("TOML");
    let grace = defaults["shutdown"]["grace_seconds"]
        .as_integer()
        .expect("a number");
    assert!(grace < spec["terminationGracePeriodSeconds"].as_i64().unwrap_or_default());
    for (name, deployment) in &deployments {
        let own = &deployment["spec"]["template"]["spec"];
        let mut mounts = Vec::new();
        for place in [spec, own] {
            let list = place["containers"][0]["volumeMounts"].as_array();
            for mount in list.into_iter().flatten() {
                mounts.push(mount["mountPath"].as_str().unwrap_or_default().to_owned());
                let is_there = |volume: &Value| volume["name"] == mount["name"];
                assert!(
                    place["volumes"].as_array().expect("volumes").iter().any(is_there),
                    "{name}: {mount}"
                );
            }
        }
        let mut wanted = vec![
            &config["broker"]["url_file"],
            &config["trust"]["folder"],
            &config["receipts"]["key"],
        ];
        let listed = ports(deployment);
        let listens = |table: &toml::Value| table["listen"].as_str().unwrap_or_default().to_owned();
        assert_eq!(listens(&config["admin"]), format!("0.0.0.0:{}", listed["admin"]));
        if let Some(port) = listed.get("door") {
            let door = &config[name.as_str()]["door"];
            wanted.extend([&door["certificate"], &door["key"]]);
            assert_eq!(listens(door), format!("0.0.0.0:{port}"), "{name}");
        }
        for path in wanted {
            let path = path.as_str().unwrap_or_default();
            assert!(
                mounts.iter().any(|mount| path.starts_with(mount.as_str())),
                "{name}: {path}"
            );
        }
    }
}
