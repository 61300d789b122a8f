//! Rows that are sorted by their numbers: table 2 and the annex of the prevention plan.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::date;

/// The numbers ascend within a person and plan.
pub(crate) struct Order<'a> {
    /// Person and plan date.
    key: [usize; 3],
    numbers: [Column; 3],
    last: Option<([&'a [u8]; 3], [u32; 3])>,
}

impl Order<'_> {
    const NUMBERS: [[&'static str; 3]; 2] = [
        ["need_no", "goal_no", "support_no"],
        ["issue_no", "support_no", "service_no"],
    ];

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let numbers = Self::NUMBERS.iter().find_map(|[first, second, third]| {
            Some([scene.column(first)?, scene.column(second)?, scene.column(third)?])
        })?;
        let plan = scene.at("care_plan_date").or_else(|| scene.at("plan_date"))?;
        Some(Order {
            key: [1, 2, plan],
            numbers,
            last: None,
        })
    }
}

impl<'a> RowRule<'a> for Order<'a> {
    fn fields(&self) -> Fields {
        changed::fields(self.key.into_iter().chain(self.numbers.map(|column| column.at)))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let [Some(one), Some(two), Some(three)] = self.numbers.map(|column| date::number(row.get(column)))
        else {
            return;
        };
        let (key, numbers) = (self.key.map(|at| row.at(at)), [one, two, three]);
        let before = self.last.filter(|(person, _)| *person == key);
        if let Some((_, before)) = before.filter(|(_, before)| numbers < *before) {
            let column = self
                .numbers
                .iter()
                .zip(numbers.iter().zip(before.iter()))
                .find(|(_, (now, before))| now < before)
                .map_or(self.numbers[0], |(column, _)| *column);
            let written = |numbers: [u32; 3]| numbers.map(|number| number.to_string()).join("-");
            tell.column(&codes::RECORD_ORDER, row, column, |draft| {
                let (after, now) = (written(before), written(numbers));
                draft.detail(format!("{after}の後に{now}"), format!("{now} after {after}"))
            });
        }
        self.last = Some((key, numbers));
    }
}
