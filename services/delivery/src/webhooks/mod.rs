//! Webhooks: vendors' and offices' own URLs are told what happened, in each office's order, one call after the other.
//!
//! One replica at a time calls, by a lease in the store. The mark moves after the answer, so the same call may be made twice,
//! under the same id, and never not at all. What is not taken waits on its own mark; nobody waits for it.

mod call;
mod config;
mod events;
mod places;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chassis::process;
use chassis::shutdown::Shutdown;
use proto::desk_webhooks::WebhookTested;
use proto::webhook::{CallOutcome, WebhookTest};
use proto::{Channel, Happening, OfficeNumber, Right, Station, Time};
use store::{InVain, Lease, Store, StoreError, WebhookDue, WebhookTarget};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::decide::calling::{Then, after_in_vain};

pub use call::WebhookError;
pub use config::WebhooksConfig;
pub use events::WebhookEvents;

use call::{Called, Caller};
use places::Places;

/// Name of the lease.
const LEASE: &str = "webhooks";

/// Seconds it lasts without renewal.
const LEASE_SECONDS: i64 = 15;

/// Between two renewals.
const RENEW: Duration = Duration::from_secs(3);

/// Between two looks for something to tell.
const LOOK: Duration = Duration::from_millis(250);

/// Between two looks of a process that does not call.
const STANDBY: Duration = Duration::from_secs(2);

/// Pages of lines read in one look: what is due and finds no place is passed over, not read again and again.
const PAGES: u32 = 4;

/// Between two looks at how all of them stand.
const HEALTH: Duration = Duration::from_secs(2);

/// Lines read at once.
const PAGE: u32 = 256;

/// Happenings of an office read at once.
const HAPPENINGS: u32 = 16;

/// How long one office is told of before others have their turn.
const TURN: Duration = Duration::from_secs(10);

/// Calls webhooks of this store.
pub struct Webhooks {
    hand: Arc<Hand>,
    lease: Lease,
    places: Places,
    /// When the lease was last prolonged.
    held: Option<Instant>,
    /// Up to where the lines that are due were read.
    after: Option<(Channel, OfficeNumber)>,
    /// The last test begun of each webhook.
    tested: BTreeMap<Channel, i64>,
}

/// What calls need.
struct Hand {
    store: Store,
    caller: Caller,
    events: WebhookEvents,
    give_up_after: Duration,
    /// As the audit log knows it.
    by: String,
}

impl Webhooks {
    /// Those of this store.
    ///
    /// # Errors
    /// When `delivery.webhooks.authorities` cannot be read.
    pub fn new(store: Store, events: WebhookEvents, config: &WebhooksConfig) -> Result<Self, WebhookError> {
        let owner = process::name(Station::Delivery);
        Ok(Self {
            lease: store.lease(LEASE, &owner, LEASE_SECONDS),
            places: Places::new(config.at_once),
            hand: Arc::new(Hand {
                caller: Caller::new(config)?,
                store,
                events,
                give_up_after: Duration::from_secs(config.give_up_seconds),
                by: format!("station:{}", Station::Delivery),
            }),
            held: None,
            after: None,
            tested: BTreeMap::new(),
        })
    }

    /// Calls until shutdown begins. In the midst of a call it is then as if the process had been killed: the same call may
    /// be made again by whoever calls next.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut running = JoinSet::new();
        let mut clock = tokio::time::interval(LOOK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut health = Instant::now();
        loop {
            tokio::select! {
                biased;
                () = shutdown.wait() => break,
                _ = clock.tick() => {}
            }
            while running.try_join_next().is_some() {}
            if health <= Instant::now() {
                self.hand.tell_health().await;
                health = Instant::now() + HEALTH;
            }
            match self.look(&mut running).await {
                Ok(true) => {}
                Ok(false) => clock.reset_after(STANDBY),
                Err(error) => tracing::warn!(error = %error, "webhooks were not looked after"),
            }
        }
        running.shutdown().await;
        if let Err(error) = self.lease.release().await {
            tracing::warn!(error = %error, "lease not released; it runs out by itself");
        }
    }

    /// Begins what is due, as far as there are places. False: another process does.
    async fn look(&mut self, running: &mut JoinSet<()>) -> Result<bool, StoreError> {
        let hand = &self.hand;
        let tests = hand.store.webhook_tests(process::now()).await?;
        // What is asked no more was done, or is of a webhook that was removed.
        self.tested.retain(|name, number| {
            let mut asked = tests.iter();
            asked.any(|(target, asked)| target.name == *name && asked == number)
        });
        for _ in 0..PAGES {
            let after = self.after.as_ref().map(|(name, office)| (name, *office));
            let lines = hand.store.webhooks_due(after, PAGE, process::now()).await?;
            // A lease is a write, and most of the time there is nothing to do.
            if lines.is_empty() && tests.is_empty() && running.is_empty() {
                self.after = None;
                return Ok(true);
            }
            if !held(&self.lease, &mut self.held).await? {
                running.abort_all();
                self.tested.clear();
                self.after = None;
                return Ok(false);
            }
            for line in &lines {
                if let Some(place) = self.places.take(line) {
                    let (hand, line) = (Arc::clone(hand), line.clone());
                    running.spawn(async move {
                        hand.serve(&line).await;
                        drop(place);
                    });
                }
            }
            let more = lines.len() == PAGE as usize;
            let last = lines.into_iter().next_back().filter(|_| more);
            self.after = last.map(|line| (line.target.name, line.office));
            if !more || self.places.full() {
                break;
            }
        }
        for (target, number) in tests {
            if self.tested.insert(target.name.clone(), number) == Some(number) {
                continue;
            }
            let hand = Arc::clone(&self.hand);
            running.spawn(async move { hand.test(&target, number).await });
        }
        Ok(true)
    }
}

/// Takes or prolongs the lease; whether it is held.
async fn held(lease: &Lease, since: &mut Option<Instant>) -> Result<bool, StoreError> {
    if since.is_some_and(|since| since.elapsed() < RENEW) {
        return Ok(true);
    }
    // Not known to be held is not held.
    *since = None;
    let now = Instant::now();
    if lease.hold(process::now(), now.into_std()).await? {
        *since = Some(now);
    }
    Ok(since.is_some())
}

impl Hand {
    /// Tells one office's happenings, one by one, until one is not taken or others are to have their turn.
    async fn serve(&self, due: &WebhookDue) {
        if let Err(error) = self.tell(due).await {
            tracing::warn!(webhook = %due.target.name, error = %error, "the store did not do its part for a webhook");
        }
    }

    async fn tell(&self, due: &WebhookDue) -> Result<(), StoreError> {
        let (name, office) = (&due.target.name, due.office);
        let (begun, mut at) = (Instant::now(), due.marks);
        // Since when it fails, and how often it did: the first call taken ends that.
        let mut failing = (due.failing_since, due.tries);
        while begun.elapsed() < TURN {
            let happened = self.store.happened(office, at, HAPPENINGS).await?;
            let nothing = happened.items.is_empty();
            for (happening, marks) in &happened.items {
                // Judged at each call: a delegation may have ended meanwhile.
                let now = process::now();
                let may = self.store.may_act(office, name.holder(), Right::Read, now);
                if !may.await? {
                    return Ok(());
                }
                let called = self.call(&due.target, happening).await;
                if called.outcome != CallOutcome::Taken {
                    return self.in_vain(due, failing, called.outcome).await;
                }
                // Somebody else calls, or it is there no more.
                if !self.store.webhook_told(name, office, at, *marks).await? {
                    return Ok(());
                }
                (at, failing) = (*marks, (None, 0));
            }
            if at != happened.end && !self.store.webhook_told(name, office, at, happened.end).await? {
                return Ok(());
            }
            at = happened.end;
            if nothing {
                return Ok(());
            }
        }
        Ok(())
    }

    async fn call(&self, target: &WebhookTarget, happening: &Happening) -> Called {
        let id = happening.name();
        // A shape with nothing JSON cannot say.
        let body = serde_json::to_vec(happening).unwrap_or_default();
        let called = self.caller.call(target, &id, body).await;
        self.events.called(&target.name, &id, &called);
        called
    }

    async fn in_vain(
        &self,
        due: &WebhookDue,
        (since, tries): (Option<Time>, i64),
        outcome: CallOutcome,
    ) -> Result<(), StoreError> {
        let mut chance = [0];
        // Without chance the pause is the whole one.
        let _ = getrandom::fill(&mut chance);
        let now = process::now();
        let then = after_in_vain(since.unwrap_or(now), now, tries, self.give_up_after, chance[0]);
        let pause = match then {
            Then::Again(pause) => pause,
            Then::GiveUp => Duration::ZERO,
        };
        let micros = i64::try_from(pause.as_micros()).unwrap_or(i64::MAX / 4);
        let call = InVain {
            outcome,
            tries,
            at: now,
            next_at: Time::from_micros(now.micros().saturating_add(micros)),
            disabled: then == Then::GiveUp,
        };
        let name = &due.target.name;
        let told = self.store.webhook_in_vain(name, due.office, &call, &self.by);
        if told.await? && call.disabled {
            self.events.disabled(name, due.office, outcome);
        }
        Ok(())
    }

    async fn test(&self, target: &WebhookTarget, number: i64) {
        let id = format!("test-{}-{number}", target.name);
        let test = WebhookTest {
            kind: "test".to_owned(),
            at: process::now(),
        };
        let body = serde_json::to_vec(&test).unwrap_or_default();
        let called = self.caller.call(target, &id, body).await;
        self.events.called(&target.name, &id, &called);
        let tested = WebhookTested {
            outcome: Some(called.outcome),
            status: called.status,
            milliseconds: u64::try_from(called.took.as_millis()).unwrap_or(u64::MAX),
            words: called.words,
        };
        let answer = serde_json::to_string(&tested).unwrap_or_default();
        let done = self.store.webhook_test_done(&target.name, number, &answer);
        if let Err(error) = done.await {
            tracing::warn!(webhook = %target.name, error = %error, "what came of a test was not written down");
        }
    }

    async fn tell_health(&self) {
        match self.store.webhook_health(process::now()).await {
            Ok(health) => self.events.health(&health, process::now()),
            Err(error) => tracing::warn!(error = %error, "how webhooks stand was not read"),
        }
    }
}
