//! From the day of application to the instants between which a licence holds.

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Span, ToSpan};
use proto::desk::LicencePut;
use proto::{Problem, Time, codes};

/// A licence's period: from the first instant on, up to but without the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Midnight in Japan at which the day of application begins.
    pub from: Time,
    /// Midnight in Japan after its last day.
    pub until: Time,
}

/// One year from the day of application, that day included, unless the last day is given.
///
/// # Errors
///
/// The problem, when the last day is before the first or no calendar has it.
pub fn period(wish: LicencePut) -> Result<Period, Box<Problem>> {
    let refused = |field: &str, value: Date| {
        Box::new(
            Problem::new(&codes::HTTP_BAD_REQUEST)
                .at_field(field)
                .with_value(value.to_string()),
        )
    };
    let after = |date: Date, span: Span| date.checked_add(span).ok();
    let end = match wish.until {
        Some(last) if last < wish.applied_on => return Err(refused("until", last)),
        Some(last) => after(last, 1.day()),
        None => after(wish.applied_on, 1.year()),
    };
    let (from, until) = (midnight(wish.applied_on), end.and_then(midnight));
    match (from, until) {
        (Some(from), Some(until)) => Ok(Period { from, until }),
        _ => Err(refused("applied_on", wish.applied_on)),
    }
}

fn midnight(date: Date) -> Option<Time> {
    Offset::constant(9)
        .to_timestamp(date.at(0, 0, 0, 0))
        .ok()
        .map(Time::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn until(applied_on: &str, last: Option<&str>) -> Option<String> {
        let wish = LicencePut {
            applied_on: applied_on.parse().unwrap(),
            until: last.map(|day| day.parse().unwrap()),
        };
        period(wish).ok().map(|period| period.until.to_string())
    }

    #[test]
    fn a_licence_lasts_a_year_from_the_day_of_application() {
        assert_eq!(until("2025-04-01", None).unwrap(), "2026-04-01T00:00:00+09:00");
        // There is no 29 February 2025: the year ends with the month.
        assert_eq!(until("2024-02-29", None).unwrap(), "2025-02-28T00:00:00+09:00");
    }

    #[test]
    fn the_last_day_counts_whole() {
        assert_eq!(
            until("2025-04-01", Some("2025-04-01")).unwrap(),
            "2025-04-02T00:00:00+09:00"
        );
        assert_eq!(until("2025-04-01", Some("2025-03-31")), None);
        assert_eq!(until("9999-12-31", None), None);
    }
}
