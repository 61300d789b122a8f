//! `search`, `trace` and `audit`: the command line and the words of what the console answers.

use proto::desk::AuditList;
use proto::desk_search::{EnvelopeList, EnvelopeTrace, FoundEnvelope, TracedProblem};
use proto::{EnvelopeId, OfficeNumber, Severity, Status, Time};

use crate::parked;
use crate::requests::{Method, Request, Topic, bare};

/// What is looked for; each option that is given narrows.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct SearchArgs {
    /// Sent by this office or for it.
    #[arg(long)]
    pub(crate) office: Option<OfficeNumber>,
    /// With this sequence (14 digits).
    #[arg(long)]
    pub(crate) sequence: Option<String>,
    /// That stands there.
    #[arg(long)]
    pub(crate) status: Option<Status>,
    /// Accepted then or later (RFC 3339).
    #[arg(long)]
    pub(crate) from: Option<Time>,
    /// Accepted before (RFC 3339).
    #[arg(long)]
    pub(crate) to: Option<Time>,
    /// At most so many; 50 by default, 500 at most.
    #[arg(long)]
    pub(crate) limit: Option<u32>,
    /// Go on behind the page before: its `next`.
    #[arg(long)]
    pub(crate) after: Option<String>,
}

/// The request of a search.
pub(crate) fn search(asked: &SearchArgs) -> Request {
    let word = |value: Option<String>| value.unwrap_or_default();
    let pairs = [
        ("office", word(asked.office.map(|office| office.to_string()))),
        ("sequence", word(asked.sequence.clone())),
        ("status", word(asked.status.map(|status| status.to_string()))),
        ("from", word(asked.from.map(|at| at.to_string()))),
        ("to", word(asked.to.map(|at| at.to_string()))),
        ("limit", word(asked.limit.map(|limit| limit.to_string()))),
        ("after", word(asked.after.clone())),
    ];
    let given = pairs.iter().filter(|(_, value)| !value.is_empty());
    let query: Vec<_> = given
        .map(|(name, value)| format!("{name}={}", parked::encoded(value)))
        .collect();
    bare(
        Method::Get,
        format!("/v1/envelopes?{}", query.join("&")),
        Topic::Found,
    )
}

/// The request of a trace.
pub(crate) fn trace(id: EnvelopeId) -> Request {
    bare(Method::Get, format!("/v1/envelopes/{id}"), Topic::Trace)
}

/// One line each, newest first.
pub(crate) fn found(list: &EnvelopeList) -> String {
    if list.items.is_empty() {
        return "nothing found\n".to_owned();
    }
    let mut words: String = list.items.iter().map(line).collect();
    if let Some(next) = &list.next {
        words = format!("{words}there may be more: --after {next}\n");
    }
    words
}

fn line(item: &FoundEnvelope) -> String {
    let FoundEnvelope {
        id,
        sender,
        destination,
        status,
        accepted_at,
        ..
    } = item;
    let sequence = item.sequence.as_deref().unwrap_or("-");
    format!("{accepted_at} {sender} -> {destination} {sequence} {status} {id}\n")
}

/// The whole story of one envelope.
pub(crate) fn story(trace: &EnvelopeTrace) -> String {
    let envelope = &trace.envelope;
    let mut words = format!("{}\n", envelope.id);
    let mut tell = |name: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            words = format!("{words}  {name:<14} {value}\n");
        }
    };
    let time = |at: Option<Time>| at.map(|at| at.to_string());
    tell(
        "status",
        Some(format!("{} since {}", envelope.status, envelope.changed_at)),
    );
    tell("sender", Some(envelope.sender.to_string()));
    tell("destination", Some(envelope.destination.to_string()));
    tell("submitter", Some(trace.submitter.clone()));
    tell("signer", trace.signer.clone());
    tell("sequence", envelope.sequence.clone());
    tell("kinds", Some(envelope.kinds.join(" ")));
    tell("month", envelope.month.clone());
    tell("version", trace.version.clone());
    tell("size", trace.size.map(|size| format!("{size} bytes")));
    tell("handed out", time(trace.handed_out_at));
    tell("software", trace.software.clone());
    tell("recall asked", time(trace.recall_requested_at));
    tell("withdrawn", time(trace.withdrawn_at));
    tell("same as", trace.same_as.map(|id| id.to_string()));
    tell(
        "renumbered to",
        trace.renumbered_to.map(|number| number.to_string()),
    );
    for acceptance in &trace.acceptances {
        let seen = acceptance
            .seen_at
            .map_or("has not reached delivery".to_owned(), |at| {
                format!("reached delivery {at}")
            });
        tell(
            "acceptance",
            Some(format!(
                "{} {}, {seen}",
                acceptance.accepted_at, acceptance.acceptance
            )),
        );
    }
    for step in &trace.history {
        tell(
            "step",
            Some(format!("{} {} by {}", step.at, step.status, step.by)),
        );
    }
    for problem in &trace.problems {
        tell("problem", Some(place(problem)));
    }
    for (code, count) in &trace.more {
        tell("problem", Some(format!("{code}, {count} more")));
    }
    for id in &trace.older {
        tell("took place of", Some(id.to_string()));
    }
    for id in &trace.newer {
        tell("superseded by", Some(id.to_string()));
    }
    let receipts: Vec<_> = trace.receipts.iter().map(ToString::to_string).collect();
    tell("receipts", Some(receipts.join(" ")));
    for parked in &trace.parked {
        let marked = if parked.redrive { " (redrive)" } else { "" };
        tell(
            "parked",
            Some(format!(
                "{} by {}: {}{marked}",
                parked.parked_at, parked.station, parked.cause
            )),
        );
    }
    words
}

fn place(problem: &TracedProblem) -> String {
    let severity = if problem.severity == Severity::Error {
        "error"
    } else {
        "warning"
    };
    let line = problem
        .line
        .map_or(String::new(), |line| format!(", line {line}"));
    let field = problem
        .field_no
        .map_or(String::new(), |field| format!(", field {field}"));
    format!("{severity} {}{line}{field}", problem.code)
}

/// The audit log, a line an entry.
pub(crate) fn audit(list: &AuditList) -> String {
    let line = |item: &proto::desk::AuditItem| {
        format!(
            "{:>6} {} {} {} {}\n",
            item.n, item.at, item.actor, item.act, item.subject
        )
    };
    let words: String = list.items.iter().map(line).collect();
    match list.next {
        Some(next) => format!("{words}there may be more: --before {next}\n"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Args, Command};

    #[test]
    fn the_story_names_the_software_that_imported() {
        let at = "2025-04-01T09:30:00+09:00";
        let mut value = serde_json::json!({
            "envelope": {
                "id": EnvelopeId::of(b"x"), "sender": "0300000100", "destination": "0300000005",
                "status": "imported", "accepted_at": at, "changed_at": at,
            },
            "submitter": "office:0300000100", "acceptances": [], "history": [], "problems": [],
            "older": [], "newer": [], "receipts": [], "parked": [],
        });
        let told = |value: &serde_json::Value| story(&serde_json::from_value(value.clone()).unwrap());
        assert!(!told(&value).contains("software"));
        value["software"] = "Kaigo Pro 3.1".into();
        let story = told(&value);
        assert!(story.contains("  software       Kaigo Pro 3.1\n"), "{story}");
    }

    #[test]
    fn a_search_becomes_its_request() {
        let line = "relayctl search --office 0300000100 --from 2025-04-01T00:00:00+09:00 --status parked";
        let Command::Search(asked) = Args::try_parse_from(line.split(' ')).unwrap().command else {
            panic!("a search")
        };
        assert_eq!(
            search(&asked).path,
            "/v1/envelopes?office=0300000100&status=parked&from=2025-04-01T00%3A00%3A00%2B09%3A00"
        );
        for bad in [
            "relayctl search --office 1",
            "relayctl search --from monday",
            "relayctl trace abc",
        ] {
            assert!(Args::try_parse_from(bad.split(' ')).is_err(), "{bad}");
        }
    }
}
