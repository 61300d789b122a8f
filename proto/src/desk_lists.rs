//! The JSON shapes of the console's lists: certificates and licences by days left, delegations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{OfficeNumber, Time};

/// One item of `GET /v1/certificates`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldCertificate {
    /// Whose it is, a holder.
    pub holder: String,
    /// SHA-256 of its DER, lower-case hexadecimal.
    pub fingerprint: String,
    /// Begin of its validity.
    pub not_before: Time,
    /// End of its validity.
    pub not_after: Time,
    /// Whole days until then; negative once it is over.
    pub days_left: i64,
}

/// Answer of `GET /v1/certificates`: those that are bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateList {
    /// What ends first stands first.
    pub items: Vec<HeldCertificate>,
    /// Where the next page begins (`?after=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One item of `GET /v1/licences`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldLicence {
    /// The office.
    pub office: OfficeNumber,
    /// Its name.
    pub name: String,
    /// The end of its last licence.
    pub until: Time,
    /// Whole days until then; negative once it is over.
    pub days_left: i64,
}

/// Answer of `GET /v1/licences`: offices that take part and have, or had, a licence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LicenceList {
    /// What ends first stands first.
    pub items: Vec<HeldLicence>,
    /// Where the next page begins (`?after=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// One item of `GET /v1/delegations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeldDelegation {
    /// The office that lets another act for it.
    pub office: OfficeNumber,
    /// Who may, a holder.
    pub delegate: String,
    /// What: `send`, `sign` or `read`.
    pub right: String,
    /// From when.
    pub from: Time,
    /// Until when; none is without end.
    pub until: Option<Time>,
}

/// Answer of `GET /v1/delegations`: those that are in force or are to begin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DelegationsHeld {
    /// By office, delegate and right.
    pub items: Vec<HeldDelegation>,
    /// Where the next page begins (`?after=`); none: this was the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
