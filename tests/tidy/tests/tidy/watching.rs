//! Alerts, runbooks and dashboards fit together: an alert nobody can act on, or a panel without a number, is found here
//! and not at night. That the metrics they name exist is held in `metrics.rs`, that their queries answer by a story.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

const ALERTS: &str = "ops/prometheus/alerts.yml";
const ALERT_TESTS: &str = "ops/prometheus/alerts_test.yml";
/// The story that makes alerts fire by their faults.
const FAULTS: &str = "tests/e2e/way/alerts_fire";
const RUNBOOKS: &str = "ops/runbooks";
const DASHBOARDS: &str = "ops/grafana/dashboards";
const PAGE: &str = "docs/watching.md";

/// What every runbook says.
const PARTS: [&str; 4] = [
    "## What it means",
    "## First look",
    "## What to do",
    "## When to stop",
];

fn read(path: &str) -> String {
    std::fs::read_to_string(tidy::tree::root().join(path)).expect("it is there")
}

/// Names of the alerts, in the order of the file.
fn alerts() -> Vec<String> {
    let text = read(ALERTS);
    let named = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "));
    named.map(str::to_owned).collect()
}

fn dashboards() -> Vec<(String, Value)> {
    let files = tidy::tree::files(DASHBOARDS).expect("they are there");
    let json = |text: &str| serde_json::from_str(text).expect("it is JSON");
    files
        .into_iter()
        .map(|file| (file.path, json(&file.text)))
        .collect()
}

#[test]
fn every_alert_has_a_runbook_and_the_reverse() {
    let alerts = alerts();
    let names: BTreeSet<String> = alerts.iter().cloned().collect();
    assert!(
        10 <= names.len() && names.len() == alerts.len(),
        "{} alerts, {} names",
        alerts.len(),
        names.len()
    );
    let files = tidy::tree::files(RUNBOOKS).expect("they are there");
    let of_file = |path: &str| {
        let name = Path::new(path).file_stem()?.to_str()?;
        Some(name.to_owned())
    };
    let runbooks: BTreeSet<String> = files.iter().filter_map(|file| of_file(&file.path)).collect();
    assert_eq!(names, runbooks, "alerts on the left, runbooks on the right");
    let rules = read(ALERTS);
    for name in &names {
        let link = format!("runbook_url: {RUNBOOKS}/{name}.md\n");
        assert!(rules.contains(&link), "{name} does not name its runbook");
    }
    for file in &files {
        for part in PARTS {
            assert!(file.text.contains(part), "{} lacks {part}", file.path);
        }
    }
}

#[test]
fn commands_of_runbooks_exist() {
    let arguments = [
        "services/relayctl/src/args.rs",
        "services/relayctl/src/parked/args.rs",
        "services/relayctl/src/vendor.rs",
        "services/relayctl/src/webhook.rs",
        "services/relayctl/src/notices.rs",
    ];
    let known: String = arguments.map(read).concat().to_lowercase();
    let mut seen = 0;
    for file in tidy::tree::files(RUNBOOKS).expect("they are there") {
        for line in file
            .text
            .lines()
            .filter_map(|line| line.trim().strip_prefix("relayctl "))
        {
            seen += 1;
            let plain = |word: &&str| word.bytes().all(|b| b.is_ascii_lowercase());
            for word in line.split(' ').take_while(plain) {
                let variant = format!("    {word}");
                let is_known = known.lines().any(|line| {
                    line.strip_prefix(&variant)
                        .is_some_and(|rest| rest.starts_with([' ', '(', ',']))
                });
                assert!(is_known, "{}: relayctl {line}: no command {word}", file.path);
            }
        }
    }
    assert!(10 <= seen, "only {seen} commands found");
}

#[test]
fn every_alert_is_seen_to_fire_and_to_be_silent() {
    let tests = read(ALERT_TESTS);
    for name in alerts() {
        for way in ["fires", "is silent"] {
            let title = format!("  - name: {name} {way}\n");
            assert!(tests.contains(&title), "{ALERT_TESTS}: no test \"{name} {way}\"");
        }
    }
}

#[test]
fn every_alert_is_made_to_fire_by_its_fault() {
    let files = tidy::tree::rust(&[FAULTS]).expect("the story is there");
    assert!(2 <= files.len(), "only {} files of the story", files.len());
    let story: String = files.into_iter().map(|file| file.text).collect();
    for name in alerts() {
        let told = story.contains(&format!("\"{name}\""));
        assert!(told, "{name}: {FAULTS} has no fault for it");
    }
}

#[test]
fn prometheus_understands_rules_and_configuration() {
    let folder = tidy::tree::root().join("ops/prometheus");
    for words in [
        ["check", "rules", "alerts.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "alerts_test.yml"],
    ] {
        let run = Command::new("promtool")
            .args(words)
            .current_dir(&folder)
            .output()
            .expect("promtool is there: ops/dev/setup test");
        let told = [run.stdout, run.stderr].concat();
        assert!(
            run.status.success(),
            "promtool {words:?}: {}",
            String::from_utf8_lossy(&told)
        );
    }
}

#[test]
fn every_panel_has_a_number_and_says_what_to_conclude() {
    let dashboards = dashboards();
    assert!(4 <= dashboards.len(), "only {} dashboards", dashboards.len());
    let page = read(PAGE);
    for (path, dashboard) in &dashboards {
        let name = Path::new(path)
            .file_stem()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        // Links between dashboards go by it.
        assert_eq!(dashboard["uid"], format!("relay-{name}"), "{path}");
        assert!(
            page.contains(&format!("| `{name}` |")),
            "{PAGE} does not tell of {name}"
        );
        let panels = dashboard["panels"].as_array().expect("panels");
        assert!(4 <= panels.len(), "{path}: only {} panels", panels.len());
        for panel in panels {
            let title = panel["title"].as_str().unwrap_or_default();
            let described = panel["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described && !title.is_empty(), "{path}: {title}: says nothing");
            let targets = panel["targets"].as_array().expect("targets");
            assert!(!targets.is_empty(), "{path}: {title}: asks nothing");
            for target in targets {
                let asked = target["expr"].as_str().unwrap_or_default();
                let names = ["relay_", "process_"];
                assert!(
                    names.iter().any(|name| asked.contains(name)),
                    "{path}: {title}: {asked}"
                );
            }
        }
    }
}
