//! Who holds a certificate, and what one may do for another.

use std::fmt;
use std::str::FromStr;

use crate::OfficeNumber;

/// Whom the directory binds a certificate to. Written `office:0300000100`, `vendor:abc`, `station:ingest`, `operator:sato`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Holder {
    /// A care office.
    Office(OfficeNumber),
    /// A vendor of care software; the name is `[a-z0-9-]{1,32}`.
    Vendor(String),
    /// A station of the relay.
    Station(String),
    /// An operator at the desk.
    Operator(String),
}

/// The text names no holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a holder is written office:<10 digits>, vendor:<name>, station:<name> or operator:<name>")]
pub struct NotAHolder;

/// What an office lets a delegate do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// Submit envelopes of the office.
    Send,
    /// Seal envelopes of the office.
    Sign,
    /// Read the office's inbox and sent list.
    Read,
}

impl Right {
    /// The word used in directory and API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Sign => "sign",
            Self::Read => "read",
        }
    }
}

impl Holder {
    /// The office itself, if an office holds it.
    #[must_use]
    pub fn office(&self) -> Option<OfficeNumber> {
        match self {
            Self::Office(office) => Some(*office),
            _ => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Office(office) => write!(formatter, "office:{office}"),
            Self::Vendor(name) => write!(formatter, "vendor:{name}"),
            Self::Station(name) => write!(formatter, "station:{name}"),
            Self::Operator(name) => write!(formatter, "operator:{name}"),
        }
    }
}

impl FromStr for Holder {
    type Err = NotAHolder;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (kind, name) = text.split_once(':').ok_or(NotAHolder)?;
        let plain = |name: &str| {
            let good = (1..=32).contains(&name.len())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if good {
                Ok(name.to_owned())
            } else {
                Err(NotAHolder)
            }
        };
        match kind {
            "office" => Ok(Self::Office(name.parse().map_err(|_| NotAHolder)?)),
            "vendor" => Ok(Self::Vendor(plain(name)?)),
            "station" => Ok(Self::Station(plain(name)?)),
            "operator" => Ok(Self::Operator(plain(name)?)),
            _ => Err(NotAHolder),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_holder_is_read_as_it_is_written() {
        for text in [
            "office:0300000100",
            "vendor:abc-1",
            "station:ingest",
            "operator:sato",
        ] {
            assert_eq!(text.parse::<Holder>().unwrap().to_string(), text);
        }
        for bad in [
            "office:1",
            "vendor:",
            "vendor:A",
            "0300000100",
            "station:a.b",
            "queen:x",
        ] {
            assert!(bad.parse::<Holder>().is_err(), "{bad}");
        }
    }
}
