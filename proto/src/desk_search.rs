//! The JSON shapes of search and trace at the console's door: where an envelope is and how it came there. Ids, office
//! numbers, times, codes, names of software; never a word of what was sent.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::HistoryEntry;
use crate::desk_parked::ParkedEntry;
use crate::{Acceptance, EnvelopeId, OfficeNumber, Problem, Severity, Status, Step, Time};

/// One item of `GET /v1/envelopes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundEnvelope {
    /// Its id.
    pub id: EnvelopeId,
    /// Who sent it.
    pub sender: OfficeNumber,
    /// For whom.
    pub destination: OfficeNumber,
    /// Where it stands.
    pub status: Status,
    /// When the door took it.
    pub accepted_at: Time,
    /// Since when it stands there.
    pub changed_at: Time,
    /// Its sequence, once validation has read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// Kinds of its files, once validation has read them.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Month of its files (`202504`), once validation has read them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub month: Option<String>,
}

/// Answer of `GET /v1/envelopes`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvelopeList {
    /// Newest acceptance first.
    pub items: Vec<FoundEnvelope>,
    /// Where the next page begins (`?after=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Answer of `GET /v1/envelopes/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnvelopeTrace {
    /// As in the list.
    pub envelope: FoundEnvelope,
    /// Who submitted it, a holder.
    pub submitter: String,
    /// Who signed it, a holder, once validation knows.
    pub signer: Option<String>,
    /// Version of the standard of its files.
    pub version: Option<String>,
    /// Size in bytes, once it lies in a mailbox.
    pub size: Option<u64>,
    /// Each time the door took these bytes, oldest first.
    pub acceptances: Vec<TracedAcceptance>,
    /// Each status it reached, oldest first.
    pub history: Vec<HistoryEntry>,
    /// In a mailbox since.
    pub arrived_at: Option<Time>,
    /// When its bytes first left the relay.
    pub handed_out_at: Option<Time>,
    /// When the destination took it.
    pub collected_at: Option<Time>,
    /// When the destination's software took it in.
    pub imported_at: Option<Time>,
    /// Which software that was, or which could not take it in, as it said in its report; what is hidden in a name is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub software: Option<String>,
    /// When its sender asked for it back.
    pub recall_requested_at: Option<Time>,
    /// When it left the mailbox by that.
    pub withdrawn_at: Option<Time>,
    /// The id of the same sending that came first.
    pub same_as: Option<EnvelopeId>,
    /// The destination's new number, if it was undeliverable for that.
    pub renumbered_to: Option<OfficeNumber>,
    /// Why it was refused or not taken in: the first thousand.
    pub problems: Vec<TracedProblem>,
    /// How many more there were of each code.
    #[serde(default)]
    pub more: BTreeMap<String, u64>,
    /// Sendings it took the place of, by a later version or a deletion.
    pub older: Vec<EnvelopeId>,
    /// Sendings that took its place.
    pub newer: Vec<EnvelopeId>,
    /// Steps whose signed receipt was made.
    pub receipts: Vec<Step>,
    /// Its open rows among what is parked.
    pub parked: Vec<ParkedEntry>,
}

/// One acceptance of an envelope's bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TracedAcceptance {
    /// 32 hex digits.
    pub acceptance: Acceptance,
    /// When the door took it.
    pub accepted_at: Time,
    /// Who submitted it, a holder.
    pub submitter: String,
    /// When its message, outcome or parked copy reached delivery; none: not yet.
    pub seen_at: Option<Time>,
    /// When it had its one end; none: open.
    pub ended_at: Option<Time>,
}

/// A problem by its code and place, without the words and values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TracedProblem {
    /// `area.rule`
    pub code: String,
    /// Whether it stopped the envelope.
    pub severity: Severity,
    /// Physical line on which the record starts, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Number of the field in the standard's layout, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field_no: Option<u16>,
}

impl From<Problem> for TracedProblem {
    /// Names of attachments, values and what a field is called by the sender's software stay behind.
    fn from(problem: Problem) -> Self {
        Self {
            code: problem.code,
            severity: problem.severity,
            line: problem.line,
            field_no: problem.field_no,
        }
    }
}
