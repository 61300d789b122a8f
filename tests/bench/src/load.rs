//! Offices, the envelopes they sealed beforehand, and what is in their mailboxes at the end.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};
use bytes::Bytes;
use chassis::broker::baseline::Load;
use harness::{Office, Relay, RelayBuilder, Unit};
use proto::EnvelopeId;
use standard::generate::Size;

use crate::process;

const SENDERS: usize = 50;
const DESTINATIONS: usize = 200;

/// A relay and the offices around it.
pub(crate) struct Town {
    pub(crate) relay: Relay,
    /// Resident memory of `relay all` before its first envelope, KiB.
    pub(crate) idle_kib: u64,
    pub(crate) senders: Vec<Arc<Office>>,
    destinations: Vec<Office>,
    sealed: HashSet<EnvelopeId>,
    bytes: u64,
}

/// An envelope ready to be sent, and who sends it.
pub(crate) struct Sealed {
    pub(crate) sender: usize,
    pub(crate) load: Load,
}

/// What the inboxes hold of what was sealed and sent.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) sent: usize,
    pub(crate) delivered: usize,
    pub(crate) lost: usize,
    pub(crate) doubled: usize,
}

impl Town {
    /// Starts `relay all` on SQLite and enrols everybody. The relay then rests until a run wants it.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn found(amqp_url: &str, settings: &[String]) -> anyhow::Result<Self> {
        let mut builder = RelayBuilder::default()
            .with_broker(amqp_url.to_owned())
            .with("broker__shards", "16")
            // The harness looks and asks every second, for short stories; these are the program's own defaults.
            .with("snapshot__max_age_seconds", "60")
            .with("delivery__books_every_seconds", "10")
            // Fifty offices send what a nation does.
            .with("ingest__door__requests_per_minute", "1000000")
            .with("delivery__door__requests_per_minute", "1000000");
        for setting in settings {
            let (key, value) = setting.split_once('=').context("--set is section__key=value")?;
            builder = builder.with(key, value);
        }
        let mut relay = builder.start_alone().await?;
        let mut senders = Vec::new();
        for number in 0..SENDERS {
            senders.push(Arc::new(relay.office(&format!("03000{number:05}"), "43").await?));
        }
        let mut destinations = Vec::new();
        for number in 0..DESTINATIONS {
            destinations.push(relay.office(&format!("13000{number:05}"), "11").await?);
        }
        let first = relay.processes.first_mut().context("no process")?;
        let idle_kib = process::resident_kib(first.id())?;
        first.terminate().await?;
        Ok(Self {
            relay,
            idle_kib,
            senders,
            destinations,
            sealed: HashSet::new(),
            bytes: 0,
        })
    }

    /// Packs and seals so many envelopes of so many bytes of CSV, on every core.
    ///
    /// # Errors
    /// When one cannot be sealed.
    pub(crate) fn seal(&mut self, envelopes: usize, csv_bytes: usize) -> anyhow::Result<Arc<Vec<Sealed>>> {
        let cores = std::thread::available_parallelism()?.get();
        let next = AtomicUsize::new(0);
        let (senders, destinations) = (&self.senders, &self.destinations);
        let work = || {
            let mut sealed = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if envelopes <= number {
                    return Ok::<_, anyhow::Error>(sealed);
                }
                let sender = number % SENDERS;
                let (from, to) = (&senders[sender], &destinations[number % DESTINATIONS]);
                let unit = Unit::plan(from.number, to.number, &to.kind, Size::Bytes(csv_bytes));
                let bytes = Bytes::from(from.envelope(&unit)?);
                let load = Load {
                    destination: to.number,
                    id: EnvelopeId::of(&bytes),
                    bytes,
                };
                sealed.push(Sealed { sender, load });
            }
        };
        let parts: Vec<anyhow::Result<Vec<Sealed>>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .map(|thread| {
                    thread
                        .join()
                        .unwrap_or_else(|_| Err(anyhow::anyhow!("a sealing thread died")))
                })
                .collect()
        });
        let mut batch = Vec::with_capacity(envelopes);
        for part in parts {
            batch.extend(part?);
        }
        self.bytes += batch.iter().map(|one| one.load.bytes.len() as u64).sum::<u64>();
        self.sealed.extend(batch.iter().map(|one| one.load.id));
        ensure!(batch.len() == envelopes, "envelopes are missing");
        Ok(Arc::new(batch))
    }

    /// Mean bytes of the envelopes sealed so far.
    pub(crate) fn mean_body(&self) -> u64 {
        self.bytes / (self.sealed.len() as u64).max(1)
    }

    /// Reads every inbox and counts each id.
    ///
    /// # Errors
    /// When the delivery door does not answer, or an inbox holds what nobody sealed.
    pub(crate) async fn tally(&mut self) -> anyhow::Result<Tally> {
        let process = self.relay.add("all")?;
        self.relay.processes[process].ready().await?;
        let url = self.relay.delivery_urls().pop().context("no door")?;
        let mut found: HashMap<EnvelopeId, usize> = HashMap::new();
        for office in &mut self.destinations {
            office.delivery.clone_from(&url);
            for item in office.inbox().await? {
                *found.entry(item.id).or_default() += 1;
            }
        }
        self.relay.processes[process].terminate().await?;
        ensure!(
            found.keys().all(|id| self.sealed.contains(id)),
            "an inbox holds what nobody sealed"
        );
        Ok(Tally {
            sent: self.sealed.len(),
            delivered: found.len(),
            lost: self.sealed.len() - found.len(),
            doubled: found.values().map(|count| count - 1).sum(),
        })
    }
}
