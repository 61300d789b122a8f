//! Settings of webhooks.

use std::path::PathBuf;

use ipnet::IpNet;
use serde::Deserialize;

/// `[delivery.webhooks]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhooksConfig {
    /// Ranges of addresses webhooks may lead to beside public ones.
    pub allowed_networks: Vec<IpNet>,
    /// PEM file of CAs believed beside the system's.
    pub authorities: Option<PathBuf>,
    /// Seconds a call may take from looking up the name to the head of its answer.
    pub timeout_seconds: u64,
    /// Seconds of calls in vain after which an office of a webhook is given up.
    pub give_up_seconds: u64,
    /// Calls under way at once.
    pub at_once: usize,
}
