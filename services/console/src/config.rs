//! Settings of the console.

use chassis::config::Secret;
use serde::Deserialize;

/// `[console]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The TLS door.
    pub door: door::DoorConfig,
    /// Seconds after acceptance from which an envelope that never arrived counts as unaccounted.
    pub unaccounted_after_seconds: i64,
    /// The broker's management API, `https://user:password@host:port/vhost`; empty: channels are neither made nor removed.
    pub management_url: Secret,
}
