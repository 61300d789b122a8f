//! Settings of the console.

use serde::Deserialize;

/// `[console]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The TLS door.
    pub door: door::DoorConfig,
    /// Seconds after acceptance from which an envelope that never arrived counts as unaccounted.
    pub unaccounted_after_seconds: i64,
}
