//! The JSON shapes of the console's door, where operators keep the directory. What an operator sends with a field
//! nobody knows is refused: a mistyped wish must not pass for a granted one.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::CertificateEntry;
use crate::{EnvelopeId, OfficeNumber, Time};

/// Whether an office takes part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfficeStanding {
    /// It sends and receives.
    #[default]
    Open,
    /// It was closed, or rests.
    Closed,
    /// It goes on under another number.
    Renumbered,
}

/// Body of `PUT /v1/offices/{number}`: the entry as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficePut {
    /// Its name.
    pub name: String,
    /// Service kinds, two characters each.
    #[serde(default)]
    pub services: Vec<String>,
    /// Whether it takes part.
    #[serde(default)]
    pub state: OfficeStanding,
    /// Its new number; with `renumbered` and only then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renumbered_to: Option<OfficeNumber>,
    /// Versions of the standard it can read; empty means every one.
    #[serde(default)]
    pub versions: Vec<String>,
    /// The largest envelope it can take, bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
}

/// Answer of `PUT` and `GET /v1/offices/{number}`, and of its licence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OfficeView {
    /// Its number.
    pub number: OfficeNumber,
    /// Its name.
    pub name: String,
    /// Service kinds.
    pub services: Vec<String>,
    /// Whether it takes part.
    pub state: OfficeStanding,
    /// Its new number, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renumbered_to: Option<OfficeNumber>,
    /// Versions of the standard it can read; empty means every one.
    pub versions: Vec<String>,
    /// The largest envelope it can take, bytes.
    pub max_bytes: Option<u64>,
    /// The end of its licence, if there is one.
    pub licence_until: Option<Time>,
    /// Certificates bound to it, ended ones too.
    pub certificates: Vec<CertificateEntry>,
}

/// Body of `PUT /v1/offices/{number}/licence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LicencePut {
    /// Day of application in Japan, its first day.
    #[schemars(with = "String")]
    pub applied_on: Date,
    /// Last day of validity in Japan; one year from the day of application by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub until: Option<Date>,
}

/// Body of `POST /v1/certificates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificatePost {
    /// Whose it is, a holder (`office:0300000100`).
    pub holder: String,
    /// The certificate in PEM; further ones after it are its chain.
    pub certificate_pem: String,
}

/// Answer of `POST /v1/certificates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateBound {
    /// Whose it is now.
    pub holder: String,
    /// The certificate.
    pub certificate: CertificateEntry,
}

/// Body of `POST /v1/delegations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DelegationPost {
    /// The office that lets another act for it.
    pub office: OfficeNumber,
    /// Who may, a holder.
    pub delegate: String,
    /// What: `send`, `sign`, `read`.
    pub rights: Vec<String>,
    /// From when; now by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Time>,
    /// Until when; without end by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// Answer of `POST /v1/delegations`; `DELETE /v1/delegations/{office}/{delegate}/{right}` ends one right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationMade {
    /// The office that lets another act for it.
    pub office: OfficeNumber,
    /// Who may, a holder.
    pub delegate: String,
    /// What, each once.
    pub rights: Vec<String>,
    /// From when.
    pub from: Time,
    /// Until when; none is without end.
    pub until: Option<Time>,
}

/// Body of `PUT /v1/channels/{name}`, a channel (`vendor.abc`): what is there of it stays as it is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelPut {
    /// Offices it is to serve beside those it serves already.
    #[serde(default)]
    pub offices: Vec<OfficeNumber>,
    /// The password of its user, if that is made now; 12 to 200 visible ASCII characters.
    pub password: String,
}

/// Body of `PUT /v1/channels/{name}/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelPassword {
    /// The new password, as in [`ChannelPut`].
    pub password: String,
}

/// A channel as the desk shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChannelView {
    /// Name of queue and user.
    pub name: String,
    /// Since when it is there.
    pub since: Time,
    /// The offices it serves. Their envelopes lie there as long as they let its holder read.
    pub offices: Vec<OfficeNumber>,
    /// Messages that wait in its queue; none: the broker's management could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting: Option<u64>,
    /// Whether its user is there; none: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<bool>,
    /// Whether the password given is its user's now; the user of a channel that was there keeps its own.
    #[serde(default)]
    pub password_set: bool,
}

/// Answer of `GET /v1/channels`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Channels {
    /// By name.
    pub items: Vec<ChannelView>,
}

/// Body of `POST /v1/notices`; the answer is a [`crate::api::NoticeEntry`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticePost {
    /// The office it is for; every one if none, or as the next two say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeNumber>,
    /// For the offices of this prefecture: the first two digits of their numbers. Not with `office`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<String>,
    /// For the offices with this service kind. Not with `office`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Its words, 1 to 4,000 characters.
    pub text: String,
}

/// Answer of `GET /v1/books`: acceptances by distinct id and where they stand.
///
/// `accepted` = `mailboxed` + `rejected` + `undeliverable` + `withdrawn` + `duplicate` + `parked` + `under_way`; what
/// follows them are later states of mailboxed ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Books {
    /// Acceptances by distinct id.
    pub accepted: i64,
    /// In a mailbox.
    pub mailboxed: i64,
    /// Refused.
    pub rejected: i64,
    /// Could not be delivered.
    pub undeliverable: i64,
    /// Recalled before they came into a mailbox.
    pub withdrawn: i64,
    /// The same sending as another id.
    pub duplicate: i64,
    /// Set aside for an operator.
    pub parked: i64,
    /// Between the door and their end.
    pub under_way: i64,
    /// Fetched.
    pub collected: i64,
    /// Taken in by the destination's software.
    pub imported: i64,
    /// Not taken in by it.
    pub import_failed: i64,
    /// Recalled after they came into a mailbox.
    pub recalled: i64,
    /// Never fetched.
    pub expired: i64,
    /// Under way for longer than they may be; must be 0.
    pub unaccounted: i64,
}

/// One item of `GET /v1/missing`: an acceptance that has not reached delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingEntry {
    /// The envelope's id; it stands here once for each acceptance that is missing.
    pub id: EnvelopeId,
    /// Who sent it, and can send it again.
    pub sender: OfficeNumber,
    /// For whom.
    pub destination: OfficeNumber,
    /// When it was accepted.
    pub accepted_at: Time,
    /// Who submitted it, a holder.
    pub submitter: String,
}

/// Answer of `GET /v1/missing`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MissingList {
    /// Oldest first.
    pub items: Vec<MissingEntry>,
    /// Where the next page begins (`?after=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One entry of `GET /v1/audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditItem {
    /// Its number, from 1, without gaps.
    pub n: i64,
    /// Who, a holder.
    pub actor: String,
    /// What was done; `refused` if the operator's role did not allow it.
    pub act: String,
    /// To what.
    pub subject: String,
    /// When.
    pub at: Time,
}

/// Answer of `GET /v1/audit`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditList {
    /// Newest first.
    pub items: Vec<AuditItem>,
    /// Where the next page begins (`?before=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// One item of `GET /v1/notices` of the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedNotice {
    /// Its number.
    pub id: i64,
    /// The office it is for; none: every one, or as the next two say.
    pub office: Option<OfficeNumber>,
    /// The prefecture it is for; none: every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefecture: Option<String>,
    /// The service kind it is for; none: every one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// When it was published.
    pub at: Time,
    /// Its words.
    pub text: String,
}

/// Answer of `GET /v1/notices` of the desk: the latest hundred, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NoticeList {
    /// Newest first.
    pub items: Vec<PublishedNotice>,
}

/// One item of `GET /v1/offices/{number}/delegations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationView {
    /// Who may, a holder.
    pub delegate: String,
    /// What: `send`, `sign` or `read`.
    pub right: String,
    /// From when.
    pub from: Time,
    /// Until when; none is without end.
    pub until: Option<Time>,
    /// When it was taken back.
    pub revoked_at: Option<Time>,
}

/// Answer of `GET /v1/offices/{number}/delegations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationList {
    /// Newest first, ended ones too.
    pub items: Vec<DelegationView>,
}
