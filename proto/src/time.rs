//! Instants as the relay writes them: RFC 3339 with the offset of Japan, microseconds at most.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::Offset;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant with microseconds, written as RFC 3339 with an offset (`2025-04-01T09:30:00+09:00`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Time(i64);

/// The text was not RFC 3339 with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of RFC 3339 with an offset, such as 2025-04-01T09:30:00+09:00")]
pub struct NotATime;

impl Time {
    /// From microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn micros(self) -> i64 {
        self.0
    }

    /// This instant and so many seconds more (or fewer).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// Seconds from `earlier` to this instant; negative if this one is earlier.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "differences of times fit a float's 53 bits"
        )]
        let micros = self.0.saturating_sub(earlier.0) as f64;
        micros / 1_000_000.0
    }

    /// Year and month in Japan, `YYYYMM`.
    #[must_use]
    pub fn month(self) -> String {
        let zoned = self.in_japan();
        format!("{:04}{:02}", zoned.year(), zoned.month())
    }

    fn in_japan(self) -> jiff::civil::DateTime {
        let timestamp = Timestamp::from_microsecond(self.0).unwrap_or_default();
        Offset::constant(9).to_datetime(timestamp)
    }
}

impl From<Timestamp> for Time {
    fn from(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // RFC 3339 fixes the separators; jiff alone would accept more.
        let bytes = text.as_bytes();
        let shaped =
            text.is_ascii() && (20..=35).contains(&bytes.len()) && bytes[4] == b'-' && bytes[10] == b'T';
        if !shaped || text.contains('[') {
            return Err(NotATime);
        }
        text.parse::<Timestamp>().map(Self::from).map_err(|_| NotATime)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}+09:00", self.in_japan())
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time", "description": "RFC 3339 with offset" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_japans_offset_and_read_with_any() {
        let time: Time = "2025-04-01T00:30:00Z".parse().unwrap();
        assert_eq!(time.to_string(), "2025-04-01T09:30:00+09:00");
        assert_eq!(time.to_string().parse(), Ok(time));
        assert_eq!(time.month(), "202504");
        let fine: Time = "2025-04-01T09:30:00.123456+09:00".parse().unwrap();
        assert_eq!(fine.to_string().parse(), Ok(fine));
    }

    #[test]
    fn what_has_no_offset_is_refused() {
        for bad in [
            "2025-04-01T09:30:00",
            "2025-04-01",
            "20250401T093000Z",
            "",
            "あ",
            "2025-04-01 09:30:00+09:00",
        ] {
            assert_eq!(bad.parse::<Time>(), Err(NotATime), "{bad}");
        }
    }
}
