//! One run of the relay, one of the no-op pipeline: how long, and at what expense.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use chassis::broker::baseline::Baseline;
use harness::eventually::within;
use harness::office::{Answer, post};
use proto::MessageType;
use tokio::task::JoinSet;

use crate::load::{Sealed, Town};
use crate::process::{cpu_ms, resident_kib};

/// Shards of the installation, the design's number.
const SHARDS: u16 = 16;

/// How long the last envelope may take after the last answer of the door.
const PATIENCE: Duration = Duration::from_secs(300);

/// How often the door may say "come again" to one envelope.
const TRIES: usize = 20;

/// A run: processor times are milliseconds of the whole run.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) envelopes: usize,
    pub(crate) seconds: f64,
    /// Of the pipeline: the relay's process, or this one when it is the no-op pipeline itself.
    pub(crate) cpu_ms: f64,
    pub(crate) broker_cpu_ms: f64,
    /// Of the offices: this process, sending.
    pub(crate) offices_cpu_ms: f64,
    /// Of the relay at the end.
    pub(crate) resident_kib: u64,
    /// Submissions the door told to come again.
    pub(crate) busy: usize,
    /// When the last submission was answered.
    pub(crate) answered_seconds: f64,
    /// Mean seconds from acceptance to the committed mailbox, under this load.
    pub(crate) latency: f64,
}

/// A run of each, side by side.
pub(crate) struct Pair {
    pub(crate) no_op: Run,
    pub(crate) relay: Run,
}

impl Run {
    /// Envelopes a second.
    pub(crate) fn rate(&self) -> f64 {
        self.envelopes as f64 / self.seconds
    }

    /// A processor time by envelope.
    pub(crate) fn each(&self, ms: f64) -> f64 {
        ms / self.envelopes as f64
    }
}

impl Pair {
    /// How much of the no-op pipeline's speed the relay has.
    pub(crate) fn ratio(&self) -> f64 {
        self.relay.rate() / self.no_op.rate()
    }
}

/// The no-op pipeline with these envelopes.
///
/// # Errors
/// When the broker refuses.
pub(crate) async fn no_op(url: &str, batch: &[Sealed], broker: u32) -> anyhow::Result<Run> {
    let loads = Arc::new(batch.iter().map(|one| one.load.clone()).collect());
    let own = std::process::id();
    let mut pipeline = Baseline::prepare(url, SHARDS).await?;
    let (cpu, broker_cpu) = (cpu_ms(own)?, cpu_ms(broker)?);
    let took = pipeline.pass(loads).await?;
    let run = Run {
        envelopes: batch.len(),
        seconds: took.as_secs_f64(),
        cpu_ms: cpu_ms(own)? - cpu,
        broker_cpu_ms: cpu_ms(broker)? - broker_cpu,
        ..Run::default()
    };
    pipeline.end().await?;
    Ok(run)
}

/// `relay all`, started for this run, with these envelopes, from the first submission to the last committed one.
///
/// # Errors
/// When an envelope is refused or does not arrive.
pub(crate) async fn relay(
    town: &mut Town,
    batch: &Arc<Vec<Sealed>>,
    concurrency: usize,
    broker: u32,
) -> anyhow::Result<Run> {
    let number = town.relay.add("all")?;
    town.relay.processes[number].ready().await?;
    let process = &town.relay.processes[number];
    let url = town.relay.ingest_urls().pop().context("no door")?;
    let (pid, own) = (process.id(), std::process::id());
    let before = (cpu_ms(pid)?, cpu_ms(broker)?, cpu_ms(own)?);
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let mut hands = JoinSet::new();
    for _ in 0..concurrency {
        let (batch, next, url) = (batch.clone(), next.clone(), url.clone());
        let senders = town.senders.clone();
        hands.spawn(async move {
            let mut busy = 0;
            while let Some(one) = batch.get(next.fetch_add(1, Ordering::Relaxed)) {
                busy += submit(&senders[one.sender].client, &url, one).await?;
            }
            Ok::<usize, anyhow::Error>(busy)
        });
    }
    let mut busy = 0;
    while let Some(hand) = hands.join_next().await {
        busy += hand??;
    }
    let answered_seconds = begun.elapsed().as_secs_f64();
    // Every acceptance has been answered, so little is left to wait for; looking at it costs little, too.
    within(PATIENCE, "every envelope is in its mailbox", || async {
        let series = "relay_delivery_entered_total{end=\"mailboxed\"}";
        let count = process.metric(series).await.unwrap_or(0.0);
        ensure!(batch.len() as f64 <= count, "{count} of {}", batch.len());
        Ok(())
    })
    .await?;
    let seconds = begun.elapsed().as_secs_f64();
    let sum = process.metric("relay_delivery_latency_seconds_sum").await?;
    let run = Run {
        envelopes: batch.len(),
        seconds,
        cpu_ms: cpu_ms(pid)? - before.0,
        broker_cpu_ms: cpu_ms(broker)? - before.1,
        offices_cpu_ms: cpu_ms(own)? - before.2,
        resident_kib: resident_kib(pid)?,
        busy,
        answered_seconds,
        latency: sum / batch.len() as f64,
    };
    let metrics = process.metrics().await?;
    std::fs::write(town.relay.folder().join("metrics"), metrics)?;
    town.relay.processes[number].terminate().await?;
    Ok(run)
}

/// Sends one envelope until it is accepted; how often the door said "come again".
async fn submit(client: &harness::office::Client, url: &str, one: &Sealed) -> anyhow::Result<usize> {
    for tries in 0..TRIES {
        let content_type = MessageType::Envelope.content_type();
        match post(client, url, content_type, one.load.bytes.to_vec()).await? {
            Answer::Accepted(accepted) => {
                ensure!(accepted.id == one.load.id, "another envelope was accepted");
                return Ok(tries);
            }
            Answer::Refused(status, _, Some(seconds)) if status.as_u16() == 503 => {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            refused => bail!("{}", refused.told()),
        }
    }
    bail!("the door is busy all the time")
}
