//! Where the store is.

use serde::{Deserialize, Deserializer};

use crate::StoreError;

/// Where the store is. Unknown keys are refused.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreConfig {
    /// `sqlite:/path/file.db` (made if not there) or `postgres://user@host/database`; may hold a password.
    pub url: String,
    /// PostgreSQL: the password, if the URL has none. As with every key, `password_file` gives it from a file.
    #[serde(default, deserialize_with = "text")]
    pub password: Option<String>,
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
            password: None,
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

    /// `postgres://user:password@host/…`, or `?password=` behind it.
    pub(crate) fn url_has_password(&self) -> bool {
        let (place, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let authority = place.split_once("://").map_or("", |(_, rest)| rest);
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        user.contains(':') || query.split('&').any(|pair| pair.starts_with("password="))
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.url.starts_with("sqlite:")
    }
}

impl std::fmt::Debug for StoreConfig {
    /// Without any password.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = self.url.rsplit('@').next().unwrap_or_default();
        formatter
            .debug_struct("StoreConfig")
            .field("place", &place)
            .field("password", &self.password.as_ref().map(|_| "[secret]"))
            .field("schema", &self.schema)
            .field("max_connections", &self.max_connections)
            .finish()
    }
}

/// Takes numbers too: a password of digits looks like one in an environment variable.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Natural(u64),
        Integer(i64),
        Truth(bool),
    }
    Ok(Some(match Written::deserialize(deserializer)? {
        Written::Text(text) => text,
        Written::Natural(number) => number.to_string(),
        Written::Integer(number) => number.to_string(),
        Written::Truth(truth) => truth.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let config = StoreConfig::at("postgres://relay:geheim@db/relay");
        let shown = format!("{config:?}");
        assert!(shown.contains("db/relay") && !shown.contains("geheim"), "{shown}");
        let mut config = StoreConfig::at("postgres://relay@db/relay");
        config.password = Some("geheim".into());
        let shown = format!("{config:?}");
        assert!(shown.contains("[secret]") && !shown.contains("geheim"), "{shown}");
    }

    #[test]
    fn a_password_may_consist_of_digits() {
        for (written, password) in [
            ("\"0815\"", "0815"),
            ("4711", "4711"),
            ("-1", "-1"),
            ("true", "true"),
        ] {
            let json = format!("{{\"url\": \"postgres://relay@db/relay\", \"password\": {written}}}");
            let config: StoreConfig = serde_json::from_str(&json).unwrap();
            assert_eq!(config.password.as_deref(), Some(password));
        }
        let config: StoreConfig = serde_json::from_str("{\"url\": \"sqlite:a\"}").unwrap();
        assert_eq!(config.password, None);
    }

    #[test]
    fn the_url_s_password_stands() {
        for (url, has) in [
            ("postgres://relay:geheim@db/relay", true),
            ("postgres:///relay?user=relay&password=geheim", true),
            ("postgres://relay@db:5432/relay", false),
            ("postgres:///relay?user=relay&host=/run/a:b", false),
        ] {
            assert_eq!(StoreConfig::at(url).url_has_password(), has, "{url}");
        }
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
