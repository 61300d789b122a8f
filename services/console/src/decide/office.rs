//! Whether an office's entry makes sense.

use proto::desk::{OfficePut, OfficeStanding};
use proto::{OfficeNumber, Problem, codes};

/// Longest name, in characters.
pub const NAME_CHARACTERS: usize = 200;

/// Every reason against the entry; none if it may be written.
#[must_use]
pub fn problems(number: OfficeNumber, wish: &OfficePut) -> Vec<Problem> {
    let problem = |field: &str| Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field);
    let mut found = Vec::new();
    if !is_name(&wish.name) || wish.name.chars().any(char::is_control) {
        found.push(problem("name"));
    }
    for service in wish.services.iter().filter(|service| !is_service_kind(service)) {
        found.push(problem("services").with_value(shown(service)));
    }
    for version in wish.versions.iter().filter(|version| !is_version(version)) {
        found.push(problem("versions").with_value(shown(version)));
    }
    let renumbered = wish.state == OfficeStanding::Renumbered;
    if renumbered != wish.renumbered_to.is_some() || wish.renumbered_to == Some(number) {
        found.push(problem("renumbered_to"));
    }
    if wish.max_bytes == Some(0) {
        found.push(problem("max_bytes").with_value("0"));
    }
    found
}

/// Neither blank nor too long.
pub(super) fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= NAME_CHARACTERS
}

/// A code the standard's table of service kinds has (`43`, `A2`).
pub(super) fn is_service_kind(text: &str) -> bool {
    standard::lists::is_service_kind(text.as_bytes())
}

/// Year and month of a version of the standard (`202407`).
pub(super) fn is_version(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// At most so much of a value is shown.
pub(super) fn shown(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(20)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> OfficePut {
        OfficePut {
            name: "見本居宅介護支援事業所".to_owned(),
            services: vec!["43".to_owned()],
            state: OfficeStanding::Open,
            renumbered_to: None,
            versions: vec![],
            max_bytes: None,
        }
    }

    #[test]
    fn every_reason_is_told_at_once() {
        let number: OfficeNumber = "0300000100".parse().unwrap();
        assert_eq!(problems(number, &wish()), []);
        let bad = OfficePut {
            name: " ".to_owned(),
            services: vec!["43".to_owned(), "043".to_owned(), "a2".to_owned()],
            state: OfficeStanding::Renumbered,
            versions: vec!["V4.1".to_owned()],
            max_bytes: Some(0),
            ..wish()
        };
        let fields: Vec<_> = problems(number, &bad)
            .into_iter()
            .filter_map(|problem| problem.field)
            .collect();
        assert_eq!(
            fields,
            [
                "name",
                "services",
                "services",
                "versions",
                "renumbered_to",
                "max_bytes"
            ]
        );
    }

    #[test]
    fn a_new_number_goes_with_renumbered_and_is_another_one() {
        let number: OfficeNumber = "0300000100".parse().unwrap();
        let other: OfficeNumber = "0300000118".parse().unwrap();
        let put = |state, renumbered_to| {
            problems(
                number,
                &OfficePut {
                    state,
                    renumbered_to,
                    ..wish()
                },
            )
            .len()
        };
        assert_eq!(put(OfficeStanding::Renumbered, Some(other)), 0);
        assert_eq!(put(OfficeStanding::Renumbered, Some(number)), 1);
        assert_eq!(put(OfficeStanding::Open, Some(other)), 1);
    }
}
