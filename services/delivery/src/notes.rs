//! Learns acceptances from the stream, without the pipeline: one replica at a time, the one that holds the lease.
//!
//! Offset and rows are one transaction, conditional on the offset it began from. A mark written every few seconds must
//! be read back; when it is not, the stream may have lost something, and reading begins again from the first note: rows
//! are idempotent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chassis::broker::{Broker, StreamOffset, StreamSink};
use chassis::process;
use chassis::shutdown::Shutdown;
use proto::note::NoteMessage;
use proto::{AcceptanceNote, Message, Station};
use store::{Lease, Store};

use crate::Config;
use crate::decide::marks::Marks;
use crate::events::Events;

/// Name of the lease.
const LEASE: &str = "accepted";

/// The reader of acceptance notes.
pub struct Reader {
    store: Store,
    lease: Lease,
    broker: Broker,
    events: Events,
    by: String,
    lease_seconds: i64,
    mark_every: Duration,
    mark_lost_after: Duration,
}

impl Reader {
    /// A reader into this store.
    #[must_use]
    pub fn new(store: Store, broker: Broker, events: Events, config: &Config) -> Self {
        let by = process::name(Station::Delivery);
        Self {
            lease: store.lease(LEASE, &by, config.notes_lease_seconds),
            store,
            broker,
            events,
            by,
            lease_seconds: config.notes_lease_seconds,
            mark_every: Duration::from_secs(config.mark_every_seconds.max(1)),
            mark_lost_after: Duration::from_secs(config.mark_lost_seconds),
        }
    }

    /// Reads whenever the lease is held, until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut from_first = false;
        // Three tries a lease: one may fail without losing it.
        let step = Duration::from_millis(u64::try_from(self.lease_seconds.max(3)).unwrap_or(3) * 1_000 / 3);
        while !shutdown.begun() {
            if self.hold_lease().await {
                tokio::select! {
                    () = shutdown.wait() => {}
                    again = self.read_while_held(from_first, step) => from_first = again,
                }
            }
            tokio::select! {
                () = shutdown.wait() => {}
                () = tokio::time::sleep(step) => {}
            }
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(error = %error, "lease not released; it runs out by itself");
        }
    }

    async fn hold_lease(&self) -> bool {
        match self.lease.hold(process::now(), Instant::now()).await {
            Ok(held) => held,
            Err(error) => {
                tracing::warn!(error = %error, "lease not read");
                false
            }
        }
    }

    /// Reads until the lease is lost, the sink stops or a mark is lost; true: begin again from the first note.
    async fn read_while_held(&self, from_first: bool, step: Duration) -> bool {
        let position = match self.store.note_position().await {
            Ok(position) => position,
            Err(error) => {
                tracing::warn!(error = %error, "position in the stream not read");
                return from_first;
            }
        };
        let from = match position {
            Some(position) if !from_first => StreamOffset::Next(position + 1),
            _ => StreamOffset::First,
        };
        let run = Run::new(&self.by);
        let sink = Sink {
            store: self.store.clone(),
            position: tokio::sync::Mutex::new(position),
            run: run.clone(),
        };
        tokio::select! {
            () = self.broker.read_stream(from, Arc::new(sink)) => false,
            () = self.keep_lease(step) => false,
            () = self.write_marks(&run) => {
                self.events.notes_restarted();
                true
            }
        }
    }

    async fn keep_lease(&self, step: Duration) {
        loop {
            tokio::time::sleep(step).await;
            if !self.hold_lease().await {
                return;
            }
        }
    }

    /// Writes marks; ends when one is lost.
    async fn write_marks(&self, run: &Run) {
        let mut clock = tokio::time::interval(self.mark_every);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for number in 0.. {
            clock.tick().await;
            let (age, nonce) = (run.age(), run.nonce(number));
            let mark = NoteMessage::Mark {
                nonce: nonce.clone(),
                at: process::now(),
            };
            // Only a confirmed mark can be missed: while the broker is away there is nothing to conclude.
            if self
                .broker
                .publisher()
                .publish(mark.publication(nonce))
                .await
                .is_ok()
            {
                run.marks().written(number, age);
            }
            if run.marks().lost(run.age(), self.mark_lost_after) {
                return;
            }
        }
    }
}

/// The marks of this run, shared by their writer and the sink.
#[derive(Clone)]
struct Run {
    /// Begins the nonces of this run's marks.
    name: String,
    begun: Instant,
    marks: Arc<Mutex<Marks>>,
}

impl Run {
    fn new(by: &str) -> Self {
        Self {
            name: format!("{by}/{}", process::now().micros()),
            begun: Instant::now(),
            marks: Arc::default(),
        }
    }

    fn age(&self) -> Duration {
        self.begun.elapsed()
    }

    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn nonce(&self, number: u64) -> String {
        format!("{}/{number}", self.name)
    }

    /// The number of a mark of this run.
    fn number(&self, nonce: &str) -> Option<u64> {
        nonce.strip_prefix(&self.name)?.strip_prefix('/')?.parse().ok()
    }
}

struct Sink {
    store: Store,
    position: tokio::sync::Mutex<Option<u64>>,
    run: Run,
}

#[async_trait]
impl StreamSink for Sink {
    async fn take(&self, batch: Vec<(u64, Message)>) -> bool {
        let Some(to) = batch.last().map(|(offset, _)| *offset) else {
            return true;
        };
        let mut notes: Vec<AcceptanceNote> = Vec::new();
        let mut read_marks = Vec::new();
        for (offset, message) in batch {
            match serde_json::from_slice(&message.body) {
                Ok(NoteMessage::Notes(more)) => notes.extend(more),
                Ok(NoteMessage::Mark { nonce, .. }) => read_marks.extend(self.run.number(&nonce)),
                // The envelope itself brings the same facts as stamps, so nothing is lost by going on.
                Err(error) => tracing::error!(offset, error = %error, "a note cannot be read"),
            }
        }
        let mut position = self.position.lock().await;
        match self.store.take_notes(*position, to, &notes).await {
            Ok(true) => {
                *position = Some(to);
                let mut marks = self.run.marks();
                marks.took(self.run.age());
                read_marks.into_iter().for_each(|number| marks.read(number));
                true
            }
            Ok(false) => {
                tracing::warn!("another replica reads the acceptance notes");
                false
            }
            Err(error) => {
                tracing::warn!(error = %error, "acceptance notes not written");
                false
            }
        }
    }
}
