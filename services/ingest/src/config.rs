//! Settings of the door.

use serde::Deserialize;

/// `[ingest]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The TLS door.
    pub door: ::door::DoorConfig,
    /// Seconds within which a body has to arrive.
    pub body_seconds: u64,
    /// Seconds within which a submission is accepted or answered 503.
    pub accept_seconds: u64,
    /// Submissions under way at once; more are answered 503.
    pub concurrent_submissions: usize,
    /// Bytes of all bodies under way at once; more are answered 503. Memory at the door is about three times this.
    pub bytes_under_way: u32,
    /// Checks under way at once; more are answered 503.
    pub concurrent_checks: usize,
    /// Most milliseconds a note waits for others to share its message.
    pub note_linger_milliseconds: u64,
}
