//! What services a person has in a month.

use super::Scene;
use super::rng::Rng;
use crate::date;

/// Item codes, units and times; the kind stands before the item.
const VISITS: [(&str, u64, &str, &str); 4] = [
    ("1111", 244, "0900", "0930"),
    ("1211", 387, "1000", "1100"),
    ("2241", 658, "0930", "1640"),
    ("2411", 179, "1400", "1445"),
];
const EQUIPMENT: [(&str, u64, &str, &str); 4] = [
    ("1001", 600, "見本車いす　A型", "00901-000101"),
    ("1003", 900, "見本特殊寝台　B型", "00902-000202"),
    ("1007", 300, "見本手すり　C型", "00903-000303"),
    ("1010", 250, "見本歩行器　D型", "00904-000404"),
];
/// Another provider of the same person, in plans.
const OTHERS: [(&str, &str); 2] = [("9900000017", "13"), ("9900000025", "14")];

/// One service of a person in a month: a row of table 7, and a row of table 6 for each day.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) office: String,
    pub(crate) kind: String,
    /// Kind and item.
    pub(crate) code: String,
    pub(crate) units: u64,
    pub(crate) start: &'static str,
    pub(crate) end: &'static str,
    /// Days YYYYMMDD.
    pub(crate) days: Vec<String>,
    pub(crate) equipment: Option<(&'static str, &'static str)>,
}

/// The services of the provider and, in plans, now and then of another one: plans hold all services of a person.
pub(crate) fn lines(scene: &Scene<'_>, rng: &mut Rng, with_others: bool) -> Vec<Line> {
    let month = scene.spec.month.as_str();
    let mut lines = of_provider(scene.provider, scene.provider_kind, month, rng);
    if with_others && rng.below(2) == 0 {
        let (office, kind) = rng.pick(&OTHERS);
        let prevention = matches!(scene.provider_kind.chars().next(), Some('A' | '6'));
        let kind = match (prevention, kind) {
            (true, "13") => "63",
            (true, _) => "64",
            (false, kind) => kind,
        };
        if kind != scene.provider_kind && office != scene.provider {
            lines.extend(of_provider(office, kind, month, rng).into_iter().take(1));
        }
    }
    lines
}

fn of_provider(office: &str, kind: &str, month: &str, rng: &mut Rng) -> Vec<Line> {
    let count = rng.range(1, 3);
    let offset = rng.below(4);
    let mut lines = Vec::new();
    for index in 0..count {
        let at = usize::try_from((offset + index) % 4).unwrap_or_default();
        let line = if matches!(kind, "17" | "67") {
            let (item, units, name, tais) = EQUIPMENT.get(at).copied().unwrap_or_default();
            Line {
                office: office.to_owned(),
                kind: kind.to_owned(),
                code: format!("{kind}{item}"),
                units,
                start: "9999",
                end: "9999",
                days: vec![format!("{month}01")],
                equipment: Some((tais, name)),
            }
        } else {
            let (item, units, start, end) = VISITS.get(at).copied().unwrap_or_default();
            Line {
                office: office.to_owned(),
                kind: kind.to_owned(),
                code: format!("{kind}{item}"),
                units,
                start,
                end,
                days: weekly(month, rng),
                equipment: None,
            }
        };
        lines.push(line);
    }
    lines
}

/// One or two days a week.
fn weekly(month: &str, rng: &mut Rng) -> Vec<String> {
    let number = date::number(month.as_bytes()).unwrap_or(202_501);
    let last = date::days_in(number / 100, number % 100);
    let first = u32::try_from(rng.range(1, 7)).unwrap_or(1);
    let twice = rng.below(2) == 0;
    let fits = |day: &u32| (day + 7 - first).is_multiple_of(7) || (twice && (day + 7 - first) % 7 == 3);
    (1..=last)
        .filter(fits)
        .map(|day| format!("{month}{day:02}"))
        .collect()
}
