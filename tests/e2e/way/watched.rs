//! A real Prometheus watches a relay under load: every query of every dashboard and alert is understood, no panel is
//! empty, and every metric an alert names is there to be judged.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use harness::eventually::within;
use harness::processes::free_port;
use harness::{Office, Relay, RelayBuilder, Unit, World};
use proto::EnvelopeId;
use serde_json::{Value, json};
use standard::generate::Size;

/// What stands for Grafana's variable: a few scrapes.
const RATE_INTERVAL: &str = "10s";

/// Longest wait until no panel is empty; load goes on meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is asked of Prometheus, and where it stands.
struct Asked {
    place: String,
    query: String,
}

/// A Prometheus of its own, ended with the story.
struct Prometheus {
    child: Child,
    url: String,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .with("delivery__upkeep_every_seconds", "1")
        .start(world)
        .await?;
    let prometheus = Prometheus::start(&relay)?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let panels = panels()?;
    ensure!(30 <= panels.len(), "only {} queries of panels", panels.len());

    within(PATIENCE, "no panel is empty under load", || async {
        one_of_each(&manager, &helper).await?;
        let mut empty = Vec::new();
        for asked in &panels {
            if !prometheus
                .tells(&asked.query)
                .await
                .with_context(|| asked.place.clone())?
            {
                empty.push(&asked.place);
            }
        }
        ensure!(empty.is_empty(), "empty: {empty:#?}");
        Ok(())
    })
    .await?;

    // What Prometheus itself made of the rules: each is evaluated, none with an error.
    let alerts = within(PATIENCE, "every alert is evaluated", || prometheus.alerts()).await?;
    ensure!(10 <= alerts.len(), "only {} alerts", alerts.len());
    for asked in &alerts {
        prometheus
            .ask(&asked.query)
            .await
            .with_context(|| asked.place.clone())?;
        let metrics = metrics(&asked.query);
        ensure!(!metrics.is_empty(), "{}: names no metric", asked.place);
        for metric in metrics {
            let there = prometheus.tells(&format!("count({metric})")).await?;
            ensure!(there, "{}: no series of {metric}", asked.place);
        }
    }
    relay.settled_books().await?;
    Ok(())
}

/// One of everything a dashboard tells: delivered, taken in and not, refused by the standard and at the door.
async fn one_of_each(manager: &Office, helper: &Office) -> anyhow::Result<()> {
    let plan = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    for report in [
        json!({"result": "ok"}),
        json!({"result": "failed", "software": "soft 1"}),
    ] {
        let id = manager.send(&plan()).await?;
        manager.until(id, proto::Status::Delivered).await?;
        let path = format!("/v1/inbox/{id}/imported");
        let _: proto::api::Acknowledged = helper.act(&path, &report).await?;
    }
    // One stays uncollected.
    manager.send(&plan()).await?;
    let mut broken = plan().draft();
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n");
    let broken = manager.seal(&harness::files::pack_unchecked(&broken)?)?;
    let id: EnvelopeId = manager.post(broken).await?.accepted()?.id;
    manager.until(id, proto::Status::Rejected).await?;
    let refused = manager.post(b"no envelope".to_vec()).await?.accepted();
    ensure!(refused.is_err(), "what is no envelope was accepted");
    Ok(())
}

fn ops() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops")
}

/// Every query of every panel.
fn panels() -> anyhow::Result<Vec<Asked>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(ops().join("grafana/dashboards"))? {
        let path = entry?.path();
        let dashboard: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        for panel in dashboard["panels"].as_array().context("panels")? {
            for target in panel["targets"].as_array().context("targets")? {
                let query = target["expr"].as_str().context("expr")?;
                found.push(Asked {
                    place: format!("{}: {}: {query}", dashboard["title"], panel["title"]),
                    query: query.replace("$__rate_interval", RATE_INTERVAL),
                });
            }
        }
    }
    Ok(found)
}

/// The metrics a query names.
fn metrics(query: &str) -> BTreeSet<&str> {
    let words = query.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words
        .filter(|word| word.starts_with("relay_") || *word == "up")
        .collect()
}

impl Prometheus {
    /// Starts Debian's program with the rules of the tree, looking at every process of the relay each second.
    fn start(relay: &Relay) -> anyhow::Result<Self> {
        let targets: Vec<String> = relay
            .processes
            .iter()
            .map(|process| format!("127.0.0.1:{}", process.admin))
            .collect();
        // JSON is YAML.
        let config = json!({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [ops().join("prometheus/alerts.yml").canonicalize()?],
            "scrape_configs": [{"job_name": "relay", "static_configs": [{"targets": targets}]}],
        });
        let folder = relay.folder();
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, config.to_string())?;
        let log = std::fs::File::create(folder.join("prometheus.log"))?;
        let port = free_port()?;
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("prometheus").display()
            ))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .context("start prometheus: ops/dev/setup test installs it")?;
        let url = format!("http://127.0.0.1:{port}/api/v1");
        Ok(Self { child, url })
    }

    /// The answer's data; an error when Prometheus does not understand.
    async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let url = reqwest::Url::parse_with_params(&format!("{}/{path}", self.url), query)?;
        let text = reqwest::get(url).await?.text().await?;
        let mut answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        if answer["status"] != "success" {
            bail!("{}: {}", answer["errorType"], answer["error"]);
        }
        Ok(answer["data"].take())
    }

    async fn ask(&self, query: &str) -> anyhow::Result<Value> {
        let mut data = self.get("query", &[("query", query)]).await?;
        Ok(data["result"].take())
    }

    /// Whether a query has an answer that is a number.
    async fn tells(&self, query: &str) -> anyhow::Result<bool> {
        let result = self.ask(query).await?;
        let series = result.as_array().context("a vector")?;
        let number = |one: &Value| {
            let value = one["value"][1].as_str();
            value.is_some_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite))
        };
        Ok(series.iter().any(number))
    }

    /// Every alert, once each was evaluated.
    async fn alerts(&self) -> anyhow::Result<Vec<Asked>> {
        let data = self.get("rules", &[]).await?;
        let mut found = Vec::new();
        for group in data["groups"].as_array().context("groups")? {
            for rule in group["rules"].as_array().context("rules")? {
                ensure!(rule["health"] == "ok", "{}: {}", rule["name"], rule["lastError"]);
                found.push(Asked {
                    place: format!("alert {}", rule["name"]),
                    query: rule["query"].as_str().context("query")?.to_owned(),
                });
            }
        }
        Ok(found)
    }
}
