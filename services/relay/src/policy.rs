//! The policy file that the configuration names.

use anyhow::Context;
use parcel::Rules;
use standard::Policy;

use crate::config::Config;

/// By what this installation judges envelopes.
///
/// # Errors
/// The policy file cannot be read, or cannot stand; the error names the key.
pub(crate) fn rules(config: &Config) -> anyhow::Result<Rules> {
    Ok(Rules {
        limits: config.limits,
        policy: read(config)?,
    })
}

fn read(config: &Config) -> anyhow::Result<Option<Policy>> {
    let Some(path) = &config.policy.file else {
        return Ok(None);
    };
    let bytes = std::fs::read(path).with_context(|| format!("`policy.file`: read {}", path.display()))?;
    let file = parcel::policy::read(&bytes).with_context(|| format!("`policy.file`: {}", path.display()))?;
    Ok(Some(file.policy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DEFAULTS;
    use chassis::config::load;

    fn with(policy: &str) -> anyhow::Result<Rules> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("policy.json");
        std::fs::write(&path, policy)?;
        let strings = [
            ("RELAY_BROKER__URL", "amqp://localhost"),
            ("RELAY_POLICY__FILE", path.to_str().context("a path")?),
        ];
        rules(&load::<Config>(DEFAULTS, None, "RELAY_", &strings)?)
    }

    #[test]
    fn a_wrong_policy_names_key_and_rule() {
        let good = with(r#"{"format":"careplan-policy/1","rules":{"table7.sum":"error"}}"#).unwrap();
        assert_eq!(good.policy.unwrap().rules().count(), 1);
        for (text, named) in [
            (
                r#"{"format":"careplan-policy/1","rules":{"table8.sum":"error"}}"#,
                "table8.sum",
            ),
            (
                r#"{"format":"careplan-policy/1","rules":{"unit.mixed":"warning"}}"#,
                "unit.mixed",
            ),
            ("{", "line 1"),
        ] {
            let refused = format!("{:#}", with(text).unwrap_err());
            assert!(
                refused.contains("policy.file") && refused.contains(named),
                "{refused}"
            );
        }
    }
}
