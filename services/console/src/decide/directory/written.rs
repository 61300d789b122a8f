//! The directory written as a file that can be read again.

use proto::desk_directory::COLUMNS;
use proto::{OfficeNumber, Time};
use store::{OfficeFacts, OfficeState};

/// What tells spreadsheets that a file is UTF-8.
pub const BOM: &str = "\u{feff}";

/// The line with the names of the columns.
#[must_use]
pub fn header() -> String {
    COLUMNS.map(|(name, _)| name).join(",") + "\r\n"
}

/// A line for each office with its last licence, if it has one.
#[must_use]
pub fn lines(offices: &[(OfficeFacts, Option<(Time, Time)>)]) -> String {
    let mut text = String::new();
    for (office, licence) in offices {
        let (state, to) = match office.state {
            OfficeState::Open => ("open", String::new()),
            OfficeState::Closed => ("closed", String::new()),
            OfficeState::Renumbered(to) => ("renumbered", OfficeNumber::to_string(&to)),
        };
        let fields = [
            office.number.to_string(),
            quoted(&office.name),
            office.services.join(" "),
            state.to_owned(),
            to,
            office.versions.join(" "),
            office
                .max_bytes
                .map_or_else(String::new, |bytes| bytes.to_string()),
            licence.map_or_else(String::new, |(from, _)| day(from)),
            // The licence ends with the midnight after its last day.
            licence.map_or_else(String::new, |(_, until)| day(until.plus_seconds(-1))),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A day in Japan.
fn day(at: Time) -> String {
    at.to_string().chars().take(10).collect()
}

/// As RFC 4180 §2 quotes.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
