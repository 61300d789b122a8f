//! The services of a person in a month, and how they went.

use super::catalogue::Provider;
use super::day::Day;
use super::rng::Rng;

/// One service of a person in a month: a row of table 6 for each visit, a row of table 7 for all of them.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) office: Provider,
    /// Kind and item.
    pub(crate) code: String,
    /// Units before any reduction.
    pub(crate) units: u64,
    /// Percent of the units that are counted: 90 where many people of one house are visited.
    pub(crate) rate: u64,
    /// Does it count against the category limit?
    pub(crate) limited: bool,
    pub(crate) role: Role,
    /// Paid in full by the person: the days of a stay after the 30th.
    pub(crate) over_30: bool,
    /// Days of short stay before this month.
    pub(crate) stayed_before: Option<u64>,
    pub(crate) equipment: Option<Equipment>,
    /// In the order of time; never empty, no two at the same time.
    pub(crate) visits: Vec<Visit>,
}

impl Line {
    /// Units after reduction.
    pub(crate) fn after(&self) -> u64 {
        self.units * self.rate / 100
    }

    /// Times in the month.
    pub(crate) fn count(&self) -> u64 {
        self.visits.iter().map(|visit| visit.times).sum()
    }
}

/// What a line is to the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A service of its own.
    Base,
    /// Given with each visit of the base before it, at its time.
    AddOn,
    /// Per mille of the units of the office's lines.
    Percent(u64),
}

/// Rented goods.
#[derive(Debug, Clone)]
pub(crate) struct Equipment {
    pub(crate) name: &'static str,
    /// Its TAIS code, or the registration code of goods that have none.
    pub(crate) number: String,
    pub(crate) has_tais: bool,
    /// Tells goods of the same code and units apart.
    pub(crate) detail: Option<u64>,
}

/// One row of table 6.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Visit {
    pub(crate) day: Day,
    /// First and last minute of the day; `None` for services that show no time.
    pub(crate) minutes: Option<(u64, u64)>,
    pub(crate) times: u64,
    /// First and last day billed pro rata, for services by the day.
    pub(crate) by_day: Option<(u64, u64)>,
}

impl Visit {
    pub(crate) fn once(day: Day, minutes: Option<(u64, u64)>) -> Visit {
        Visit {
            day,
            minutes,
            times: 1,
            by_day: None,
        }
    }
}

/// How it went: now and then a visit was missed, moved, or one more was made.
pub(crate) fn actual(planned: &[Line], rng: &mut Rng) -> Vec<Line> {
    let mut lines = planned.to_vec();
    let mut base: Vec<Visit> = Vec::new();
    for line in &mut lines {
        match line.role {
            Role::Base => deviate(&mut line.visits, rng),
            Role::AddOn => line.visits.clone_from(&base),
            Role::Percent(_) => {}
        }
        if line.role == Role::Base {
            base.clone_from(&line.visits);
        }
    }
    price(&mut lines);
    lines
}

fn deviate(visits: &mut Vec<Visit>, rng: &mut Rng) {
    // Rents, flat sums and stays go as planned, but for a stay that ends a day early.
    let timed = visits.iter().all(|visit| visit.minutes.is_some());
    if !timed {
        if 2 < visits.len() && rng.one_in(4) {
            visits.pop();
        }
        return;
    }
    if 2 < visits.len() && rng.one_in(3) {
        visits.remove(rng.index(visits.len()));
    }
    if rng.one_in(3) {
        let at = rng.index(visits.len());
        let later = rng.pick(&[15, 30, 60]);
        if let Some(visit) = visits.get_mut(at) {
            visit.minutes = visit.minutes.map(|(from, to)| (from + later, to + later));
        }
    }
    if rng.one_in(5)
        && let Some(last) = visits.last().cloned()
    {
        let days = last.day.days_in_month();
        let free = (1..=days).map(|day| nth(last.day, day));
        let is_free = |day: &Day| visits.iter().all(|visit| visit.day != *day);
        if let Some(day) = free.into_iter().find(is_free) {
            visits.push(Visit { day, ..last });
            visits.sort_by_key(|visit| visit.day);
        }
    }
}

/// Sets the units of add-ons by percent.
pub(crate) fn price(lines: &mut [Line]) {
    let priced = lines.to_vec();
    for line in lines {
        let Role::Percent(mille) = line.role else { continue };
        let base: u64 = priced
            .iter()
            .filter(|other| other.office == line.office && !matches!(other.role, Role::Percent(_)))
            .map(|other| other.after() * other.count())
            .sum();
        line.units = base * mille / 1000;
    }
}

/// This day of the month of that one.
pub(crate) fn nth(month: Day, day: u64) -> Day {
    month.month_plus(0).plus(i64::try_from(day).unwrap_or(1) - 1)
}

/// Takes the last visits away until the times of the month fit a field of two digits, as V3 has it.
pub(crate) fn trim(lines: &mut [Line]) {
    for most in (1..31).rev() {
        if lines.iter().map(Line::count).sum::<u64>() <= 99 {
            break;
        }
        lines.iter_mut().for_each(|line| line.visits.truncate(most));
    }
    price(lines);
}
