//! Rows of table 6, plan and results: one for each visit.

use super::lines::{Line, Role, Visit};
use super::people::Person;
use super::scene::Scene;
use super::sheet::Sheet;

/// The rows of a person.
pub(crate) fn write(scene: &Scene<'_>, person: &Person, lines: &[Line], rows: &mut Sheet) {
    let updater = if scene.unit.from_provider() {
        scene.provider.number.as_str()
    } else {
        scene.care_office
    };
    for line in lines {
        // What a percentage comes to is known when the month is over.
        let units = match line.role {
            Role::Percent(_) if !scene.unit.from_provider() => 0,
            _ => line.after(),
        };
        for visit in &line.visits {
            let (start, end) = times(visit);
            rows.begin(person)
                .put("created_date", scene.today.text())
                .put("target_month", scene.month)
                .put("care_office_code", scene.care_office)
                .put("care_manager_name", person.manager)
                .number("units", units)
                .maybe(
                    "short_stay_days_until_previous_month",
                    line.stayed_before.map(|days| days.to_string()),
                )
                .put("service_date", visit.day.text())
                .maybe("prorata_days", visit.by_day.map(flags))
                .put("start_time", start)
                .put("end_time", end)
                .number("service_count", visit.times)
                .put("service_code", &line.code);
            if let Some(made) = &line.equipment {
                let number = if made.has_tais {
                    "tais_code"
                } else {
                    "equipment_registration_code"
                };
                rows.put(number, &made.number)
                    .put("equipment_name", made.name)
                    .maybe("detail_no", made.detail.map(|detail| detail.to_string()));
            }
            rows.put("provider_office_code", &line.office.number)
                .put("provider_office_name", line.office.name)
                .maybe("satellite_no", line.office.satellite)
                .put("over_30_days", flag(line.over_30))
                .put("updating_office_code", updater)
                .end();
        }
    }
}

/// 1 or 0.
pub(crate) fn flag(applies: bool) -> &'static str {
    if applies { "1" } else { "0" }
}

/// HHMM.
pub(crate) fn clock(minutes: u64) -> String {
    format!("{:02}{:02}", minutes / 60, minutes % 60)
}

fn times(visit: &Visit) -> (String, String) {
    match visit.minutes {
        Some((from, to)) => (clock(from), clock(to)),
        None => ("9999".to_owned(), "9999".to_owned()),
    }
}

/// 31 characters: 1 on the days billed pro rata.
fn flags((from, to): (u64, u64)) -> String {
    (1..=31).map(|day| flag((from..=to).contains(&day))).collect()
}
