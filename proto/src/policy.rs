//! The severities in force at a relay, as its door tells them; the same text is a policy file for `careplan check`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Limits, Severity};

/// What a policy's `format` says.
pub const POLICY_FORMAT: &str = "careplan-policy/1";

/// Answer of `GET /v1/policy`. A policy file needs `format` and `rules` only; the rest is told for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EffectivePolicy {
    /// `careplan-policy/1`
    pub format: String,
    /// What the installation's policy file says, code by code; empty without one.
    pub rules: BTreeMap<String, Severity>,
    /// Every rule of the standard's files, in the order of the list of codes.
    pub effective: Vec<EffectiveRule>,
    /// Limits of an envelope.
    pub limits: Limits,
}

/// One rule as it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EffectiveRule {
    /// `area.rule`
    pub code: String,
    /// Its severity here.
    pub severity: Severity,
    /// Its severity here where the standard leaves it unsure whether the rule holds.
    pub unsure: Severity,
    /// Its usual severity.
    pub normal: Severity,
    /// Whether the installation's policy file names it.
    pub changed: bool,
    /// Whether no policy may lower it.
    pub fixed: bool,
}
