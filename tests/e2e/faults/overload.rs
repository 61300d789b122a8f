//! Ten times more is offered than validation works off. The door slows, then refuses; nothing piles up without bound; what
//! was refused is accepted later, and the books balance.
//!
//! How quick the machine is does not matter: validation goes on only while less than a tenth of what was offered is worked off,
//! and the story lasts until the door refused. `OVERLOAD_SECONDS` makes it longer; `OVERLOAD_REPORT` names a file for the table of
//! memory and queues over time.

use std::fmt::Write as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::office::Answer;
use harness::processes::Process;
use harness::{Office, Relay, RelayBuilder, Unit, World};
use proto::EnvelopeId;
use standard::generate::Size;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Marks of the door, messages.
const SLOW: u64 = 100;
const FULL: u64 = 200;

/// Senders at once; each has a destination of its own.
const SENDERS: usize = 24;

/// Most that may wait beyond the mark: what validation holds and gives back when it lets go of its shards (two, 16 messages
/// each), and what is under way at the door between two looks.
const BEYOND: u64 = 200;

/// How many times as much is offered as may be worked off.
const OVERLOAD: u64 = 10;

/// Most megabytes a station may grow by.
const GROWTH: u64 = 64;

/// Longest wait for the door's first refusal.
const UNTIL_REFUSED: Duration = Duration::from_secs(120);

/// Longest wait for everything to be accepted and delivered once validation works again.
const PATIENCE: Duration = Duration::from_secs(300);

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let seconds = std::env::var("OVERLOAD_SECONDS").map_or(Ok(15), |text| text.parse())?;
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with("ingest__backlog_slow_messages", &SLOW.to_string())
        .with("ingest__backlog_full_messages", &FULL.to_string())
        .with("ingest__backlog_look_milliseconds", "200")
        .with("ingest__door__requests_per_minute", "1000000")
        .start(world)
        .await?;
    let manager = Arc::new(relay.office("0300000100", "43").await?);
    let mut helpers = Vec::new();
    for number in 0..SENDERS {
        helpers.push(relay.office(&format!("03{:08}", 1_000 + number), "11").await?);
    }

    let load = Arc::new(Offered::default());
    let mut senders = JoinSet::new();
    for helper in &helpers {
        senders.spawn(offer(manager.clone(), helper.number, load.clone()));
    }
    let watched = watch(&relay, &load, Duration::from_secs(seconds)).await;
    load.enough.store(true, Ordering::Relaxed);
    crawl(process(&relay, "validation")?, false)?;
    let table = watched?;

    // Those that were refused insist until they are accepted.
    let mut sent: Vec<EnvelopeId> = Vec::new();
    let settled = tokio::time::timeout(PATIENCE, async {
        while let Some(ids) = senders.join_next().await {
            sent.extend(ids??);
        }
        anyhow::Ok(())
    });
    settled.await.context("all are accepted in time")??;
    let count = i64::try_from(sent.len())?;
    within(PATIENCE, "everything is in its mailbox", || async {
        let books = relay.store.books().await?;
        ensure!(
            books.mailboxed == count && books.accepted == count,
            "{books:?} of {count}"
        );
        Ok(())
    })
    .await?;
    relay.settled_books().await?;
    ensure!(relay.unaccounted(harness::files::now()).await? == 0);
    let refused = load.refused.load(Ordering::Relaxed);
    if let Some(path) = std::env::var_os("OVERLOAD_REPORT") {
        let total =
            format!("\n{count} accepted and delivered, {refused} times refused with 503 before that.\n");
        std::fs::write(path, table + &total)?;
    }
    Ok(())
}

/// What is offered, and what the door says.
#[derive(Default)]
struct Offered {
    enough: AtomicBool,
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl Offered {
    /// Envelopes accepted, and refusals, so far.
    fn so_far(&self) -> (u64, u64) {
        (
            self.accepted.load(Ordering::Relaxed),
            self.refused.load(Ordering::Relaxed),
        )
    }
}

/// Offers envelope after envelope as fast as the door answers; one that is refused is offered again.
async fn offer(
    manager: Arc<Office>,
    to: proto::OfficeNumber,
    load: Arc<Offered>,
) -> anyhow::Result<Vec<EnvelopeId>> {
    let mut sent = Vec::new();
    // A client that does not keep to Retry-After, and yet not one that spins.
    let mut turn = interval(Duration::from_millis(50));
    turn.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut waiting: Option<Vec<u8>> = None;
    while waiting.is_some() || !load.enough.load(Ordering::Relaxed) {
        turn.tick().await;
        let envelope = match waiting.take() {
            Some(envelope) => envelope,
            None => manager.envelope(&Unit::plan(manager.number, to, "11", Size::Persons(1)))?,
        };
        match manager.post(envelope.clone()).await? {
            Answer::Accepted(accepted) => {
                load.accepted.fetch_add(1, Ordering::Relaxed);
                sent.push(accepted.id);
            }
            Answer::Refused(status, document, retry_after) => {
                ensure!(
                    status == 503 && retry_after.is_some_and(|seconds| 0 < seconds),
                    "{status} {} {retry_after:?}",
                    document.code
                );
                load.refused
                    .fetch_add(u64::from(document.code == "broker.backlog"), Ordering::Relaxed);
                waiting = Some(envelope);
            }
        }
    }
    Ok(sent)
}

/// Lets validation work off a tenth of what is offered until the door refused and the time is up, and looks at queues and memory;
/// the table of what was seen.
async fn watch(relay: &Relay, load: &Offered, time: Duration) -> anyhow::Result<String> {
    let validation = process(relay, "validation")?;
    let begin = Instant::now();
    let mut table = String::from("| s | accepted | refused | waiting |");
    for process in &relay.processes {
        write!(table, " {} MB |", process.station)?;
    }
    table.push_str("\n|---|---|---|---|");
    table.push_str(&"---|".repeat(relay.processes.len()));
    let mut first = Vec::new();
    let mut most = 0;
    let mut clock = interval(Duration::from_millis(100));
    for tick in 0_u64.. {
        clock.tick().await;
        let (accepted, refused) = load.so_far();
        if time <= begin.elapsed() && 0 < refused {
            break;
        }
        ensure!(
            begin.elapsed() < time + UNTIL_REFUSED,
            "nothing refused after {accepted} accepted, at most {most} waited"
        );
        let worked_off = u64::try_from(relay.store.books().await?.mailboxed)?;
        crawl(validation, accepted + refused <= worked_off * OVERLOAD)?;
        if tick % 10 != 9 {
            continue;
        }
        let waiting = waiting(relay).await?;
        most = most.max(waiting);
        let memory = relay
            .processes
            .iter()
            .map(memory)
            .collect::<anyhow::Result<Vec<_>>>()?;
        let seconds = begin.elapsed().as_secs();
        write!(table, "\n| {seconds} | {accepted} | {refused} | {waiting} |")?;
        for megabytes in &memory {
            write!(table, " {megabytes} |")?;
        }
        // After the first seconds everything is in use that the load needs.
        if tick < 50 {
            first.clone_from(&memory);
        }
        for ((process, now), before) in relay.processes.iter().zip(&memory).zip(&first) {
            ensure!(
                *now <= before + GROWTH,
                "{} grew from {before} to {now} MB",
                process.station
            );
        }
    }
    table.push('\n');
    ensure!(SLOW < most, "at most {most} waited: no overload");
    ensure!(most <= FULL + BEYOND, "{most} waited");
    Ok(table)
}

fn process<'a>(relay: &'a Relay, station: &str) -> anyhow::Result<&'a Process> {
    let mut processes = relay.processes.iter();
    processes
        .find(|process| process.station == station)
        .context("no such process")
}

/// Stops the process in its tracks, or lets it go on.
fn crawl(process: &Process, stop: bool) -> anyhow::Result<()> {
    let signal = if stop { "-STOP" } else { "-CONT" };
    let sent = Command::new("kill")
        .args([signal, &process.id().to_string()])
        .status()?;
    ensure!(sent.success(), "kill {signal}");
    Ok(())
}

/// Messages in front of all stages, as the door saw them last.
async fn waiting(relay: &Relay) -> anyhow::Result<u64> {
    let metrics = process(relay, "ingest")?.metrics().await?;
    let values = metrics
        .lines()
        .filter(|line| line.starts_with("relay_backlog_messages{"))
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok());
    Ok(values.sum())
}

/// Resident megabytes of a process.
fn memory(process: &Process) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line
        .and_then(|line| line.trim().split(' ').next())
        .context("VmRSS")?;
    Ok(kilobytes.parse::<u64>()? / 1_024)
}
