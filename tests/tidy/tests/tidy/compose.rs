//! docker-compose.yml and what lies beside it fit together. That it starts and carries envelopes is held by `ops/compose/test`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::yaml::{documents, unknown_keys, words};

const FILE: &str = "docker-compose.yml";
const CONFIG: &str = "ops/compose/relay.toml";
const STATIONS: [&str; 5] = ["ingest", "validation", "routing", "delivery", "console"];

fn services(path: &str) -> serde_json::Map<String, Value> {
    let read = documents(path).remove(0);
    read["services"].as_object().expect("services").clone()
}

/// The names of both replicas of every station.
fn stations() -> BTreeSet<String> {
    let both = |station: &str| [format!("{station}-1"), format!("{station}-2")];
    STATIONS.iter().flat_map(|station| both(station)).collect()
}

#[test]
fn every_station_stands_there_twice_and_prometheus_knows_it() {
    let services = services(FILE);
    for name in stations() {
        let command = words(&services[&name], "/command");
        assert_eq!(command.len(), 1, "{name}");
        assert!(name.starts_with(&command[0]), "{name}: {command:?}");
    }
    let prometheus = documents("ops/compose/prometheus.yml").remove(0);
    assert_eq!(
        prometheus["scrape_configs"][0]["job_name"], "relay",
        "alerts name the job"
    );
    let targets = words(&prometheus, "/scrape_configs/0/static_configs/0/targets");
    let seen: BTreeSet<String> = targets.into_iter().collect();
    let wanted: BTreeSet<String> = stations().iter().map(|name| format!("{name}:9100")).collect();
    assert_eq!(seen, wanted);
}

#[test]
fn the_stations_configuration_is_one_that_relay_knows() {
    assert!(unknown_keys(CONFIG).is_empty(), "{:?}", unknown_keys(CONFIG));
    let text = std::fs::read_to_string(tidy::tree::root().join(CONFIG)).expect("it is there");
    for port in ["9100", "8443", "8444", "8445"] {
        assert!(text.contains(&format!("listen = \"0.0.0.0:{port}\"")), "{port}");
    }
}

#[test]
fn nothing_is_published_beyond_loopback_and_stations_may_do_little() {
    let mut services = services(FILE);
    services.extend(self::services("docker-compose.grafana.yml"));
    assert_eq!(
        services.len(),
        16,
        "stations, broker, store, watchers and relayctl"
    );
    for (name, service) in &services {
        let ports = words(service, "/ports");
        let is_inside = |port: &String| port.starts_with("127.0.0.1:${");
        assert!(ports.iter().all(is_inside), "{name}: {ports:?}");
        assert_eq!(
            words(service, "/security_opt"),
            ["no-new-privileges:true"],
            "{name}"
        );
        let is_tool = name == "relayctl";
        assert_eq!(
            service["healthcheck"]["test"].is_array(),
            !is_tool,
            "{name}: health check"
        );
        let image = service["image"].as_str().unwrap_or_default();
        assert!(
            image.starts_with("${") && image.contains("_IMAGE:-"),
            "{name}: {image}: cannot be overridden"
        );
        if stations().contains(name) {
            assert_eq!(service["read_only"], true, "{name}");
            assert_eq!(words(service, "/cap_drop"), ["ALL"], "{name}");
            assert_eq!(words(service, "/secrets"), ["amqp_url", "store_url"], "{name}");
        }
    }
}

#[test]
fn secrets_and_folders_named_exist() {
    let made = std::fs::read_to_string(tidy::tree::root().join("ops/compose/prepare")).expect("it is there");
    let mut seen = 0;
    for path in [FILE, "docker-compose.grafana.yml"] {
        let read = documents(path).remove(0);
        let secrets = read["secrets"].as_object().expect("secrets");
        for name in secrets.keys() {
            seen += 1;
            assert!(
                made.contains(&format!("write {name} ")),
                "{path}: nobody makes {name}"
            );
        }
        for (service, value) in read["services"].as_object().expect("services") {
            for volume in words(value, "/volumes") {
                let Some(source) = volume.strip_prefix("./") else {
                    continue;
                };
                let source = source.split(':').next().unwrap_or_default();
                seen += 1;
                assert!(
                    tidy::tree::root().join(source).exists(),
                    "{path}: {service}: {source}"
                );
            }
        }
    }
    assert!(15 <= seen, "only {seen} looked at");
}
