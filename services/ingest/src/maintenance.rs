//! Whether maintenance is announced: looked up again and again, so that a door that is to take nothing knows it without
//! asking at every envelope.

use std::time::Duration;

use chassis::process;
use chassis::shutdown::Shutdown;
use door::Refused;
use proto::maintenance::Maintenance;
use store::Store;
use tokio::sync::watch;

/// Between two looks: so long a door may still take envelopes after maintenance began, or refuse after its end was called.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// The door's view of it; clones share it.
#[derive(Clone)]
pub struct Sign(watch::Receiver<Option<Maintenance>>);

/// Looks it up.
pub struct Watch {
    store: Store,
    announced: watch::Sender<Option<Maintenance>>,
}

impl Watch {
    /// A watch, and what the door learns from it.
    #[must_use]
    pub fn new(store: Store) -> (Self, Sign) {
        let (announced, sign) = watch::channel(None);
        (Self { store, announced }, Sign(sign))
    }

    /// Looks until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(LOOK_AGAIN);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            match self.store.maintenance(process::now()).await {
                Ok(announced) => {
                    self.announced.send_if_modified(|known| {
                        let is_new = *known != announced;
                        *known = announced;
                        is_new
                    });
                }
                // What was seen last stands: it has its end in itself.
                Err(error) => tracing::debug!(%error, "announced maintenance was not looked up"),
            }
        }
    }
}

impl Sign {
    /// Lets a submission through, unless maintenance is going on.
    ///
    /// # Errors
    /// `relay.maintenance`, until when and why.
    pub fn pass(&self) -> Result<(), Refused> {
        let now = process::now();
        match &*self.0.borrow() {
            Some(maintenance) if maintenance.covers(now) => Err(Refused {
                retry_after: Some(maintenance.seconds_left(now)),
                ..Refused::from(maintenance.problem())
            }),
            _ => Ok(()),
        }
    }
}
