//! Settings of the door.

use std::time::Duration;

use serde::Deserialize;

use crate::decide::pressure::Marks;

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
    /// Messages waiting in front of all stages above which submissions are answered later.
    pub backlog_slow_messages: u64,
    /// Messages waiting from which on they are answered 503, until no more than the other mark are left.
    pub backlog_full_messages: u64,
    /// Most milliseconds a submission is answered later.
    pub backlog_delay_milliseconds: u64,
    /// Milliseconds between two looks at the backlog.
    pub backlog_look_milliseconds: u64,
}

impl Config {
    /// The marks of the backlog.
    #[must_use]
    pub fn marks(&self) -> Marks {
        Marks {
            slow: self.backlog_slow_messages,
            full: self.backlog_full_messages,
            delay: Duration::from_millis(self.backlog_delay_milliseconds),
        }
    }
}
