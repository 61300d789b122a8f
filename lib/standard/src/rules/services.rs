//! Service codes of tables 6 and 7: rented equipment, and the codes of subtotals and totals.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::kind::FileKind;

/// Rented equipment (福祉用具貸与) of care and of prevention.
const EQUIPMENT: [&[u8]; 2] = [b"17", b"67"];

/// A code of a subtotal or total row of table 7.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// xxAAAA: inside the category limit.
    Inside,
    /// xxEEEE: outside the limit.
    Outside,
    /// xxZZZZ: over 30 days.
    OverThirty,
    /// 999999: everything.
    Total,
}

impl Special {
    /// What this service code stands for, when it is no service.
    pub(crate) fn read(code: &[u8]) -> Option<Special> {
        match code.get(2..)? {
            b"AAAA" => Some(Special::Inside),
            b"EEEE" => Some(Special::Outside),
            b"ZZZZ" => Some(Special::OverThirty),
            _ if code == b"999999" => Some(Special::Total),
            _ => None,
        }
    }

    pub(crate) fn of(scene: &Scene<'_>) -> Option<NotInTable6> {
        let table6 = matches!(scene.name.kind, FileKind::UpPlan | FileKind::UpJsk);
        Some(NotInTable6(scene.column("service_code").filter(|_| table6)?))
    }
}

/// Subtotals and totals stand in table 7 only.
pub(crate) struct NotInTable6(Column);

impl<'a> RowRule<'a> for NotInTable6 {
    fn fields(&self) -> Fields {
        changed::fields([self.0.at])
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        // 999999 has been told as an unknown kind already.
        if matches!(Special::read(row.get(self.0)), Some(special) if special != Special::Total) {
            tell.column(&codes::SERVICE_SPECIAL, row, self.0, |draft| draft);
        }
    }
}

/// Rented equipment has a TAIS code or a registration code; the number of the item is for equipment only.
pub(crate) struct Equipment {
    code: Column,
    /// TAIS and registration code; V3 has neither.
    ids: Option<[Column; 2]>,
    detail: Option<Column>,
}

impl Equipment {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let tais = scene.column("tais_code");
        let registration = scene.column("equipment_registration_code");
        Some(Equipment {
            code: scene.column("service_code")?,
            ids: tais
                .zip(registration)
                .map(|(tais, registration)| [tais, registration]),
            detail: scene.column("detail_no"),
        })
    }
}

impl<'a> RowRule<'a> for Equipment {
    fn fields(&self) -> Fields {
        let ids = self
            .ids
            .into_iter()
            .flatten()
            .chain(self.detail)
            .map(|column| column.at);
        changed::fields(ids.chain([self.code.at]))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let code = row.get(self.code);
        let equipment = EQUIPMENT.contains(&code.get(..2).unwrap_or_default());
        if equipment
            && let Some([tais, registration]) = self.ids
            && row.get(tais).is_empty()
            && row.get(registration).is_empty()
            && Special::read(code).is_none()
        {
            let no = registration.field.no;
            tell.column(&codes::EQUIPMENT_CODE, row, tais, |draft| {
                draft.detail(format!("No.{no}も空"), format!("No.{no} is empty too"))
            });
        }
        if let Some(detail) = self.detail
            && !equipment
            && !row.get(detail).is_empty()
        {
            tell.column(&codes::FIELD_UNEXPECTED, row, detail, |draft| {
                draft.detail("福祉用具貸与の行だけの項目", "for rented equipment only")
            });
        }
    }
}
