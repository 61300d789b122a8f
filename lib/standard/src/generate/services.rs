//! Making up what services a person has from an office in a month.

use super::catalogue::{self, Provider, Shape};
use super::day::Day;
use super::lines::{Equipment, Line, Role, Visit, nth, price};
use super::rng::Rng;

/// What a person has from this office in the month that begins on `first`.
pub(crate) fn of_provider(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let mut lines = match catalogue::shape(&office.kind) {
        Shape::Visits => visits(office, first, rng),
        Shape::Equipment => equipment(office, first, rng),
        Shape::Stay => stay(office, first, rng),
        Shape::Flat => flat(office, first, rng),
        Shape::Advice => advice(office, first, rng),
    };
    if !matches!(catalogue::shape(&office.kind), Shape::Equipment | Shape::Advice) && rng.one_in(3) {
        let (item, mille) = rng.pick(&catalogue::PERCENT);
        let last = first.month_plus(1).plus(-1);
        lines.push(Line {
            units: 0,
            limited: false,
            role: Role::Percent(mille),
            ..line(office, item, 0, vec![Visit::once(last, None)])
        });
        price(&mut lines);
    }
    lines
}

fn line(office: &Provider, item: &str, units: u64, visits: Vec<Visit>) -> Line {
    Line {
        office: office.clone(),
        code: format!("{}{item}", office.kind),
        units,
        rate: 100,
        limited: true,
        role: Role::Base,
        over_30: false,
        stayed_before: None,
        equipment: None,
        visits,
    }
}

fn visits(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let count = rng.range(1, 3);
    let offset = rng.index(catalogue::VISITS.len());
    let rate = if rng.one_in(8) { 90 } else { 100 };
    let mut lines = Vec::new();
    for (item, units, from, to) in catalogue::VISITS
        .iter()
        .cycle()
        .skip(offset)
        .take(usize::try_from(count).unwrap_or(1))
        .copied()
    {
        let mut visits = weekly(first, (from, to), rng);
        if rng.one_in(10) {
            // Twice on a day, at times that one row does not tell apart.
            visits.iter_mut().step_by(2).for_each(|visit| visit.times = 2);
        }
        let base = Line {
            rate,
            ..line(office, item, units, visits)
        };
        let add_on = (lines.is_empty() && rng.one_in(3)).then(|| {
            let (item, units) = rng.pick(&catalogue::ADD_ONS);
            Line {
                role: Role::AddOn,
                ..line(office, item, units, base.visits.clone())
            }
        });
        lines.push(base);
        lines.extend(add_on);
    }
    lines
}

/// One to three days a week.
fn weekly(first: Day, minutes: (u64, u64), rng: &mut Rng) -> Vec<Visit> {
    let start = rng.range(1, 7);
    let more: &[u64] = rng.pick(&[&[][..], &[], &[3], &[2, 4]]);
    let on =
        |weekday: u64| weekday == start || more.iter().any(|after| weekday == (start + after - 1) % 7 + 1);
    (1..=first.days_in_month())
        .map(|day| nth(first, day))
        .filter(|day| on(day.weekday()))
        .map(|day| Visit::once(day, Some(minutes)))
        .collect()
}

fn equipment(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let count = usize::try_from(rng.range(1, 4)).unwrap_or(1);
    let offset = rng.index(catalogue::EQUIPMENT.len());
    let mut lines: Vec<Line> = Vec::new();
    for at in (offset..offset + count).map(|at| at % catalogue::EQUIPMENT.len()) {
        let Some((item, units, name)) = catalogue::EQUIPMENT.get(at).copied() else {
            continue;
        };
        let made = Equipment {
            name,
            number: format!("009{:02}-000{:03}", at + 1, (at + 1) * 101),
            has_tais: !rng.one_in(4),
            detail: None,
        };
        lines.push(Line {
            equipment: Some(made),
            ..line(office, item, units, vec![Visit::once(first, None)])
        });
    }
    if office.kind == "17" {
        let codes: Vec<String> = lines.iter().map(|line| line.code.clone()).collect();
        for (at, line) in lines.iter_mut().enumerate() {
            let before = codes.iter().take(at).filter(|code| **code == line.code).count();
            let twin = codes.iter().filter(|code| **code == line.code).count() > 1;
            if let Some(made) = line.equipment.as_mut().filter(|_| twin) {
                made.detail = Some(before as u64 + 1);
            }
        }
    }
    lines
}

fn stay(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let (item, units) = rng.pick(&catalogue::STAYS);
    let before = rng.pick(&[0, 4, 12, 28]);
    let begin = rng.range(1, 20);
    let days = rng.range(2, 7);
    let days: Vec<Visit> = (begin..begin + days)
        .map(|day| Visit::once(nth(first, day), None))
        .collect();
    // The 31st day in a row and those after it are not paid by the insurance.
    let paid = usize::try_from(30 - before).unwrap_or_default().min(days.len());
    let (paid, over) = days.split_at(paid);
    let base = Line {
        stayed_before: Some(before),
        ..line(office, item, units, paid.to_vec())
    };
    let mut lines = vec![base.clone()];
    if !over.is_empty() {
        lines.push(Line {
            over_30: true,
            limited: false,
            visits: over.to_vec(),
            ..base
        });
    }
    lines
}

fn flat(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let (monthly, units, daily, by_day) = rng.pick(&catalogue::FLAT);
    if !rng.one_in(3) {
        return vec![line(office, monthly, units, vec![Visit::once(first, None)])];
    }
    let last = first.days_in_month();
    let (from, to) = if rng.one_in(2) {
        (rng.range(2, 20), last)
    } else {
        (1, rng.range(5, last - 1))
    };
    let visit = Visit {
        times: to - from + 1,
        by_day: Some((from, to)),
        ..Visit::once(nth(first, from), None)
    };
    vec![line(office, daily, by_day, vec![visit])]
}

fn advice(office: &Provider, first: Day, rng: &mut Rng) -> Vec<Line> {
    let (item, units) = rng.pick(&catalogue::ADVICE);
    let begin = rng.range(1, 10);
    let days = [begin, begin + 14];
    let visits = days
        .iter()
        .take(usize::try_from(rng.range(1, 2)).unwrap_or(1))
        .map(|day| Visit::once(nth(first, *day), None))
        .collect();
    vec![Line {
        limited: false,
        ..line(office, item, units, visits)
    }]
}
