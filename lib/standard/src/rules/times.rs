//! Start and end times, and the groups of fields in a row of table 3.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;

/// No time is shown for this service.
const NO_TIME: &[u8] = b"9999";

/// Start and end go together: both times, or neither.
pub(crate) struct Pairs(Vec<(Column, Column)>);

impl Pairs {
    const PAIRS: [(&'static str, &'static str); 3] = [
        ("start_time", "end_time"),
        ("service_start_time", "service_end_time"),
        ("activity_start_time", "activity_end_time"),
    ];

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        scene.pairs(&Self::PAIRS).map(Pairs)
    }
}

impl<'a> RowRule<'a> for Pairs {
    fn fields(&self) -> Fields {
        changed::fields(self.0.iter().flat_map(|(start, end)| [start.at, end.at]))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        for (start, end) in &self.0 {
            let (from, to) = (row.get(*start), row.get(*end));
            // One required and empty has been told already.
            let told = (from.is_empty() || to.is_empty()) && start.field.is_required();
            let alone = (from == NO_TIME) != (to == NO_TIME) || from.is_empty() != to.is_empty();
            if alone && !told {
                tell.column(&codes::TIME_PAIR, row, *end, |draft| draft);
            }
        }
    }
}

/// A row of table 3 is a service, an activity, or something that is not weekly.
pub(crate) struct Weekly([Fields; 3]);

impl Weekly {
    const GROUPS: [&'static [&'static str]; 3] = [
        &[
            "service_content",
            "weekday",
            "service_start_time",
            "service_end_time",
        ],
        &["daily_activity", "activity_start_time", "activity_end_time"],
        &["non_weekly_service"],
    ];

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let group =
            |names: &[&str]| -> Option<Vec<usize>> { names.iter().map(|name| scene.at(name)).collect() };
        let [service, activity, other] = Self::GROUPS;
        let groups = [group(service)?, group(activity)?, group(other)?];
        Some(Weekly(groups.map(changed::fields)))
    }
}

impl<'a> RowRule<'a> for Weekly {
    fn fields(&self) -> Fields {
        self.0.iter().fold(0, |all, group| all | group)
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let count = self.0.iter().filter(|group| row.fills(**group)).count();
        if count != 1 {
            tell.line(&codes::WEEKLY_GROUPS, row.line(), |draft| {
                draft.detail(
                    format!("{count}組に値がある"),
                    format!("{count} groups are filled"),
                )
            });
        }
    }
}
