//! Where the store is.

use std::path::PathBuf;

use serde::Deserialize;

use crate::StoreError;

/// Where the store is. Unknown keys are refused.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:/path/file.db` (made if not there) or `postgres://user@host/database`; may hold a password.
    pub url: String,
    /// PostgreSQL: a file whose first line is the password, so that it need not stand in the URL.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
    /// PostgreSQL: the schema the tables stand in, made if not there; `[a-z0-9_]`. None: the connection's default.
    #[serde(default)]
    pub schema: Option<String>,
    /// Connections this process may hold open at most.
    #[serde(default = "StoreConfig::default_max_connections")]
    pub max_connections: u32,
}

impl StoreConfig {
    fn default_max_connections() -> u32 {
        8
    }

    /// The store at this URL, with defaults for the rest.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            password_file: None,
            schema: None,
            max_connections: Self::default_max_connections(),
        }
    }

    /// Whether the values make sense; opens nothing.
    ///
    /// # Errors
    /// When the URL's scheme is unknown or the schema's name could not stand in SQL.
    pub fn check(&self) -> Result<(), StoreError> {
        let scheme = self.url.split(':').next().unwrap_or_default();
        if !matches!(scheme, "sqlite" | "postgres" | "postgresql") {
            return Err(StoreError::Url(scheme.to_owned()));
        }
        let plain = |name: &String| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        match &self.schema {
            Some(name) if !plain(name) => Err(StoreError::Schema),
            _ => Ok(()),
        }
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }
}

impl std::fmt::Debug for StoreConfig {
    /// Without the URL's password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = self.url.rsplit('@').next().unwrap_or_default();
        formatter
            .debug_struct("StoreConfig")
            .field("place", &place)
            .field("password_file", &self.password_file)
            .field("schema", &self.schema)
            .field("max_connections", &self.max_connections)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let config = StoreConfig::at("postgres://relay:geheim@db/relay");
        let shown = format!("{config:?}");
        assert!(shown.contains("db/relay") && !shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn what_could_not_be_opened_is_told_before() {
        for good in [
            "sqlite:/var/lib/relay/store.db",
            "postgres://db/relay",
            "postgresql:///relay",
        ] {
            assert!(StoreConfig::at(good).check().is_ok(), "{good}");
        }
        assert!(matches!(
            StoreConfig::at("mysql://db").check(),
            Err(StoreError::Url(_))
        ));
        let mut config = StoreConfig::at("postgres://db/relay");
        config.schema = Some("relay; DROP TABLE ledger".into());
        assert!(matches!(config.check(), Err(StoreError::Schema)));
    }
}
