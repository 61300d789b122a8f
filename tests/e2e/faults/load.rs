//! A sender who does not give up, several destinations, and the account at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::{Office, Relay, Unit};
use proto::api::SentItem;
use proto::{EnvelopeId, MessageType, OfficeNumber, Status};
use standard::generate::Size;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Longest wait for a 202 while something is broken, and for the last envelope to arrive afterwards.
const PATIENCE: Duration = Duration::from_secs(150);

/// Destinations of a load: numbers and service kinds.
const DESTINATIONS: [(&str, &str); 3] = [("0300000005", "11"), ("0300000013", "15"), ("1300000021", "17")];

/// A load under way: one sender a destination, each sending the next envelope after the 202 of the one before.
pub(crate) struct Load {
    manager: Arc<Office>,
    newest: Arc<watch::Sender<Option<EnvelopeId>>>,
    destinations: Vec<Office>,
    senders: Vec<JoinHandle<anyhow::Result<Vec<EnvelopeId>>>>,
    accepted: Arc<AtomicUsize>,
    resting: Arc<AtomicUsize>,
    go: watch::Sender<bool>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// Begins to send, through the doors in turn.
    pub(crate) async fn begin(relay: &Relay) -> anyhow::Result<Self> {
        let manager = Arc::new(relay.office("0300000100", "43").await?);
        let mut load = Self {
            manager: manager.clone(),
            newest: Arc::new(watch::Sender::new(None)),
            destinations: Vec::new(),
            senders: Vec::new(),
            accepted: Arc::default(),
            resting: Arc::default(),
            go: watch::Sender::new(true),
            enough: Arc::default(),
        };
        for (number, kind) in DESTINATIONS {
            // Enrolled before anything is sent there, or the first would be undeliverable.
            load.destinations.push(relay.office(number, kind).await?);
            let sender = Sender {
                manager: manager.clone(),
                destination: number.parse()?,
                kind,
                doors: relay.ingest_urls(),
                accepted: load.accepted.clone(),
                newest: load.newest.clone(),
                resting: load.resting.clone(),
                go: load.go.subscribe(),
                enough: load.enough.clone(),
            };
            load.senders.push(tokio::spawn(sender.send()));
        }
        Ok(load)
    }

    /// Waits until so many more envelopes are accepted.
    pub(crate) async fn goes_on(&self, more: usize) -> anyhow::Result<()> {
        let before = self.accepted.load(Ordering::Relaxed);
        within(PATIENCE, "envelopes are accepted", || async {
            let now = self.accepted.load(Ordering::Relaxed);
            ensure!(before + more <= now, "{} of {more}", now - before);
            Ok(())
        })
        .await
    }

    /// One that is accepted from now on, once it is delivered, with its history.
    pub(crate) async fn next_delivered(&self) -> anyhow::Result<SentItem> {
        let mut newest = self.newest.subscribe();
        newest.changed().await?;
        let id = (*newest.borrow()).context("one is accepted")?;
        self.manager.until(id, Status::Delivered).await
    }

    /// Sends nothing until told to go on, and waits until nothing is under way.
    pub(crate) async fn rests(&self, relay: &Relay) -> anyhow::Result<()> {
        self.go.send_replace(false);
        within(PATIENCE, "every sender rests", || async {
            ensure!(self.resting.load(Ordering::Relaxed) == self.senders.len());
            Ok(())
        })
        .await?;
        relay.settled_books().await.map(drop)
    }

    /// Sends again.
    pub(crate) fn resume(&self) {
        self.go.send_replace(true);
    }

    /// Stops sending, waits until all is there, and compares: each inbox holds exactly what was accepted, in that order;
    /// the books balance and nothing is unaccounted. How many were sent.
    pub(crate) async fn settle(self, relay: &Relay) -> anyhow::Result<usize> {
        let settled = self.account(relay).await;
        if settled.is_err() {
            for process in &relay.processes {
                let log = process.log();
                let lines: Vec<&str> = log.lines().collect();
                let last = lines.get(lines.len().saturating_sub(12)..).unwrap_or_default();
                println!("-- {} {}\n{}", process.station, process.admin, last.join("\n"));
            }
        }
        settled
    }

    async fn account(self, relay: &Relay) -> anyhow::Result<usize> {
        self.enough.store(true, Ordering::Relaxed);
        let begun = Instant::now();
        let mut sent = Vec::new();
        for sender in self.senders {
            sent.push(sender.await??);
        }
        let total = sent.iter().map(Vec::len).sum();
        let count = i64::try_from(total)?;
        // Asked of the books, not of the inboxes: those are read once, or the door would say it is too often.
        within(PATIENCE, "everything has arrived", || async {
            let books = relay.settled_books().await?;
            ensure!(
                books.mailboxed == count && books.accepted == count,
                "{books:?} of {count}"
            );
            Ok(())
        })
        .await?;
        for (office, sent) in self.destinations.iter().zip(&sent) {
            let inbox = office.inbox().await?;
            ensure!(inbox.len() == sent.len(), "{} of {}", inbox.len(), sent.len());
            ensure!(
                inbox.iter().map(|item| &item.id).eq(sent),
                "{}: not in the order of the 202s",
                office.number
            );
        }
        let unaccounted = relay.unaccounted(harness::files::now()).await?;
        ensure!(unaccounted == 0, "{unaccounted} unaccounted");
        println!(
            "settled {total} envelopes {:?} after the last was sent",
            begun.elapsed()
        );
        Ok(total)
    }
}

/// Who sends to one destination.
struct Sender {
    manager: Arc<Office>,
    destination: OfficeNumber,
    kind: &'static str,
    doors: Vec<String>,
    accepted: Arc<AtomicUsize>,
    newest: Arc<watch::Sender<Option<EnvelopeId>>>,
    resting: Arc<AtomicUsize>,
    go: watch::Receiver<bool>,
    enough: Arc<AtomicBool>,
}

impl Sender {
    async fn send(mut self) -> anyhow::Result<Vec<EnvelopeId>> {
        let mut sent = Vec::new();
        while !self.enough.load(Ordering::Relaxed) {
            self.resting.fetch_add(1, Ordering::Relaxed);
            self.go.wait_for(|go| *go).await?;
            self.resting.fetch_sub(1, Ordering::Relaxed);
            let unit = Unit::plan(self.manager.number, self.destination, self.kind, Size::Persons(1));
            let id = self.insist(sent.len(), self.manager.envelope(&unit)?).await?;
            sent.push(id);
            self.newest.send_replace(Some(id));
            self.accepted.fetch_add(1, Ordering::Relaxed);
        }
        Ok(sent)
    }

    /// Sends the same bytes until they are accepted, at the doors in turn.
    async fn insist(&self, mut turn: usize, envelope: Vec<u8>) -> anyhow::Result<EnvelopeId> {
        let accepted = within(PATIENCE, "accepted at last", || {
            turn += 1;
            let door = self.doors.get(turn % self.doors.len());
            let envelope = envelope.clone();
            async move {
                let door = door.context("a relay without a door")?;
                let kind = MessageType::Envelope.content_type();
                let answer = harness::office::post(&self.manager.client, door, kind, envelope);
                answer.await?.accepted()
            }
        });
        Ok(accepted.await?.id)
    }
}
