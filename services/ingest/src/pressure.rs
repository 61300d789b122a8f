//! Watches the backlog in front of the stages, and makes the door slower or shuts it.
//!
//! A slow stage or store shows there, whatever the cause, and only there. What several doors take between two looks comes on
//! top of the mark.

use std::time::Duration;

use chassis::broker::Broker;
use chassis::metrics::Metrics;
use chassis::shutdown::Shutdown;
use door::Refused;
use proto::codes;
use tokio::sync::watch;

use crate::Config;
use crate::decide::pressure::Marks;
use crate::events::Backlog;

pub use crate::decide::pressure::Pressure;

/// `Retry-After` of a full door, seconds: a backlog takes its time.
const RETRY_AFTER: u32 = 10;

/// The door's view of the backlog; clones share it.
#[derive(Clone)]
pub struct Valve(watch::Receiver<Pressure>);

/// Looks at the backlog.
pub struct Watch {
    broker: Broker,
    marks: Marks,
    every: Duration,
    events: Backlog,
    pressure: watch::Sender<Pressure>,
}

impl Watch {
    /// A watch, and what the door learns from it.
    #[must_use]
    pub fn new(broker: Broker, config: &Config, metrics: &Metrics) -> (Self, Valve) {
        let (pressure, valve) = watch::channel(Pressure::Open);
        let watch = Self {
            broker,
            marks: config.marks(),
            every: Duration::from_millis(config.backlog_look_milliseconds.max(1)),
            events: Backlog::new(metrics),
            pressure,
        };
        (watch, Valve(valve))
    }

    /// Looks until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(self.every);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let backlog = match self.broker.backlog().await {
                Ok(backlog) => backlog,
                // Without the broker nothing is accepted anyway; what was seen last stands.
                Err(error) => {
                    tracing::debug!(%error, "the backlog was not read");
                    continue;
                }
            };
            self.events.read(&backlog);
            let waiting = backlog.iter().map(|stage| stage.messages).sum();
            let before = *self.pressure.borrow();
            let now = self.marks.pressure(before, waiting);
            if (now == Pressure::Full) != (before == Pressure::Full) {
                self.events.turned(now == Pressure::Full, waiting);
            }
            self.pressure.send_replace(now);
        }
    }
}

impl Valve {
    /// Lets a submission through, at once or after a while.
    ///
    /// # Errors
    /// `broker.backlog`: the door is full.
    pub async fn pass(&self) -> Result<(), Refused> {
        let pressure = *self.0.borrow();
        match pressure {
            Pressure::Open => Ok(()),
            Pressure::Slow(delay) => {
                tokio::time::sleep(delay).await;
                Ok(())
            }
            Pressure::Full => Err(Refused::busy(&codes::BROKER_BACKLOG, RETRY_AFTER)),
        }
    }
}
