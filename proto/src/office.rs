//! Office numbers (事業所番号) and the shard an office belongs to.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An office number: exactly ten ASCII digits, one per care office.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OfficeNumber([u8; 10]);

/// The text was not ten ASCII digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an office number is exactly ten digits")]
pub struct NotAnOfficeNumber;

impl OfficeNumber {
    /// The ten digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored, so the bytes are always UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The shard of this office among `shards`: CRC-32 (IEEE 802.3) of the ten ASCII digits modulo the number of shards.
    #[must_use]
    pub fn shard(&self, shards: u16) -> u16 {
        let remainder = crc32fast::hash(&self.0) % u32::from(shards.max(1));
        u16::try_from(remainder).unwrap_or(0)
    }
}

impl FromStr for OfficeNumber {
    type Err = NotAnOfficeNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits: [u8; 10] = text.as_bytes().try_into().map_err(|_| NotAnOfficeNumber)?;
        if digits.iter().all(u8::is_ascii_digit) {
            Ok(Self(digits))
        } else {
            Err(NotAnOfficeNumber)
        }
    }
}

impl fmt::Display for OfficeNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for OfficeNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for OfficeNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for OfficeNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for OfficeNumber {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "OfficeNumber".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{10}$", "description": "Office number (事業所番号)" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ten_ascii_digits_are_an_office_number() {
        for bad in [
            "",
            "030000010",
            "03000001000",
            "030000010a",
            "０３００００００１０",
            "-300000100",
        ] {
            assert_eq!(bad.parse::<OfficeNumber>(), Err(NotAnOfficeNumber), "{bad}");
        }
        assert_eq!(
            "0300000100".parse::<OfficeNumber>().unwrap().as_str(),
            "0300000100"
        );
    }

    #[test]
    fn the_shard_is_crc32_of_the_digits() {
        // Golden values: `printf 0300000005 | gzip -c | tail -c8 | od -An -tu4 -N4` modulo 16. Queues are keyed by them.
        let shard = |text: &str| text.parse::<OfficeNumber>().unwrap().shard(16);
        assert_eq!(shard("0300000005"), (crc32fast::hash(b"0300000005") % 16) as u16);
        assert_eq!(crc32fast::hash(b"123456789"), 0xCBF4_3926, "the IEEE check value");
    }
}
