//! Configuration in three layers: the program's default file, the operator's file, the environment; the later wins.
//!
//! Every key stands in the default file. Unknown keys are refused by the caller's types (`deny_unknown_fields`), and an
//! error names the key and where it came from. A secret is never shown: neither by [`Secret`] nor by an error.
//!
//! In the operator's file and in the environment any key may be given as `<key>_file`: the file's content, without the
//! line end, is its value (`url_file = "/run/secrets/amqp_url"`, `RELAY_BROKER__URL_FILE=/run/secrets/amqp_url`).

mod layer;
mod secret;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::error::{Actual, Kind};
use serde::de::DeserializeOwned;

pub use secret::Secret;

/// Exit status of a program whose configuration or call is wrong (`EX_USAGE` of sysexits.h).
pub const EXIT_USAGE: i32 = 64;

/// Where strings such as environment variables come from, so that tests need no environment.
pub trait Strings {
    /// Every name and value.
    fn all(&self) -> Vec<(String, String)>;
}

/// The process's environment. Values that are not UTF-8 are left out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Environment;

/// Cross-checks that a type alone cannot hold, such as one time-out being shorter than another.
pub trait Check {
    /// # Errors
    /// [`ConfigError::Rule`] naming the key that must change.
    fn check(&self) -> Result<(), ConfigError>;
}

/// Why a configuration is refused. None of them shows a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A configuration or secret file cannot be read.
    #[error("cannot read {path}, needed for {what}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The layer or key that names it.
        what: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not TOML.
    #[error("{place} is not TOML, line {line}: {message}")]
    NotToml {
        /// The file or layer.
        place: String,
        /// Line, from 1.
        line: usize,
        /// What the parser says, without the line itself.
        message: String,
    },
    /// A key and its `_file` form stand in one layer.
    #[error("{place} gives both `{key}` and `{key}_file`: leave one out")]
    Both {
        /// The key.
        key: String,
        /// The file or layer.
        place: String,
    },
    /// A key is unknown, missing or of the wrong form.
    #[error("{place}: `{key}`: {message}")]
    Key {
        /// The key, dotted.
        key: String,
        /// Where its value came from.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// Keys contradict each other.
    #[error("`{key}`: {message}")]
    Rule {
        /// The key to change, dotted.
        key: String,
        /// What is wrong and what to do.
        message: String,
    },
}

impl ConfigError {
    /// A broken rule of [`Check`].
    #[must_use]
    pub fn rule(key: &str, message: impl Into<String>) -> Self {
        Self::Rule {
            key: key.to_owned(),
            message: message.into(),
        }
    }
}

impl Strings for Environment {
    fn all(&self) -> Vec<(String, String)> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }
}

impl Strings for BTreeMap<String, String> {
    fn all(&self) -> Vec<(String, String)> {
        self.iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

impl<const N: usize> Strings for [(&str, &str); N] {
    fn all(&self) -> Vec<(String, String)> {
        self.iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }
}

/// Reads a configuration: `default_toml`, then `file`, then the strings that begin with `env_prefix` (`RELAY_`; nested
/// keys joined by `__`, so `RELAY_BROKER__URL` is `broker.url`; an empty string counts as not given). A string is text when
/// the key's default is, and TOML else.
///
/// # Errors
/// When a layer cannot be read, a key is unknown, missing or of the wrong form.
pub fn load<T: DeserializeOwned>(
    default_toml: &str,
    file: Option<&Path>,
    env_prefix: &str,
    strings: &impl Strings,
) -> Result<T, ConfigError> {
    let default = layer::from_toml("the default configuration", default_toml)?;
    let strings = layer::from_strings(env_prefix, strings, &default)?;
    let mut layers = Figment::from(default);
    if let Some(path) = file {
        layers = layers.merge(layer::from_file(path)?);
    }
    layers = layers.merge(strings);
    layers.extract().map_err(|error| readable(&error, &layers))
}

/// The first error, without the value found: it may be a secret that slipped into the wrong key.
fn readable(error: &figment::Error, layers: &Figment) -> ConfigError {
    let expected = |words: &[&str]| match words {
        [] => String::new(),
        words => format!("; the keys here are {}", words.join(", ")),
    };
    let mut path = error.path.clone();
    let message = match &error.kind {
        Kind::InvalidType(found, wanted) | Kind::InvalidValue(found, wanted) => {
            format!("found {}, expected {wanted}", shape(found))
        }
        Kind::InvalidLength(length, wanted) => format!("found {length} values, expected {wanted}"),
        Kind::UnknownField(field, fields) => {
            if path.last() != Some(field) {
                path.push(field.clone());
            }
            format!("there is no such key{}", expected(fields))
        }
        Kind::UnknownVariant(_, words) => format!("must be one of {}", words.join(", ")),
        Kind::MissingField(field) => {
            path.push(field.to_string());
            "is missing".to_owned()
        }
        other => other.to_string(),
    };
    let key = path.join(".");
    let metadata = layers.find_metadata(&key).or(error.metadata.as_ref());
    let place = metadata.map_or_else(
        || "the configuration".to_owned(),
        |metadata| metadata.name.to_string(),
    );
    ConfigError::Key { key, place, message }
}

fn shape(found: &Actual) -> String {
    match found {
        Actual::Str(_) | Actual::Char(_) => "a text".to_owned(),
        Actual::Bytes(_) => "bytes".to_owned(),
        Actual::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
