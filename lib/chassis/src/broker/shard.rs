//! One shard's consumer: subscribe, hand work out, settle, let go, subscribe again.
//!
//! A holder lets go only over settled work and by closing its channel: cancelling the consumer would hand the next
//! message to another holder while this one still works, and order would be lost.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Consumer};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::{Backoff, exponential};
use super::config::BrokerConfig;
use super::intake::{Intake, Ticket};
use super::message;
use super::settle::{Acks, acknowledge};
use super::stage::Mode;
use super::supervisor::{Link, Live};
use super::suspects::is_suspect;
use super::work::{Context, Item, Probe, Trouble, Verdict};
use crate::shutdown::Shutdown;

/// How long a channel may take to open or close.
const CHANNEL: Duration = Duration::from_secs(10);

/// The consumer of one queue.
pub(super) struct Shard {
    queue: String,
    context: Arc<Context>,
    link: Link,
    shutdown: Shutdown,
    mode: Mode,
    prefetch: u16,
    lease: (Duration, Duration, Duration),
    /// Above 0: prefetch 1, and so many unsuspicious messages until it is back to normal.
    careful: u16,
}

/// Why a holder let go.
enum End {
    /// Its time is over.
    Lease,
    /// A suspect is near (or gone): go on with another prefetch.
    Care(u16),
    /// The station cannot work.
    Trouble(Trouble),
    /// The channel is gone, and with it everything not acknowledged.
    Broken,
    /// Shutdown began.
    Shutdown,
}

/// The verdicts on a piece of work, or nothing when it was given up with its channel.
type Finished = (Ticket, Vec<(u64, Verdict)>);

/// One subscription, from opening the channel to closing it.
struct Hold<'a> {
    shard: &'a Shard,
    channel: &'a Channel,
    intake: Intake<Item>,
    acks: Acks,
    work: JoinSet<Finished>,
    cancel: CancellationToken,
    lease_ends: Option<Instant>,
    calm: u16,
    end: Option<End>,
}

impl Shard {
    pub(super) fn new(
        queue: String,
        context: Arc<Context>,
        link: Link,
        config: &BrokerConfig,
        shutdown: Shutdown,
    ) -> Self {
        let mode = context.stage.mode();
        let prefetch = match mode {
            Mode::Lanes => config.prefetch,
            // A batch can only be as full as the broker sends ahead.
            Mode::Batch { most, .. } => config.prefetch.max(u16::try_from(most).unwrap_or(u16::MAX)),
        };
        let lease = (
            BrokerConfig::seconds(config.lease_mean_seconds),
            BrokerConfig::seconds(config.lease_min_seconds),
            BrokerConfig::seconds(config.lease_max_seconds),
        );
        Self {
            queue,
            context,
            link,
            shutdown,
            mode,
            prefetch,
            lease,
            careful: 0,
        }
    }

    /// Until shutdown begins and the work begun is settled. A panic of ours costs the channel, not the shard.
    pub(super) async fn run(mut self) {
        while AssertUnwindSafe(self.consume()).catch_unwind().await.is_err() {
            tracing::error!(queue = %self.queue, "the shard's task panicked; it begins anew");
            Self::backoff().wait().await;
        }
    }

    async fn consume(&mut self) {
        let mut backoff = Self::backoff();
        loop {
            let shutdown = self.shutdown.clone();
            let live = tokio::select! {
                biased;
                () = shutdown.wait() => return,
                live = self.link.live() => match live {
                    Some(live) => live,
                    None => return,
                },
            };
            let begun = Instant::now();
            let end = match self.subscribe(&live).await {
                Some((channel, consumer)) => {
                    let end = Hold::new(self, &channel).run(consumer).await;
                    // Closed before anything else: only then may the next holder begin.
                    let _ = timeout(CHANNEL, channel.close(200, "let go".into())).await;
                    end
                }
                None => End::Broken,
            };
            if Duration::from_secs(10) < begun.elapsed() {
                backoff = Self::backoff();
            }
            match end {
                End::Lease => {}
                End::Care(calm_after) => self.careful = calm_after,
                End::Shutdown => return,
                End::Trouble(trouble) => self.wait_out(trouble).await,
                End::Broken => {
                    tokio::select! {
                        () = backoff.wait() => {}
                        () = shutdown.wait() => return,
                    }
                }
            }
        }
    }

    fn backoff() -> Backoff {
        Backoff::new(Duration::from_millis(50), Duration::from_secs(5))
    }

    async fn subscribe(&self, live: &Live) -> Option<(Channel, Consumer)> {
        let prefetch = if 0 < self.careful { 1 } else { self.prefetch };
        let subscribing = async {
            let channel = live.connection.create_channel().await?;
            // Before the consumer, or the broker sends the whole queue.
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            let consumer = channel
                .basic_consume(
                    self.queue.as_str().into(),
                    "".into(),
                    BasicConsumeOptions::default(),
                    FieldTable::default(),
                )
                .await?;
            Ok::<_, lapin::Error>((channel, consumer))
        };
        match timeout(CHANNEL, subscribing).await {
            Ok(Ok(subscribed)) => Some(subscribed),
            Ok(Err(error)) => {
                tracing::warn!(queue = %self.queue, %error, "not subscribed");
                None
            }
            Err(_) => {
                tracing::warn!(queue = %self.queue, "not subscribed in time");
                None
            }
        }
    }

    /// Tries the very thing that failed until it works, without limit, or shutdown begins.
    async fn wait_out(&self, trouble: Trouble) {
        let context = &self.context;
        tracing::warn!(queue = %self.queue, cause = %trouble.cause, "the station cannot work; waiting until it can");
        context.trouble_begins(&trouble.cause);
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(15));
        let over = async {
            loop {
                backoff.wait().await;
                let works = match &trouble.probe {
                    Probe::Stage => {
                        let probe = AssertUnwindSafe(context.stage.probe()).catch_unwind();
                        matches!(timeout(context.handler_limit, probe).await, Ok(Ok(true)))
                    }
                    Probe::Publish(publication) => {
                        context.publisher.publish((**publication).clone()).await.is_ok()
                    }
                };
                if works {
                    return;
                }
            }
        };
        tokio::select! {
            () = over => tracing::info!(queue = %self.queue, "the station works again"),
            () = self.shutdown.wait() => {}
        }
        context.trouble_ends();
    }
}

impl<'a> Hold<'a> {
    fn new(shard: &'a Shard, channel: &'a Channel) -> Self {
        Self {
            shard,
            channel,
            intake: Intake::new(shard.mode),
            acks: Acks::default(),
            work: JoinSet::new(),
            cancel: CancellationToken::new(),
            lease_ends: None,
            calm: 0,
            end: None,
        }
    }

    /// Works until there is a reason to let go and everything begun is settled.
    async fn run(mut self, mut consumer: Consumer) -> End {
        let far = Duration::from_secs(3_600);
        loop {
            self.begin_what_may();
            if self.work.is_empty()
                && let Some(end) = self.end.take()
            {
                self.forget_gauges();
                return end;
            }
            let going_on = self.end.is_none();
            let now = Instant::now();
            let wake = self.intake.wake_at();
            let lease_ends = self.lease_ends;
            tokio::select! {
                biased;
                Some(finished) = self.work.join_next(), if !self.work.is_empty() => self.settle(finished).await,
                () = self.shard.shutdown.wait(), if going_on => self.let_go(End::Shutdown),
                () = sleep_until(lease_ends.unwrap_or(now + far)), if going_on && lease_ends.is_some() => {
                    self.let_go(End::Lease);
                }
                // Also while settling what was begun: a dead channel makes that work worthless.
                delivery = consumer.next(), if !matches!(self.end, Some(End::Broken)) => match delivery {
                    Some(Ok(delivery)) => self.receive(delivery),
                    Some(Err(error)) => {
                        tracing::warn!(queue = %self.shard.queue, %error, "the channel is gone");
                        self.broken();
                    }
                    None => self.broken(),
                },
                () = sleep_until(wake.unwrap_or(now + far)), if going_on && wake.is_some() => {}
            }
        }
    }

    fn receive(&mut self, delivery: Delivery) {
        if self.end.is_some() {
            // Not begun, not acknowledged: goes back to the queue with the channel.
            return;
        }
        let tag = delivery.delivery_tag;
        let message = message::read(&self.shard.queue, delivery);
        if self.lease_ends.is_none() {
            let (mean, least, most) = self.shard.lease;
            // Only now it is sure that this consumer is the active one.
            self.lease_ends = Some(Instant::now() + exponential(mean, least, most));
            self.shard.context.shards_held.inc();
        }
        if is_suspect(&message) {
            if self.shard.careful == 0 {
                self.let_go(End::Care(self.shard.prefetch));
                return;
            }
            self.calm = 0;
        } else if 0 < self.shard.careful {
            self.calm = self.calm.saturating_add(1);
        }
        self.acks.received(tag);
        let lane = self.shard.context.lane(&message);
        self.intake.push(&lane, Item { tag, message }, Instant::now());
    }

    fn begin_what_may(&mut self) {
        while self.end.is_none()
            && let Some(begun) = self.intake.begin(Instant::now())
        {
            let context = self.shard.context.clone();
            let cancel = self.cancel.clone();
            let count = begun.items.len() as f64;
            context.in_flight.add(count);
            self.work.spawn(async move {
                let suspects: Vec<String> = begun
                    .items
                    .iter()
                    .filter(|item| is_suspect(&item.message))
                    .map(|item| item.message.message_id.clone())
                    .collect();
                let verdicts = tokio::select! {
                    verdicts = context.work(begun.items) => verdicts,
                    () = cancel.cancelled() => {
                        // Its channel died, not its handler.
                        for id in suspects {
                            context.suspects.end(&id, context.stage.station()).await;
                        }
                        Vec::new()
                    }
                };
                context.in_flight.add(-count);
                (begun.ticket, verdicts)
            });
        }
    }

    /// Takes the verdicts of everything finished by now, acknowledges, and frees the lanes.
    async fn settle(&mut self, first: Result<Finished, tokio::task::JoinError>) {
        let mut tickets = Vec::new();
        let mut next = Some(first);
        while let Some(finished) = next {
            match finished {
                Ok((ticket, verdicts)) => {
                    for (tag, verdict) in verdicts {
                        self.judge(tag, verdict);
                    }
                    tickets.push(ticket);
                }
                Err(error) => {
                    // Not a handler's panic, those are caught: begin this shard anew.
                    tracing::error!(queue = %self.shard.queue, %error, "a piece of work was lost");
                    self.broken();
                }
            }
            next = self.work.try_join_next();
        }
        if matches!(self.end, Some(End::Broken)) {
            return;
        }
        if !acknowledge(self.channel, self.acks.take()).await {
            self.broken();
            return;
        }
        for ticket in &tickets {
            self.intake.done(ticket);
        }
        let careful = self.shard.careful;
        if 0 < careful && careful <= self.calm && self.end.is_none() {
            self.let_go(End::Care(0));
        }
    }

    fn judge(&mut self, tag: u64, verdict: Verdict) {
        match verdict {
            Verdict::Settled => self.acks.settled(tag),
            Verdict::Left => {}
            Verdict::Retry(trouble) => {
                // A trouble is worth more than the end of a lease, which needs no probing.
                if !matches!(self.end, Some(End::Broken | End::Trouble(_) | End::Shutdown)) {
                    self.end = Some(End::Trouble(trouble));
                }
            }
        }
    }

    /// Begins no more work; what is begun is settled.
    fn let_go(&mut self, end: End) {
        self.end.get_or_insert(end);
    }

    /// Everything of this channel is worthless.
    fn broken(&mut self) {
        self.end = Some(End::Broken);
        self.cancel.cancel();
    }

    fn forget_gauges(&mut self) {
        if self.lease_ends.take().is_some() {
            self.shard.context.shards_held.add(-1.0);
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        // Also when the grace is over and the task is ended from outside.
        self.cancel.cancel();
        self.forget_gauges();
    }
}
