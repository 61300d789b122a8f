//! Parked envelopes in words.

use proto::desk_parked::{ParkedActed, ParkedDetail, ParkedEntry, ParkedList, ParkedView};

/// One line each.
pub(crate) fn list(list: &ParkedList) -> String {
    if list.items.is_empty() {
        return "nothing is parked\n".to_owned();
    }
    list.items.iter().map(line).collect()
}

fn line(entry: &ParkedEntry) -> String {
    let ParkedEntry {
        id,
        station,
        office,
        cause,
        parked_at,
        size,
        ..
    } = entry;
    let redrive = if entry.redrive { " (redrive)" } else { "" };
    format!("{parked_at} {station} {office} {id} {size} bytes: {cause}{redrive}\n")
}

/// Everything that may be known of one.
pub(crate) fn view(view: &ParkedView) -> String {
    view.items.iter().map(detail).collect()
}

fn detail(detail: &ParkedDetail) -> String {
    let entry = &detail.entry;
    let mut words = format!("{}\n", entry.id);
    let mut tell = |name: &str, value: Option<String>| {
        let value = value.filter(|value| !value.is_empty());
        let value = value.as_deref().unwrap_or("-");
        words = format!("{words}  {name:<12} {value}\n");
    };
    tell("acceptance", Some(entry.acceptance.clone()));
    tell("type", Some(detail.message_type.clone()));
    tell("sender", detail.sender.map(|office| office.to_string()));
    tell("destination", detail.destination.map(|office| office.to_string()));
    tell("submitter", detail.submitter.clone());
    tell("sequence", detail.sequence.clone());
    tell("kinds", Some(detail.kinds.join(" ")));
    tell("size", Some(format!("{} bytes", entry.size)));
    tell("accepted", detail.accepted_at.map(|at| at.to_string()));
    tell("  by", detail.accepted_by.clone());
    tell("validated", detail.validated_at.map(|at| at.to_string()));
    tell("routed", detail.routed_at.map(|at| at.to_string()));
    tell("parked", Some(entry.parked_at.to_string()));
    tell("  by", Some(entry.station.clone()));
    tell("cause", Some(entry.cause.clone()));
    let redrive = match (&detail.obstacle, entry.redrive) {
        (Some(obstacle), _) => format!("not possible: {obstacle}"),
        (None, true) => "marked".to_owned(),
        (None, false) => "possible".to_owned(),
    };
    tell("redrive", Some(redrive));
    words
}

/// What an act chose and did.
pub(crate) fn acted(acted: &ParkedActed, dry_run: bool, done: &str) -> String {
    let words: String = acted.items.iter().map(line).collect();
    let count = acted.items.len();
    let more = if acted.more { ", and there are more" } else { "" };
    if dry_run {
        format!("{words}{count} would be {done}{more}\n")
    } else {
        format!("{words}{} {done}{more}\n", acted.done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> ParkedEntry {
        ParkedEntry {
            id: "ab".to_owned(),
            acceptance: String::new(),
            station: "routing".to_owned(),
            office: "0300000005".to_owned(),
            cause: "facts differ".to_owned(),
            parked_at: proto::Time::from_micros(0),
            redrive: true,
            per_minute: None,
            size: 7,
        }
    }

    #[test]
    fn an_act_says_what_it_did_and_a_dry_run_what_it_would() {
        let told = ParkedActed {
            items: vec![entry()],
            done: 1,
            more: true,
        };
        assert!(acted(&told, false, "discarded").ends_with("\n1 discarded, and there are more\n"));
        assert!(acted(&told, true, "discarded").ends_with("1 would be discarded, and there are more\n"));
    }

    #[test]
    fn what_is_not_known_is_a_dash() {
        let words = detail(&ParkedDetail {
            entry: entry(),
            message_type: String::new(),
            accepted_at: None,
            accepted_by: None,
            submitter: None,
            sender: None,
            destination: None,
            sequence: None,
            kinds: Vec::new(),
            validated_at: None,
            routed_at: None,
            obstacle: Some("type is not envelope".to_owned()),
        });
        assert!(words.contains("  sender       -\n"), "{words}");
        assert!(words.contains("not possible: type is not envelope"), "{words}");
    }
}
