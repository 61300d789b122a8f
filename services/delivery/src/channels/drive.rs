//! One channel: what its offices' lists hold behind its cursors is published, confirmed, and only then the cursor moves.
//!
//! So the same message may come twice, never not at all; the envelope's id is the key. "Handed out" is committed before an
//! envelope is published: a recall either comes first and nothing is published, or finds it handed out.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chassis::broker::{Broker, BrokerError, PublishError, Publisher, publishing};
use chassis::process;
use chassis::traces;
use futures_util::StreamExt;
use futures_util::stream;
use proto::api::InboxItem;
use proto::topology::channel_queue;
use proto::{Channel, MessageType, OfficeNumber, Publication, Station};
use store::{ChannelList, Cursor, Due, InboxState, Lease, Store, StoreError};
use tokio::time::Instant;

use super::events::ChannelEvents;

/// Seconds the lease on a channel lasts without renewal.
const LEASE_SECONDS: i64 = 15;

/// Offices of a channel worked on between two renewals of the lease.
const OFFICES: u32 = 32;

/// Offices worked on at the same time; one office's messages go one by one, in their order.
const AT_ONCE: usize = 8;

/// Messages of an office's list between two moves of its cursor.
const PAGE: u32 = 16;

/// Between two looks for something to publish.
const LOOK: Duration = Duration::from_millis(250);

/// Between two looks of a process that does not drive the channel.
const STANDBY: Duration = Duration::from_secs(2);

/// Longest pause before a channel that took nothing is tried again.
const LONGEST: Duration = Duration::from_secs(10);

/// Drives one channel.
pub(super) struct Driver {
    channel: Channel,
    store: Store,
    broker: Broker,
    publisher: Publisher,
    lease: Lease,
    events: ChannelEvents,
    /// Its queue was declared since it was last missing.
    declared: AtomicBool,
    /// Since when its queue has taken nothing.
    blocked_since: Mutex<Option<Instant>>,
}

/// Why a round stopped.
enum Stop {
    /// The channel did not take a message.
    Publish(PublishError),
    /// The store did not do its part.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Driver {
    pub(super) fn new(channel: Channel, store: Store, broker: Broker, events: ChannelEvents) -> Self {
        let owner = process::name(Station::Delivery);
        Self {
            lease: store.lease(&format!("channel {channel}"), &owner, LEASE_SECONDS),
            channel,
            store,
            publisher: broker.publisher(),
            broker,
            events,
            declared: AtomicBool::new(false),
            blocked_since: Mutex::new(None),
        }
    }

    /// How long the queue has taken nothing although something waits.
    pub(super) fn blocked_seconds(&self) -> f64 {
        let since = *self.blocked_since.lock().unwrap_or_else(PoisonError::into_inner);
        since.map_or(0.0, |since| since.elapsed().as_secs_f64())
    }

    pub(super) async fn release(&self) {
        if let Err(error) = self.lease.release().await {
            tracing::warn!(channel = %self.channel, error = %error, "lease not released; it runs out by itself");
        }
    }

    /// Without end.
    pub(super) async fn run(&self) {
        let (mut after, mut pause) = (None, LOOK);
        loop {
            match self.round(after).await {
                Ok(last) => {
                    pause = LOOK;
                    let more = last.is_some() || after.is_some();
                    after = last;
                    if more {
                        continue;
                    }
                    tokio::time::sleep(LOOK).await;
                }
                Err(stop) => {
                    self.stopped(&stop);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST);
                }
            }
        }
    }

    /// Publishes a page of each of the next offices; the last of them, none when that was all, or when another process
    /// drives the channel.
    async fn round(&self, after: Option<OfficeNumber>) -> Result<Option<OfficeNumber>, Stop> {
        // A queue is there before anything waits for it: an empty one too can be consumed.
        let due = self
            .store
            .channel_due(&self.channel, after, OFFICES, process::now())
            .await?;
        let idle = due.is_empty() && self.declared.load(Ordering::Relaxed);
        if idle {
            self.unblocked();
            return Ok(None);
        }
        if !self.lease.hold(process::now(), Instant::now().into_std()).await? {
            self.unblocked();
            tokio::time::sleep(STANDBY).await;
            return Ok(None);
        }
        if !self.declared.load(Ordering::Relaxed) {
            let declared = self.broker.declare(&channel_queue(&self.channel)).await;
            declared.map_err(|error| {
                tracing::warn!(channel = %self.channel, error = %error, "queue not declared");
                Stop::Publish(match error {
                    // Another one of that name is in the way.
                    BrokerError::Topology { .. } => PublishError::Returned,
                    _ => PublishError::Unavailable,
                })
            })?;
            self.declared.store(true, Ordering::Relaxed);
        }
        // A queue that took nothing is tried with one office: each try hands something out.
        let at_once = if self.blocked_seconds() == 0.0 { AT_ONCE } else { 1 };
        let last = due.last().map(|due| due.office);
        let stopped = AtomicBool::new(false);
        let serve = async |due: &Due| {
            if stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            let served = self.serve(due).await;
            stopped.fetch_or(served.is_err(), Ordering::Relaxed);
            served
        };
        // To the end even after one has stopped: what is being published is not left half-way.
        let served: Vec<_> = stream::iter(&due)
            .map(serve)
            .buffer_unordered(at_once)
            .collect()
            .await;
        served.into_iter().collect::<Result<(), Stop>>()?;
        Ok(last)
    }

    /// A page of each list of an office.
    async fn serve(&self, due: &Due) -> Result<(), Stop> {
        if let Some(inbox) = due.inbox {
            self.envelopes(due.office, inbox, due.inbox_end).await?;
        }
        self.statuses(due).await?;
        if let Some(notice) = due.notice {
            self.notices(due.office, notice).await?;
        }
        Ok(())
    }

    async fn envelopes(&self, office: OfficeNumber, from: Cursor, end: Cursor) -> Result<(), Stop> {
        let mut at = from;
        let mut stopped = Ok(());
        for _ in 0..PAGE {
            let (items, next) = self.store.inbox(office, &at, 1, InboxState::All).await?;
            let Some(item) = items.into_iter().next() else {
                // What lies between was withdrawn or is kept no longer.
                at = at.max(end);
                break;
            };
            stopped = self.envelope(office, &item).await;
            if stopped.is_err() {
                break;
            }
            at = next;
        }
        // What was taken is taken, whatever came after it.
        self.advance(office, ChannelList::Inbox, from, at).await?;
        stopped
    }

    /// Handed out, then published. Withdrawn meanwhile, or its contents no longer kept: passed over.
    async fn envelope(&self, office: OfficeNumber, item: &InboxItem) -> Result<(), Stop> {
        let handed = self.store.hand_out(office, item.id, process::now()).await?;
        let Some(bytes) = handed else { return Ok(()) };
        let under = traces::of(item.id);
        let context = Some(under.context());
        let mut publication = self.channel.envelope(office, item, context, bytes);
        let mut sending = publishing(Some(under), Station::Delivery.as_str(), &mut publication);
        let published = self.publish(publication).await;
        if let (Err(Stop::Publish(error)), Some(sending)) = (&published, &mut sending) {
            sending.fail(error);
        }
        published
    }

    async fn statuses(&self, due: &Due) -> Result<(), Stop> {
        let (from, mut at) = (due.sent, due.sent);
        let told = self.store.channel_sent(&self.channel, due, PAGE).await?;
        let all = told.len() < PAGE as usize;
        for (id, position) in told {
            if let Some(item) = self.store.sent_item(due.office, id).await?
                && let Err(stop) = self.publish(self.channel.sent(due.office, item)).await
            {
                self.advance(due.office, ChannelList::Sent, from, at).await?;
                return Err(stop);
            }
            at = position;
        }
        let to = if all { due.sent_end } else { at };
        self.advance(due.office, ChannelList::Sent, from, to).await
    }

    async fn notices(&self, office: OfficeNumber, from: Cursor) -> Result<(), Stop> {
        let mut at = from;
        for entry in self.store.notices(office, from.position(), PAGE).await? {
            if let Err(stop) = self.publish(self.channel.notice(office, &entry)).await {
                self.advance(office, ChannelList::Notices, from, at).await?;
                return Err(stop);
            }
            at = Cursor::at(entry.id);
        }
        self.advance(office, ChannelList::Notices, from, at).await
    }

    async fn publish(&self, publication: Publication) -> Result<(), Stop> {
        let (kind, id): (MessageType, _) = (publication.message_type, publication.message_id.clone());
        let outcome = self.publisher.publish(publication).await;
        self.events.published(&self.channel, kind, &id, outcome);
        match outcome {
            Ok(()) => {
                self.unblocked();
                Ok(())
            }
            // It will never fit, however often it is tried; the mailbox has it.
            Err(error) if error.is_permanent() => Ok(()),
            Err(error) => Err(Stop::Publish(error)),
        }
    }

    async fn advance(
        &self,
        office: OfficeNumber,
        list: ChannelList,
        from: Cursor,
        to: Cursor,
    ) -> Result<(), Stop> {
        if from != to {
            self.store
                .channel_advance(&self.channel, office, list, from, to)
                .await?;
        }
        Ok(())
    }

    fn unblocked(&self) {
        *self.blocked_since.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn stopped(&self, stop: &Stop) {
        match stop {
            Stop::Publish(error) => {
                if *error == PublishError::Returned {
                    self.declared.store(false, Ordering::Relaxed);
                }
                // The broker as a whole is another matter, with an alert of its own.
                if matches!(error, PublishError::Nacked | PublishError::Returned) {
                    self.blocked_since
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .get_or_insert_with(Instant::now);
                }
            }
            Stop::Store(error) => {
                tracing::warn!(channel = %self.channel, error = %error, "the store did not do its part for a channel")
            }
        }
    }
}
