//! What of parked messages an act is about, and what an operator gets to see of one.

use proto::desk_parked::{ParkedDetail, ParkedEntry, ParkedSelection};
use proto::topology::DEFAULT_SHARDS;
use proto::{MessageType, OutcomeMessage, Problem, Stamps, Time, codes};
use store::{Parked, ParkedFilter};

/// Most messages of one act, and ids of one selection.
pub const MOST: u32 = 200;

/// Longest reason, in characters.
const REASON_CHARACTERS: usize = 500;

/// Longest wait an age can mean, in seconds; before that there was no relay.
const OLDEST: u64 = 3_000_000_000;

/// The rows an act is about.
///
/// # Errors
/// A selection that says nothing, or too much.
pub fn chosen(selection: &ParkedSelection, now: Time) -> Result<ParkedFilter, Vec<Problem>> {
    let problem = |field: &str| vec![Problem::new(&codes::HTTP_BAD_REQUEST).at_field(field)];
    if selection.ids.len() > MOST as usize {
        return Err(problem("selection.ids"));
    }
    let nothing = ParkedSelection {
        all: selection.all,
        ..ParkedSelection::default()
    };
    // Either everything, or something said.
    if selection.all != (*selection == nothing) {
        return Err(problem("selection.all"));
    }
    Ok(ParkedFilter {
        open_only: true,
        ..filter(selection, now)
    })
}

/// The same without the wish to act: a selection that says nothing is all of them, marked ones too.
#[must_use]
pub fn filter(selection: &ParkedSelection, now: Time) -> ParkedFilter {
    let before = |seconds: u64| now.plus_seconds(-i64::try_from(seconds.min(OLDEST)).unwrap_or(0));
    ParkedFilter {
        ids: selection.ids.clone(),
        station: selection.station,
        office: selection.office.clone(),
        cause: selection.cause.clone(),
        before: selection.older_than_seconds.map(before),
        open_only: false,
    }
}

/// What is wrong with a reason.
#[must_use]
pub fn reason_problem(reason: &str) -> Option<Problem> {
    let bad = reason.trim().is_empty()
        || reason.chars().any(char::is_control)
        || REASON_CHARACTERS < reason.chars().count();
    bad.then(|| Problem::new(&codes::HTTP_BAD_REQUEST).at_field("reason"))
}

/// The words of the audit log for one message.
#[must_use]
pub fn subject(parked: &Parked, more: &str) -> String {
    let acceptance = if parked.row.acceptance.is_empty() {
        "-"
    } else {
        &parked.row.acceptance
    };
    format!("{} {acceptance} {more}", parked.row.message_id)
        .trim_end()
        .to_owned()
}

/// An item of a list.
#[must_use]
pub fn entry(parked: &Parked) -> ParkedEntry {
    ParkedEntry {
        id: parked.row.message_id.clone(),
        acceptance: parked.row.acceptance.clone(),
        station: parked.row.station.to_string(),
        office: parked.row.office.clone(),
        cause: parked.row.cause.clone(),
        parked_at: parked.parked_at,
        redrive: parked.redrive,
        per_minute: parked.per_minute.filter(|_| parked.redrive),
        size: parked.size,
    }
}

/// What the stamps tell of it; no body, no message, no names of files.
#[must_use]
pub fn detail(parked: &Parked) -> ParkedDetail {
    let message = parked.row.message();
    let obstacle = proto::redrive(&message, parked.row.station, DEFAULT_SHARDS).err();
    let mut detail = ParkedDetail {
        entry: entry(parked),
        message_type: parked.row.message_type.clone(),
        accepted_at: None,
        accepted_by: None,
        submitter: None,
        sender: None,
        destination: None,
        sequence: None,
        kinds: Vec::new(),
        validated_at: None,
        routed_at: None,
        obstacle: obstacle.map(|obstacle| obstacle.to_string()),
    };
    if message.message_type == Some(MessageType::Outcome) {
        if let Ok(outcome) = serde_json::from_slice::<OutcomeMessage>(&message.body) {
            detail.accepted_at = Some(outcome.accepted.at);
            detail.accepted_by = Some(outcome.accepted.by);
            detail.submitter = Some(outcome.submitter);
            (detail.sender, detail.destination) = (Some(outcome.sender), Some(outcome.destination));
            detail.sequence = outcome.sequence;
            detail.validated_at = outcome.validated.map(|stamp| stamp.at);
        }
    } else if let Ok(stamps) = Stamps::from_headers(&parked.row.headers) {
        detail.accepted_at = Some(stamps.accepted.at);
        detail.accepted_by = Some(stamps.accepted.by);
        detail.submitter = Some(stamps.submitter.to_string());
        (detail.sender, detail.destination) = (Some(stamps.sender), Some(stamps.destination));
        detail.validated_at = stamps.validated.map(|stamp| stamp.at);
        detail.routed_at = stamps.routed.map(|stamp| stamp.at);
        if let Some(sending) = stamps.sending {
            detail.sequence = Some(sending.sequence);
            detail.kinds = sending.kinds;
        }
    }
    detail
}

#[cfg(test)]
mod tests {
    use proto::Station;

    use super::*;

    fn field(selection: &ParkedSelection) -> Option<String> {
        let problems = chosen(selection, Time::from_micros(0)).err()?;
        problems.into_iter().next()?.field
    }

    #[test]
    fn a_forgotten_filter_is_no_order() {
        let none = ParkedSelection::default();
        let all = ParkedSelection {
            all: true,
            ..none.clone()
        };
        let station = ParkedSelection {
            station: Some(Station::Routing),
            ..none.clone()
        };
        assert_eq!(field(&none).as_deref(), Some("selection.all"));
        assert_eq!(field(&all), None);
        assert_eq!(field(&station), None);
        let both = ParkedSelection { all: true, ..station };
        assert_eq!(field(&both).as_deref(), Some("selection.all"));
        let many = ParkedSelection {
            ids: vec![String::new(); 201],
            ..none
        };
        assert_eq!(field(&many).as_deref(), Some("selection.ids"));
    }

    #[test]
    fn an_age_is_an_instant_however_old() {
        let of = |older_than_seconds| {
            let selection = ParkedSelection {
                older_than_seconds,
                ..ParkedSelection::default()
            };
            filter(&selection, Time::from_micros(10_000_000)).before
        };
        assert_eq!(of(None), None);
        assert_eq!(of(Some(4)), Some(Time::from_micros(6_000_000)));
        assert!(of(Some(u64::MAX)).is_some());
    }

    #[test]
    fn a_reason_is_a_line_of_words() {
        for bad in ["", "  ", "a\nb", &"x".repeat(501)] {
            assert!(reason_problem(bad).is_some(), "{bad:?}");
        }
        assert!(reason_problem("宛先の事業所と確認済み").is_none());
    }
}
