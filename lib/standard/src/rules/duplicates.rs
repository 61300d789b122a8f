//! The same record twice in a file: a receiver would take it in twice, or not at all.

use super::hash::Hash;
use super::repeated::repeated;
use super::{Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::csv::Reader;
use crate::file::Facts;
use crate::kind::FileKind;

/// Remembers each record by a hash, and compares the records themselves when two hashes are equal.
pub(crate) struct Duplicates<'a> {
    /// The fields that make a record what it is; none: all of them.
    identity: Fields,
    /// Two equal rows may be meant: only warn.
    unsure: bool,
    /// Hash of each field at its position, and their sum: only the fields that differ from the record before are hashed
    /// again.
    hashes: Vec<u64>,
    sum: u64,
    /// The whole file.
    bytes: &'a [u8],
    /// Of each record.
    seen: Vec<u64>,
    /// Line, and where the record begins.
    places: Vec<(u32, usize)>,
}

impl Duplicates<'_> {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        // The standard names no identity for the rows of these; two equal rows may be two equal events of a day.
        let unsure = matches!(
            scene.name.kind,
            FileKind::Up3Kyo | FileKind::UpKihonSub1 | FileKind::UpKihonSub2
        );
        Some(Duplicates {
            identity: changed::fields(identity(scene)),
            hashes: vec![0; scene.layout.fields.len()],
            sum: 0,
            unsure,
            bytes: &[],
            seen: Vec::new(),
            places: Vec::new(),
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

impl<'a> Duplicates<'a> {
    fn hash(&mut self, row: &Row<'_, 'a>) -> u64 {
        if self.identity == 0 {
            let mut hash = Hash::new();
            hash.add(row.reader().raw());
            return hash.end();
        }
        for at in changed::each(row.changed() & self.identity) {
            let Some(before) = self.hashes.get_mut(at) else {
                break;
            };
            let mut hash = Hash::new();
            hash.word(at as u64);
            hash.add(row.at(at));
            let hash = hash.end();
            self.sum = self.sum.wrapping_sub(*before).wrapping_add(hash);
            *before = hash;
        }
        self.sum
    }

    /// Are the records that begin at these positions the same?
    fn equal(&self, one: usize, other: usize) -> bool {
        let [one, other] = [one, other].map(|start| {
            let mut reader = Reader::new(self.bytes.get(start..).unwrap_or_default());
            reader.read();
            reader
        });
        if self.identity == 0 {
            return one.raw() == other.raw();
        }
        changed::each(self.identity).all(|at| one.field(at) == other.field(at))
    }
}

impl<'a> RowRule<'a> for Duplicates<'a> {
    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        self.bytes = row.reader().bytes_from(0);
        let hash = self.hash(row);
        self.seen.push(hash);
        self.places.push((row.line(), row.reader().start()));
    }

    fn end(mut self: Box<Self>, _facts: &mut Facts<'a>, tell: &mut Tell<'_>) {
        let mut again: Vec<(u32, u32)> = Vec::new();
        for same in repeated(std::mem::take(&mut self.seen)) {
            let mut places = same.iter().filter_map(|at| self.places.get(*at));
            let Some((first, start)) = places.next() else {
                continue;
            };
            let equal = places.filter(|(_, other)| self.equal(*start, *other));
            again.extend(equal.map(|(line, _)| (*line, *first)));
        }
        again.sort_unstable();
        for (line, first) in again {
            tell.line(&codes::RECORD_DUPLICATE, line, |draft| {
                draft
                    .detail(format!("{first}行目と同じ"), format!("the same as line {first}"))
                    .likely(self.unsure)
            });
        }
    }
}
