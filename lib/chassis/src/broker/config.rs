//! The broker's keys of a program's configuration.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::error::BrokerError;
use crate::config::{Check, ConfigError, Secret};

/// The keys under `broker`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrokerConfig {
    /// `amqp://user:password@host:port/vhost`, the virtual host percent-encoded (`%2f`); `amqps://` for TLS.
    pub url: Secret,
    /// PEM file of the CAs of the broker's certificate, for `amqps://`; trusted beside the system's own. Read at each connect.
    pub ca: Option<PathBuf>,
    /// Number of shards, fixed per installation; the broker holds the true one.
    pub shards: u16,
    /// Most messages of a shard received and not acknowledged. The same for all replicas, and to be changed only while
    /// the shards are empty: the broker puts what is given back behind what was given back before, so a holder must be
    /// sent all of that at once.
    pub prefetch: u16,
    /// Channels for publishing.
    pub publish_channels: u16,
    /// Bytes of all envelopes over 1 MiB worked on at one time, and most bytes of any size received and not settled: a
    /// shard whose next message would exceed them settles what it has, gives the rest back and subscribes again. So a
    /// process holds at most this and one envelope for each shard it works on; what the broker has sent ahead beyond
    /// that (at most a prefetch a shard) is dropped as it is read.
    pub byte_budget: u64,
    /// Mean of the exponentially distributed time after which a holder lets go of a shard, seconds.
    pub lease_mean_seconds: f64,
    /// Shortest such time, seconds.
    pub lease_min_seconds: f64,
    /// Longest such time, seconds.
    pub lease_max_seconds: f64,
    /// How long a publish waits for its confirm, seconds.
    pub confirm_timeout_seconds: f64,
    /// How long a failed publish is repeated in its lane before the shard is given back, seconds.
    pub publish_retry_seconds: f64,
    /// A handler's own work on a message, seconds; more is Park.
    pub handler_seconds: f64,
    /// The connections' name, shown in the broker's lists.
    pub name: String,
}

impl Default for BrokerConfig {
    fn default() -> Self {
        Self {
            url: Secret::from("amqp://127.0.0.1:5672/%2f"),
            ca: None,
            shards: proto::topology::DEFAULT_SHARDS,
            prefetch: 16,
            publish_channels: 2,
            byte_budget: 128 * 1024 * 1024,
            lease_mean_seconds: 90.0,
            lease_min_seconds: 5.0,
            lease_max_seconds: 300.0,
            confirm_timeout_seconds: 30.0,
            publish_retry_seconds: 60.0,
            handler_seconds: 60.0,
            name: "careplan-relay".to_owned(),
        }
    }
}

impl Check for BrokerConfig {
    fn check(&self) -> Result<(), ConfigError> {
        match self.check_values() {
            Err(BrokerError::Config { key, detail }) => {
                Err(ConfigError::rule(&format!("broker.{key}"), detail))
            }
            _ => Ok(()),
        }
    }
}

impl BrokerConfig {
    /// # Errors
    /// [`BrokerError::Config`] naming the key.
    pub(super) fn check_values(&self) -> Result<(), BrokerError> {
        let wrong = |key, detail: &str| {
            Err(BrokerError::Config {
                key,
                detail: detail.to_owned(),
            })
        };
        if !(1..=100).contains(&self.shards) {
            return wrong("shards", "must be from 1 to 100, two digits name a shard");
        }
        if self.prefetch == 0 {
            return wrong("prefetch", "must be at least 1; 0 would mean without limit");
        }
        if !(1..=64).contains(&self.publish_channels) {
            return wrong("publish_channels", "must be from 1 to 64");
        }
        for (key, seconds) in [
            ("lease_mean_seconds", self.lease_mean_seconds),
            ("lease_min_seconds", self.lease_min_seconds),
            ("lease_max_seconds", self.lease_max_seconds),
            ("confirm_timeout_seconds", self.confirm_timeout_seconds),
            ("publish_retry_seconds", self.publish_retry_seconds),
            ("handler_seconds", self.handler_seconds),
        ] {
            // A day: anything longer is a slip, and all of it fits a Duration.
            if !(seconds > 0.0 && seconds <= 86_400.0) {
                return wrong(key, "must be seconds, more than 0 and at most 86400");
            }
        }
        if self.lease_max_seconds < self.lease_min_seconds {
            return wrong("lease_max_seconds", "must not be less than lease_min_seconds");
        }
        Ok(())
    }

    /// A checked key in seconds as a duration.
    pub(super) fn seconds(value: f64) -> Duration {
        Duration::from_secs_f64(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_good_and_slips_are_named() {
        assert!(BrokerConfig::default().check().is_ok());
        let slip = |change: fn(&mut BrokerConfig)| {
            let mut config = BrokerConfig::default();
            change(&mut config);
            config.check().unwrap_err().to_string()
        };
        assert!(slip(|c| c.shards = 0).contains("broker.shards"));
        assert!(slip(|c| c.prefetch = 0).contains("broker.prefetch"));
        assert!(slip(|c| c.handler_seconds = f64::NAN).contains("broker.handler_seconds"));
        assert!(slip(|c| c.lease_max_seconds = 1.0).contains("broker.lease_max_seconds"));
    }
}
