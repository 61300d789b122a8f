//! JSON in which no object has the same key twice, at any depth.
//!
//! Two readers of the same signed bytes must never see different values; RFC 8259 §4 leaves duplicate names open.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StrictJsonError {
    /// Not JSON; `line` and `column` count from 1.
    #[error("not JSON at line {line}, column {column}")]
    Syntax {
        /// Line of the first fault.
        line: usize,
        /// Column of the first fault.
        column: usize,
    },
    /// An object has a key twice.
    #[error("the key {key:?} stands twice in one object (line {line})")]
    DuplicateKey {
        /// The key.
        key: String,
        /// Line of the second one.
        line: usize,
    },
}

/// Reads one JSON value and nothing after it.
///
/// # Errors
/// On bytes that are not JSON (UTF-8) and on duplicate keys.
pub fn parse(bytes: &[u8]) -> Result<Value, StrictJsonError> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let mut duplicate = None;
    let result = Strict {
        duplicate: &mut duplicate,
    }
    .deserialize(&mut reader)
    .and_then(|value| reader.end().map(|()| value));
    result.map_err(|error| match duplicate {
        Some(key) => StrictJsonError::DuplicateKey {
            key,
            line: error.line(),
        },
        None => StrictJsonError::Syntax {
            line: error.line(),
            column: error.column(),
        },
    })
}

struct Strict<'a> {
    duplicate: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(Strict {
            duplicate: &mut *self.duplicate,
        })? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if map.contains_key(&key) {
                *self.duplicate = Some(key);
                return Err(A::Error::custom("duplicate key"));
            }
            let value = access.next_value_seed(Strict {
                duplicate: &mut *self.duplicate,
            })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn duplicate_keys_are_refused_at_any_depth() {
        let error = parse(br#"{"a":1,"b":[{"c":1,"c":2}]}"#).unwrap_err();
        assert_eq!(
            error,
            StrictJsonError::DuplicateKey {
                key: "c".into(),
                line: 1
            }
        );
        assert!(matches!(
            parse(br#"{"a":1,"\u0061":2}"#),
            Err(StrictJsonError::DuplicateKey { .. })
        ));
    }

    #[test]
    fn rubbish_after_the_value_is_refused() {
        assert!(matches!(parse(b"{} x"), Err(StrictJsonError::Syntax { .. })));
        assert!(
            matches!(parse(&[b'['; 100_000]), Err(StrictJsonError::Syntax { .. })),
            "depth is bounded"
        );
    }

    proptest! {
        #[test]
        fn never_panics_and_agrees_with_serde_json(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(value) = parse(&bytes) {
                prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
            }
        }
    }
}
