//! One layer of the configuration: a tree of values and where they came from.

use std::path::{Path, PathBuf};

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

use super::{ConfigError, Strings};

/// A layer as figment takes it.
pub(super) struct Layer {
    place: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.place.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// The program's own default file.
pub(super) fn from_toml(place: &str, text: &str) -> Result<Layer, ConfigError> {
    let values = Toml::from_str::<Dict>(text).map_err(|error| ConfigError::NotToml {
        place: place.to_owned(),
        line: line_of(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    })?;
    Ok(Layer {
        place: place.to_owned(),
        values,
    })
}

/// The operator's file, `_file` keys resolved.
pub(super) fn from_file(path: &Path) -> Result<Layer, ConfigError> {
    let text = read(path, "the configuration")?;
    let mut layer = from_toml(&path.display().to_string(), &text)?;
    resolve(&mut layer.values, "", &layer.place)?;
    Ok(layer)
}

/// The strings that begin with `prefix`, `_file` keys resolved. What a string means is told by `default`'s value of its key.
pub(super) fn from_strings(
    prefix: &str,
    strings: &impl Strings,
    default: &Layer,
) -> Result<Layer, ConfigError> {
    let place = format!("the environment ({prefix}…)");
    let mut values = Dict::new();
    for (name, text) in strings.all() {
        let Some(key) = name.strip_prefix(prefix) else {
            continue;
        };
        if key.is_empty() || text.is_empty() {
            continue;
        }
        let key = key.to_ascii_lowercase();
        let path: Vec<&str> = key.split("__").collect();
        let known = find(&default.values, &path);
        insert(&mut values, &path, value_of(&text, known)).map_err(|()| ConfigError::Key {
            key: path.join("."),
            place: format!("the environment ({name})"),
            message: "another variable gives this key as a value or a table".to_owned(),
        })?;
    }
    resolve(&mut values, "", &place)?;
    Ok(Layer { place, values })
}

fn insert(values: &mut Dict, path: &[&str], value: Value) -> Result<(), ()> {
    let Some((first, rest)) = path.split_first() else {
        return Err(());
    };
    if rest.is_empty() {
        return match values.insert((*first).to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(()),
        };
    }
    let table = values
        .entry((*first).to_owned())
        .or_insert_with(|| Value::from(Dict::new()));
    match table {
        Value::Dict(_, table) => insert(table, rest, value),
        _ => Err(()),
    }
}

fn find<'a>(values: &'a Dict, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    match (values.get(*first)?, rest) {
        (value, []) => Some(value),
        (Value::Dict(_, table), rest) => find(table, rest),
        _ => None,
    }
}

/// A string whose default is text is text as it stands, digits or not. Others, and those without a default, are read as
/// TOML when they can be (`16`, `1.5`, `true`, `["a"]`, `"16"`), and are text else; numbers with leading zeros always are.
fn value_of(text: &str, known: Option<&Value>) -> Value {
    if let Some(Value::String(..)) = known {
        return Value::from(text);
    }
    Toml::from_str::<Dict>(&format!("value = {text}"))
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::from(text))
}

/// Replaces every `<key>_file` by `<key>` with the file's content.
fn resolve(values: &mut Dict, above: &str, place: &str) -> Result<(), ConfigError> {
    let names: Vec<String> = values.keys().cloned().collect();
    for name in names {
        if let Some(Value::Dict(_, table)) = values.get_mut(&name) {
            resolve(table, &format!("{above}{name}."), place)?;
            continue;
        }
        let Some(key) = name.strip_suffix("_file") else {
            continue;
        };
        let Some(Value::String(_, path)) = values.get(&name) else {
            continue;
        };
        let path = PathBuf::from(path);
        if values.contains_key(key) {
            return Err(ConfigError::Both {
                key: format!("{above}{key}"),
                place: place.to_owned(),
            });
        }
        let text = read(&path, &format!("`{above}{name}`"))?;
        values.remove(&name);
        values.insert(key.to_owned(), Value::from(text.trim_end_matches(['\n', '\r'])));
    }
    Ok(())
}

fn read(path: &Path, what: &str) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        what: what.to_owned(),
        source,
    })
}

fn line_of(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}
