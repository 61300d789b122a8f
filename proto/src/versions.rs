//! The version chain: by what a later sending is known to take the place of an earlier one, without a word of either.
//!
//! A record is the plan, the usage slip or the results of one person. Its key is a digest that holds for one sender and one
//! destination only. Such digests can be guessed back, since insured numbers can be counted through: they are personal
//! data, never logged or shown, and live and die with the envelope's bytes.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

use crate::OfficeNumber;

/// One half of a record's key.
type Half = [u8; 8];

/// The key of one record: the group's half, then the record's own. Records of one group lie together in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey([u8; 16]);

/// What sender, destination, service kinds and month have in common for all records of a sending.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a> {
    /// Sending office.
    pub sender: OfficeNumber,
    /// Receiving office.
    pub destination: OfficeNumber,
    /// Service kinds in the files' names, in any order; none in V3.
    pub service_kinds: &'a [String],
    /// Service month `YYYYMM`, if the files have one.
    pub month: Option<&'a str>,
}

/// The records of a sending, as delivery compares them with those of others.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Versions {
    /// The records are withdrawn by a deletion instead of brought.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub withdraws: bool,
    group: Halves,
    records: Halves,
}

/// Halves of keys, written as 16 hexadecimal digits each, one behind the other.
#[derive(Clone, PartialEq, Eq)]
struct Halves(Vec<Half>);

impl RecordKey {
    /// The key as raw bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl Versions {
    /// Most records that are followed: 16 digits each must fit into one frame of AMQP (128 kB) with all other stamps.
    pub const MOST: usize = 2_000;

    /// The records of a sending; each is given by the fields that make its key. None when there are none, or more than
    /// [`Self::MOST`]: then nothing is said of their versions.
    pub fn of<'a, F>(group: &Group<'_>, withdraws: bool, records: impl Iterator<Item = F>) -> Option<Self>
    where
        F: IntoIterator<Item = &'a str>,
    {
        let mut service_kinds: Vec<_> = group.service_kinds.iter().map(String::as_str).collect();
        // Software writes the two in either order.
        service_kinds.sort_unstable();
        let mut fields = vec![group.sender.as_str(), group.destination.as_str()];
        fields.push(group.month.unwrap_or_default());
        fields.extend(service_kinds);
        let shared = digest(b"group", fields);
        let mut halves: Vec<Half> = records.map(|fields| half(digest(&shared, fields))).collect();
        halves.sort_unstable();
        halves.dedup();
        (1..=Self::MOST).contains(&halves.len()).then(|| Self {
            withdraws,
            group: Halves(vec![half(shared)]),
            records: Halves(halves),
        })
    }

    /// The keys, sorted, each once.
    #[must_use]
    pub fn keys(&self) -> Vec<RecordKey> {
        let group = self.group.0.first().copied().unwrap_or_default();
        let key = |record: &Half| {
            let mut bytes = [0; 16];
            let (first, second) = bytes.split_at_mut(8);
            first.copy_from_slice(&group);
            second.copy_from_slice(record);
            RecordKey(bytes)
        };
        let mut keys: Vec<_> = self.records.0.iter().map(key).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }
}

/// Every field ended by LF, which none of them holds, behind what they belong to.
fn digest<'a>(above: &[u8], fields: impl IntoIterator<Item = &'a str>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(above);
    for field in fields {
        hash.update(b"\n");
        hash.update(field.as_bytes());
    }
    hash.finalize().into()
}

fn half(digest: [u8; 32]) -> Half {
    digest.first_chunk().copied().unwrap_or_default()
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("RecordKey")
    }
}

impl std::fmt::Debug for Versions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (count, withdraws) = (self.records.0.len(), self.withdraws);
        write!(formatter, "Versions({count} records, withdraws: {withdraws})")
    }
}

impl Serialize for Halves {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0.concat()))
    }
}

impl<'de> Deserialize<'de> for Halves {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = hex::decode(String::deserialize(deserializer)?).map_err(D::Error::custom)?;
        let (halves, rest) = bytes.as_chunks();
        if rest.is_empty() {
            Ok(Self(halves.to_vec()))
        } else {
            Err(D::Error::custom("not 16 hexadecimal digits each"))
        }
    }
}

impl JsonSchema for Halves {
    fn schema_name() -> Cow<'static, str> {
        "Halves".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9a-f]{16})*$",
            "description": "Halves of keys of records, 16 hexadecimal digits each."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> Group<'static> {
        Group {
            sender: "0300000100".parse().unwrap(),
            destination: "0300000005".parse().unwrap(),
            service_kinds: &[],
            month: Some("202504"),
        }
    }

    fn records(count: usize) -> impl Iterator<Item = [&'static str; 2]> {
        (0..count).map(|n| ["UPPLAN", format!("{n:010}").leak()])
    }

    #[test]
    fn the_same_records_have_the_same_keys_whatever_the_order() {
        let kinds = ["43".to_owned(), "11".to_owned()];
        let turned = ["11".to_owned(), "43".to_owned()];
        let with = |service_kinds: &[String]| {
            let group = Group {
                service_kinds,
                ..group()
            };
            Versions::of(&group, false, records(3)).unwrap().keys()
        };
        assert_eq!(with(&kinds), with(&turned));
        assert_ne!(with(&kinds), with(&[]), "another service kind");
    }

    #[test]
    fn everything_of_the_key_counts() {
        let key = |group: &Group<'_>| Versions::of(group, false, records(1)).unwrap().keys();
        let base = key(&group());
        let destination = "0300000013".parse().unwrap();
        for other in [
            Group {
                destination,
                ..group()
            },
            Group {
                month: Some("202505"),
                ..group()
            },
            Group {
                month: None,
                ..group()
            },
        ] {
            let other = key(&other);
            assert_ne!(base, other);
            let halves = |keys: &[RecordKey]| keys[0].as_bytes()[8..].to_vec();
            assert_ne!(
                halves(&base),
                halves(&other),
                "a person is not the same between other offices"
            );
        }
    }

    #[test]
    fn too_many_or_none_are_not_followed() {
        assert!(Versions::of(&group(), false, records(0)).is_none());
        assert!(Versions::of(&group(), false, records(Versions::MOST + 1)).is_none());
        let most = Versions::of(&group(), true, records(Versions::MOST)).unwrap();
        let json = serde_json::to_string(&most).unwrap();
        assert!(json.len() < 40_000, "{}", json.len());
        let read: Versions = serde_json::from_str(&json).unwrap();
        assert_eq!(read, most);
        assert_eq!(read.keys().len(), Versions::MOST);
    }

    #[test]
    fn what_is_no_key_is_not_read() {
        for bad in [
            r#"{"group":"00","records":""}"#,
            r#"{"group":"zz","records":""}"#,
            "{}",
        ] {
            assert!(serde_json::from_str::<Versions>(bad).is_err(), "{bad}");
        }
    }
}
