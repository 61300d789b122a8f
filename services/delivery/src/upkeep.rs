//! What happens by the calendar: expiry, retention, reminders. One replica does it, by a lease in the store; in bounded
//! batches with pauses between them, so that traffic never waits for it.

use std::time::{Duration, Instant};

use chassis::process;
use chassis::shutdown::Shutdown;
use proto::{OfficeNumber, Station, Time};
use store::{Lease, SLICES, Store, StoreError};

use crate::Config;
use crate::decide::business_days::{arrived_before, day_of};
use crate::decide::ending;
use crate::decide::reminding::{self, AGES};
use crate::events::Events;

/// Name of the lease.
const LEASE: &str = "upkeep";

/// Name under which the store keeps which slice was swept last.
const SWEPT: &str = "swept";

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days a recall waits for its envelope; what was created longer ago is not accepted any more.
const RECALL_DAYS: i64 = 31;

/// Offices reminded in one transaction.
const REMINDED_AT_ONCE: usize = 64;

/// The keeper of the calendar.
pub struct Upkeep {
    store: Store,
    lease: Lease,
    events: Events,
    by: String,
    every: Duration,
    contents_days: i64,
    metadata_days: i64,
    evidence_days: i64,
    remind_after: u32,
}

impl Upkeep {
    /// An upkeep of this store.
    #[must_use]
    pub fn new(store: Store, events: Events, config: &Config) -> Self {
        let seconds = config.upkeep_every_seconds.max(1);
        let lease_seconds = i64::try_from(seconds).unwrap_or(i64::MAX / 4).saturating_mul(3);
        let by = process::name(Station::Delivery);
        Self {
            lease: store.lease(LEASE, &by, lease_seconds),
            store,
            events,
            by,
            every: Duration::from_secs(seconds),
            contents_days: i64::from(config.contents_days),
            metadata_days: i64::from(config.metadata_days),
            evidence_days: i64::from(config.evidence_days),
            remind_after: config.remind_after_business_days,
        }
    }

    /// Works whenever the lease is held, until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(self.every);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.wait() => break,
                _ = clock.tick() => {}
            }
            // Each replica, whoever has the lease: what the alert asks for is the least of all.
            let days_left = reminding::claims_days_left(process::now());
            self.events.claims_days_left(days_left);
            tokio::select! {
                // What was begun is rolled back and done by the next one.
                () = shutdown.wait() => break,
                turn = self.turn() => match turn {
                    Ok(true) => {}
                    Ok(false) => self.tell_nothing(),
                    Err(error) => tracing::warn!(error = %error, "upkeep not done; tried again"),
                },
            }
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(error = %error, "lease not released; it runs out by itself");
        }
    }

    /// Everything that is due. False: another replica does it.
    async fn turn(&self) -> Result<bool, StoreError> {
        if !self.held().await? {
            return Ok(false);
        }
        let now = process::now();
        self.count(now).await?;
        self.count_ending(now).await?;
        self.remind(now).await?;
        self.store.pass_notices().await?;
        Ok(self.expire(now).await? && self.delete_contents(now).await? && self.sweep(now).await?)
    }

    async fn held(&self) -> Result<bool, StoreError> {
        self.lease.hold(process::now(), Instant::now()).await
    }

    async fn count(&self, now: Time) -> Result<(), StoreError> {
        let borders = AGES.map(|(days, _)| arrived_before(now, days));
        let at_least = self.store.uncollected_before(&borders).await?;
        self.events.uncollected(&reminding::by_age(&at_least));
        Ok(())
    }

    async fn count_ending(&self, now: Time) -> Result<(), StoreError> {
        let borders = ending::borders(now);
        let licences = self.store.licences_ending(&borders).await?;
        let certificates = self.store.certificates_ending(&borders).await?;
        let (licences, certificates) = (
            ending::by_days_left(&licences),
            ending::by_days_left(&certificates),
        );
        self.events.ending(&licences, &certificates);
        Ok(())
    }

    /// Another replica counts; summed over all, each thing stands there once.
    fn tell_nothing(&self) {
        self.events.uncollected(&[0; AGES.len()]);
        let none = ending::by_days_left(&vec![0; ending::borders(process::now()).len() + 1]);
        self.events.ending(&none, &none);
    }

    async fn remind(&self, now: Time) -> Result<(), StoreError> {
        let Some(day) = reminding::due(now) else {
            return Ok(());
        };
        let reached = self.store.reminded_to(day).await?;
        let before = arrived_before(now, self.remind_after);
        let due = self.store.uncollected_by_office(before, reached).await?;
        for offices in due.chunks(REMINDED_AT_ONCE) {
            let words = |one: &store::Uncollected| {
                let text = reminding::words(one.count, one.oldest, now);
                (one.office, text)
            };
            let reminders: Vec<(OfficeNumber, String)> = offices.iter().map(words).collect();
            if self.store.remind(day, &reminders, now).await? == 0 {
                return Ok(());
            }
            for one in offices {
                self.events.reminded(one);
            }
            self.breathe().await;
        }
        Ok(())
    }

    /// False: the lease went to another.
    async fn expire(&self, now: Time) -> Result<bool, StoreError> {
        let before = now.plus_seconds(-self.contents_days * DAY);
        loop {
            let batch = self.store.expire(before, &self.by, now).await?;
            for one in &batch.done {
                self.events.expired(one);
            }
            if !batch.more {
                return Ok(true);
            }
            if !self.held().await? {
                return Ok(false);
            }
            self.breathe().await;
        }
    }

    /// Whole months only, so it comes after expiry and never before its time.
    async fn delete_contents(&self, now: Time) -> Result<bool, StoreError> {
        let before = now.plus_seconds(-self.contents_days * DAY).month();
        loop {
            let batch = self.store.delete_contents(&before).await?;
            self.events.deleted("contents", batch.done);
            if !batch.more {
                return Ok(true);
            }
            if !self.held().await? {
                return Ok(false);
            }
            self.breathe().await;
        }
    }

    /// One slice of the ids a turn, the next one each time.
    async fn sweep(&self, now: Time) -> Result<bool, StoreError> {
        let before = |days: i64| now.plus_seconds(-days * DAY);
        let (metadata, evidence) = (before(self.metadata_days), before(self.evidence_days));
        let last = self.store.progress(SWEPT).await?.unwrap_or(-1);
        let next = (last + 1).rem_euclid(i64::from(SLICES));
        let slice = u16::try_from(next).unwrap_or(0);
        loop {
            let batch = self.store.sweep(slice, metadata, evidence).await?;
            self.events.deleted("metadata", batch.done.metadata);
            self.events.deleted("evidence", batch.done.evidence);
            if !batch.more {
                break;
            }
            if !self.held().await? {
                return Ok(false);
            }
            self.breathe().await;
        }
        self.store.sweep_words(metadata, before(RECALL_DAYS)).await?;
        self.store.put_progress(SWEPT, next).await?;
        tracing::debug!(slice, day = %day_of(now), "slice swept");
        Ok(true)
    }

    /// Others write meanwhile.
    async fn breathe(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
