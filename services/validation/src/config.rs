//! Settings of validation.

use serde::Deserialize;

/// `[validation]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Threads that open seals and judge files; 0 means one per core.
    pub threads: usize,
}
