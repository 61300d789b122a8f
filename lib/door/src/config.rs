//! The door's configuration.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chassis::config::{Check, ConfigError};
use serde::Deserialize;

/// Seconds no connection may live longer than, whatever is configured: certificates are shown at handshakes.
const OLDEST: u64 = 600;

/// Where the door is and what it puts up with.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoorConfig {
    /// Address and port, such as `0.0.0.0:8443`; port 0 takes a free one.
    pub listen: SocketAddr,
    /// PEM file of the server's certificate and its intermediates, leaf first; read again when it changes.
    pub certificate: PathBuf,
    /// PEM file of its private key (PKCS#8, PKCS#1 or SEC1); read again when it changes.
    pub key: PathBuf,
    /// Age at which a connection is closed between two requests, seconds; at most 600.
    #[serde(default = "max_connection_age_seconds")]
    pub max_connection_age_seconds: u64,
    /// Time for the TLS handshake, seconds.
    #[serde(default = "handshake_timeout_seconds")]
    pub handshake_timeout_seconds: u64,
    /// Time for a request's head to arrive, and for a connection to stand idle, seconds.
    #[serde(default = "header_timeout_seconds")]
    pub header_timeout_seconds: u64,
    /// Connections open at once; more wait unaccepted.
    #[serde(default = "max_connections")]
    pub max_connections: usize,
    /// Requests at once on one HTTP/2 connection.
    #[serde(default = "max_streams")]
    pub max_streams: u32,
    /// Requests a minute of one certificate holder; more are answered 429.
    #[serde(default = "requests_per_minute")]
    pub requests_per_minute: u32,
    /// How often the files of the server's certificate are looked at, seconds.
    #[serde(default = "reload_seconds")]
    pub reload_seconds: u64,
}

fn max_connection_age_seconds() -> u64 {
    OLDEST
}

fn handshake_timeout_seconds() -> u64 {
    10
}

fn header_timeout_seconds() -> u64 {
    20
}

fn max_connections() -> usize {
    4_096
}

fn max_streams() -> u32 {
    64
}

fn requests_per_minute() -> u32 {
    1_200
}

fn reload_seconds() -> u64 {
    5
}

impl DoorConfig {
    /// A door with defaults for all but its place and its certificate.
    #[must_use]
    pub fn at(listen: SocketAddr, certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self {
            listen,
            certificate: certificate.into(),
            key: key.into(),
            max_connection_age_seconds: max_connection_age_seconds(),
            handshake_timeout_seconds: handshake_timeout_seconds(),
            header_timeout_seconds: header_timeout_seconds(),
            max_connections: max_connections(),
            max_streams: max_streams(),
            requests_per_minute: requests_per_minute(),
            reload_seconds: reload_seconds(),
        }
    }

    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(self.max_connection_age_seconds.min(OLDEST))
    }
}

impl Check for DoorConfig {
    fn check(&self) -> Result<(), ConfigError> {
        if !(1..=OLDEST).contains(&self.max_connection_age_seconds) {
            return Err(ConfigError::rule(
                "door.max_connection_age_seconds",
                format!("must be 1 to {OLDEST}"),
            ));
        }
        let positive = [
            ("door.handshake_timeout_seconds", self.handshake_timeout_seconds),
            ("door.header_timeout_seconds", self.header_timeout_seconds),
            ("door.max_connections", self.max_connections as u64),
            ("door.max_streams", u64::from(self.max_streams)),
            ("door.requests_per_minute", u64::from(self.requests_per_minute)),
            ("door.reload_seconds", self.reload_seconds),
        ];
        match positive.iter().find(|(_, value)| *value == 0) {
            Some((key, _)) => Err(ConfigError::rule(key, "must be at least 1")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_good_and_an_older_age_is_refused() {
        let mut config = DoorConfig::at("127.0.0.1:0".parse().unwrap(), "cert.pem", "key.pem");
        assert!(config.check().is_ok());
        config.max_connection_age_seconds = 601;
        let error = config.check().unwrap_err();
        assert!(
            error.to_string().contains("door.max_connection_age_seconds"),
            "{error}"
        );
        config.max_connection_age_seconds = 1;
        config.max_streams = 0;
        assert!(
            config
                .check()
                .unwrap_err()
                .to_string()
                .contains("door.max_streams")
        );
    }
}
