//! How often each service stands in table 6, and how often table 7 counts it.

use super::Column;
use super::hash::Hash;
use super::services::Special;
use super::{Checked, Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::date;
use crate::file::Facts;
use crate::finding::Sink;
use crate::kind::FileKind;

/// The services of persons, by a hash of person, office and service code, ascending: what rests on it is a warning, and a
/// file may hold a hundred thousand of them.
pub(crate) type Tallies = Vec<(u64, Tally)>;

/// How often, and the line it stands on first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tally {
    count: u64,
    line: u32,
    /// Billed by the day, or not to be read: the two tables count differently.
    open: bool,
}

/// Collects the counts of tables 6 and 7.
pub(crate) struct Counts {
    count: Column,
    code: usize,
    office: usize,
    prorata: Option<usize>,
    tallies: Tallies,
    /// Of the service read last: its rows mostly stand together, and the table is asked once for them.
    last: Option<(u64, Tally)>,
    /// The fields that tell one service of a person from another.
    service: Fields,
}

impl Counts {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let count = match scene.name.kind {
            FileKind::UpPlan => "service_count",
            FileKind::UpSikyu => "count_or_days",
            _ => return None,
        };
        Some(Counts {
            count: scene.column(count)?,
            code: scene.at("service_code")?,
            office: scene.at("provider_office_code")?,
            prorata: scene.at("prorata_days"),
            tallies: Vec::new(),
            last: None,
            service: changed::fields([1, 2, scene.at("provider_office_code")?, scene.at("service_code")?]),
        })
    }

    /// Puts the service read last to the others.
    fn keep(&mut self) {
        self.tallies.extend(self.last.take());
    }
}

impl<'a> RowRule<'a> for Counts {
    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        if row.differs_in(self.service) {
            self.keep();
            let code = row.at(self.code);
            if Special::read(code).is_none() {
                let mut hash = Hash::new();
                for part in row.person().into_iter().chain([row.at(self.office), code]) {
                    hash.add(part);
                }
                let tally = Tally {
                    count: 0,
                    line: row.line(),
                    open: false,
                };
                self.last = Some((hash.end(), tally));
            }
        }
        let Some((_, tally)) = &mut self.last else { return };
        let count = date::number(row.get(self.count));
        let daily = self.prorata.is_some_and(|at| !row.at(at).is_empty());
        tally.count += u64::from(count.unwrap_or_default());
        tally.open |= daily || count.is_none();
    }

    fn end(mut self: Box<Self>, facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {
        self.keep();
        self.tallies
            .sort_unstable_by_key(|(service, tally)| (*service, tally.line));
        self.tallies.dedup_by(|(service, again), (first, tally)| {
            if service != first {
                return false;
            }
            tally.count += again.count;
            tally.open |= again.open;
            true
        });
        facts.tallies = self.tallies;
        facts.count_column = Some(self.count);
    }
}

/// Compares the two tables, service by service, in the order of their lines.
pub(crate) fn check(files: &[&Checked<'_>], sink: &mut Sink) {
    let of = |kind: FileKind| files.iter().find(|checked| checked.name.kind == kind).copied();
    let (Some(table6), Some(table7)) = (of(FileKind::UpPlan), of(FileKind::UpSikyu)) else {
        return;
    };
    if table6.facts.partial || table7.facts.partial {
        return;
    }
    let mut differing: Vec<(u32, u64, u64)> = Vec::new();
    let mut lacking: Vec<u32> = Vec::new();
    let mut sixes = table6.facts.tallies.iter().peekable();
    for (service, seven) in &table7.facts.tallies {
        lacking
            .extend(std::iter::from_fn(|| sixes.next_if(|(six, _)| six < service)).map(|(_, six)| six.line));
        let six = sixes.next_if(|(six, _)| six == service).map(|(_, six)| six);
        let open = seven.open || six.is_some_and(|six| six.open);
        let count = six.map_or(0, |six| six.count);
        if count != seven.count && !open {
            differing.push((seven.line, seven.count, count));
        }
    }
    lacking.extend(sixes.map(|(_, six)| six.line));
    differing.sort_unstable();
    lacking.sort_unstable();
    for (line, seven, six) in differing {
        sink.add(&codes::TABLE7_COUNT, table7.file, |draft| {
            let draft = draft.line(line).detail(
                format!("第6表は{six}回、第7表は{seven}回"),
                format!("{six} in table 6, {seven} in table 7"),
            );
            match table7.facts.count_column {
                Some(column) => draft.field(column.field),
                None => draft,
            }
        });
    }
    for line in lacking {
        sink.add(&codes::TABLE7_COUNT, table6.file, |draft| {
            draft.line(line).detail(
                "このサービスの行が第7表にない",
                "table 7 has no row of this service",
            )
        });
    }
}
