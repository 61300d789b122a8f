//! The policy's file: `{ "format": "careplan-policy/1", "rules": { "table7.sum": "error" } }`, read, and written with all
//! that is in force.

use std::collections::BTreeMap;

use proto::policy::{EffectivePolicy, EffectiveRule, POLICY_FORMAT};
use proto::strict_json::{self, StrictJsonError};
use proto::{Limits, Severity};
use serde_json::{Map, Value};
use standard::policy::{Policy, PolicyError, fixed};

/// What a policy file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFile {
    /// The rules with another severity.
    pub policy: Policy,
    /// The limits it tells, if it is a relay's answer.
    pub limits: Option<Limits>,
    /// Rules of a later version that were left out; see [`read_served`].
    pub left_out: Vec<String>,
}

/// Why a policy file is refused. `Display` is the English sentence, [`PolicyFault::ja`] the Japanese one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyFault {
    /// No JSON, or a key twice.
    #[error("{0}; write a policy as JSON with every key once")]
    Json(#[from] StrictJsonError),
    /// A key is missing or has another form.
    #[error("`{key}` must be {wanted_en}")]
    Form {
        /// Dotted.
        key: String,
        /// What it has to be, in Japanese.
        wanted_ja: &'static str,
        /// The same in English.
        wanted_en: &'static str,
    },
    /// A rule cannot stand there.
    #[error("`rules`: {0}")]
    Rule(#[from] PolicyError),
}

impl PolicyFault {
    /// What is wrong and what to do, in Japanese.
    #[must_use]
    pub fn ja(&self) -> String {
        match self {
            Self::Json(StrictJsonError::Syntax { line, column }) => {
                format!("JSON として読み取れません（{line}行{column}文字目）。書式を直してください。")
            }
            Self::Json(StrictJsonError::DuplicateKey { key, line }) => {
                format!("項目 {key} が二度あります（{line}行目）。一つにしてください。")
            }
            Self::Form { key, wanted_ja, .. } => format!("{key} は{wanted_ja}にしてください。"),
            Self::Rule(error) => format!("rules：{}", error.ja()),
        }
    }
}

/// Reads a policy file. Keys beside `format`, `rules` and `limits` are passed over.
///
/// # Errors
/// The first thing wrong, with the key it stands under.
pub fn read(json: &[u8]) -> Result<PolicyFile, PolicyFault> {
    let object = object(json)?;
    let mut rules = Vec::new();
    for (code, word) in rules_of(&object)? {
        let severity = severity(word).ok_or_else(|| form(&format!("rules.{code}"), SEVERITY))?;
        rules.push((code.as_str(), severity));
    }
    Ok(PolicyFile {
        policy: Policy::new(rules)?,
        limits: limits(&object)?,
        left_out: Vec::new(),
    })
}

/// Reads what a relay serves. The relay may be of a later version than this reader: rules that mean nothing here are left
/// out, and named.
///
/// # Errors
/// As [`read`], rules apart.
pub fn read_served(json: &[u8]) -> Result<PolicyFile, PolicyFault> {
    let object = object(json)?;
    let (mut rules, mut left_out) = (Vec::new(), Vec::new());
    for (code, word) in rules_of(&object)? {
        match severity(word).filter(|severity| Policy::new([(code.as_str(), *severity)]).is_ok()) {
            Some(severity) => rules.push((code.as_str(), severity)),
            None => left_out.push(code.clone()),
        }
    }
    Ok(PolicyFile {
        policy: Policy::new(rules)?,
        limits: limits(&object)?,
        left_out,
    })
}

/// Everything in force under a policy and these limits.
#[must_use]
pub fn effective(policy: Option<&Policy>, limits: &Limits) -> EffectivePolicy {
    let named = |code: &str| policy.and_then(|policy| policy.severity(code));
    let effective = standard::CODES.iter().map(|info| {
        let said = named(info.code).map(worded);
        EffectiveRule {
            code: info.code.to_owned(),
            severity: said.unwrap_or(worded(info.severity)),
            unsure: said.unwrap_or(Severity::Warning),
            normal: worded(info.severity),
            changed: said.is_some(),
            fixed: fixed(info).is_some(),
        }
    });
    EffectivePolicy {
        format: POLICY_FORMAT.to_owned(),
        rules: policy
            .map(|policy| {
                policy
                    .rules()
                    .map(|(code, severity)| (code.to_owned(), worded(severity)))
                    .collect::<BTreeMap<_, _>>()
            })
            .unwrap_or_default(),
        effective: effective.collect(),
        limits: *limits,
    }
}

const SEVERITY: (&str, &str) = ("error か warning", "error or warning");
const RULES: (&str, &str) = (
    "規則のコードごとに error か warning を書いたオブジェクト",
    "an object of codes, each with error or warning",
);

fn form(key: &str, (wanted_ja, wanted_en): (&'static str, &'static str)) -> PolicyFault {
    PolicyFault::Form {
        key: key.to_owned(),
        wanted_ja,
        wanted_en,
    }
}

fn object(json: &[u8]) -> Result<Map<String, Value>, PolicyFault> {
    let Value::Object(object) = strict_json::parse(json)? else {
        return Err(form("format", (POLICY_FORMAT, POLICY_FORMAT)));
    };
    if object.get("format").and_then(Value::as_str) != Some(POLICY_FORMAT) {
        return Err(form("format", (POLICY_FORMAT, POLICY_FORMAT)));
    }
    Ok(object)
}

fn rules_of(object: &Map<String, Value>) -> Result<&Map<String, Value>, PolicyFault> {
    object
        .get("rules")
        .and_then(Value::as_object)
        .ok_or_else(|| form("rules", RULES))
}

fn severity(word: &Value) -> Option<standard::Severity> {
    match word.as_str()? {
        "error" => Some(standard::Severity::Error),
        "warning" => Some(standard::Severity::Warning),
        _ => None,
    }
}

fn worded(severity: standard::Severity) -> Severity {
    match severity {
        standard::Severity::Error => Severity::Error,
        standard::Severity::Warning => Severity::Warning,
    }
}

/// The limits told, the usual ones where a relay tells none of a kind.
fn limits(object: &Map<String, Value>) -> Result<Option<Limits>, PolicyFault> {
    const NUMBER: (&str, &str) = ("0以上の整数", "a whole number");
    let Some(told) = object.get("limits") else {
        return Ok(None);
    };
    let number = |key: &str, usual: u64| match told.get(key) {
        None => Ok(usual),
        Some(value) => value
            .as_u64()
            .ok_or_else(|| form(&format!("limits.{key}"), NUMBER)),
    };
    let small = |key: &str, usual: u32| {
        u32::try_from(number(key, usual.into())?).map_err(|_| form(&format!("limits.{key}"), NUMBER))
    };
    let usual = Limits::default();
    Ok(Some(Limits {
        envelope_bytes: number("envelope_bytes", usual.envelope_bytes)?,
        files: small("files", usual.files)?,
        unpacked_bytes: number("unpacked_bytes", usual.unpacked_bytes)?,
        ratio: small("ratio", usual.ratio)?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(json: &str) -> String {
        let fault = read(json.as_bytes()).unwrap_err();
        assert!(fault.ja().ends_with('。'), "{}", fault.ja());
        fault.to_string()
    }

    #[test]
    fn what_is_wrong_is_told_with_its_key() {
        let with = |rules: &str| format!(r#"{{"format":"careplan-policy/1","rules":{rules}}}"#);
        for (json, key) in [
            ("{", "line 1"),
            ("[]", "format"),
            (r#"{"rules":{}}"#, "format"),
            (r#"{"format":"careplan-policy/9","rules":{}}"#, "format"),
            (r#"{"format":"careplan-policy/1"}"#, "rules"),
            (&with("[]"), "rules"),
            (&with(r#"{"table7.sum":"info"}"#), "rules.table7.sum"),
            (&with(r#"{"table7.sum":1}"#), "rules.table7.sum"),
            (&with(r#"{"table8.sum":"error"}"#), "table8.sum"),
            (
                &with(r#"{"table7.sum":"error","table7.sum":"error"}"#),
                "table7.sum",
            ),
            (&with(r#"{"unit.mixed":"warning"}"#), "unit.mixed"),
            (
                r#"{"format":"careplan-policy/1","rules":{},"limits":{"files":-1}}"#,
                "limits.files",
            ),
        ] {
            assert!(fault(json).contains(key), "{json}: {}", fault(json));
        }
    }

    #[test]
    fn what_is_served_is_a_policy_file() {
        let limits = Limits {
            files: 7,
            ..Limits::default()
        };
        let policy = Policy::new([
            ("table7.sum", standard::Severity::Error),
            ("field.length", standard::Severity::Warning),
        ])
        .unwrap();
        let served = effective(Some(&policy), &limits);
        let json = serde_json::to_vec(&served).unwrap();
        let file = read(&json).unwrap();
        assert_eq!((&file.policy, file.limits), (&policy, Some(limits)));
        assert_eq!(read_served(&json).unwrap(), file);
        assert_eq!(served.effective.len(), standard::CODES.len());
        let changed: Vec<&str> = served
            .effective
            .iter()
            .filter(|rule| rule.changed)
            .map(|rule| rule.code.as_str())
            .collect();
        assert_eq!(changed, ["field.length", "table7.sum"]);
    }

    #[test]
    fn a_later_relay_s_rules_are_left_out_and_named() {
        let json = r#"{"format":"careplan-policy/1","new":1,"rules":{"new.rule":"error","table7.sum":"error","field.type":"info"}}"#;
        let file = read_served(json.as_bytes()).unwrap();
        assert_eq!(file.left_out, ["new.rule", "field.type"]);
        assert_eq!(file.policy.rules().count(), 1);
    }
}
