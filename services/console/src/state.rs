//! What every route of the console stands on.

use axum::extract::FromRef;
use door::Gate;
use seal::trust::SharedTrust;
use store::Store;

use crate::Config;

/// Shared by the routes; clones share everything.
#[derive(Clone)]
pub struct ConsoleState {
    /// Directory, ledger and audit log.
    pub(crate) store: Store,
    /// Says who is calling.
    pub(crate) gate: Gate,
    /// Judges certificates that are to be bound.
    pub(crate) trust: SharedTrust,
    /// Seconds after which an acceptance that never arrived is unaccounted for.
    pub(crate) unaccounted_after_seconds: i64,
}

impl ConsoleState {
    /// Puts the parts together.
    #[must_use]
    pub fn new(config: &Config, store: Store, gate: Gate, trust: SharedTrust) -> Self {
        Self {
            store,
            gate,
            trust,
            unaccounted_after_seconds: config.unaccounted_after_seconds,
        }
    }
}

impl FromRef<ConsoleState> for Gate {
    fn from_ref(state: &ConsoleState) -> Self {
        state.gate.clone()
    }
}
