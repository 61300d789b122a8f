//! What services there are: how each service kind is given and counted. Items, units and names are invented.

use super::rng::Rng;
use super::texts;
use crate::lists::{self, Group};

/// An office that gives services of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Provider {
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) name: &'static str,
    /// The branch of a satellite.
    pub(crate) satellite: Option<&'static str>,
}

impl Provider {
    /// An office of this number and kind; its name and satellite follow from the number, so that it has the same ones
    /// in every file.
    pub(crate) fn new(number: &str, kind: &str) -> Provider {
        let digits = number.bytes().chain(kind.bytes());
        let sum = digits.fold(0_u64, |sum, digit| {
            sum.wrapping_mul(31).wrapping_add(digit.into())
        });
        let mut rng = Rng::new(sum, 3);
        Provider {
            number: number.to_owned(),
            kind: kind.to_owned(),
            name: rng.pick(&texts::OFFICES),
            satellite: rng.one_in(5).then(|| rng.pick(&["1", "2", "A1"])),
        }
    }

    /// What the kind is called.
    pub(crate) fn service(&self) -> &'static str {
        service_name(&self.kind)
    }
}

/// The Japanese name of a service kind.
pub(crate) fn service_name(kind: &str) -> &'static str {
    lists::service_kinds(kind.as_bytes())
        .next()
        .map_or("", |kind| kind.name_ja)
}

/// Is it a kind for people in prevention (介護予防, 総合事業)?
pub(crate) fn is_prevention(kind: &str) -> bool {
    kind == "46"
        || lists::service_kinds(kind.as_bytes())
            .any(|kind| matches!(kind.group, Group::Prevention | Group::Project))
}

/// Is it the kind of an office that plans (43, 46) and gives no services itself?
pub(crate) fn is_planner(kind: &str) -> bool {
    matches!(kind, "43" | "46")
}

/// Kinds of other offices that people in care or in prevention have, beside the one that a unit is about.
pub(crate) fn common_kinds(prevention: bool) -> &'static [&'static str] {
    if prevention {
        &["A2", "A6", "63", "66", "67", "24", "34"]
    } else {
        &["11", "13", "15", "16", "17", "21", "31", "78", "76"]
    }
}

/// How a kind is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// On days of the week, at a time.
    Visits,
    /// Rented by the month.
    Equipment,
    /// Several days in a row, without a time.
    Stay,
    /// A flat sum a month, or by the day when the month is not full.
    Flat,
    /// Advice once or twice a month, outside the category limit.
    Advice,
}

/// How this kind is given.
pub(crate) fn shape(kind: &str) -> Shape {
    match kind {
        "17" | "67" => Shape::Equipment,
        "21" | "22" | "23" | "2A" | "24" | "25" | "26" | "2B" | "27" | "28" | "38" | "39" | "68" | "69"
        | "79" => Shape::Stay,
        "73" | "75" | "76" | "77" | "A3" | "A4" | "A7" | "A8" => Shape::Flat,
        "31" | "34" => Shape::Advice,
        _ => Shape::Visits,
    }
}

/// Item (behind the kind), units, first and last minute of the day.
pub(crate) const VISITS: [(&str, u64, u64, u64); 5] = [
    ("1111", 244, 540, 570),
    ("1211", 387, 600, 660),
    ("2241", 658, 570, 1_000),
    ("2411", 179, 840, 885),
    ("4113", 1_054, 1_125, 1_215),
];
/// Item, units a month, name; the number of the goods follows.
pub(crate) const EQUIPMENT: [(&str, u64, &str); 6] = [
    ("1001", 600, "見本車いす　A型"),
    ("1003", 900, "見本特殊寝台　B型, 介助バー付"),
    ("1007", 300, "見本手すり　\"L字\"　C型"),
    ("1010", 250, "見本歩行器　ｶﾙｲ-Ⅱ"),
    ("1003", 900, "予備表示付寝台　ソD型"),
    ("1008", 450, "見本スロープ　2.5m"),
];
/// Item, units a day.
pub(crate) const STAYS: [(&str, u64); 3] = [("1111", 603), ("1121", 672), ("2115", 745)];
/// Item by the month, units a month, item by the day, units a day.
pub(crate) const FLAT: [(&str, u64, &str, u64); 2] =
    [("1111", 5_446, "1112", 179), ("1121", 7_946, "1122", 261)];
/// Item, units.
pub(crate) const ADVICE: [(&str, u64); 2] = [("1111", 515), ("1221", 566)];
/// Add-ons for each visit: item, units.
pub(crate) const ADD_ONS: [(&str, u64); 3] = [("5301", 40), ("5051", 56), ("6109", 22)];
/// Add-ons by percent of the month's units: item, per mille.
pub(crate) const PERCENT: [(&str, u64); 3] = [("6108", 245), ("6269", 92), ("6107", 182)];
/// The office code of grand totals.
pub(crate) const CONSTANT_OFFICE: &str = "9999999999";
/// The kind of a care support office.
pub(crate) const CARE_SUPPORT: &str = "43";
