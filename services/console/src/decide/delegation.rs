//! Whether a delegation makes sense, and which rights it is about.

use proto::desk::DelegationPost;
use proto::{Holder, Problem, Right, Time, codes};

/// The end of a delegation without end: 31 December 9999 in Japan, the last day RFC 3339 can write.
#[must_use]
pub fn no_end() -> Time {
    Time::from_micros(253_402_268_399_000_000)
}

/// A delegation that may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Who may act.
    pub delegate: Holder,
    /// What; each once, in the order asked.
    pub rights: Vec<Right>,
    /// From when.
    pub from: Time,
    /// Until when, without end if none.
    pub until: Option<Time>,
}

/// Reads a wish; every reason against it otherwise.
///
/// # Errors
///
/// The problems: no holder who can be a delegate, no or unknown rights, an end before the beginning.
pub fn read(wish: &DelegationPost, now: Time) -> Result<Delegation, Vec<Problem>> {
    let problem = |field: &str| Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field);
    let mut found = Vec::new();
    let delegate = wish
        .delegate
        .parse::<Holder>()
        .ok()
        .filter(|holder| may_be_delegate(holder, wish));
    if delegate.is_none() {
        found.push(problem("delegate"));
    }
    let mut rights = Vec::new();
    for word in &wish.rights {
        match right(word) {
            Some(right) if !rights.contains(&right) => rights.push(right),
            Some(_) => {}
            None => found.push(problem("rights")),
        }
    }
    if wish.rights.is_empty() {
        found.push(problem("rights"));
    }
    let from = wish.from.unwrap_or(now);
    if wish.until.is_some_and(|until| until <= from) {
        found.push(problem("until"));
    }
    match delegate {
        Some(delegate) if found.is_empty() => Ok(Delegation {
            delegate,
            rights,
            from,
            until: wish.until,
        }),
        _ => Err(found),
    }
}

/// Another office or a vendor; the relay's own people act in nobody's place.
fn may_be_delegate(holder: &Holder, wish: &DelegationPost) -> bool {
    match holder {
        Holder::Office(number) => *number != wish.office,
        Holder::Vendor(_) => true,
        Holder::Station(_) | Holder::Operator(_) => false,
    }
}

/// The right of this word.
#[must_use]
pub fn right(word: &str) -> Option<Right> {
    [Right::Send, Right::Sign, Right::Read]
        .into_iter()
        .find(|right| right.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(delegate: &str, rights: &[&str], until: Option<&str>) -> Vec<String> {
        let wish = DelegationPost {
            office: "0300000100".parse().unwrap(),
            delegate: delegate.to_owned(),
            rights: rights.iter().map(|&word| word.to_owned()).collect(),
            from: None,
            until: until.map(|time| time.parse().unwrap()),
        };
        let now = "2025-04-01T00:00:00+09:00".parse().unwrap();
        let problems = read(&wish, now).err().unwrap_or_default();
        problems.into_iter().filter_map(|problem| problem.field).collect()
    }

    #[test]
    fn offices_and_vendors_can_be_delegates() {
        assert!(fields("vendor:abc", &["send", "sign", "send"], None).is_empty());
        assert!(fields("office:0300000005", &["read"], Some("2025-05-01T00:00:00+09:00")).is_empty());
        assert_eq!(
            fields("office:0300000100", &["read"], None),
            ["delegate"],
            "itself"
        );
        assert_eq!(fields("operator:sato", &[], None), ["delegate", "rights"]);
        assert_eq!(
            fields("vendor:abc", &["rule"], Some("2025-03-01T00:00:00+09:00")),
            ["rights", "until"]
        );
    }
}
