//! `missing`: which acceptances have not reached delivery.

use proto::desk::{MissingEntry, MissingList};
use serde::Deserialize;
use serde_json::json;

use crate::desk::Desk;
use crate::exit::Failure;
use crate::{print, requests};

/// Every page of the list.
pub(crate) async fn list(desk: &Desk, minutes: Option<u16>) -> Result<Vec<MissingEntry>, Failure> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let answer = desk.ask(&requests::missing(minutes, after.as_deref())).await?;
        let page = MissingList::deserialize(&answer)
            .map_err(|error| Failure::cannot("understand the door's answer", &error))?;
        all.extend(page.items);
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(all),
        }
    }
}

/// Prints it.
pub(crate) fn tell(list: &[MissingEntry], as_json: bool) -> Result<(), Failure> {
    if as_json {
        return print::json(&json!({ "items": list }));
    }
    if list.is_empty() {
        return print::text("nothing is missing\n");
    }
    let line = |entry: &MissingEntry| {
        let MissingEntry {
            id,
            sender,
            destination,
            accepted_at,
            ..
        } = entry;
        format!("{accepted_at} {sender} -> {destination} {id}\n")
    };
    let lines: String = list.iter().map(line).collect();
    print::text(&format!(
        "{lines}{} missing: their senders run `careplan resend`\n",
        list.len()
    ))
}
