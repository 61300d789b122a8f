//! The offices of the rows against those of the file name.

use super::Column;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::kind::FileKind;

/// Service kinds of the offices that plan: care support, prevention support.
const PLANNERS: [&str; 2] = ["43", "46"];

/// Is this the kind of an office that plans?
pub(crate) fn plans(kind: Option<&String>) -> bool {
    kind.is_some_and(|kind| PLANNERS.contains(&kind.as_str()))
}

/// The planning office of a row is the care support office of the name: the sender of plans, the destination of results.
/// In prevention a commissioned office and a support centre plan for each other, so nothing can be said there.
pub(crate) struct Planner {
    office: Column,
    named: String,
}

impl Planner {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        if scene.def.is_none_or(|def| def.prevention) {
            return None;
        }
        let named = match scene.name.kind {
            FileKind::UpJsk => &scene.name.destination,
            _ => &scene.name.sender,
        };
        let plan = matches!(
            scene.name.kind,
            FileKind::Up1Kyo | FileKind::UpPlan | FileKind::UpJsk
        );
        Some(Planner {
            office: scene.column("care_office_code").filter(|_| plan)?,
            named: named.clone(),
        })
    }
}

impl<'a> RowRule<'a> for Planner {
    fn fields(&self) -> Fields {
        changed::fields([self.office.at])
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        differs(row, self.office, &self.named, &codes::OFFICE_PLANNER, tell);
    }
}

/// Results hold the sender's own services, of the kind in the name. A commissioned office that passes results on is
/// no provider itself.
pub(crate) struct Results {
    office: Column,
    kind: Option<Column>,
    named: String,
    named_kinds: Vec<String>,
}

impl Results {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let results = matches!(scene.name.kind, FileKind::UpJsk | FileKind::DltJsk);
        if !results || plans(scene.name.sender_kind.as_ref()) {
            return None;
        }
        Some(Results {
            office: scene.column("provider_office_code")?,
            kind: scene
                .column("service_code")
                .or_else(|| scene.column("service_kind")),
            named: scene.name.sender.clone(),
            named_kinds: [&scene.name.sender_kind, &scene.name.destination_kind]
                .into_iter()
                .flatten()
                .cloned()
                .collect(),
        })
    }
}

impl<'a> RowRule<'a> for Results {
    fn fields(&self) -> Fields {
        changed::fields(self.kind.into_iter().chain([self.office]).map(|column| column.at))
    }

    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        differs(row, self.office, &self.named, &codes::OFFICE_RESULTS, tell);
        let Some(column) = self.kind else { return };
        let Some(kind) = row.get(column).get(..2) else {
            return;
        };
        let known = self.named_kinds.iter().any(|named| named.as_bytes() == kind);
        if !known && !self.named_kinds.is_empty() && crate::lists::is_service_kind(kind) {
            let named = self.named_kinds.join(", ");
            tell.column(&codes::SERVICE_KIND_NAME, row, column, |draft| {
                draft.detail(format!("ファイル名は{named}"), format!("the name says {named}"))
            });
        }
    }
}

fn differs(
    row: &Row<'_, '_>,
    column: Column,
    named: &str,
    info: &'static codes::CodeInfo,
    tell: &mut Tell<'_>,
) {
    let office = row.get(column);
    // What is no office number has been told already.
    if office != named.as_bytes() && office.len() == 10 && office.iter().all(u8::is_ascii_digit) {
        tell.column(info, row, column, |draft| {
            draft.detail(format!("ファイル名は{named}"), format!("the name says {named}"))
        });
    }
}
