//! One subscription of a shard, from the first delivery to the last acknowledgement: hands work out, settles it, and
//! lets go only when everything begun is settled.

use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::{Channel, Consumer};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use super::backoff::exponential;
use super::intake::{Begun, Intake, Ticket};
use super::message;
use super::settle::{Acks, acknowledge};
use super::shard::{End, Shard};
use super::suspects::is_suspect;
use super::work::{Item, Verdict};
use crate::process;

/// The verdicts on a piece of work, or nothing when it was given up with its channel.
type Finished = (Ticket, Vec<(u64, Verdict)>);

/// One subscription, from opening the channel to closing it.
pub(super) struct Hold<'a> {
    shard: &'a Shard,
    channel: &'a Channel,
    intake: Intake<Item>,
    acks: Acks,
    work: JoinSet<Finished>,
    cancel: CancellationToken,
    lease_ends: Option<Instant>,
    /// Begun on paper: a suspect that waits until nothing else is at work.
    pending: Option<Begun<Item>>,
    /// A suspect is at work, and nothing beside it.
    alone: bool,
    /// There was no room for a delivery: it and all behind it go back, once what was kept is settled.
    full: bool,
    /// Whether anything was settled.
    settled: bool,
    end: Option<End>,
}

impl<'a> Hold<'a> {
    pub(super) fn new(shard: &'a Shard, channel: &'a Channel) -> Self {
        Self {
            shard,
            channel,
            intake: Intake::new(shard.mode, shard.prefetch),
            acks: Acks::new(shard.prefetch),
            work: JoinSet::new(),
            cancel: CancellationToken::new(),
            lease_ends: None,
            pending: None,
            alone: false,
            full: false,
            settled: false,
            end: None,
        }
    }

    /// Works until there is a reason to let go and everything begun is settled; also tells whether anything was. The
    /// consumer is only lent: dropped before its channel is closed, it would be cancelled.
    pub(super) async fn run(mut self, consumer: &mut Consumer) -> (End, bool) {
        let far = Duration::from_secs(3_600);
        loop {
            self.begin_what_may();
            if self.work.is_empty()
                && let Some(end) = self.end.take()
            {
                if !matches!(end, End::Broken) {
                    // If the channel breaks over it, the broker hands them out again.
                    acknowledge(self.channel, self.acks.all()).await;
                }
                self.forget_gauges();
                return (end, self.settled);
            }
            let going_on = self.end.is_none();
            let now = Instant::now();
            let wake = self.intake.wake_at();
            let lease_ends = self.lease_ends;
            let acks_due = self.acks.wake_at();
            tokio::select! {
                biased;
                Some(finished) = self.work.join_next(), if !self.work.is_empty() => self.settle(finished).await,
                () = self.shard.give_up.cancelled(), if !matches!(self.end, Some(End::GivenUp | End::Broken)) => self.give_up(),
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
                () = sleep_until(acks_due.unwrap_or(now + far)), if acks_due.is_some() => self.acknowledge().await,
                () = sleep_until(wake.unwrap_or(now + far)), if going_on && wake.is_some() => {}
            }
        }
    }

    fn receive(&mut self, delivery: Delivery) {
        if self.full || self.end.is_some() {
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
        let bytes = message.body.len();
        let budget = &self.shard.context.budget;
        let held = match budget.hold_if_room(bytes) {
            Some(held) => held,
            // One must get on, or none would ever be settled.
            None if self.acks.nothing_open() => budget.hold(bytes),
            None => {
                self.full = true;
                return;
            }
        };
        self.acks.received(tag);
        let message = self.shard.context.received(message);
        let lane = self.shard.context.lane(&message);
        let aging = self.shard.context.ages.hold(&message, process::now());
        self.intake.push(
            &lane,
            Item {
                tag,
                message,
                _held: held,
                _aging: aging,
            },
            bytes,
            Instant::now(),
        );
    }

    fn begin_what_may(&mut self) {
        self.alone &= !self.work.is_empty();
        while self.end.is_none()
            && !self.alone
            && let Some(begun) = self.pending.take().or_else(|| self.intake.begin(Instant::now()))
        {
            let suspects: Vec<String> = begun
                .items
                .iter()
                .filter(|item| is_suspect(&item.message))
                .map(|item| item.message.message_id.clone())
                .collect();
            self.alone = !suspects.is_empty();
            if self.alone && !self.work.is_empty() {
                self.pending = Some(begun);
                return;
            }
            let context = self.shard.context.clone();
            let cancel = self.cancel.clone();
            let count = begun.items.len() as f64;
            context.in_flight.add(count);
            self.work.spawn(async move {
                let verdicts = tokio::select! {
                    verdicts = context.work(begun.items) => verdicts,
                    () = cancel.cancelled() => {
                        // Its channel died or the process ends, not its handler.
                        for id in suspects {
                            context.suspects.end(&id, context.stage.name()).await;
                        }
                        Vec::new()
                    }
                };
                context.in_flight.add(-count);
                (begun.ticket, verdicts)
            });
        }
    }

    /// Takes the verdicts of everything finished by now, frees its lanes, and acknowledges: a lane is free with the confirm,
    /// what follows in it can no longer overtake.
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
        self.acknowledge().await;
        for ticket in &tickets {
            self.intake.done(ticket);
        }
        if self.full && self.acks.nothing_open() {
            self.let_go(End::Full);
        }
    }

    /// Sends the acknowledgements that are due.
    async fn acknowledge(&mut self) {
        let due = self.acks.due(Instant::now());
        if !due.is_empty() && !acknowledge(self.channel, due).await {
            self.broken();
        }
    }

    fn judge(&mut self, tag: u64, verdict: Verdict) {
        match verdict {
            Verdict::Settled => {
                self.settled = true;
                self.acks.settled(tag, Instant::now());
            }
            Verdict::Left => {}
            Verdict::Retry(trouble) => {
                // A trouble is worth more than the end of a lease, which needs no probing.
                if !matches!(
                    self.end,
                    Some(End::Broken | End::Trouble(_) | End::Shutdown | End::GivenUp)
                ) {
                    self.end = None;
                    self.let_go(End::Trouble(trouble));
                }
            }
        }
    }

    /// Begins no more work; what is begun is settled, what is not goes back with the channel and is forgotten at once.
    fn let_go(&mut self, end: End) {
        self.end.get_or_insert(end);
        self.intake = Intake::new(self.shard.mode, self.shard.prefetch);
        self.pending = None;
    }

    /// Work in progress ends as it is; what is settled is acknowledged.
    fn give_up(&mut self) {
        self.end = Some(End::GivenUp);
        self.cancel.cancel();
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
