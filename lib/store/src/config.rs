//! Where the store is.

use serde::Deserialize;

use crate::StoreError;

/// Where the store is. Unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:/path/file.db` (made if not there) or `postgres://user@host/database`; may hold a password.
    pub url: String,
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
