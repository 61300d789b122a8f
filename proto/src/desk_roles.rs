//! What operators may do at the desk, and the JSON shapes about it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Time;

/// What an operator may do. Each may do what the one before may.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OperatorRole {
    /// Look at everything.
    #[default]
    View,
    /// Keep the traffic going: parked envelopes, notices, maintenance.
    Operate,
    /// Decide who takes part: offices, licences, certificates, delegations, operators.
    Administer,
}

impl OperatorRole {
    /// Every role, the least first.
    pub const ALL: [Self; 3] = [Self::View, Self::Operate, Self::Administer];

    /// The word used in store and API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Operate => "operate",
            Self::Administer => "administer",
        }
    }
}

impl std::fmt::Display for OperatorRole {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The text names no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is view, operate or administer")]
pub struct NotARole;

impl std::str::FromStr for OperatorRole {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, NotARole> {
        let named = Self::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or(NotARole)
    }
}

/// Body of `PUT /v1/operators/{name}`; the answer is an [`OperatorEntry`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OperatorPut {
    /// What the operator may do from now on.
    pub role: OperatorRole,
}

/// One item of `GET /v1/operators`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperatorEntry {
    /// The operator's name, without `operator:`.
    pub name: String,
    /// What the operator may do; `view` unless somebody said otherwise.
    pub role: OperatorRole,
    /// Since when; none: nobody ever said.
    pub changed_at: Option<Time>,
    /// Certificates bound to the operator and not ended.
    pub certificates: i64,
}

/// Answer of `GET /v1/operators`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OperatorList {
    /// In order of their names.
    pub items: Vec<OperatorEntry>,
}
