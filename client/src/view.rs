//! What the client reads of the doors' answers. Looser than the contract on purpose: fields and statuses of a later relay
//! must not stop an older client.

use std::collections::BTreeMap;

use proto::Problem;
use serde::Deserialize;

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct Page<T> {
    /// Oldest first.
    pub items: Vec<T>,
    /// Where to read on.
    #[serde(default)]
    pub next: String,
}

/// An item of the inbox.
#[derive(Debug, Deserialize)]
pub struct InboxItem {
    /// The envelope's id.
    pub id: String,
    /// Who sent it.
    pub sender: String,
    /// The sender's name, if known.
    pub sender_name: Option<String>,
    /// File kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Service month.
    pub month: Option<String>,
    /// The sender's words.
    pub message: Option<String>,
    /// When it came.
    pub arrived_at: String,
    /// Where it stands.
    pub status: String,
    /// A later sending in its place.
    pub superseded_by: Option<String>,
    /// The sender asked to disregard it.
    pub recall_requested_at: Option<String>,
}

/// An item of the sent list.
#[derive(Debug, Deserialize)]
pub struct SentItem {
    /// The envelope's id.
    pub id: String,
    /// For whom.
    pub destination: String,
    /// Where it stands.
    pub status: String,
    /// When it was accepted.
    pub accepted_at: String,
    /// When the status changed.
    pub changed_at: String,
    /// File kinds.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Service month.
    pub month: Option<String>,
    /// The same sending under another id.
    pub same_as: Option<String>,
    /// The destination's new number.
    pub renumbered_to: Option<String>,
    /// When a recall was asked for.
    pub recall_requested_at: Option<String>,
    /// Every step.
    #[serde(default)]
    pub history: Vec<HistoryEntry>,
    /// Why it was refused.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// Further problems by code.
    #[serde(default)]
    pub more: BTreeMap<String, u64>,
    /// Paths of receipts.
    #[serde(default)]
    pub receipts: Vec<String>,
}

/// One step.
#[derive(Debug, Deserialize)]
pub struct HistoryEntry {
    /// The status reached.
    pub status: String,
    /// When.
    pub at: String,
    /// By whom.
    #[serde(default)]
    pub by: String,
}

/// Answer of collected, imported and recall.
#[derive(Debug, Deserialize)]
pub struct Standing {
    /// Where the envelope stands now.
    pub status: String,
}
