//! Sends parked messages through their stations again, those an operator has marked: one replica at a time, the one that
//! holds the lease.
//!
//! Published, confirmed, then the row is closed. Ended in between, it is published once more; the second copy finds the
//! end of the first and is discarded, as every repeat. Each message is read from the table right before it is sent, so a
//! stop counts at once.

use std::time::Duration;

use chassis::broker::{Broker, Publisher};
use chassis::process;
use chassis::shutdown::Shutdown;
use proto::Station;
use store::{Lease, Parked, Store, StoreError};
use tokio::time::{Instant, MissedTickBehavior, sleep_until};

use crate::Config;
use crate::decide::pace::pause;
use crate::events::Events;

/// Name of the lease.
const LEASE: &str = "redrive";

/// Between two looks for marked rows; also the pause after a failure.
const LOOK: Duration = Duration::from_secs(1);

/// The redriver.
pub struct Redriver {
    store: Store,
    lease: Lease,
    publisher: Publisher,
    events: Events,
    by: String,
    shards: u16,
    lease_seconds: i64,
    per_minute: u32,
}

/// What a redriver does next.
enum Next {
    Nothing,
    Rest(Instant),
    Send(Box<Parked>),
}

impl Redriver {
    /// A redriver of this store's table, for an installation of so many shards.
    #[must_use]
    pub fn new(store: Store, broker: &Broker, events: Events, shards: u16, config: &Config) -> Self {
        let by = process::name(Station::Delivery);
        Self {
            lease: store.lease(LEASE, &by, config.redrive_lease_seconds),
            store,
            publisher: broker.publisher(),
            events,
            by,
            shards,
            lease_seconds: config.redrive_lease_seconds,
            per_minute: config.redrive_per_minute,
        }
    }

    /// Sends what is marked whenever the lease is held, until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(LOOK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.wait() => break,
                _ = clock.tick() => {}
            }
            // Looked at first: a lease is a write, and most of the time there is nothing to do.
            let waits = self.store.redrive_waits().await.unwrap_or(false);
            if waits && self.hold_lease().await {
                tokio::select! {
                    biased;
                    // In the midst of a message it is as if the process had been killed.
                    () = shutdown.wait() => break,
                    () = self.send_what_is_marked() => {}
                }
            }
        }
        if let Err(error) = self.lease.release().await {
            tracing::warn!(error = %error, "lease not released; it runs out by itself");
        }
    }

    async fn hold_lease(&self) -> bool {
        match self.lease.hold(process::now(), Instant::now().into_std()).await {
            Ok(held) => held,
            Err(error) => {
                tracing::warn!(error = %error, "lease not read");
                false
            }
        }
    }

    /// Until nothing is marked, the lease is lost, or store or broker do not do their part. The pace is that of what is
    /// marked next, looked up again while it rests: it may be another one than when the last was sent.
    async fn send_what_is_marked(&self) {
        let third = Duration::from_secs(u64::try_from(self.lease_seconds).unwrap_or(1)) / 3;
        let (mut held, mut sent) = (Instant::now(), None::<Instant>);
        loop {
            // Prolonged in time, or the next holder would begin at once.
            if third <= held.elapsed() {
                held = Instant::now();
                if !self.hold_lease().await {
                    return;
                }
            }
            match self.next(sent).await {
                Ok(Next::Nothing) => return,
                Ok(Next::Rest(until)) => sleep_until(until.min(Instant::now() + LOOK)).await,
                Ok(Next::Send(parked)) => {
                    sent = Some(Instant::now());
                    if !self.send(&parked).await {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(error = %error, "what is to be sent again was not read");
                    return;
                }
            }
        }
    }

    /// What is to be done, the last having been sent then. The message is read only when its time has come.
    async fn next(&self, sent: Option<Instant>) -> Result<Next, StoreError> {
        if let Some(sent) = sent {
            let Some(wished) = self.store.redrive_pace().await? else {
                return Ok(Next::Nothing);
            };
            let due = sent + pause(self.per_minute, wished);
            if Instant::now() < due {
                return Ok(Next::Rest(due));
            }
        }
        let marked = self.store.to_redrive(1).await?.into_iter().next();
        Ok(marked.map_or(Next::Nothing, |parked| Next::Send(Box::new(parked))))
    }

    /// One message; false: try again later.
    async fn send(&self, parked: &Parked) -> bool {
        let (row, id) = (&parked.row, &parked.row.message_id);
        let publication = match proto::redrive(&row.message(), row.station, self.shards) {
            Ok(publication) => publication,
            Err(reason) => return self.unfit(parked, &reason.to_string()).await,
        };
        match self.publisher.publish(publication).await {
            Ok(()) => {}
            Err(error) if error.is_permanent() => return self.unfit(parked, &error.to_string()).await,
            Err(error) => {
                self.events.redrive_failed(id, &error.to_string());
                return false;
            }
        }
        match self.store.redriven(row, &self.by, process::now()).await {
            Ok(closed) => {
                self.events.redriven(id, row.station, closed);
                true
            }
            Err(error) => {
                // It is sent again, and the second copy discarded.
                self.events.redrive_failed(id, &error.to_string());
                false
            }
        }
    }

    /// It will never be sent as it is: the mark goes, so that it holds up nobody.
    async fn unfit(&self, parked: &Parked, reason: &str) -> bool {
        self.events.redrive_unfit(&parked.row.message_id, reason);
        match self.store.unmark_redrive(&parked.key(), process::now()).await {
            Ok(_) => true,
            Err(error) => {
                tracing::warn!(error = %error, "mark not taken away");
                false
            }
        }
    }
}
