//! The same record twice in a file: a receiver would take it in twice, or not at all.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

use super::{Row, RowRule, Scene, Tell};
use crate::codes;
use crate::csv::Reader;
use crate::kind::FileKind;

/// Remembers each record by a hash, and compares the records themselves when two hashes are equal.
pub(crate) struct Duplicates {
    /// Positions of the fields that make a record what it is; empty: all of them.
    identity: Vec<usize>,
    /// Two equal rows may be meant: only warn.
    unsure: bool,
    /// Hash → where the record begins, and on which line.
    seen: HashMap<u64, (usize, u32)>,
}

impl Duplicates {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        // The standard names no identity for the rows of these; two equal rows may be two equal events of a day.
        let unsure = matches!(
            scene.name.kind,
            FileKind::Up3Kyo | FileKind::UpKihonSub1 | FileKind::UpKihonSub2
        );
        Some(Duplicates {
            identity: identity(scene),
            unsure,
            seen: HashMap::new(),
        })
    }
}

/// The fields that tell records apart. Free texts and who wrote the row do not.
fn identity(scene: &Scene<'_>) -> Vec<usize> {
    const TABLE6: &[&str] = &[
        "target_month",
        "units",
        "service_date",
        "start_time",
        "end_time",
        "service_code",
        "tais_code",
        "equipment_registration_code",
        "equipment_name",
        "detail_no",
        "provider_office_code",
        "satellite_no",
    ];
    const TABLE7: &[&str] = &[
        "target_month",
        "provider_office_code",
        "satellite_no",
        "service_code",
        "tais_code",
        "equipment_registration_code",
        "equipment_name",
        "units",
        "rate_after_discount",
        "over_30_days",
    ];
    let names: &[&str] = match scene.name.kind {
        FileKind::UpHosoku => &["care_plan_date", "target_month"],
        FileKind::Up1Kyo | FileKind::Dlt1Kyo => &["care_plan_date"],
        FileKind::UpPlan | FileKind::UpJsk => TABLE6,
        FileKind::UpSikyu => TABLE7,
        FileKind::DltPlan => &["target_month"],
        FileKind::DltJsk => &["target_month", "provider_office_code", "service_kind"],
        FileKind::UpKihon | FileKind::DltKihon => &["consultation_date"],
        FileKind::UpYobo | FileKind::DltYobo => &["plan_date"],
        _ => return Vec::new(),
    };
    // V3 lacks some of them.
    let rest = names.iter().filter_map(|name| scene.at(name));
    [1, 2].into_iter().chain(rest).collect()
}

impl Duplicates {
    fn hash(&self, row: &Row<'_, '_>) -> u64 {
        let mut hasher = DefaultHasher::new();
        if self.identity.is_empty() {
            hasher.write(row.reader().raw());
        }
        for at in &self.identity {
            hasher.write(row.at(*at));
            hasher.write_u8(b',');
        }
        hasher.finish()
    }

    fn equal(&self, row: &Row<'_, '_>, start: usize) -> bool {
        let mut earlier = Reader::new(row.reader().bytes_from(start));
        earlier.read();
        if self.identity.is_empty() {
            return earlier.raw() == row.reader().raw();
        }
        self.identity.iter().all(|at| earlier.field(*at) == row.at(*at))
    }
}

impl<'a> RowRule<'a> for Duplicates {
    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let hash = self.hash(row);
        let Some((start, line)) = self.seen.get(&hash).copied() else {
            self.seen.insert(hash, (row.reader().start(), row.line()));
            return;
        };
        if self.equal(row, start) {
            tell.line(&codes::RECORD_DUPLICATE, row.line(), |draft| {
                draft
                    .detail(format!("{line}行目と同じ"), format!("the same as line {line}"))
                    .likely(self.unsure)
            });
        }
    }
}
