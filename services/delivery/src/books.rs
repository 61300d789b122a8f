//! Reads the ledger's books for the metrics, every few seconds.

use std::time::{Duration, Instant};

use chassis::process;
use chassis::shutdown::Shutdown;
use store::Store;

use crate::Config;
use crate::decide::clock_step::ClockStep;
use crate::events::Events;

/// The watch over the books.
pub struct Watch {
    store: Store,
    events: Events,
    every: Duration,
    unaccounted_after: i64,
}

impl Watch {
    /// A watch over this store's books.
    #[must_use]
    pub fn new(store: Store, events: Events, config: &Config) -> Self {
        let every = Duration::from_secs(config.books_every_seconds.max(1));
        Self {
            store,
            events,
            every,
            unaccounted_after: config.unaccounted_after_seconds,
        }
    }

    /// Reads until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(self.every);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let begun = Instant::now();
        let mut step = ClockStep::new(process::now(), begun.elapsed());
        let patience = Duration::from_secs(u64::try_from(self.unaccounted_after).unwrap_or(0));
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let now = process::now();
            let believed = step.believes(now, begun.elapsed(), patience);
            let unaccounted = self.store.unaccounted(now, self.unaccounted_after).await;
            match (self.store.books().await, unaccounted, self.store.oldest().await) {
                (Ok(books), Ok(unaccounted), Ok(oldest)) => {
                    self.events.books(&books, believed.then_some(unaccounted));
                    self.events.oldest(&oldest, now);
                }
                (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                    tracing::warn!(error = %error, "books not read");
                }
            }
        }
    }
}
