//! A real Prometheus watches a relay under load: every query of every dashboard and alert is understood, no panel is
//! empty, and every metric an alert names is there to be judged. What it draws of a panel is looked at in a browser; with
//! `DESK_PICTURES=FOLDER` the picture of the page on watching is written there.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::{Office, RelayBuilder, Unit, Window, World};
use proto::EnvelopeId;
use serde_json::{Value, json};
use standard::generate::Size;

use crate::album::Album;
use crate::prometheus::{Asked, Prometheus, ops};

/// What stands for Grafana's variable: a few scrapes.
const RATE_INTERVAL: &str = "10s";

/// Longest wait until no panel is empty; load goes on meanwhile.
const PATIENCE: Duration = Duration::from_secs(120);

/// The panel that is drawn, as places name it, and how much of it.
const DRAWN: &str = "\"Accepted and ended, a second\"";
const DRAWN_SECONDS: u32 = 30;

/// Wide enough for the query in one line, high enough for every line's name below the chart.
const WINDOW: (u32, u32) = (1_300, 960);

/// Bytes a picture of a chart has at least; an empty page has fewer.
const LEAST_PICTURE: u64 = 20_000;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .with("delivery__upkeep_every_seconds", "1")
        .start(world)
        .await?;
    let rules = std::fs::read_to_string(ops().join("prometheus/alerts.yml"))?;
    let prometheus = Prometheus::start(&relay, &rules)?;
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

    // A scrape a second; some may come late.
    let seen = format!(
        "max(count_over_time(up[{DRAWN_SECONDS}s])) > {}",
        DRAWN_SECONDS - 5
    );
    within(PATIENCE, "there is enough to be drawn", || async {
        one_of_each(&manager, &helper).await?;
        ensure!(prometheus.tells(&seen).await?, "not yet");
        Ok(())
    })
    .await?;
    draw(&prometheus, &panels).await?;
    relay.settled_books().await?;
    Ok(())
}

/// Prometheus draws the queries of a panel as lines of one chart, and a browser shows it.
async fn draw(prometheus: &Prometheus, panels: &[Asked]) -> anyhow::Result<()> {
    let queries: Vec<&str> = panels
        .iter()
        .filter(|asked| asked.place.contains(DRAWN))
        .map(|asked| asked.query.as_str())
        .collect();
    ensure!(!queries.is_empty(), "no panel {DRAWN}");
    let page = prometheus.chart(&queries.join(" or "), DRAWN_SECONDS)?;
    let window = Window::with_scripts()?;
    let dom = window.dom(&page).await?;
    // There it would say that a query is wrong or that nothing was found.
    let no_error = r#"class="error alert alert-danger" style="display: none;""#;
    ensure!(dom.contains(no_error), "{page}: {dom}");
    // What was accepted is summed over everything, so its line has no label.
    for line in ["{}", r#"{end="mailboxed"}"#, r#"{end="rejected"}"#] {
        let named = format!(r#"<span class="label">{line}</span>"#);
        ensure!(dom.contains(&named), "{page}: no line {line}: {dom}");
    }
    let album = Album::open()?;
    let file = album.picture("chart-way");
    window.picture(&page, WINDOW, &file).await?;
    let size = std::fs::metadata(&file)?.len();
    ensure!(LEAST_PICTURE <= size, "{page}: a picture of {size} bytes");
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
