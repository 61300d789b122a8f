//! `certificate list`, `licences`, `delegation list`: every page of what is held.

use proto::OfficeNumber;
use proto::desk_lists::{HeldCertificate, HeldDelegation, HeldLicence};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::exit::Failure;
use crate::parked;
use crate::print;
use crate::requests::{Method, Topic, bare};

/// What is listed.
#[derive(Debug, PartialEq)]
pub(crate) enum Held {
    /// Certificates that are bound: of whom, and ending within how many days.
    Certificates(Option<String>, Option<u16>),
    /// Licences ending within so many days.
    Licences(Option<u16>),
    /// Delegations: of whom, and to whom.
    Delegations(Option<OfficeNumber>, Option<String>),
}

impl Held {
    fn path(&self, after: Option<&str>) -> String {
        let mut path = match self {
            Self::Certificates(..) => "/v1/certificates?limit=1000",
            Self::Licences(_) => "/v1/licences?limit=1000",
            Self::Delegations(..) => "/v1/delegations?limit=1000",
        }
        .to_owned();
        let mut ask = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                path = format!("{path}&{name}={}", parked::encoded(&value));
            }
        };
        match self {
            Self::Certificates(holder, within) => {
                ask("holder", holder.clone());
                ask("within_days", within.map(|days| days.to_string()));
            }
            Self::Licences(within) => ask("within_days", within.map(|days| days.to_string())),
            Self::Delegations(office, delegate) => {
                ask("office", office.map(|office| office.to_string()));
                ask("delegate", delegate.clone());
            }
        }
        ask("after", after.map(str::to_owned));
        path
    }

    fn line(&self, item: &Value) -> Result<String, Failure> {
        Ok(match self {
            Self::Certificates(..) => {
                let item: HeldCertificate = print::shaped(item)?;
                let HeldCertificate {
                    holder,
                    fingerprint,
                    not_after,
                    days_left,
                    ..
                } = item;
                format!("{days_left:>6} days  {not_after}  {fingerprint}  {holder}\n")
            }
            Self::Licences(_) => {
                let item: HeldLicence = print::shaped(item)?;
                format!(
                    "{:>6} days  {}  {} {}\n",
                    item.days_left, item.until, item.office, item.name
                )
            }
            Self::Delegations(..) => {
                let item: HeldDelegation = print::shaped(item)?;
                let until = item
                    .until
                    .map_or(String::new(), |until| format!(" until {until}"));
                format!(
                    "{} may {} for {} from {}{until}\n",
                    item.delegate, item.right, item.office, item.from
                )
            }
        })
    }
}

/// Every page.
pub(crate) async fn run(desk: &Desk, held: &Held, as_json: bool) -> Result<(), Failure> {
    let (mut items, mut after) = (Vec::new(), None::<String>);
    loop {
        let request = bare(Method::Get, held.path(after.as_deref()), Topic::Ended);
        let mut answer = desk.ask(&request).await?;
        if let Some(page) = answer["items"].as_array_mut() {
            items.append(page);
        }
        after = answer["next"].as_str().map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    if as_json {
        return print::json(&json!({ "items": items }));
    }
    let lines: Result<Vec<String>, Failure> = items.iter().map(|item| held.line(item)).collect();
    let words = lines?.concat();
    print::text(if words.is_empty() { "none\n" } else { &words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_narrowed_and_goes_on() {
        let held = Held::Certificates(Some("office:".to_owned()), Some(30));
        assert_eq!(
            held.path(Some("5~ab")),
            "/v1/certificates?limit=1000&holder=office%3A&within_days=30&after=5~ab"
        );
        let held = Held::Delegations("0300000100".parse().ok(), None);
        assert_eq!(held.path(None), "/v1/delegations?limit=1000&office=0300000100");
        let held = Held::Certificates(Some("a&b".to_owned()), None);
        assert_eq!(held.path(None), "/v1/certificates?limit=1000&holder=a%26b");
    }

    #[test]
    fn an_item_is_a_line() {
        let item = json!({ "office": "0300000100", "delegate": "vendor:abc", "right": "read",
            "from": "2025-04-01T00:00:00+09:00", "until": null });
        let told = Held::Delegations(None, None).line(&item).unwrap();
        assert_eq!(
            told,
            "vendor:abc may read for 0300000100 from 2025-04-01T00:00:00+09:00\n"
        );
    }
}
