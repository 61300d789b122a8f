//! Whether a notice makes sense, and whom it is for.

use proto::desk::NoticePost;
use proto::{Problem, codes};
use store::NoticeTarget;

use super::office::is_service_kind;

/// Longest notice, in characters.
const TEXT_CHARACTERS: usize = 4_000;

/// Whom the notice is for.
///
/// # Errors
/// Every reason against it.
pub fn read(wish: &NoticePost) -> Result<NoticeTarget, Vec<Problem>> {
    let problem = |field: &str| Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field);
    let is_fit = |character: char| !character.is_control() || matches!(character, '\n' | '\t');
    let mut found = Vec::new();
    let characters = wish.text.chars().count();
    if wish.text.trim().is_empty() || TEXT_CHARACTERS < characters || !wish.text.chars().all(is_fit) {
        found.push(problem("text"));
    }
    let is_prefecture = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let prefecture = wish.prefecture.as_deref();
    if prefecture.is_some_and(|text| !is_prefecture(text) || wish.office.is_some()) {
        found.push(problem("prefecture"));
    }
    let service = wish.service.as_deref();
    if service.is_some_and(|text| !is_service_kind(text) || wish.office.is_some()) {
        found.push(problem("service"));
    }
    if !found.is_empty() {
        return Err(found);
    }
    Ok(NoticeTarget {
        office: wish.office,
        prefecture: wish.prefecture.clone(),
        service: wish.service.clone(),
    })
}

/// Whom it is for, in the words of the audit log.
#[must_use]
pub fn told(target: &NoticeTarget) -> String {
    match (&target.office, &target.prefecture, &target.service) {
        (Some(office), ..) => office.to_string(),
        (_, None, None) => "every office".to_owned(),
        (_, Some(prefecture), None) => format!("prefecture {prefecture}"),
        (_, None, Some(service)) => format!("service {service}"),
        (_, Some(prefecture), Some(service)) => format!("prefecture {prefecture}, service {service}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(office: Option<&str>, prefecture: Option<&str>, service: Option<&str>, text: &str) -> NoticePost {
        NoticePost {
            office: office.map(|number| number.parse().unwrap()),
            prefecture: prefecture.map(str::to_owned),
            service: service.map(str::to_owned),
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_notice_is_for_one_or_for_many() {
        let told = |office, prefecture, service| {
            read(&wish(office, prefecture, service, "お知らせ\n二行目")).map(|target| told(&target))
        };
        assert_eq!(told(None, None, None).unwrap(), "every office");
        assert_eq!(told(Some("0300000100"), None, None).unwrap(), "0300000100");
        assert_eq!(told(None, Some("03"), None).unwrap(), "prefecture 03");
        assert_eq!(
            told(None, Some("03"), Some("43")).unwrap(),
            "prefecture 03, service 43"
        );
        let fields = |wish: &NoticePost| -> Vec<String> {
            let problems = read(wish).unwrap_err();
            problems.into_iter().filter_map(|problem| problem.field).collect()
        };
        assert_eq!(
            fields(&wish(None, Some("3"), Some("zz"), " ")),
            ["text", "prefecture", "service"]
        );
        assert_eq!(
            fields(&wish(Some("0300000100"), Some("03"), None, "a\u{7}")),
            ["text", "prefecture"]
        );
        assert_eq!(fields(&wish(None, None, None, &"長".repeat(4_001))), ["text"]);
    }
}
