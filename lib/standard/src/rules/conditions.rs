//! Fields that another field's value makes necessary.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;

/// When the first field holds this value, the second must be filled.
pub(crate) struct Asked(Vec<(Column, &'static [u8], Column)>);

impl Asked {
    /// Notes of the layout UPKIHON: "when No.8 = 03", "when No.12 = 02".
    const CONDITIONS: [(&'static str, &'static str, &'static str); 2] = [
        ("consultation_method", "03", "consultation_method_other"),
        ("user_situation", "02", "user_situation_note"),
    ];

    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let conditions: Vec<_> = Self::CONDITIONS
            .iter()
            .filter_map(|(asking, value, asked)| {
                Some((scene.column(asking)?, value.as_bytes(), scene.column(asked)?))
            })
            .collect();
        if conditions.is_empty() {
            None
        } else {
            Some(Asked(conditions))
        }
    }
}

impl<'a> RowRule<'a> for Asked {
    fn fields(&self) -> Fields {
        changed::fields(self.0.iter().flat_map(|(asking, _, asked)| [asking.at, asked.at]))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        for (asking, value, asked) in &self.0 {
            if row.get(*asking) == *value && row.get(*asked).is_empty() {
                let (no, value) = (asking.field.no, String::from_utf8_lossy(value));
                tell.column(&codes::FIELD_REQUIRED_IF, row, *asked, |draft| {
                    draft.detail(
                        format!("No.{no}が{value}のため"),
                        format!("because No.{no} is {value}"),
                    )
                });
            }
        }
    }
}
