//! Synthetic, valid sending units of invented persons: the same seed and spec give the same bytes.
//!
//! V4.1, MS932, CRLF, no header row. Everything is invented; insurer numbers begin with 99, which no municipality has.
//! (The module is not called `gen`: that is a keyword.)

mod people;
mod plan;
mod rng;
mod rows;
mod services;
mod usage;

use crate::date;
use crate::kind::FileKind;
use crate::name::FileName;
use crate::unit;
use people::Person;
use rng::Rng;
use rows::Rows;

/// Which unit to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// Tables 1, 2, 3 and supplement.
    Plan,
    /// Tables 6 and 7 and supplement.
    Usage,
    /// Results.
    Results,
    /// Deletion of tables 1, 2, 3.
    DeletePlan,
    /// Deletion of tables 6 and 7.
    DeleteUsage,
    /// Deletion of results.
    DeleteResults,
}

impl UnitKind {
    /// Every kind.
    pub const ALL: [UnitKind; 6] = [
        UnitKind::Plan,
        UnitKind::Usage,
        UnitKind::Results,
        UnitKind::DeletePlan,
        UnitKind::DeleteUsage,
        UnitKind::DeleteResults,
    ];

    /// Do results or their deletion go, i.e. from provider to care manager?
    pub fn from_provider(self) -> bool {
        matches!(self, UnitKind::Results | UnitKind::DeleteResults)
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
    /// Service month YYYYMM (not used by plans of tables 1/2/3).
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

/// Makes units.
pub fn generate(seed: u64, spec: &GenSpec) -> Vec<GeneratedUnit> {
    (0..spec.units)
        .map(|index| generate_one(seed, index, spec))
        .collect()
}

/// What the row makers need beside the person.
pub(crate) struct Scene<'a> {
    pub(crate) spec: &'a GenSpec,
    /// Day of making, YYYYMMDD.
    pub(crate) today: &'a str,
    /// The care manager's office.
    pub(crate) care_office: &'a str,
    /// The provider's office.
    pub(crate) provider: &'a str,
    /// The provider's service kind.
    pub(crate) provider_kind: &'a str,
}

fn generate_one(seed: u64, index: usize, spec: &GenSpec) -> GeneratedUnit {
    let mut rng = Rng::new(seed, index as u64);
    let sequence = later(&spec.sequence, index);
    let back = spec.unit.from_provider();
    let scene = Scene {
        spec,
        today: sequence.get(..8).unwrap_or_default(),
        care_office: if back { &spec.destination } else { &spec.sender },
        provider: if back { &spec.sender } else { &spec.destination },
        provider_kind: if back {
            &spec.sender_kind
        } else {
            &spec.destination_kind
        },
    };
    let kinds = kinds(spec.unit);
    let mut files: Vec<Rows> = kinds.iter().map(|_| Rows::default()).collect();
    let mut count = 0;
    loop {
        let person = Person::new(&mut rng, count);
        write_person(&scene, &person, &mut rng, &mut files);
        count += 1;
        let enough = match spec.size {
            Size::Persons(persons) => count >= persons,
            Size::Bytes(bytes) => files.iter().map(Rows::len).sum::<usize>() >= bytes,
        };
        if enough {
            break;
        }
    }
    let files: Vec<(String, Vec<u8>)> = kinds
        .iter()
        .zip(files)
        .map(|(kind, rows)| (file_name(*kind, spec, &sequence), rows.into_bytes()))
        .collect();
    let names: Vec<FileName> = files
        .iter()
        .filter_map(|(name, _)| FileName::parse(name).ok())
        .collect();
    let unit = unit::describe(&names);
    GeneratedUnit {
        unit_id: unit
            .as_ref()
            .and_then(|unit| unit.ids.first().copied())
            .unwrap_or_default()
            .to_owned(),
        month: unit.and_then(|unit| unit.month),
        files,
        sender: spec.sender.clone(),
        destination: spec.destination.clone(),
        sequence,
    }
}

fn kinds(unit: UnitKind) -> &'static [FileKind] {
    match unit {
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
    }
}

fn write_person(scene: &Scene<'_>, person: &Person, rng: &mut Rng, files: &mut [Rows]) {
    let month = scene.spec.month.as_str();
    match (scene.spec.unit, files) {
        (UnitKind::Plan, [supplement, table1, table2, table3]) => {
            plan::supplement(scene, person, "000000", supplement);
            plan::table1(scene, person, rng, table1);
            plan::table2(scene, person, rng, table2);
            plan::table3(person, scene, rng, table3);
        }
        (UnitKind::Usage, [supplement, table6, table7]) => {
            let lines = services::lines(scene, rng, true);
            plan::supplement(scene, person, month, supplement);
            usage::table6(scene, person, &lines, table6);
            usage::table7(scene, person, &lines, table7);
        }
        (UnitKind::Results, [results]) => {
            let lines = services::lines(scene, rng, false);
            usage::table6(scene, person, &lines, results);
        }
        (UnitKind::DeletePlan, [rows]) => rows.key(person).raw(scene.today).end(),
        (UnitKind::DeleteUsage, [rows]) => rows.key(person).raw(month).end(),
        (UnitKind::DeleteResults, [rows]) => {
            rows.key(person)
                .raw(month)
                .raw(scene.provider)
                .raw(scene.provider_kind)
                .end();
        }
        _ => {}
    }
}

fn file_name(kind: FileKind, spec: &GenSpec, sequence: &str) -> String {
    let month = match (kind, spec.unit) {
        (FileKind::UpHosoku, UnitKind::Plan) => "000000_".to_owned(),
        (FileKind::UpHosoku | FileKind::UpPlan | FileKind::UpSikyu | FileKind::UpJsk, _)
        | (FileKind::DltPlan | FileKind::DltJsk, _) => format!("{}_", spec.month),
        _ => String::new(),
    };
    let GenSpec {
        sender,
        sender_kind,
        destination,
        destination_kind,
        ..
    } = spec;
    format!("{kind}_{month}{sender}_{sender_kind}_{destination}_{destination_kind}_{sequence}.CSV")
}

/// The sequence so many seconds later; as it is when it is no date and time.
fn later(sequence: &str, seconds: usize) -> String {
    let part = |range: std::ops::Range<usize>| sequence.as_bytes().get(range).and_then(date::number);
    let (true, Some(mut year), Some(mut month), Some(mut day), Some(hour), Some(minute), Some(second)) = (
        date::is_timestamp(sequence.as_bytes()),
        part(0..4),
        part(4..6),
        part(6..8),
        part(8..10),
        part(10..12),
        part(12..14),
    ) else {
        return sequence.to_owned();
    };
    let mut total = u64::from(hour * 3600 + minute * 60 + second) + seconds as u64;
    while total >= 86_400 {
        total -= 86_400;
        day += 1;
        if day > date::days_in(year, month) {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    let (hour, minute, second) = (total / 3600, total / 60 % 60, total % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

#[cfg(test)]
mod tests;
