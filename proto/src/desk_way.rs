//! The JSON shape of the overview at the console's door: the way of an envelope and what waits on it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::desk::Books;
use crate::{Station, Time};

/// Answer of `GET /v1/way`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Way {
    /// The moment of the answer.
    pub at: Time,
    /// The broker, as the console sees it.
    pub broker: BrokerView,
    /// What waits in front of each station, in the order of the way; empty while the broker does not answer.
    pub stages: Vec<StageView>,
    /// How much moves.
    pub rates: Rates,
    /// The oldest of what waits for something.
    pub oldest: OldestView,
    /// Where every accepted envelope stands.
    pub books: Books,
}

/// The broker, as the console sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BrokerView {
    /// Whether it answers; none: it has not been asked yet.
    pub answers: Option<bool>,
    /// Since when that is so.
    pub since: Option<Time>,
    /// When its queues were last counted.
    pub counted_at: Option<Time>,
}

/// What waits in front of one station.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StageView {
    /// The station.
    pub station: Station,
    /// Messages in its queues; what it has received and not settled is not among them.
    pub waiting: u64,
    /// Its queues that a running station takes from. Between two holders a queue has none for a moment.
    pub held: u16,
    /// Its queues.
    pub shards: u16,
}

/// How much moved within the last so many seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Rates {
    /// The period, in seconds.
    pub seconds: i64,
    /// Envelopes the door accepted.
    pub accepted: i64,
    /// Envelopes that came into a mailbox.
    pub delivered: i64,
    /// Of the accepted ones those that ended otherwise: rejected, undeliverable, duplicate.
    pub returned: i64,
}

/// The oldest of what waits for something; none: nothing waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OldestView {
    /// Acceptance of what has not reached delivery.
    pub under_way: Option<Time>,
    /// When it was set aside for an operator.
    pub parked: Option<Time>,
    /// Arrival of what its destination has not collected.
    pub uncollected: Option<Time>,
}
