//! A real Prometheus beside a relay.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, bail, ensure};
use harness::Relay;
use harness::processes::free_port;
use proto::Time;
use serde_json::{Value, json};

/// What is asked of Prometheus, and where it stands.
pub(crate) struct Asked {
    pub(crate) place: String,
    pub(crate) query: String,
}

/// A Prometheus of its own, ended with the story.
pub(crate) struct Prometheus {
    child: Child,
    port: u16,
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder of what operators get.
pub(crate) fn ops() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops")
}

/// The rules with each duration a sixtieth.
pub(crate) fn shortened(rules: &str) -> String {
    let mut lines = Vec::new();
    for line in rules.lines() {
        let mut line = line.replace("[1h]", "[60s]").replace("m]", "s]");
        if let Some(minutes) = line
            .trim_start()
            .strip_prefix("for: ")
            .and_then(|text| text.strip_suffix('m'))
        {
            line = line.replace(&format!("{minutes}m"), &format!("{minutes}s"));
        }
        // What ages and latencies are compared with is a duration too.
        if line.contains("expr: ") && line.contains("_seconds") {
            line.push_str(" / 60");
        }
        lines.push(line);
    }
    lines.join("\n")
}

/// Names of the alerts of these rules.
pub(crate) fn names(rules: &str) -> BTreeSet<String> {
    let named = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    named.map(str::to_owned).collect()
}

impl Prometheus {
    /// Starts Debian's program with these rules, looking at every process of the relay each second.
    pub(crate) fn start(relay: &Relay, rules: &str) -> anyhow::Result<Self> {
        let targets: Vec<String> = relay
            .processes
            .iter()
            .map(|process| format!("127.0.0.1:{}", process.admin))
            .collect();
        let folder = relay.folder();
        let rules_file = folder.join("alerts.yml");
        std::fs::write(&rules_file, rules)?;
        // JSON is YAML.
        let config = json!({
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [rules_file],
            "scrape_configs": [{"job_name": "relay", "static_configs": [{"targets": targets}]}],
        });
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
        Ok(Self { child, port })
    }

    /// The answer's data; an error when Prometheus does not understand.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let api = format!("http://127.0.0.1:{}/api/v1/{path}", self.port);
        let url = reqwest::Url::parse_with_params(&api, query)?;
        let text = reqwest::get(url).await?.text().await?;
        let mut answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        if answer["status"] != "success" {
            bail!("{}: {}", answer["errorType"], answer["error"]);
        }
        Ok(answer["data"].take())
    }

    pub(crate) async fn ask(&self, query: &str) -> anyhow::Result<Value> {
        let mut data = self.get("query", &[("query", query)]).await?;
        Ok(data["result"].take())
    }

    /// The page on which it draws the last so many seconds of a query; Debian's program draws with the libraries Debian has.
    pub(crate) fn chart(&self, query: &str, seconds: u32) -> anyhow::Result<String> {
        let page = format!("http://localhost:{}/classic/graph", self.port);
        let range = format!("{seconds}s");
        let asked = [
            ("g0.expr", query),
            ("g0.range_input", range.as_str()),
            ("g0.tab", "0"),
        ];
        Ok(reqwest::Url::parse_with_params(&page, asked)?.into())
    }

    /// Whether a query has an answer that is a number.
    pub(crate) async fn tells(&self, query: &str) -> anyhow::Result<bool> {
        let result = self.ask(query).await?;
        let series = result.as_array().context("a vector")?;
        let number = |one: &Value| {
            let value = one["value"][1].as_str();
            value.is_some_and(|text| text.parse::<f64>().is_ok_and(f64::is_finite))
        };
        Ok(series.iter().any(number))
    }

    /// When this alert's rule was evaluated last.
    pub(crate) async fn judged(&self, alert: &str) -> anyhow::Result<Time> {
        let data = self.get("rules", &[]).await?;
        let groups = data["groups"].as_array().context("groups")?;
        let mut rules = groups
            .iter()
            .filter_map(|group| group["rules"].as_array())
            .flatten();
        let rule = rules
            .find(|rule| rule["name"] == alert)
            .context("no such alert")?;
        Ok(rule["lastEvaluation"]
            .as_str()
            .context("lastEvaluation")?
            .parse()?)
    }

    /// Every alert, once each was evaluated.
    pub(crate) async fn alerts(&self) -> anyhow::Result<Vec<Asked>> {
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

    /// Names of the alerts that fire now.
    pub(crate) async fn firing(&self) -> anyhow::Result<BTreeSet<String>> {
        self.alerts_in(&["firing"]).await
    }

    /// Names of the alerts that fire, or will if what they ask for lasts.
    pub(crate) async fn raised(&self) -> anyhow::Result<BTreeSet<String>> {
        self.alerts_in(&["pending", "firing"]).await
    }

    async fn alerts_in(&self, states: &[&str]) -> anyhow::Result<BTreeSet<String>> {
        let data = self.get("alerts", &[]).await?;
        let alerts = data["alerts"].as_array().context("alerts")?;
        let found = alerts
            .iter()
            .filter(|alert| states.iter().any(|state| alert["state"] == *state));
        let name = |alert: &Value| alert["labels"]["alertname"].as_str().map(str::to_owned);
        Ok(found.filter_map(name).collect())
    }
}
