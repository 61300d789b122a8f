//! Prevention: the service and support plan, and its annex.

use super::basic::commissioned;
use super::catalogue::Provider;
use super::people::Person;
use super::rng::Rng;
use super::scene::{Case, Scene};
use super::sheet::Sheet;
use super::texts;

/// The row of the plan.
pub(crate) fn write(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Sheet) {
    rows.begin(person)
        .put("plan_date", scene.today.text())
        .put("plan_kind", if person.level == "06" { "2" } else { "1" })
        .put("commissioned", commissioned(scene))
        .maybe(
            "reference_number",
            rng.one_in(2).then(|| format!("予-{:04}", rng.below(10_000))),
        )
        .put("user_name", &person.name);
    if let Some((decided, from, to)) = person.certified {
        rows.put("certification_date", decided.text())
            .put("certification_start_date", from.text())
            .put("certification_end_date", to.text());
    }
    let (status, level) = match (person.level, person.certified) {
        ("06", _) => (None, "3"),
        ("12", certified) => (Some(certified), "1"),
        (_, certified) => (Some(certified), "2"),
    };
    let status = status.map(|certified| if certified.is_some() { "2" } else { "1" });
    rows.put("plan_category", rng.pick(&["11", "21", "21", "54"]))
        .maybe("certification_status", status)
        .put("support_level", level)
        .put("author_name_support_centre", "地域　包子")
        .maybe(
            "author_name_care_manager",
            (commissioned(scene) == "2").then_some(person.manager),
        )
        .put("author_office_name", "見本地域包括支援センター")
        .put("author_office_address", "架空市見本町1－1, 2階")
        .put("author_office_phone", "000-0000-0000")
        .put("first_plan_date", scene.today.plus(-200).text())
        .put("support_centre_name", "見本地域包括支援センター")
        .put("goal_day", "毎日、表を15分歩く。")
        .put(
            "goal_year",
            "一人でバスに乗り、\"孫の家\"へ行く。\r\n（隣の市, 片道40分）",
        );
    for area in ["mobility", "daily_life", "social", "health"] {
        let issue = rng.one_in(2);
        let field = |what: &str| format!("{area}_{what}");
        rows.put(&field("current"), rng.pick(&texts::REMARKS))
            .put(&field("wishes"), rng.pick(&texts::ASSESSMENTS))
            .put(&field("issue"), if issue { "1" } else { "2" })
            .maybe(&field("issue_cause"), issue.then(|| rng.pick(&texts::REMARKS)));
    }
    rows.put("health_notes", rng.pick(&texts::REMARKS))
        .put("support_policy", rng.pick(&texts::POLICIES))
        .put("overall_policy", rng.pick(&texts::POLICIES));
    for area in [
        "exercise",
        "nutrition",
        "oral_care",
        "housebound",
        "memory",
        "depression",
    ] {
        let hits = rng.below(5);
        rows.number(&format!("checklist_hits_{area}"), hits).put(
            &format!("program_needed_{area}"),
            if 2 < hits { "1" } else { "2" },
        );
    }
    rows.maybe(
        "support_centre_opinion",
        rng.one_in(2).then_some("適切と認める。"),
    )
    .put("consent_date", scene.today.text())
    .put("consenter_name", &person.name)
    .end();
}

/// The rows of the annex: issues, support plans within them, services within those. The numbers stand in every row, the
/// texts in the first.
pub(crate) fn supports(scene: &Scene<'_>, case: &Case, rng: &mut Rng, rows: &mut Sheet) {
    let mut offices: Vec<&Provider> = case.lines.iter().map(|line| &line.office).collect();
    offices.dedup();
    for issue_no in 1..=rng.range(1, 3) {
        let (issue, goal, proposal) = rng.pick(&texts::NEEDS);
        let plans = rng.range(1, 2);
        for support_no in 1..=plans {
            let services = rng.range(1, 2);
            for service_no in 1..=services {
                rows.begin(&case.person)
                    .put("plan_date", scene.today.text())
                    .number("issue_no", issue_no);
                if support_no == 1 && service_no == 1 {
                    rows.put("overall_issue", issue)
                        .put("proposal", proposal)
                        .put("proposal_wishes", rng.pick(&texts::ASSESSMENTS))
                        .put("goal", goal);
                }
                rows.number("support_no", support_no);
                if service_no == 1 {
                    rows.put("support_points", rng.pick(&texts::POLICIES))
                        .put("self_care_informal", rng.pick(&texts::INFORMAL))
                        .put("insured_services", rng.pick(&texts::CONTENTS));
                }
                let office = offices.get(rng.index(offices.len()));
                rows.number("service_no", service_no)
                    .maybe("service_type_text", office.map(|office| office.service()))
                    .maybe("service_office_name", office.map(|office| office.name))
                    .put("service_period", "6か月")
                    .end();
            }
        }
    }
}
