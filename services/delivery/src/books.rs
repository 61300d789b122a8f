//! Reads the ledger's books for the metrics, every few seconds.

use std::time::Duration;

use chassis::process;
use chassis::shutdown::Shutdown;
use store::Store;

use crate::Config;
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
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let unaccounted = self
                .store
                .unaccounted(process::now(), self.unaccounted_after)
                .await;
            match (self.store.books().await, unaccounted, self.store.oldest().await) {
                (Ok(books), Ok(unaccounted), Ok(oldest)) => {
                    self.events.books(&books, unaccounted);
                    self.events.oldest(&oldest, process::now());
                }
                (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) => {
                    tracing::warn!(error = %error, "books not read");
                }
            }
        }
    }
}
