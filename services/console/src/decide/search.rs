//! What of a search makes sense.

use proto::{OfficeNumber, Problem, Status, Time, codes};
use serde::Deserialize;
use store::{EnvelopeSearch, FoundCursor};

/// Items of a page unless asked otherwise, and most of them.
const USUAL: u32 = 50;
const MOST: u32 = 500;

/// A search as it was asked for, word for word; a field left empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    /// Sender or destination.
    pub office: String,
    /// 14 digits.
    pub sequence: String,
    /// Where it stands.
    pub status: String,
    /// Accepted then or later, RFC 3339.
    pub from: String,
    /// Accepted before, RFC 3339.
    pub to: String,
    /// `next` of the page before.
    pub after: String,
    /// At most so many.
    pub limit: String,
}

/// The search, if every field can be read.
///
/// # Errors
/// A problem for each field that cannot.
pub fn read(asked: &Asked) -> Result<EnvelopeSearch<'_>, Vec<Problem>> {
    let mut problems = Vec::new();
    let office: Option<OfficeNumber> = field("office", &asked.office, &mut problems);
    let status: Option<Status> = field("status", &asked.status, &mut problems);
    let from: Option<Time> = field("from", &asked.from, &mut problems);
    let to: Option<Time> = field("to", &asked.to, &mut problems);
    let after: Option<FoundCursor> = field("after", &asked.after, &mut problems);
    let limit: Option<u32> = field("limit", &asked.limit, &mut problems);
    let sequence = asked.sequence.trim();
    let digits = sequence.len() == 14 && sequence.bytes().all(|byte| byte.is_ascii_digit());
    if !sequence.is_empty() && !digits {
        problems.push(Problem::new(&codes::HTTP_BAD_REQUEST).at_field("sequence"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(EnvelopeSearch {
        office,
        sequence: Some(sequence).filter(|text| !text.is_empty()),
        status,
        from,
        to,
        after,
        limit: limit.unwrap_or(USUAL).clamp(1, MOST),
    })
}

fn field<T: std::str::FromStr>(name: &str, text: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = text.parse().ok();
    if read.is_none() {
        problems.push(Problem::new(&codes::HTTP_BAD_REQUEST).at_field(name));
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_empty_asks_for_nothing() {
        let nothing = Asked::default();
        let search = read(&nothing).unwrap();
        assert!(search.office.is_none() && search.sequence.is_none() && search.from.is_none());
        assert_eq!(search.limit, USUAL);
    }

    #[test]
    fn every_field_that_cannot_be_read_is_told() {
        let asked = Asked {
            office: "12".to_owned(),
            sequence: "2025".to_owned(),
            status: "lost".to_owned(),
            from: "yesterday".to_owned(),
            to: "2025-04-01".to_owned(),
            after: "p1".to_owned(),
            limit: "-1".to_owned(),
        };
        let mut fields: Vec<_> = read(&asked)
            .unwrap_err()
            .into_iter()
            .filter_map(|problem| problem.field)
            .collect();
        fields.sort();
        assert_eq!(
            fields,
            ["after", "from", "limit", "office", "sequence", "status", "to"]
        );
        let asked = Asked {
            office: " 0300000100 ".to_owned(),
            sequence: "20250401093000".to_owned(),
            limit: "9999".to_owned(),
            ..Asked::default()
        };
        let search = read(&asked).unwrap();
        assert_eq!((search.sequence, search.limit), (Some("20250401093000"), MOST));
    }
}
