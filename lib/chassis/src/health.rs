//! Whether this process can do its work now, part by part, each with the reason when it cannot.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde::Serialize;

/// The parts of this process and whether each is ready. Clones share the parts.
#[derive(Clone, Default)]
pub struct Health {
    parts: Arc<RwLock<BTreeMap<String, State>>>,
}

/// One part, such as `broker` or `store`; whoever runs the part says how it is.
#[derive(Clone)]
pub struct Part {
    name: String,
    health: Health,
}

/// What `/ready` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readiness {
    /// Whether every part is ready.
    pub ready: bool,
    /// Each part that is not ready, with its reason.
    pub reasons: BTreeMap<String, String>,
}

struct State {
    ready: bool,
    reason: String,
}

impl Health {
    /// No parts yet: ready.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The part of this name; a new one is not ready, "starting". The same name gives the same part.
    #[must_use]
    pub fn part(&self, name: &str) -> Part {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        parts.entry(name.to_owned()).or_insert_with(|| State {
            ready: false,
            reason: "starting".to_owned(),
        });
        Part {
            name: name.to_owned(),
            health: self.clone(),
        }
    }

    /// Whether every part is ready, and why not.
    #[must_use]
    pub fn ready(&self) -> Readiness {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        let reasons: BTreeMap<_, _> = parts
            .iter()
            .filter(|(_, state)| !state.ready)
            .map(|(name, state)| (name.clone(), state.reason.clone()))
            .collect();
        Readiness {
            ready: reasons.is_empty(),
            reasons,
        }
    }

    /// Every part, and whether it is ready.
    #[must_use]
    pub fn parts(&self) -> Vec<(String, bool)> {
        let parts = self.parts.read().unwrap_or_else(PoisonError::into_inner);
        parts
            .iter()
            .map(|(name, state)| (name.clone(), state.ready))
            .collect()
    }
}

impl Part {
    /// Says how the part is. `reason` says what is missing, without personal data; it is shown only while not ready.
    pub fn set_ready(&self, ready: bool, reason: &str) {
        let mut parts = self.health.parts.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = parts.get_mut(&self.name) {
            if state.ready != ready {
                tracing::info!(part = %self.name, ready, reason, "readiness changed");
            }
            state.ready = ready;
            reason.clone_into(&mut state.reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ready_is_every_part_ready_and_reasons_name_the_others() {
        let health = Health::new();
        assert!(health.ready().ready);
        let broker = health.part("broker");
        let store = health.part("store");
        assert_eq!(health.ready().reasons["broker"], "starting");
        broker.set_ready(true, "");
        store.set_ready(false, "the disk is full");
        let readiness = health.ready();
        assert!(!readiness.ready);
        assert_eq!(readiness.reasons.len(), 1);
        assert_eq!(readiness.reasons["store"], "the disk is full");
        health.part("store").set_ready(true, "");
        assert!(health.ready().ready);
    }
}
