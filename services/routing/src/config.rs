//! Settings of routing.

use serde::Deserialize;

/// `[routing]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Whether an office without a licence in force (grace included) is undeliverable.
    pub enforce_licences: bool,
    /// Days after a licence's end in which mail still arrives.
    pub licence_grace_days: u32,
}
