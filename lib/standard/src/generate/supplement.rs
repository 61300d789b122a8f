//! Rows of the user supplement.

use super::catalogue::{self, Shape};
use super::lines::Line;
use super::rng::Rng;
use super::scene::{Case, Scene};
use super::sheet::Sheet;
use super::spec::UnitKind;
use super::table7;

/// The row of a person: with the plan date beside tables 1/2/3, with the month beside tables 6/7.
pub(crate) fn write(scene: &Scene<'_>, case: &Case, rng: &mut Rng, rows: &mut Sheet) {
    let person = &case.person;
    let (plan_date, month) = if scene.unit == UnitKind::Plan {
        (scene.today.text(), "000000")
    } else {
        ("00000000".to_owned(), scene.month)
    };
    rows.begin(person)
        .put("care_plan_date", plan_date)
        .put("user_name_kana", &person.kana)
        .put("user_name", &person.name)
        .number("user_sex", person.sex)
        .put("user_birth_date", &person.birth)
        .maybe("user_postal_code", person.postal.as_ref())
        .put("user_address1", &person.address1)
        .maybe("user_address2", person.address2)
        .maybe("user_phone", person.phone.as_ref());
    match person.certified {
        Some((decided, from, to)) => rows
            .put("certification_date", decided.text())
            .put("limit_start_date", from.text())
            .put("limit_end_date", to.text())
            .put("certification_status", "2"),
        // The decision is awaited, or none is needed.
        None => rows.maybe("certification_status", (person.level != "06").then_some("1")),
    };
    if let Some((_, from, _)) = person.certified.filter(|_| rng.one_in(10)) {
        rows.put("care_level_change_date", from.text());
    }
    rows.put("care_level", person.level)
        .number("category_limit_amount", person.limit);
    if rng.one_in(10) {
        slots(&case.lines, rng, rows);
    }
    rows.number(
        "total_over_limit_units",
        table7::over_limit(&case.lines, person.limit),
    );
    let stay = case.lines.iter().find(|line| line.stayed_before.is_some());
    let before = stay.and_then(|line| line.stayed_before).unwrap_or_default();
    let stayed: u64 = case
        .lines
        .iter()
        .filter(|line| line.stayed_before.is_some())
        .map(Line::count)
        .sum();
    rows.number("stay_days_until_previous_month", before)
        .number("stay_days_cumulative", before + stayed)
        .maybe("previous_care_level", person.previous_level)
        .put("consent_office_code", scene.care_office)
        .put("updating_office_code", scene.care_office)
        .put("target_month", month)
        .end();
}

/// Some municipalities limit single kinds of services: slots from 1 upwards.
fn slots(lines: &[Line], rng: &mut Rng, rows: &mut Sheet) {
    let mut kinds: Vec<&str> = lines.iter().map(|line| line.office.kind.as_str()).collect();
    kinds.dedup();
    for (at, kind) in kinds.into_iter().take(9).enumerate() {
        let units: u64 = lines
            .iter()
            .filter(|line| line.limited && line.office.kind == kind)
            .map(|line| line.after() * line.count())
            .sum();
        let slot = |field: &str| format!("slot{}_{field}", at + 1);
        // Short stays in medical facilities are entered under one code.
        let medical = catalogue::shape(kind) == Shape::Stay && matches!(kind, "22" | "23" | "2A");
        rows.put(&slot("service_kind"), if medical { "22" } else { kind })
            .number(&slot("limit_amount"), units + 100 * rng.range(1, 50))
            .number(&slot("total_units"), units)
            .number(&slot("over_limit_units"), 0);
    }
}
