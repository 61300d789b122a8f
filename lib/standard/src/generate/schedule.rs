//! When an office and its partners send what, over a month.

use super::catalogue;
use super::day::Day;
use super::office::{Client, OfficeMonth};
use super::rng::Rng;
use super::spec::UnitKind;

/// One sending.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) day: Day,
    /// 14 digits, given by [`number`].
    pub(crate) sequence: String,
    pub(crate) unit: UnitKind,
    /// Place of the partner in the office's list.
    pub(crate) partner: usize,
    /// Places of the persons.
    pub(crate) clients: Vec<usize>,
    /// The services as they are after a change in the month.
    pub(crate) after_change: bool,
    /// Results sent again, with this person's mended.
    pub(crate) corrected: Option<usize>,
}

impl Step {
    fn new(day: Day, unit: UnitKind, partner: usize, clients: Vec<usize>) -> Step {
        Step {
            day,
            sequence: String::new(),
            unit,
            partner,
            clients,
            after_change: false,
            corrected: None,
        }
    }
}

/// All sendings about the month that begins on `first`, in the order of their days.
pub(crate) fn steps(office: &OfficeMonth, clients: &[Client], rng: &mut Rng, first: Day) -> Vec<Step> {
    let mut steps = Vec::new();
    for (at, client) in clients.iter().enumerate() {
        plans(office, client, at, rng, first, &mut steps);
    }
    for (partner, other) in office.partners.iter().enumerate() {
        let centre = catalogue::is_planner(&other.kind);
        let of_partner: Vec<usize> = clients
            .iter()
            .enumerate()
            .filter(|(_, client)| client.partners.contains(&partner) || (centre && client.prevention))
            .map(|(at, _)| at)
            .collect();
        if of_partner.is_empty() {
            continue;
        }
        usage(&of_partner, partner, clients, rng, first, &mut steps);
        if !centre {
            results(&of_partner, partner, rng, first, &mut steps);
        }
    }
    steps.sort_by_key(|step| step.day);
    steps
}

/// Gives sequences: business hours, some seconds apart.
pub(crate) fn number(steps: &mut [Step]) {
    let mut last: Option<(Day, u64)> = None;
    for step in steps {
        let second = match last {
            Some((day, second)) if day == step.day => second + 41,
            _ => 9 * 3_600,
        };
        last = Some((step.day, second));
        step.sequence = step.day.at(second);
    }
}

/// An eighth of the plans is made or changed in a month (they hold for half a year to a year, or until something
/// happens), and goes to each partner of the person.
fn plans(office: &OfficeMonth, client: &Client, at: usize, rng: &mut Rng, first: Day, steps: &mut Vec<Step>) {
    if !rng.one_in(8) {
        return;
    }
    let day = first.plus(-i64::try_from(rng.range(3, 9)).unwrap_or_default());
    let unit = match (client.prevention, rng.below(3)) {
        (false, _) => UnitKind::Plan,
        (true, 0) => UnitKind::PreventionPlanBasic,
        (true, 1) => UnitKind::PreventionBasic,
        (true, _) => UnitKind::PreventionPlan,
    };
    let centre = |partner: &usize| {
        client.prevention
            && office
                .partners
                .get(*partner)
                .is_some_and(|other| catalogue::is_planner(&other.kind))
    };
    let centres = (0..office.partners.len()).filter(centre);
    let partners: Vec<usize> = client.partners.iter().copied().chain(centres).collect();
    for partner in &partners {
        steps.push(Step::new(day, unit, *partner, vec![at]));
    }
    // Few are withdrawn: sent for the wrong person, or too early.
    let deletion = match unit {
        UnitKind::Plan => UnitKind::DeletePlan,
        UnitKind::PreventionBasic => UnitKind::DeletePreventionBasic,
        _ => UnitKind::DeletePreventionPlan,
    };
    if rng.one_in(10)
        && let Some(partner) = partners.first()
    {
        steps.push(Step::new(day, deletion, *partner, vec![at]));
    }
}

/// Tables 6 and 7: everyone in the last days before the month; again, all of them, where something changed in it; a
/// deletion where someone went to hospital.
fn usage(
    of_partner: &[usize],
    partner: usize,
    clients: &[Client],
    rng: &mut Rng,
    first: Day,
    steps: &mut Vec<Step>,
) {
    let before = first.plus(-rng.pick(&[1_i64, 1, 2, 2, 3, 4, 5]));
    steps.push(Step::new(before, UnitKind::Usage, partner, of_partner.to_vec()));
    let changed = of_partner
        .iter()
        .any(|at| clients.get(*at).is_some_and(|client| client.changed.is_some()));
    if changed {
        let day = first.plus(i64::try_from(rng.range(4, 20)).unwrap_or(4));
        steps.push(Step {
            after_change: true,
            ..Step::new(day, UnitKind::Usage, partner, of_partner.to_vec())
        });
    }
    if rng.one_in(20) {
        let day = first.plus(i64::try_from(rng.range(2, 25)).unwrap_or(2));
        let gone = vec![rng.pick(of_partner)];
        steps.push(Step::new(day, UnitKind::DeleteUsage, partner, gone));
    }
}

/// Results in the first days after the month; some are corrected by the whole set again, few are withdrawn.
fn results(of_partner: &[usize], partner: usize, rng: &mut Rng, first: Day, steps: &mut Vec<Step>) {
    let next = first.month_plus(1);
    let day = next.plus(rng.pick(&[0_i64, 0, 1, 1, 2, 3]));
    let sent = Step {
        after_change: true,
        ..Step::new(day, UnitKind::Results, partner, of_partner.to_vec())
    };
    steps.push(sent);
    if rng.one_in(8) {
        steps.push(Step {
            after_change: true,
            corrected: Some(rng.pick(of_partner)),
            ..Step::new(day.plus(1), UnitKind::Results, partner, of_partner.to_vec())
        });
    }
    if rng.one_in(20) {
        let gone = vec![rng.pick(of_partner)];
        steps.push(Step::new(day.plus(2), UnitKind::DeleteResults, partner, gone));
    }
}
