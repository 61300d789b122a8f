//! A sender who does not give up, several destinations, and the account at the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, ensure};
use harness::eventually::within;
use harness::{Office, Relay, Unit};
use proto::{EnvelopeId, MessageType};
use standard::generate::Size;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Longest wait for a 202 while something is broken, and for the last envelope to arrive afterwards.
const PATIENCE: Duration = Duration::from_secs(120);

/// Destinations of a load: numbers and service kinds.
const DESTINATIONS: [(&str, &str); 3] = [("0300000005", "11"), ("0300000013", "15"), ("1300000021", "17")];

/// A load under way: one sender a destination, each sending the next envelope after the 202 of the one before.
pub(crate) struct Load {
    manager: Arc<Office>,
    destinations: Vec<Office>,
    senders: Vec<JoinHandle<anyhow::Result<Vec<EnvelopeId>>>>,
    enough: Arc<AtomicBool>,
}

impl Load {
    /// Begins to send, through the doors in turn.
    pub(crate) async fn begin(relay: &Relay) -> anyhow::Result<Self> {
        let manager = Arc::new(relay.office("0300000100", "43").await?);
        let mut load = Self {
            manager,
            destinations: Vec::new(),
            senders: Vec::new(),
            enough: Arc::new(AtomicBool::new(false)),
        };
        for (number, kind) in DESTINATIONS {
            let office = relay.office(number, kind).await?;
            let unit = move |manager: &Office| {
                Unit::plan(manager.number, office_number(number), kind, Size::Persons(1))
            };
            let (manager, enough, doors) = (load.manager.clone(), load.enough.clone(), relay.ingest_urls());
            load.senders.push(tokio::spawn(async move {
                let mut sent = Vec::new();
                while !enough.load(Ordering::Relaxed) {
                    let envelope = manager.envelope(&unit(&manager))?;
                    sent.push(insist(&manager, &doors, sent.len(), envelope).await?);
                }
                Ok(sent)
            }));
            load.destinations.push(office);
        }
        Ok(load)
    }

    /// Stops sending, waits until all is there, and compares: each inbox holds exactly what was accepted, in that order;
    /// the books balance and nothing is unaccounted. How many were sent.
    pub(crate) async fn settle(self, relay: &Relay) -> anyhow::Result<usize> {
        self.enough.store(true, Ordering::Relaxed);
        let mut total = 0;
        for (office, sender) in self.destinations.iter().zip(self.senders) {
            let sent = sender.await??;
            total += sent.len();
            within(PATIENCE, "everything has arrived", || async {
                let inbox = office.inbox().await?;
                ensure!(inbox.len() == sent.len(), "{} of {}", inbox.len(), sent.len());
                ensure!(
                    inbox.iter().map(|item| &item.id).eq(&sent),
                    "{}: the inbox is in the order of the 202s",
                    office.number
                );
                Ok(())
            })
            .await?;
        }
        let books = relay.settled_books().await?;
        let count = i64::try_from(total)?;
        ensure!(
            books.mailboxed == count && books.accepted == count,
            "{books:?} of {count}"
        );
        let unaccounted = relay.unaccounted(harness::files::now()).await?;
        ensure!(unaccounted == 0, "{unaccounted} unaccounted");
        Ok(total)
    }
}

fn office_number(text: &str) -> proto::OfficeNumber {
    text.parse().expect("an office number of the table above")
}

/// Sends the same bytes until they are accepted, at the doors in turn.
async fn insist(
    manager: &Office,
    doors: &[String],
    turn: usize,
    envelope: Vec<u8>,
) -> anyhow::Result<EnvelopeId> {
    let mut turn = turn;
    let accepted = within(PATIENCE, "accepted at last", || {
        turn += 1;
        let door = doors.get(turn % doors.len()).cloned();
        let envelope = envelope.clone();
        async move {
            let door = door.context("a relay without a door")?;
            let answer = harness::office::post(
                &manager.client,
                &door,
                MessageType::Envelope.content_type(),
                envelope,
            );
            answer.await?.accepted()
        }
    });
    Ok(accepted.await?.id)
}
