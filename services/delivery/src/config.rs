//! Settings of delivery.

use serde::Deserialize;

use crate::webhooks::WebhooksConfig;

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
    /// Seconds between two rounds of what is due by the calendar.
    pub upkeep_every_seconds: u64,
    /// Days contents are kept; an envelope never collected expires then.
    pub contents_days: u32,
    /// Days after its last change that an envelope stays in the inbox's list and its names stay taken.
    pub metadata_days: u32,
    /// Days after its last change that the ledger keeps an envelope, with history and receipts.
    pub evidence_days: u32,
    /// Business days after arrival from which a destination is reminded of what it has not collected.
    pub remind_after_business_days: u32,
    /// Names of care software that metrics tell apart.
    pub software: Vec<String>,
    /// Calls of webhooks.
    pub webhooks: WebhooksConfig,
}
