//! The JSON shapes of the console's door, where operators keep the directory. What an operator sends with a field
//! nobody knows is refused: a mistyped wish must not pass for a granted one.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::api::CertificateEntry;
use crate::{OfficeNumber, Time};

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

/// Body of `POST /v1/notices`; the answer is a [`crate::api::NoticeEntry`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoticePost {
    /// The office it is for; every one if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office: Option<OfficeNumber>,
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
