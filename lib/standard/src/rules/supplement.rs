//! The user supplement: its plan date and the slots of limits by service kind.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::kind::FileKind;

/// Service kind, limit, units and units over the limit of one kind.
type Slot = [Column; 4];

/// The rules of the supplement's rows.
pub(crate) struct Supplement {
    plan_date: Column,
    /// It goes with tables 6 and 7.
    monthly: bool,
    slots: Vec<Slot>,
}

impl Supplement {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        if scene.name.kind != FileKind::UpHosoku {
            return None;
        }
        let slot = |number: u32| -> Option<Slot> {
            let column = |what: &str| scene.column(&format!("slot{number}_{what}"));
            Some([
                column("service_kind")?,
                column("limit_amount")?,
                column("total_units")?,
                column("over_limit_units")?,
            ])
        };
        Some(Supplement {
            plan_date: scene.column("care_plan_date")?,
            monthly: scene.name.month.is_some(),
            slots: (1..=9).map_while(slot).collect(),
        })
    }
}

impl<'a> RowRule<'a> for Supplement {
    fn fields(&self) -> Fields {
        let slots = self.slots.iter().flatten().map(|column| column.at);
        changed::fields(slots.chain([self.plan_date.at]))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let plan_date = row.get(self.plan_date);
        let zeros = plan_date == b"00000000";
        if zeros != self.monthly && plan_date.len() == 8 {
            tell.column(&codes::SUPPLEMENT_PLAN_DATE, row, self.plan_date, |draft| draft);
        }
        let mut gap = false;
        for [kind, limit, total, over] in &self.slots {
            let filled = |column: &Column| !row.get(*column).is_empty();
            if ![kind, limit, total, over].into_iter().any(filled) {
                gap = true;
                continue;
            }
            let (column, ja, en) = if gap {
                (kind, "前の欄が空いている", "a slot before it is empty")
            } else if !filled(kind) {
                (kind, "サービス種類がない", "there is no service kind")
            } else if !filled(limit) {
                (limit, "限度額がない", "there is no limit")
            } else {
                continue;
            };
            tell.column(&codes::SUPPLEMENT_SLOTS, row, *column, |draft| {
                draft.detail(ja, en)
            });
        }
    }
}
