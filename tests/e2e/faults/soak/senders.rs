//! Senders of every kind of envelope, who do not give up and write down what they were promised.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use harness::account::{Fate, Sent};
use harness::eventually::within;
use harness::{Office, Relay, Unit};
use proto::{EnvelopeId, MessageType};
use standard::generate::Size;
use tokio::task::JoinHandle;

use super::dice::Dice;
use super::number;

/// Longest wait for a 202 while something is broken.
const PATIENCE: Duration = Duration::from_secs(240);

/// Numbers and service kinds of the destinations.
const DESTINATIONS: [(&str, &str); 5] = [
    ("0300000005", "11"),
    ("0300000013", "15"),
    ("1300000021", "17"),
    ("0300000062", "11"),
    ("0300000070", "13"),
];

/// All senders of a soak.
pub(crate) struct Senders {
    tasks: Vec<JoinHandle<anyhow::Result<Vec<Sent>>>>,
    destinations: Vec<Arc<Office>>,
    accepted: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

struct Sender {
    number: usize,
    dice: Dice,
    manager: Arc<Office>,
    destination: Arc<Office>,
    doors: Vec<String>,
    turn: usize,
    sent: Vec<Sent>,
    accepted: Arc<AtomicUsize>,
    enough: Arc<AtomicBool>,
}

impl Senders {
    pub(crate) async fn begin(relay: &Relay, seed: u64) -> anyhow::Result<Self> {
        let mut senders = Self {
            tasks: Vec::new(),
            destinations: Vec::new(),
            accepted: Arc::default(),
            enough: Arc::default(),
        };
        let each = usize::try_from(number("SOAK_SENDERS", 2)?)?;
        let manager = Arc::new(relay.office("0300000100", "43").await?);
        for (number, kind) in DESTINATIONS {
            let destination = Arc::new(relay.office(number, kind).await?);
            for _ in 0..each {
                let number = senders.tasks.len();
                let sender = Sender {
                    number,
                    dice: Dice::new(seed, number as u64 + 1),
                    manager: manager.clone(),
                    destination: destination.clone(),
                    doors: relay.ingest_urls(),
                    turn: number,
                    sent: Vec::new(),
                    accepted: senders.accepted.clone(),
                    enough: senders.enough.clone(),
                };
                senders.tasks.push(tokio::spawn(sender.send()));
            }
            senders.destinations.push(destination);
        }
        Ok(senders)
    }

    /// How many were accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }

    /// Waits until so many more are accepted.
    pub(crate) async fn go_on(&self, more: usize) -> anyhow::Result<()> {
        let before = self.accepted.load(Ordering::Relaxed);
        within(PATIENCE, "envelopes are accepted", || async {
            let now = self.accepted.load(Ordering::Relaxed);
            ensure!(before + more <= now, "{} of {more}", now - before);
            Ok(())
        })
        .await
    }

    /// Stops them; what they wrote down, and the offices they sent to.
    pub(crate) async fn end(self) -> anyhow::Result<(Vec<Sent>, Vec<Arc<Office>>)> {
        self.enough.store(true, Ordering::Relaxed);
        let mut sent = Vec::new();
        for task in self.tasks {
            sent.extend(task.await??);
        }
        Ok((sent, self.destinations))
    }
}

impl Sender {
    async fn send(mut self) -> anyhow::Result<Vec<Sent>> {
        while !self.enough.load(Ordering::Relaxed) {
            match self.dice.below(100) {
                0..4 => self.broken().await?,
                4..8 => self.same_bytes_at_once().await?,
                8..12 => self.same_sending_anew().await?,
                12..17 => self.recalled().await?,
                17 => self.large().await?,
                _ => {
                    let unit = self.unit(Size::Persons(1));
                    let envelope = self.manager.envelope(&unit)?;
                    self.deliver(envelope, Fate::Delivered).await?;
                }
            }
        }
        Ok(self.sent)
    }

    fn unit(&self, size: Size) -> Unit {
        Unit::plan(
            self.manager.number,
            self.destination.number,
            &self.destination.kind,
            size,
        )
    }

    async fn deliver(&mut self, envelope: Vec<u8>, fate: Fate) -> anyhow::Result<EnvelopeId> {
        let expected = EnvelopeId::of(&envelope);
        let id = insist(&self.manager, &self.doors, self.turn, envelope).await?;
        ensure!(id == expected, "the door computed another id");
        self.turn += 1;
        self.note(id, fate);
        Ok(id)
    }

    fn note(&mut self, id: EnvelopeId, fate: Fate) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
        self.sent.push(Sent {
            id,
            sender: self.number,
            destination: self.destination.number,
            fate,
        });
    }

    /// A unit with a row too short: it comes back.
    async fn broken(&mut self) -> anyhow::Result<()> {
        let mut unit = self.unit(Size::Persons(1));
        let file = unit.files.first_mut().context("a unit has files")?;
        file.1.extend_from_slice(b"202407,990001\r\n");
        let envelope = self.manager.envelope(&unit)?;
        self.deliver(envelope, Fate::Rejected).await.map(drop)
    }

    /// Two connections, two doors, the same bytes at the same time: one id, one delivery.
    async fn same_bytes_at_once(&mut self) -> anyhow::Result<()> {
        let envelope = self.manager.envelope(&self.unit(Size::Persons(1)))?;
        let (one, other) = tokio::try_join!(
            insist(&self.manager, &self.doors, self.turn, envelope.clone()),
            insist(&self.manager, &self.doors, self.turn + 1, envelope),
        )?;
        ensure!(one == other, "the same bytes have the same id");
        self.note(one, Fate::Delivered);
        Ok(())
    }

    /// The same sending, sealed anew after the first was accepted: the later ends as its duplicate.
    async fn same_sending_anew(&mut self) -> anyhow::Result<()> {
        let unit = self.unit(Size::Persons(1));
        let (first, anew) = (self.manager.envelope(&unit)?, self.manager.envelope(&unit)?);
        ensure!(first != anew, "a new seal has new bytes");
        self.deliver(first, Fate::Delivered).await?;
        self.deliver(anew, Fate::Duplicate).await.map(drop)
    }

    /// Asked back right after its acceptance: withdrawn where it is, or noted if it was handed out.
    async fn recalled(&mut self) -> anyhow::Result<()> {
        let envelope = self.manager.envelope(&self.unit(Size::Persons(1)))?;
        let id = self.deliver(envelope, Fate::Recalled).await?;
        within(PATIENCE, "the recall is heard", || async {
            let path = format!("/v1/sent/{id}/recall");
            let _: serde_json::Value = self.manager.act(&path, &serde_json::json!({})).await?;
            Ok(())
        })
        .await
    }

    /// Megabytes of it, and so beside the others in the byte budget.
    async fn large(&mut self) -> anyhow::Result<()> {
        let mut unit = self.unit(Size::Persons(1));
        let bytes = usize::try_from(1_100_000 + self.dice.below(900_000))?;
        let noise = (0..bytes / 8).flat_map(|_| self.dice.below(u64::MAX).to_le_bytes());
        let pdf = b"%PDF-1.7\n".iter().copied().chain(noise).collect();
        unit.files.push(("note.pdf".to_owned(), pdf));
        let envelope = self.manager.envelope(&unit)?;
        self.deliver(envelope, Fate::Delivered).await.map(drop)
    }
}

/// Sends the same bytes until they are accepted, at the doors in turn.
async fn insist(
    manager: &Office,
    doors: &[String],
    mut turn: usize,
    envelope: Vec<u8>,
) -> anyhow::Result<EnvelopeId> {
    let accepted = within(PATIENCE, "accepted at last", || {
        turn += 1;
        let (door, envelope) = (doors.get(turn % doors.len()), envelope.clone());
        async move {
            let door = door.context("a relay without a door")?;
            let kind = MessageType::Envelope.content_type();
            harness::office::post(&manager.client, door, kind, envelope)
                .await?
                .accepted()
        }
    });
    Ok(accepted.await?.id)
}
