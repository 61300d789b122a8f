//! The JSON shapes of parked envelopes at the console's door: what an operator needs to know of them and may do, and
//! nothing of what is in them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficeNumber, Station, Time};

/// One item of `GET /v1/parked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedEntry {
    /// The message's id: an envelope's, or whatever poison bears.
    pub id: String,
    /// Its acceptance, 32 hex digits; empty if it bears none.
    #[serde(default)]
    pub acceptance: String,
    /// The station that parked it.
    pub station: String,
    /// Whom it was for, or the words in its place.
    pub office: String,
    /// Why.
    pub cause: String,
    /// When.
    pub parked_at: Time,
    /// Whether it is marked to be sent through its station again.
    pub redrive: bool,
    /// The limit its redrive was given, messages a minute; none: the installation's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Size of its body, bytes.
    pub size: u64,
}

/// Answer of `GET /v1/parked`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedList {
    /// What is parked and open, oldest first, at most a thousand.
    pub items: Vec<ParkedEntry>,
}

/// One item of `GET /v1/parked/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedDetail {
    /// As in the list.
    pub entry: ParkedEntry,
    /// `envelope` or `outcome`; empty if it bore none of ours.
    pub message_type: String,
    /// When the door took it, if it tells.
    pub accepted_at: Option<Time>,
    /// Which process of the door.
    pub accepted_by: Option<String>,
    /// Who submitted it, a holder.
    pub submitter: Option<String>,
    /// The manifest's sender.
    pub sender: Option<OfficeNumber>,
    /// The manifest's destination.
    pub destination: Option<OfficeNumber>,
    /// The manifest's sequence, once validation has read it.
    pub sequence: Option<String>,
    /// Kinds of its files, once validation has read them.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// When validation passed it on, if it did.
    pub validated_at: Option<Time>,
    /// When routing passed it on, if it did.
    pub routed_at: Option<Time>,
    /// Why it cannot be sent again as it is; none: it can.
    pub obstacle: Option<String>,
}

/// Answer of `GET /v1/parked/{id}`: one item for each acceptance of the id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedView {
    /// Oldest first; never empty.
    pub items: Vec<ParkedDetail>,
}

/// Which parked envelopes an act is about; each member that is given narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ParkedSelection {
    /// Under one of these ids, at most two hundred.
    pub ids: Vec<String>,
    /// Parked by this station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<Station>,
    /// For this office, or the words in its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub office: Option<String>,
    /// Its cause contains these words, whatever their case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Parked at least so many seconds ago.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_than_seconds: Option<u64>,
    /// Everything that is parked; said when nothing else is, so that a forgotten filter is no order.
    pub all: bool,
}

/// Body of `POST /v1/parked/redrive`: send them through their stations again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParkedRedrive {
    /// Which.
    pub selection: ParkedSelection,
    /// Only say which.
    #[serde(default)]
    pub dry_run: bool,
    /// At most so many messages a minute; it may only be lower than the installation's own limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
}

/// Body of `POST /v1/parked/discard`: they will not be delivered, and their senders learn of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParkedDiscard {
    /// Which.
    pub selection: ParkedSelection,
    /// Only say which.
    #[serde(default)]
    pub dry_run: bool,
    /// Why, for the audit log: 1 to 500 characters, nothing personal.
    pub reason: String,
}

/// Answer of both: what the act was about, oldest first, at most two hundred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedActed {
    /// What was chosen; those marked for redrive already are not.
    pub items: Vec<ParkedEntry>,
    /// How many of them it was done to: none in a dry run.
    pub done: u64,
    /// Whether there are more: ask again.
    pub more: bool,
}

/// Answer of `POST /v1/parked/stop`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ParkedStopped {
    /// How many were marked for redrive and stay parked.
    pub stopped: u64,
}
