//! Synthetic sending units of invented persons: the same seed and spec give the same bytes.
//!
//! Valid ones of every kind and edition ([`generate`]), whole months of offices ([`OfficeMonth`]), the sendings of
//! month-end ([`MonthEnd`]), and units broken in exactly one way ([`broken()`]). MS932, CRLF, no header row. Everything
//! is invented; insurer numbers begin with 99, which no municipality has.
//! (The module is not called `gen`: that is a keyword.)

mod basic;
mod broken;
mod catalogue;
mod day;
mod lines;
mod month_end;
mod office;
mod people;
mod plan;
mod prevention;
mod rng;
mod scene;
mod schedule;
mod services;
mod sheet;
mod spec;
mod supplement;
mod table6;
mod table7;
mod texts;

pub use broken::{BrokenUnit, breakable, broken, broken_like};
pub use day::later;
pub use month_end::MonthEnd;
pub use office::{OfficeMonth, Partner};
pub use spec::{GenSpec, GeneratedUnit, Size, UnitKind};

use rng::Rng;
use scene::{Case, Draft, Scene};

/// Makes units.
pub fn generate(seed: u64, spec: &GenSpec) -> Vec<GeneratedUnit> {
    (0..spec.units)
        .map(|index| generate_one(seed, index, spec))
        .collect()
}

fn generate_one(seed: u64, index: usize, spec: &GenSpec) -> GeneratedUnit {
    let mut rng = Rng::new(seed, index as u64);
    let sequence = day::later(&spec.sequence, index);
    let scene = Scene::new(spec, &sequence);
    let mut draft = Draft::new(&scene);
    loop {
        let case = Case::new(&scene, draft.persons(), &mut rng);
        let before = draft.len();
        draft.add(&case, &mut rng);
        let enough = match spec.size {
            Size::Persons(persons) => draft.persons() >= persons,
            // A kind the edition lacks never grows.
            Size::Bytes(bytes) => draft.len() >= bytes || draft.len() == before,
        };
        if enough {
            break;
        }
    }
    draft.finish()
}

#[cfg(test)]
mod office_tests;
#[cfg(test)]
mod tests;
