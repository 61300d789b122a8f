//! Settings of delivery.

use serde::Deserialize;

/// `[delivery]` of the relay's configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The TLS door.
    pub door: ::door::DoorConfig,
    /// Most messages entered in one transaction.
    pub batch: usize,
    /// Most milliseconds a transaction waits for more messages.
    pub linger_milliseconds: u64,
    /// Long polls open at once; more are answered at once.
    pub long_polls: usize,
    /// Seconds after acceptance from which an envelope that never arrived counts as unaccounted.
    pub unaccounted_after_seconds: i64,
    /// Seconds the lease on the stream of acceptance notes lasts without renewal.
    pub notes_lease_seconds: i64,
    /// Seconds between two marks in the stream of acceptance notes.
    pub mark_every_seconds: u64,
    /// Seconds after which a mark that was not read back makes the reader start over from the first note.
    pub mark_lost_seconds: u64,
    /// Most parked messages sent through their stations again in a minute.
    pub redrive_per_minute: u32,
    /// Seconds the lease on sending parked messages again lasts without renewal.
    pub redrive_lease_seconds: i64,
    /// Seconds between two readings of the books for the metrics.
    pub books_every_seconds: u64,
}
