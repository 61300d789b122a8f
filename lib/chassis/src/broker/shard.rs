//! One shard's consumer: subscribe, hand work out, settle, let go, subscribe again.
//!
//! A holder lets go only over settled work and by closing its channel: cancelling the consumer would hand the next
//! message to another holder while this one still works, and order would be lost.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use lapin::types::FieldTable;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::config::BrokerConfig;
use super::hold::Hold;
use super::stage::Mode;
use super::subscription::Subscription;
use super::supervisor::Link;
use super::work::{Context, Probe, Trouble};
use crate::shutdown::Shutdown;

/// Most messages the broker sends ahead to a batch, unless the prefetch is set higher.
const AHEAD: u16 = 64;

/// The consumer of one queue.
pub(super) struct Shard {
    pub(super) queue: String,
    pub(super) context: Arc<Context>,
    link: Link,
    pub(super) shutdown: Shutdown,
    /// The grace is over: what is begun is given up, the channel closed.
    pub(super) give_up: CancellationToken,
    pub(super) mode: Mode,
    /// Always the same. What is given back goes behind what was given back before, so a holder with a smaller prefetch
    /// than the one before it, which takes only a part of that and gives some back, turns their order round.
    pub(super) prefetch: u16,
    pub(super) lease: (Duration, Duration, Duration),
}

/// Why a holder let go.
pub(super) enum End {
    /// Its time is over.
    Lease,
    /// There was no room for more bytes, and what there was room for is settled.
    Full,
    /// The station cannot work.
    Trouble(Trouble),
    /// The channel is gone, and with it everything not acknowledged.
    Broken,
    /// Shutdown began.
    Shutdown,
    /// The grace is over.
    GivenUp,
}

impl Shard {
    pub(super) fn new(
        queue: String,
        context: Arc<Context>,
        link: Link,
        config: &BrokerConfig,
        shutdown: Shutdown,
        give_up: CancellationToken,
    ) -> Self {
        let mode = context.stage.mode();
        let prefetch = match mode {
            Mode::Lanes => config.prefetch,
            // A batch can only be as full as the broker sends ahead, and what it sends ahead lies in memory.
            Mode::Batch { most, .. } => config
                .prefetch
                .max(u16::try_from(most).map_or(AHEAD, |most| most.min(AHEAD))),
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
            give_up,
            mode,
            prefetch,
            lease,
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
        let mut trouble_backoff = Self::trouble_backoff();
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
            let arguments = FieldTable::default();
            let opening = Subscription::open(&self.link, &live, &self.queue, self.prefetch, arguments);
            let subscribed = tokio::select! {
                subscribed = opening => subscribed,
                () = shutdown.wait() => return,
            };
            let end = match subscribed {
                Some(mut subscription) => {
                    let (end, settled) = match subscription.parts() {
                        (channel, Some(consumer)) => Hold::new(self, channel).run(consumer).await,
                        (_, None) => (End::Broken, false),
                    };
                    if settled {
                        trouble_backoff = Self::trouble_backoff();
                    }
                    // Closed before anything else: only then may the next holder begin.
                    subscription.close().await;
                    end
                }
                None => End::Broken,
            };
            if Duration::from_secs(10) < begun.elapsed() {
                backoff = Self::backoff();
            }
            match end {
                End::Lease | End::Full => {}
                End::Shutdown | End::GivenUp => return,
                End::Trouble(trouble) => self.wait_out(trouble, &mut trouble_backoff).await,
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

    /// Begins anew only when something was settled: a probe that works says little while the work does not.
    fn trouble_backoff() -> Backoff {
        Backoff::new(Duration::from_millis(200), Duration::from_secs(15))
    }

    /// Tries the very thing that failed until it works, without limit, or shutdown begins.
    async fn wait_out(&self, trouble: Trouble, backoff: &mut Backoff) {
        let context = &self.context;
        tracing::warn!(queue = %self.queue, cause = %trouble.cause, "the station cannot work; waiting until it can");
        context.trouble_begins(&trouble.cause);
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
