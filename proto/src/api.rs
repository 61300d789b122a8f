//! The JSON shapes of the doors. Clients ignore unknown fields and statuses; a published shape is only added to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{EnvelopeId, OfficeNumber, Problem, Problems, Status, Time};

/// Answer of `POST /v1/envelopes` (202).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Accepted {
    /// The envelope's id.
    pub id: EnvelopeId,
    /// When this acceptance happened; a repeat has its own.
    pub accepted_at: Time,
    /// Where the sent item can be read (path at the delivery door).
    pub status_url: String,
    /// The signed receipt of this acceptance: DER of a CMS SignedData in base64 (RFC 4648 §4).
    pub receipt: String,
}

/// Whether a check would let the files through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No error.
    Accept,
    /// At least one error.
    Reject,
}

/// One sending unit as a check saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct UnitSummary {
    /// The unit's id in the standard's table (`C-usage`), if it was recognised.
    pub unit: Option<String>,
    /// File kinds, sorted.
    pub kinds: Vec<String>,
    /// Service month, if the unit has one.
    pub month: Option<String>,
    /// 連番.
    pub sequence: String,
    /// Sending office of the names.
    pub sender: String,
    /// Receiving office of the names.
    pub destination: String,
}

/// Answer of `POST /v1/check`, and of `careplan check --format json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// Accept or reject.
    pub verdict: Verdict,
    /// The units found.
    pub units: Vec<UnitSummary>,
    /// Every problem found, at most 1,000 of each envelope.
    pub problems: Vec<Problem>,
    /// How many more there were, by code.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub more: std::collections::BTreeMap<String, u64>,
}

/// One item of an inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InboxItem {
    /// The envelope.
    pub id: EnvelopeId,
    /// Who sent it.
    pub sender: OfficeNumber,
    /// The sender's name in the directory, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender_name: Option<String>,
    /// 連番.
    pub sequence: String,
    /// File kinds of the standard files.
    pub kinds: Vec<String>,
    /// Service month.
    pub month: Option<String>,
    /// The sender's words.
    pub message: Option<String>,
    /// Size of the envelope in bytes.
    pub size: u64,
    /// When it came into the mailbox.
    pub arrived_at: Time,
    /// When it was acknowledged as fetched.
    pub collected_at: Option<Time>,
    /// The sending that took its place: none of its records is the latest version any more. Of several the last one.
    pub superseded_by: Option<EnvelopeId>,
    /// When the sender asked to disregard it.
    pub recall_requested_at: Option<Time>,
    /// Where it stands.
    pub status: Status,
    /// How many records (a person's plan, usage slip or results) the version chain follows; missing: it does not, so nothing
    /// is said of later versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u32>,
    /// The sending that took the place of some of its records; the others are still the latest version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partly_superseded_by: Option<EnvelopeId>,
    /// The deletion that withdrew some of its records, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<EnvelopeId>,
    /// Of a deletion: the sendings it withdrew records of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdraws: Vec<EnvelopeId>,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Page<T> {
    /// The items, oldest first.
    pub items: Vec<T>,
    /// Give this as `after` to read on; opaque, good for years.
    pub next: String,
}

/// One step or change in the life of a sent envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HistoryEntry {
    /// The status reached.
    pub status: Status,
    /// When.
    pub at: Time,
    /// By which process of which station.
    pub by: String,
}

/// One item of the sent list; [`SentItem::history`], problems and receipts are filled in when asked for alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SentItem {
    /// The envelope.
    pub id: EnvelopeId,
    /// Whom it is for.
    pub destination: OfficeNumber,
    /// Where it stands.
    pub status: Status,
    /// When it was first accepted.
    pub accepted_at: Time,
    /// When the status last changed.
    pub changed_at: Time,
    /// 連番, once known.
    pub sequence: Option<String>,
    /// File kinds of the standard files, once known.
    pub kinds: Vec<String>,
    /// Service month, once known.
    pub month: Option<String>,
    /// The id that is the same sending, when this one ended as a duplicate.
    pub same_as: Option<EnvelopeId>,
    /// The destination's new number, when it was renumbered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renumbered_to: Option<OfficeNumber>,
    /// When a recall was asked for.
    pub recall_requested_at: Option<Time>,
    /// When it came into the destination's mailbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrived_at: Option<Time>,
    /// While it is not collected: business days in Japan since it arrived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncollected_days: Option<u32>,
    /// How many records the version chain follows, as in the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<u32>,
    /// The sending that took its place, as in the inbox.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<EnvelopeId>,
    /// The sending that took the place of some of its records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partly_superseded_by: Option<EnvelopeId>,
    /// The deletion that withdrew some of its records, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_by: Option<EnvelopeId>,
    /// Of a deletion: the sendings it withdrew records of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdraws: Vec<EnvelopeId>,
    /// Every step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryEntry>,
    /// Why it was refused, or what the destination's software said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
    /// How many more problems there were, by code.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub more: std::collections::BTreeMap<String, u64>,
    /// Paths of the receipts that can be had.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub receipts: Vec<String>,
}

/// Whether the destination's software could take an envelope in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ImportResult {
    /// Taken in.
    Ok,
    /// Not taken in.
    Failed,
}

/// Body of `POST /v1/inbox/{id}/imported`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Imported {
    /// How it went.
    pub result: ImportResult,
    /// What the software had to say.
    #[serde(default)]
    pub problems: Vec<Problem>,
    /// Which software, name and version.
    #[serde(default)]
    pub software: Option<String>,
}

/// Answer of collected and imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Acknowledged {
    /// The envelope.
    pub id: EnvelopeId,
    /// Where it stands now.
    pub status: Status,
    /// When this step was first done.
    pub at: Time,
}

/// Answer of `POST /v1/sent/{id}/recall`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recalled {
    /// Where the envelope stands now; `recalled` if it was withdrawn.
    pub status: Status,
    /// When the recall was first asked for.
    pub recall_requested_at: Time,
}

/// One office of the directory, as other offices see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfficeEntry {
    /// Its number.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Prefecture code, the number's first two digits (JIS X 0401).
    pub prefecture: String,
    /// Service kinds.
    pub services: Vec<String>,
}

/// Answer of `GET /v1/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Who the certificate belongs to, a holder.
    pub holder: String,
    /// The office's entry, if an office holds it.
    pub office: Option<OfficeEntry>,
    /// The end of the licence, if there is one.
    pub licence_until: Option<Time>,
    /// The certificates bound to the holder.
    pub certificates: Vec<CertificateEntry>,
}

/// One bound certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateEntry {
    /// SHA-256 of the certificate's DER, lower-case hexadecimal.
    pub fingerprint: String,
    /// Begin of its validity.
    pub not_before: Time,
    /// End of its validity.
    pub not_after: Time,
    /// When the binding was ended, if it was.
    pub revoked_at: Option<Time>,
}

/// A notice to offices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeEntry {
    /// Its number.
    pub id: i64,
    /// When it was published.
    pub at: Time,
    /// Its words.
    pub text: String,
}

impl CheckReport {
    /// A report of these findings.
    #[must_use]
    pub fn new(units: Vec<UnitSummary>, problems: Problems) -> Self {
        let verdict = if problems.any_error() {
            Verdict::Reject
        } else {
            Verdict::Accept
        };
        Self {
            verdict,
            units,
            problems: problems.problems,
            more: problems.more,
        }
    }
}
