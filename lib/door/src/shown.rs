//! When the certificates that the doors of a process show end: told before clients find it out.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use chassis::metrics::Metrics;
use chassis::process;
use proto::Time;

use crate::certificate::Server;

/// One door, as it is to new connections.
type Door = ArcSwap<Server>;

/// The doors of a process and what each shows now. Clones share them.
#[derive(Clone, Default)]
pub struct Shown(Arc<Mutex<Vec<Arc<Door>>>>);

impl Shown {
    /// No door yet; from the first on, the metric tells of them.
    #[must_use]
    pub fn told(metrics: &Metrics) -> Self {
        let shown = Self::default();
        let valid = metrics.gauge(
            "relay_door_certificate_valid_seconds",
            "Seconds until the certificate this process's door shows ends, of several doors the first; negative when it has ended, and then no client comes in. Low: make a new one with relayctl init and put it where door.certificate and door.key say; it is read without a restart.",
            &[],
        );
        let told = shown.clone();
        metrics.at_render(move || {
            // A process without a door has no such number.
            if let Some(end) = told.first_end() {
                valid.with(&[]).set(end.seconds_since(process::now()));
            }
        });
        shown
    }

    pub(crate) fn add(&self, door: Arc<Door>) {
        let mut doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        doors.push(door);
    }

    fn first_end(&self) -> Option<Time> {
        let doors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        doors.iter().map(|door| door.load().end).min()
    }
}
