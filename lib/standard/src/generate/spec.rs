//! What to make, and what was made.

use crate::kind::{Edition, FileKind};

/// Which unit to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitKind {
    /// Tables 1, 2, 3 and supplement (V3: without table 3).
    Plan,
    /// Tables 6 and 7 and supplement; of prevention when the service kinds say so.
    Usage,
    /// Results.
    Results,
    /// Deletion of tables 1, 2, 3.
    DeletePlan,
    /// Deletion of tables 6 and 7.
    DeleteUsage,
    /// Deletion of results.
    DeleteResults,
    /// Prevention: basic information, its annexes and images.
    PreventionBasic,
    /// Prevention: plan and annex, basic information, its annexes and images.
    PreventionPlanBasic,
    /// Prevention: plan and annex.
    PreventionPlan,
    /// Prevention: deletion of basic information.
    DeletePreventionBasic,
    /// Prevention: deletion of the plan.
    DeletePreventionPlan,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [UnitKind; 11] = [
        UnitKind::Plan,
        UnitKind::Usage,
        UnitKind::Results,
        UnitKind::DeletePlan,
        UnitKind::DeleteUsage,
        UnitKind::DeleteResults,
        UnitKind::PreventionBasic,
        UnitKind::PreventionPlanBasic,
        UnitKind::PreventionPlan,
        UnitKind::DeletePreventionBasic,
        UnitKind::DeletePreventionPlan,
    ];

    /// Do results or their deletion go, i.e. from provider to care manager?
    pub fn from_provider(self) -> bool {
        matches!(self, UnitKind::Results | UnitKind::DeleteResults)
    }

    /// Does it exist for people in prevention only, and so in V4.1 only?
    pub fn only_prevention(self) -> bool {
        matches!(
            self,
            UnitKind::PreventionBasic
                | UnitKind::PreventionPlanBasic
                | UnitKind::PreventionPlan
                | UnitKind::DeletePreventionBasic
                | UnitKind::DeletePreventionPlan
        )
    }

    /// Its kinds of CSV files in V4.1, in the order of the standard's list.
    pub fn files(self) -> &'static [FileKind] {
        match self {
            UnitKind::Plan => &[
                FileKind::UpHosoku,
                FileKind::Up1Kyo,
                FileKind::Up2Kyo,
                FileKind::Up3Kyo,
            ],
            UnitKind::Usage => &[FileKind::UpHosoku, FileKind::UpPlan, FileKind::UpSikyu],
            UnitKind::Results => &[FileKind::UpJsk],
            UnitKind::DeletePlan => &[FileKind::Dlt1Kyo],
            UnitKind::DeleteUsage => &[FileKind::DltPlan],
            UnitKind::DeleteResults => &[FileKind::DltJsk],
            UnitKind::PreventionBasic => &[FileKind::UpKihon, FileKind::UpKihonSub1, FileKind::UpKihonSub2],
            UnitKind::PreventionPlanBasic => &[
                FileKind::UpKihon,
                FileKind::UpKihonSub1,
                FileKind::UpKihonSub2,
                FileKind::UpYobo,
                FileKind::UpYoboSub,
            ],
            UnitKind::PreventionPlan => &[FileKind::UpYobo, FileKind::UpYoboSub],
            UnitKind::DeletePreventionBasic => &[FileKind::DltKihon],
            UnitKind::DeletePreventionPlan => &[FileKind::DltYobo],
        }
    }

    /// Does it hold basic information, and so images?
    pub(crate) fn has_basic(self) -> bool {
        matches!(self, UnitKind::PreventionBasic | UnitKind::PreventionPlanBasic)
    }
}

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// So many persons.
    Persons(usize),
    /// Persons until the files of a unit together reach so many bytes (at least one person).
    Bytes(usize),
}

/// What to make. The values go into names and fields as they are: 10-digit offices, service kinds of the table.
#[derive(Debug, Clone)]
pub struct GenSpec {
    /// Edition of names and layouts; the prevention units exist in V4.1 only and have no files in V3.
    pub edition: Edition,
    /// Sending office, 10 digits.
    pub sender: String,
    /// Its service kind, e.g. `43` (of results: the provider's, e.g. `15`).
    pub sender_kind: String,
    /// Receiving office, 10 digits.
    pub destination: String,
    /// Its service kind.
    pub destination_kind: String,
    /// Which unit.
    pub unit: UnitKind,
    /// Service month YYYYMM (of plans: the month whose services they name).
    pub month: String,
    /// Sequence of the first unit, 14 digits; the next ones follow by a second each.
    pub sequence: String,
    /// How much in each unit.
    pub size: Size,
    /// How many units.
    pub units: usize,
}

/// A unit made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedUnit {
    /// Names and bytes, in the order of the standard's list.
    pub files: Vec<(String, Vec<u8>)>,
    /// Unit id of the standard, e.g. `C-usage`.
    pub unit_id: String,
    /// Sending office.
    pub sender: String,
    /// Receiving office.
    pub destination: String,
    /// 14 digits.
    pub sequence: String,
    /// Service month YYYYMM.
    pub month: Option<String>,
}
