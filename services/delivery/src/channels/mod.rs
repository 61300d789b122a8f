//! Channels: what offices' and vendors' own queues are fed with. The mailbox is the truth; a channel has cursors on it.
//!
//! Each channel has a driver in every replica, and one of them at a time holds its lease and works. What a queue does not
//! take waits on its own cursors: no channel waits for another.

mod drive;
mod events;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chassis::broker::Broker;
use chassis::shutdown::Shutdown;
use proto::Channel;
use store::Store;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

pub use events::ChannelEvents;

use drive::Driver;

/// Between two looks for channels that were made or removed.
const LOOK: Duration = Duration::from_secs(1);

/// Every channel's driver in this process.
pub struct Channels {
    store: Store,
    broker: Broker,
    events: ChannelEvents,
    drivers: BTreeMap<Channel, (Arc<Driver>, JoinHandle<()>)>,
}

impl Channels {
    /// Those of this store.
    #[must_use]
    pub fn new(store: Store, broker: Broker, events: ChannelEvents) -> Self {
        Self {
            store,
            broker,
            events,
            drivers: BTreeMap::new(),
        }
    }

    /// Drives them until shutdown begins. In the midst of a publish it is then as if the process had been killed: the same
    /// message may be published again, by whoever drives the channel next.
    pub async fn run(mut self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(LOOK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = shutdown.wait() => break,
                _ = clock.tick() => {}
            }
            match self.store.channels().await {
                Ok(channels) => self.keep(channels.into_iter().map(|(channel, _)| channel).collect()),
                Err(error) => tracing::warn!(error = %error, "the channels were not read"),
            }
            let blocked = self.drivers.iter();
            self.events
                .blocked(blocked.map(|(channel, (driver, _))| (channel, driver.blocked_seconds())));
        }
        for (_, task) in self.drivers.values() {
            task.abort();
        }
        for (driver, _) in self.drivers.values() {
            driver.release().await;
        }
    }

    /// A driver for each of these, and none for others.
    fn keep(&mut self, channels: Vec<Channel>) {
        self.drivers.retain(|channel, (_, task)| {
            let stays = channels.contains(channel) && !task.is_finished();
            if !stays {
                task.abort();
            }
            stays
        });
        for channel in channels {
            self.drivers.entry(channel).or_insert_with_key(|channel| {
                let driver = Driver::new(
                    channel.clone(),
                    self.store.clone(),
                    self.broker.clone(),
                    self.events.clone(),
                );
                let driver = Arc::new(driver);
                let run = driver.clone();
                (driver, tokio::spawn(async move { run.run().await }))
            });
        }
    }
}
