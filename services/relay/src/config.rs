//! The configuration of `relay`: every section, and the checks between them.

use std::path::PathBuf;

use chassis::admin::AdminConfig;
use chassis::broker::BrokerConfig;
use chassis::config::{Check, ConfigError};
use chassis::telemetry::TelemetryConfig;
use chassis::traces::TracesConfig;
use proto::Limits;
use serde::Deserialize;
use store::StoreConfig;

/// The default file, with every key, its unit and a sentence.
pub(crate) const DEFAULTS: &str = include_str!("../config.default.toml");

/// Everything that can be configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Logs.
    pub(crate) telemetry: TelemetryConfig,
    /// Traces.
    pub(crate) traces: TracesConfig,
    /// The admin port.
    pub(crate) admin: AdminConfig,
    /// The drain.
    pub(crate) shutdown: ShutdownConfig,
    /// Limits of an envelope.
    pub(crate) limits: Limits,
    /// Severities of rules.
    pub(crate) policy: PolicyConfig,
    /// The broker.
    pub(crate) broker: BrokerConfig,
    /// The store.
    pub(crate) store: StoreConfig,
    /// CAs and revocation lists.
    pub(crate) trust: TrustConfig,
    /// Who signs receipts.
    pub(crate) receipts: ReceiptsConfig,
    /// The directory's snapshot.
    pub(crate) snapshot: SnapshotConfig,
    /// The station ingest.
    pub(crate) ingest: ingest::Config,
    /// The station validation.
    pub(crate) validation: validation::Config,
    /// The station routing.
    pub(crate) routing: routing::Config,
    /// The station delivery.
    pub(crate) delivery: delivery::Config,
    /// The station console.
    pub(crate) console: console::Config,
}

/// `[shutdown]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShutdownConfig {
    /// Seconds begun work has to settle.
    pub(crate) grace_seconds: u64,
}

/// `[policy]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyConfig {
    /// The policy file, JSON.
    pub(crate) file: Option<PathBuf>,
}

/// `[trust]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrustConfig {
    /// Folder of CAs and revocation lists.
    pub(crate) folder: PathBuf,
}

/// `[receipts]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiptsConfig {
    /// Certificate, PEM.
    pub(crate) certificate: PathBuf,
    /// Key, PEM.
    pub(crate) key: PathBuf,
}

/// `[snapshot]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SnapshotConfig {
    /// Oldest facts a station may say yes with, seconds.
    pub(crate) max_age_seconds: u64,
}

impl Check for Config {
    fn check(&self) -> Result<(), ConfigError> {
        self.broker.check()?;
        self.traces.check()?;
        for (section, door) in [
            ("ingest", &self.ingest.door),
            ("delivery", &self.delivery.door),
            ("console", &self.console.door),
        ] {
            door.check()
                .map_err(|error| ConfigError::rule(&format!("{section}.door"), error.to_string()))?;
        }
        self.store
            .check()
            .map_err(|error| ConfigError::rule("store.url", error.to_string()))?;
        if Limits::ENVELOPE_CEILING < self.limits.envelope_bytes {
            return Err(ConfigError::rule(
                "limits.envelope_bytes",
                "must be at most 15728640 (15 MiB)",
            ));
        }
        #[expect(clippy::cast_precision_loss, reason = "a number of seconds")]
        let grace_seconds = self.shutdown.grace_seconds as f64;
        if grace_seconds <= self.broker.handler_seconds {
            let message = "must be longer than broker.handler_seconds, or begun work is cut off";
            return Err(ConfigError::rule("shutdown.grace_seconds", message));
        }
        if 60 < self.snapshot.max_age_seconds {
            return Err(ConfigError::rule(
                "snapshot.max_age_seconds",
                "must be at most 60",
            ));
        }
        if u64::from(self.ingest.bytes_under_way) < self.limits.envelope_bytes {
            let message = "must be at least limits.envelope_bytes, or the largest envelopes are never taken";
            return Err(ConfigError::rule("ingest.bytes_under_way", message));
        }
        if 10 < self.ingest.accept_seconds {
            return Err(ConfigError::rule("ingest.accept_seconds", "must be at most 10"));
        }
        if self.ingest.backlog_full_messages <= self.ingest.backlog_slow_messages {
            let message = "must be more than ingest.backlog_slow_messages";
            return Err(ConfigError::rule("ingest.backlog_full_messages", message));
        }
        if self.delivery.batch == 0 {
            return Err(ConfigError::rule("delivery.batch", "must be at least 1"));
        }
        if self.delivery.redrive_per_minute == 0 {
            let message = "must be at least 1; `relayctl parked stop` stops sending";
            return Err(ConfigError::rule("delivery.redrive_per_minute", message));
        }
        if self.delivery.redrive_lease_seconds < 3 {
            return Err(ConfigError::rule(
                "delivery.redrive_lease_seconds",
                "must be at least 3",
            ));
        }
        let webhooks = &self.delivery.webhooks;
        if !(1..=60).contains(&webhooks.timeout_seconds) {
            let message = "must be 1 to 60";
            return Err(ConfigError::rule("delivery.webhooks.timeout_seconds", message));
        }
        if webhooks.at_once == 0 {
            return Err(ConfigError::rule(
                "delivery.webhooks.at_once",
                "must be at least 1",
            ));
        }
        let kept = &self.delivery;
        if kept.contents_days == 0 {
            return Err(ConfigError::rule("delivery.contents_days", "must be at least 1"));
        }
        if kept.metadata_days < kept.contents_days.max(60) {
            let message = "must be at least 60 and at least delivery.contents_days";
            return Err(ConfigError::rule("delivery.metadata_days", message));
        }
        if kept.evidence_days < kept.metadata_days {
            let message = "must be at least delivery.metadata_days";
            return Err(ConfigError::rule("delivery.evidence_days", message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chassis::config::load;

    #[test]
    fn the_default_file_is_complete_and_good() {
        let config: Config = load(
            DEFAULTS,
            None,
            "RELAY_",
            &[("RELAY_BROKER__URL", "amqp://localhost")],
        )
        .unwrap();
        config.check().unwrap();
        assert_eq!(config.limits, Limits::default());
    }

    #[test]
    fn the_store_s_password_may_stand_in_a_file() {
        let file = std::env::temp_dir().join(format!("relay-password-{}", std::process::id()));
        std::fs::write(&file, "0815\n").unwrap();
        let strings = [
            ("RELAY_BROKER__URL", "amqp://localhost"),
            ("RELAY_STORE__PASSWORD_FILE", file.to_str().unwrap()),
        ];
        let config: Config = load(DEFAULTS, None, "RELAY_", &strings).unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(config.store.password.as_deref(), Some("0815"));
    }

    #[test]
    fn every_key_of_the_default_file_has_a_sentence() {
        let mut sentence = false;
        for line in DEFAULTS.lines() {
            if line.contains(" = ") && !line.starts_with('#') {
                assert!(sentence, "{line}: no sentence above it");
            }
            sentence = line.starts_with('#');
        }
    }

    #[test]
    fn a_wrong_key_is_named() {
        let refused = |name: &str, value: &str| {
            let strings = [("RELAY_BROKER__URL", "amqp://localhost"), (name, value)];
            match load::<Config>(DEFAULTS, None, "RELAY_", &strings) {
                Ok(config) => config.check().unwrap_err().to_string(),
                Err(error) => error.to_string(),
            }
        };
        assert!(refused("RELAY_INGEST__SPEED", "9").contains("ingest.speed"));
        assert!(refused("RELAY_LIMITS__ENVELOPE_BYTES", "16000000").contains("limits.envelope_bytes"));
        assert!(refused("RELAY_INGEST__BACKLOG_FULL_MESSAGES", "9").contains("ingest.backlog_full_messages"));
        assert!(refused("RELAY_SHUTDOWN__GRACE_SECONDS", "1").contains("shutdown.grace_seconds"));
        assert!(refused("RELAY_SNAPSHOT__MAX_AGE_SECONDS", "61").contains("snapshot.max_age_seconds"));
        assert!(refused("RELAY_DELIVERY__CONTENTS_DAYS", "0").contains("delivery.contents_days"));
        let named = refused("RELAY_DELIVERY__WEBHOOKS__TIMEOUT_SECONDS", "0");
        assert!(named.contains("delivery.webhooks.timeout_seconds"));
        let named = refused("RELAY_DELIVERY__WEBHOOKS__ALLOWED_NETWORKS", r#"["10.0.0.0/99"]"#);
        assert!(named.contains("delivery.webhooks.allowed_networks"), "{named}");
        assert!(refused("RELAY_DELIVERY__METADATA_DAYS", "59").contains("delivery.metadata_days"));
        assert!(refused("RELAY_DELIVERY__EVIDENCE_DAYS", "700").contains("delivery.evidence_days"));
    }
}
