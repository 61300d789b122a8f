//! What a unit is about, and putting its files together.

use super::catalogue::{self, Provider};
use super::day::Day;
use super::lines::{self, Line};
use super::people::Person;
use super::rng::Rng;
use super::sheet::Sheet;
use super::spec::{GenSpec, GeneratedUnit, UnitKind};
use super::{basic, plan, prevention, services, supplement, table6, table7};
use crate::kind::{Edition, FileKind};
use crate::name::FileName;
use crate::unit;

/// What the writers of rows need beside the person.
#[derive(Debug, Clone)]
pub(crate) struct Scene<'a> {
    pub(crate) edition: Edition,
    pub(crate) unit: UnitKind,
    /// Service month YYYYMM.
    pub(crate) month: &'a str,
    /// 14 digits.
    pub(crate) sequence: &'a str,
    /// Day of making.
    pub(crate) today: Day,
    pub(crate) sender: (&'a str, &'a str),
    pub(crate) destination: (&'a str, &'a str),
    /// The office that plans.
    pub(crate) care_office: &'a str,
    /// The other end; a planner too where a commissioned office and a support centre exchange.
    pub(crate) provider: Provider,
    /// Is it about people in prevention?
    pub(crate) prevention: bool,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(spec: &'a GenSpec, sequence: &'a str) -> Scene<'a> {
        let sender = (spec.sender.as_str(), spec.sender_kind.as_str());
        let destination = (spec.destination.as_str(), spec.destination_kind.as_str());
        let (care, provider) = if spec.unit.from_provider() {
            (destination, sender)
        } else {
            (sender, destination)
        };
        Scene::between(spec.edition, spec.unit, (&spec.month, sequence), care, provider)
    }

    /// A unit of this service month and sequence between an office that plans and another, number and kind of each.
    pub(crate) fn between(
        edition: Edition,
        unit: UnitKind,
        (month, sequence): (&'a str, &'a str),
        care: (&'a str, &'a str),
        provider: (&'a str, &'a str),
    ) -> Scene<'a> {
        let (sender, destination) = if unit.from_provider() {
            (provider, care)
        } else {
            (care, provider)
        };
        let prevention = unit.only_prevention()
            || catalogue::is_prevention(provider.1)
            || (catalogue::is_planner(provider.1) && catalogue::is_prevention(care.1));
        Scene {
            edition,
            unit,
            month,
            sequence,
            today: Day::parse(sequence),
            sender,
            destination,
            care_office: care.0,
            provider: Provider::new(provider.0, provider.1),
            prevention,
        }
    }

    fn name(&self, kind: FileKind) -> String {
        let month = match kind {
            FileKind::UpHosoku if self.unit == UnitKind::Plan => "000000_".to_owned(),
            FileKind::UpHosoku
            | FileKind::UpPlan
            | FileKind::UpSikyu
            | FileKind::UpJsk
            | FileKind::DltPlan
            | FileKind::DltJsk => format!("{}_", self.month),
            _ => String::new(),
        };
        let office = |(number, service): (&str, &str)| match self.edition {
            Edition::V3 => number.to_owned(),
            Edition::V41 => format!("{number}_{service}"),
        };
        let (from, to) = (office(self.sender), office(self.destination));
        format!("{kind}_{month}{from}_{to}_{}.CSV", self.sequence)
    }
}

/// A person's month.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) person: Person,
    pub(crate) lines: Vec<Line>,
}

impl Case {
    /// A person of this unit with services of its provider and, now and then, of others.
    pub(crate) fn new(scene: &Scene<'_>, position: usize, rng: &mut Rng) -> Case {
        let person = Person::new(rng, position, scene.today, scene.prevention);
        let own = (!catalogue::is_planner(&scene.provider.kind)).then(|| scene.provider.clone());
        let mut kinds: Vec<&str> = own.iter().map(|office| office.kind.as_str()).collect();
        let mut offices: Vec<Provider> = Vec::new();
        let others = match own {
            None => 2,
            // Results are a provider's own.
            Some(_) if scene.unit.from_provider() => 0,
            Some(_) => rng.below(3),
        };
        for _ in 0..others {
            let kind = rng.pick(catalogue::common_kinds(scene.prevention));
            let number = rng.pick(&OTHERS);
            if !kinds.contains(&kind) && number != scene.provider.number {
                kinds.push(kind);
                offices.push(Provider::new(number, kind));
            }
        }
        let first = Day::first_of(scene.month);
        let offices: Vec<Provider> = own.iter().cloned().chain(offices).collect();
        let mut case = Case::having(person, &offices, first, scene.edition, rng);
        if scene.unit.from_provider() {
            case.lines = lines::actual(&case.lines, rng);
        }
        case
    }

    /// A person with services of these offices in the month that begins on `first`.
    pub(crate) fn having(
        person: Person,
        offices: &[Provider],
        first: Day,
        edition: Edition,
        rng: &mut Rng,
    ) -> Case {
        let mut lines: Vec<Line> = offices
            .iter()
            .flat_map(|office| services::of_provider(office, first, rng))
            .collect();
        if edition == Edition::V3 {
            lines::trim(&mut lines);
        }
        Case { person, lines }
    }
}

/// Numbers of other providers of a person.
const OTHERS: [&str; 3] = ["9900000017", "9900000025", "9900000033"];

/// The files of a unit while persons are added.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    scene: &'a Scene<'a>,
    sheets: Vec<Sheet>,
    images: Vec<(String, Vec<u8>)>,
    persons: usize,
}

impl<'a> Draft<'a> {
    pub(crate) fn new(scene: &'a Scene<'a>) -> Draft<'a> {
        let sheet = |kind: &FileKind| Sheet::new(scene.edition, *kind);
        Draft {
            scene,
            sheets: scene.unit.files().iter().filter_map(sheet).collect(),
            images: Vec::new(),
            persons: 0,
        }
    }

    /// Adds the rows of a person.
    pub(crate) fn add(&mut self, case: &Case, rng: &mut Rng) {
        let scene = self.scene;
        // V3 has no such sheet, so no image goes with it.
        let image = (scene.unit.has_basic() && !self.sheets.is_empty() && !rng.one_in(3)).then(|| {
            let stem = scene.name(FileKind::UpKihonImage);
            let stem = stem.trim_end_matches(".CSV");
            format!("{stem}_{:04}.jpg", self.images.len() + 1)
        });
        for sheet in &mut self.sheets {
            write(scene, case, image.as_deref(), rng, sheet);
        }
        self.images
            .extend(image.map(|name| (name, basic::family_tree(rng.range(1, 12)))));
        self.persons += 1;
    }

    pub(crate) fn persons(&self) -> usize {
        self.persons
    }

    /// Bytes so far.
    pub(crate) fn len(&self) -> usize {
        let images: usize = self.images.iter().map(|(_, bytes)| bytes.len()).sum();
        self.sheets.iter().map(Sheet::len).sum::<usize>() + images
    }

    pub(crate) fn finish(self) -> GeneratedUnit {
        let scene = self.scene;
        let files: Vec<(String, Vec<u8>)> = self
            .sheets
            .into_iter()
            .map(|sheet| (scene.name(sheet.kind), sheet.into_bytes()))
            .chain(self.images)
            .collect();
        let names: Vec<FileName> = files
            .iter()
            .filter_map(|(name, _)| FileName::parse(name).ok())
            .collect();
        let unit = unit::describe(&names);
        let id = unit.as_ref().and_then(|unit| unit.ids.first().copied());
        GeneratedUnit {
            unit_id: id.unwrap_or_default().to_owned(),
            month: unit.and_then(|unit| unit.month),
            files,
            sender: scene.sender.0.to_owned(),
            destination: scene.destination.0.to_owned(),
            sequence: scene.sequence.to_owned(),
        }
    }
}

/// Writes the rows of a person into one file.
fn write(scene: &Scene<'_>, case: &Case, image: Option<&str>, rng: &mut Rng, rows: &mut Sheet) {
    let person = &case.person;
    let dated = |name: &str, rows: &mut Sheet| rows.begin(person).put(name, scene.today.text()).end();
    match rows.kind {
        FileKind::UpHosoku => supplement::write(scene, case, rng, rows),
        FileKind::Up1Kyo => plan::table1(scene, case, rng, rows),
        FileKind::Up2Kyo => plan::table2(scene, case, rng, rows),
        FileKind::Up3Kyo => plan::table3(scene, case, rng, rows),
        FileKind::UpPlan | FileKind::UpJsk => table6::write(scene, person, &case.lines, rows),
        FileKind::UpSikyu => table7::write(scene, person, &case.lines, rows),
        FileKind::UpKihon => basic::write(scene, person, image, rng, rows),
        FileKind::UpKihonSub1 => basic::schedule(scene, person, rng, rows),
        FileKind::UpKihonSub2 => basic::illnesses(scene, person, rng, rows),
        FileKind::UpYobo => prevention::write(scene, person, rng, rows),
        FileKind::UpYoboSub => prevention::supports(scene, case, rng, rows),
        FileKind::Dlt1Kyo => dated("care_plan_date", rows),
        FileKind::DltKihon => dated("consultation_date", rows),
        FileKind::DltYobo => dated("plan_date", rows),
        FileKind::DltPlan => rows.begin(person).put("target_month", scene.month).end(),
        FileKind::DltJsk => {
            let office = case.lines.first().map_or(&scene.provider, |line| &line.office);
            rows.begin(person)
                .put("target_month", scene.month)
                .put("provider_office_code", &office.number)
                .put("service_kind", &office.kind)
                .end()
        }
        FileKind::UpKihonImage => {}
    }
}
