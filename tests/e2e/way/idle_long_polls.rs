//! Ten thousand long polls wait at one station; one of them is answered at once when something arrives, and whoever asks for
//! something else is answered too.

#![expect(clippy::print_stderr, reason = "a story tells what a waiting poll costs")]

use std::time::Duration;

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::office::client_of_many;
use harness::{Office, Relay, Unit, World};
use proto::api::{InboxItem, Me, Page};
use standard::generate::Size;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Those that are idle, and the one that is not: together what `delivery.long_polls` allows unless said otherwise.
const IDLE: usize = 9_999;

/// Offices that wait; each may ask 1,200 times a minute.
const OFFICES: usize = 20;

/// Polls on one connection; a door allows 64.
const OF_A_CONNECTION: usize = 50;

/// Most bytes a waiting poll may cost, its share of a TLS connection included. Measured about a quarter of it.
const MOST_BYTES: u64 = 65_536;

/// Longest wait for an answer while all of them wait, on a machine that does other things too.
const PROMPT: Duration = Duration::from_secs(10);

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let process = &relay.processes[0];
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let mut idle = Vec::new();
    for number in 0..OFFICES {
        idle.push(relay.office(&format!("04{number:08}"), "11").await?);
    }
    let before = process.memory()?;
    let begun = Instant::now();
    let mut polls: JoinSet<anyhow::Result<()>> = JoinSet::new();
    for (connection, first) in (0..IDLE).step_by(OF_A_CONNECTION).enumerate() {
        let office = &idle[connection % OFFICES];
        let http = client_of_many(&relay, &office.issued)?;
        let url = format!("{}/v1/inbox?wait=60", office.delivery);
        for _ in first..IDLE.min(first + OF_A_CONNECTION) {
            let (http, url) = (http.clone(), url.clone());
            polls.spawn(async move {
                loop {
                    let answer = http.get(&url).send().await.context("a poll")?;
                    ensure!(answer.status() == 200, "a poll: {}", answer.status());
                    let page: Page<InboxItem> = answer.json().await?;
                    ensure!(page.items.is_empty(), "nothing came for it");
                }
            });
        }
    }
    let http = client_of_many(&relay, &helper.issued)?;
    let url = format!("{}/v1/inbox?wait=60", helper.delivery);
    let one = tokio::spawn(async move {
        loop {
            let page: Page<InboxItem> = http.get(&url).send().await?.json().await?;
            if let Some(item) = page.items.into_iter().next() {
                return anyhow::Ok((item.id, Instant::now()));
            }
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "ten thousand")]
    let all = (IDLE + 1) as f64;
    within(Duration::from_secs(120), "all of them wait", || async {
        let waiting = process.metric("relay_delivery_waiting").await?;
        ensure!(waiting == all, "{waiting}");
        Ok(())
    })
    .await?;
    let bytes = process.memory()?.saturating_sub(before) / (IDLE as u64 + 1);
    eprintln!(
        "{} long polls wait after {:.1} s: {} kB each",
        IDLE + 1,
        begun.elapsed().as_secs_f64(),
        bytes / 1_024
    );
    ensure!(bytes < MOST_BYTES, "{bytes} bytes for each poll that waits");

    // An arrival is told at once to whom it concerns, and others are answered.
    let asked = Instant::now();
    let me: Me = manager.get("/v1/me").await?;
    ensure!(me.holder == format!("office:{}", manager.number) && asked.elapsed() < PROMPT);
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let id = manager.send(&unit).await?;
    let accepted = Instant::now();
    let (told, at) = tokio::time::timeout(PROMPT, one)
        .await
        .context("the one that waits for it is answered")???;
    eprintln!(
        "told {:.0} ms after the 202",
        at.saturating_duration_since(accepted).as_secs_f64() * 1_000.0
    );
    ensure!(told == id);
    fetched(&helper, id).await?;
    // None of the others ended for it.
    while let Some(ended) = polls.try_join_next() {
        ended??;
    }
    ensure!(polls.len() == IDLE, "{} still wait", polls.len());
    polls.shutdown().await;
    relay.settled_books().await.map(drop)
}

async fn fetched(helper: &Office, id: proto::EnvelopeId) -> anyhow::Result<()> {
    let asked = Instant::now();
    ensure!(proto::EnvelopeId::of(&helper.fetch(id).await?) == id);
    ensure!(asked.elapsed() < PROMPT, "{:?}", asked.elapsed());
    Ok(())
}
