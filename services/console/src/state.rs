//! What every route of the console stands on.

use axum::extract::FromRef;
use chassis::config::Secret;
use door::Gate;
use seal::trust::SharedTrust;
use store::Store;

use crate::Config;
use crate::broker::{Management, ManagementError};
use crate::queues::BrokerGlass;

/// Shared by the routes; clones share everything.
#[derive(Clone)]
pub struct ConsoleState {
    /// Directory, ledger and audit log.
    pub(crate) store: Store,
    /// Says who is calling.
    pub(crate) gate: Gate,
    /// Judges certificates that are to be bound.
    pub(crate) trust: SharedTrust,
    /// What the broker was last seen doing.
    pub(crate) broker: BrokerGlass,
    /// Seconds after which an acceptance that never arrived is unaccounted for.
    pub(crate) unaccounted_after_seconds: i64,
    /// Where users of the broker are made.
    management_url: Secret,
}

impl ConsoleState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(config: &Config, store: Store, gate: Gate, trust: SharedTrust, broker: BrokerGlass) -> Self {
        Self {
            store,
            gate,
            trust,
            broker,
            unaccounted_after_seconds: config.unaccounted_after_seconds,
            management_url: config.management_url.clone(),
        }
    }

    /// The broker's management.
    pub(crate) fn management(&self) -> Result<Management, ManagementError> {
        Management::at(&self.management_url)
    }
}

impl FromRef<ConsoleState> for Gate {
    fn from_ref(state: &ConsoleState) -> Self {
        state.gate.clone()
    }
}
