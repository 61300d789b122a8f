//! What is printed: words for people on standard output, JSON with `--json`, problems on standard error.

use std::io::Write;

use proto::api::NoticeEntry;
use proto::desk::{Books, CertificateBound, DelegationMade, OfficeView};
use proto::desk_parked::ParkedStopped;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::requests::{Request, Topic};
use crate::{maintenance, notices, operators, parked, search, way};

/// Prints the console's answer.
pub(crate) fn answer(request: &Request, answer: &Value, json: bool) -> Result<(), Failure> {
    if json {
        return self::json(answer);
    }
    let words = match request.topic {
        Topic::Office => office(&shaped(answer)?),
        Topic::Certificate => certificate(&shaped(answer)?),
        Topic::Ended => "ended\n".to_owned(),
        Topic::Delegation => delegation(&shaped(answer)?),
        Topic::Notice => notice(&shaped(answer)?),
        Topic::Notices => notices::list(&shaped(answer)?),
        Topic::Draft => notices::draft(&shaped(answer)?),
        Topic::Drafts => notices::drafts(&shaped(answer)?),
        Topic::Books => books(&shaped(answer)?),
        Topic::Way => way::words(&shaped(answer)?),
        Topic::Found => search::found(&shaped(answer)?),
        Topic::Trace => search::story(&shaped(answer)?),
        Topic::Operator => operators::line(&shaped(answer)?),
        Topic::Maintenance => maintenance::words(&shaped(answer)?),
        Topic::Operators => operators::list(&shaped(answer)?),
        Topic::Audit => search::audit(&shaped(answer)?),
        Topic::Parked => parked::list(&shaped(answer)?),
        Topic::ParkedOne => parked::view(&shaped(answer)?),
        Topic::Stopped => stopped(shaped(answer)?),
    };
    text(&words)
}

/// Prints one line of JSON.
pub(crate) fn json(value: &Value) -> Result<(), Failure> {
    text(&format!("{value}\n"))
}

/// Prints words.
pub(crate) fn text(words: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    (out.write_all(words.as_bytes()).and_then(|()| out.flush()))
        .map_err(|error| Failure::cannot("write the output", &error))
}

/// Says why nothing was done.
pub(crate) fn failure(failure: &Failure, as_json: bool) {
    let words = match (failure, as_json) {
        (Failure::Found, _) => return,
        (Failure::Refused(document), true) => serde_json::to_string(document).unwrap_or_default(),
        (Failure::Cannot(words) | Failure::Usage(words), true) => json!({ "error": words }).to_string(),
        (Failure::Refused(document), false) => {
            let mut words = format!(
                "relayctl: {}: {}\n  {}",
                document.code, document.detail, document.title
            );
            for problem in document.problems.iter().flatten() {
                let place = problem
                    .field
                    .as_deref()
                    .map(|field| format!("{field}: "))
                    .unwrap_or_default();
                words = format!("{words}\n  {place}{} / {}", problem.message, problem.message_en);
            }
            words
        }
        (Failure::Cannot(words) | Failure::Usage(words), false) => format!("relayctl: {words}"),
    };
    // Nobody is left to be told when standard error is closed.
    drop(writeln!(std::io::stderr(), "{words}"));
}

/// The answer as what it should be.
pub(crate) fn shaped<T: DeserializeOwned>(answer: &Value) -> Result<T, Failure> {
    T::deserialize(answer).map_err(|error| Failure::cannot("understand the door's answer", &error))
}

fn office(view: &OfficeView) -> String {
    let state = serde_json::to_value(view.state).ok();
    let state = state.as_ref().and_then(Value::as_str).unwrap_or("?");
    let mut words = format!("{} {}\n  state     {state}", view.number, view.name);
    if let Some(number) = view.renumbered_to {
        words = format!("{words}, now {number}");
    }
    words = format!("{words}\n  services  {}\n", view.services.join(" "));
    match view.licence_until {
        Some(until) => words = format!("{words}  licence   until {until}\n"),
        None => words.push_str("  licence   none\n"),
    }
    for certificate in &view.certificates {
        let end = certificate
            .revoked_at
            .map_or(String::new(), |at| format!(", ended {at}"));
        words = format!(
            "{words}  certificate {} until {}{end}\n",
            certificate.fingerprint, certificate.not_after
        );
    }
    words
}

fn certificate(bound: &CertificateBound) -> String {
    let entry = &bound.certificate;
    format!(
        "bound {} to {} until {}\n",
        entry.fingerprint, bound.holder, entry.not_after
    )
}

fn delegation(made: &DelegationMade) -> String {
    let end = made
        .until
        .map_or(String::new(), |until| format!(" until {until}"));
    format!(
        "{} may {} for {} from {}{end}\n",
        made.delegate,
        made.rights.join(", "),
        made.office,
        made.from
    )
}

fn stopped(answer: ParkedStopped) -> String {
    format!("{} marked and not yet sent; they stay parked\n", answer.stopped)
}

fn notice(entry: &NoticeEntry) -> String {
    format!("notice {} published {}\n", entry.id, entry.at)
}

fn books(books: &Books) -> String {
    let lines = [
        ("accepted", books.accepted),
        ("  mailboxed", books.mailboxed),
        ("  rejected", books.rejected),
        ("  undeliverable", books.undeliverable),
        ("  withdrawn", books.withdrawn),
        ("  duplicate", books.duplicate),
        ("  parked", books.parked),
        ("  under way", books.under_way),
        ("of those in a mailbox", books.mailboxed),
        ("  collected", books.collected),
        ("  imported", books.imported),
        ("  import failed", books.import_failed),
        ("  recalled", books.recalled),
        ("  expired", books.expired),
        ("unaccounted", books.unaccounted),
    ];
    lines
        .iter()
        .map(|(name, count)| format!("{name:<22} {count:>10}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_books_read_line_by_line() {
        let words = books(&Books {
            accepted: 7,
            mailboxed: 6,
            rejected: 1,
            ..Books::default()
        });
        assert!(
            words.starts_with("accepted                        7\n"),
            "{words}"
        );
        assert!(words.ends_with("unaccounted                     0\n"), "{words}");
    }
}
