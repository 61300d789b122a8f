//! Rows of tables 1, 2, 3.

use super::catalogue::{self, Provider, Shape};
use super::lines::Line;
use super::rng::Rng;
use super::scene::{Case, Scene};
use super::sheet::Sheet;
use super::table6::clock;
use super::texts;

/// The row of table 1.
pub(crate) fn table1(scene: &Scene<'_>, case: &Case, rng: &mut Rng, rows: &mut Sheet) {
    let person = &case.person;
    let today = scene.today.text();
    let first_plan = scene
        .today
        .plus(-i64::try_from(rng.below(900)).unwrap_or_default());
    let category = if first_plan == scene.today {
        "11"
    } else {
        rng.pick(&["21", "21", "21", "12", "52", "53"])
    };
    rows.begin(person)
        .put("created_date", &today)
        .maybe("user_postal_code", person.postal.as_ref())
        .put("user_address1", &person.address1)
        .maybe("user_address2", person.address2)
        .put("plan_author_name", person.manager)
        .put("care_office_name", "見本居宅介護支援事業所")
        .put("care_office_postal_code", "000-0000")
        .put("care_office_address1", "架空市見本町1－1")
        .put("care_office_address2", rng.pick(&["", "架空ビル２Ｆ, 南側"]))
        .put("care_office_code", scene.care_office)
        .put("care_plan_date", &today)
        .put("first_care_plan_date", first_plan.text())
        .put("plan_category", category);
    match person.certified {
        Some((decided, from, to)) => rows
            .put("certification_status", "2")
            .put("certification_date", decided.text())
            .put("certification_start_date", from.text())
            .put("certification_end_date", to.text()),
        None => rows.put("certification_status", "1"),
    };
    rows.put("care_level", person.level)
        .put("assessment_result", rng.pick(&texts::ASSESSMENTS))
        .put(
            "review_board_opinion",
            rng.pick(&["特になし", "", "福祉用具の利用を勧める。"]),
        )
        .put("overall_policy", rng.pick(&texts::POLICIES));
    if rng.one_in(3) {
        let reason = rng.pick(&["1", "2", "3"]);
        let text = (reason == "3").then(|| rng.pick(&texts::HOUSEWORK));
        rows.put("housework_reason", reason)
            .maybe("housework_other_reason", text);
    }
    rows.put("updating_office_code", scene.care_office).end();
}

/// Who does something of table 2: an office, or people around (no office, not covered by the insurance).
type Helper<'a> = Option<&'a Provider>;

/// The rows of table 2: needs, goals within them, supports within those; every office of the person has one at least.
pub(crate) fn table2(scene: &Scene<'_>, case: &Case, rng: &mut Rng, rows: &mut Sheet) {
    let mut offices: Vec<&Provider> = case.lines.iter().map(|line| &line.office).collect();
    offices.dedup();
    let mut helpers: Vec<Helper<'_>> = offices.into_iter().map(Some).collect();
    if rng.one_in(2) {
        helpers.push(None);
    }
    // Some software repeats the texts of a need in each row, some writes them once.
    let repeats = rng.one_in(2);
    let mut helpers = helpers.into_iter().peekable();
    let mut need_no = 0;
    while helpers.peek().is_some() {
        need_no += 1;
        let (need, long, short) = rng.pick(&texts::NEEDS);
        let mut first = true;
        for goal_no in 1..=rng.range(1, 2) {
            for support_no in 1..=rng.range(1, 2) {
                let Some(helper) = helpers.next() else { break };
                row(scene, case, [need_no, goal_no, support_no], rows);
                if first || repeats {
                    rows.put("need", need);
                }
                if support_no == 1 || repeats {
                    rows.put("long_term_goal", long)
                        .put("short_term_goal", short)
                        .put("long_term_period", period(scene, 12))
                        .put("short_term_period", period(scene, 6));
                }
                first = false;
                support(scene, helper, rng, rows);
            }
        }
    }
}

fn row(scene: &Scene<'_>, case: &Case, numbers: [u64; 3], rows: &mut Sheet) {
    let today = scene.today.text();
    let [need, goal, support] = numbers;
    rows.begin(&case.person)
        .put("created_date", &today)
        .put("care_plan_date", &today)
        .number("need_no", need)
        .number("goal_no", goal)
        .number("support_no", support);
}

fn support(scene: &Scene<'_>, helper: Helper<'_>, rng: &mut Rng, rows: &mut Sheet) {
    rows.put("service_content", rng.pick(&texts::CONTENTS));
    match helper {
        Some(office) => rows
            .put("insurance_covered", "Y")
            .put("service_type_text", office.service())
            .put("provider_office_code", &office.number)
            .put("provider_office_name", office.name),
        None => rows
            .maybe("insurance_covered", rng.one_in(2).then_some("N"))
            .put("service_type_text", "家族・地域の支え")
            .put("provider_office_name", rng.pick(&texts::INFORMAL)),
    };
    rows.put("frequency", rng.pick(&texts::FREQUENCIES))
        .put("period", period(scene, 6))
        .put("updating_office_code", scene.care_office)
        .end();
}

/// From the next month on, so many months.
fn period(scene: &Scene<'_>, months: i64) -> String {
    let from = scene.today.month_plus(1);
    format!("{}～{}", from.reiwa(), from.month_plus(months).plus(-1).reiwa())
}

/// The rows of table 3: services of the week, activities, and what is not weekly, each in its own group of fields.
pub(crate) fn table3(scene: &Scene<'_>, case: &Case, rng: &mut Rng, rows: &mut Sheet) {
    let mut weekly: Vec<(u64, u64, u64, &str)> = case.lines.iter().flat_map(of_week).collect();
    weekly.sort_unstable();
    weekly.dedup();
    for (weekday, from, to, service) in weekly {
        begin(scene, case, rows);
        rows.put("service_content", service)
            .number("weekday", weekday)
            .put("service_start_time", clock(from))
            .put("service_end_time", clock(to))
            .end();
    }
    let skip = rng.index(texts::ACTIVITIES.len());
    for (activity, from, to) in texts::ACTIVITIES.iter().skip(skip).copied() {
        begin(scene, case, rows);
        rows.put("daily_activity", activity)
            .put("activity_start_time", clock(from))
            .put("activity_end_time", clock(to))
            .end();
    }
    begin(scene, case, rows);
    rows.put("non_weekly_service", rng.pick(&texts::NON_WEEKLY)).end();
}

fn begin(scene: &Scene<'_>, case: &Case, rows: &mut Sheet) {
    let today = scene.today.text();
    rows.begin(&case.person)
        .put("created_date", &today)
        .put("care_plan_date", &today);
}

/// Weekday, first and last minute, service.
fn of_week(line: &Line) -> impl Iterator<Item = (u64, u64, u64, &'static str)> {
    let weekly = catalogue::shape(&line.office.kind) == Shape::Visits;
    let service = line.office.service();
    line.visits
        .iter()
        .filter(move |_| weekly)
        .filter_map(move |visit| {
            let (from, to) = visit.minutes?;
            Some((visit.day.weekday(), from, to, service))
        })
}
