//! The unit while it is being broken.

use super::Breaker;
use super::grid::Grid;
use crate::generate::rng::Rng;
use crate::generate::spec::{GenSpec, GeneratedUnit, Size};
use crate::generate::{catalogue, generate};
use crate::kind::FileKind;
use crate::layout::layout;
use crate::name::FileName;

/// A unit, and where it is broken.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) unit: GeneratedUnit,
    pub(crate) spec: GenSpec,
    pub(crate) seed: u64,
    pub(crate) rng: Rng,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
}

impl Work {
    pub(crate) fn new(breaker: &Breaker, seed: u64, like: &GenSpec) -> Option<Work> {
        let (planner, provider) = breaker.kinds;
        let care = (like.sender.clone(), planner.to_owned());
        let other = (like.destination.clone(), provider.to_owned());
        let (from, to) = if breaker.unit.from_provider() {
            (other, care)
        } else {
            (care, other)
        };
        let spec = GenSpec {
            edition: breaker.edition,
            unit: breaker.unit,
            sender: from.0,
            sender_kind: from.1,
            destination: to.0,
            destination_kind: to.1,
            // Some rules are about persons among others.
            size: match like.size {
                Size::Persons(persons) => Size::Persons(persons.max(3)),
                bytes => bytes,
            },
            units: 1,
            ..like.clone()
        };
        Some(Work {
            unit: generate(seed, &spec).pop()?,
            spec,
            seed,
            rng: Rng::new(seed, 5),
            file: None,
            line: None,
        })
    }

    /// Changes the rows of the file of this kind; `edit` says which row is broken, `None` that it found none to break.
    pub(crate) fn rows(
        &mut self,
        kind: FileKind,
        edit: impl FnOnce(&mut Grid, &mut Rng) -> Option<usize>,
    ) -> bool {
        self.try_rows(kind, edit).is_some()
    }

    fn try_rows(
        &mut self,
        kind: FileKind,
        edit: impl FnOnce(&mut Grid, &mut Rng) -> Option<usize>,
    ) -> Option<()> {
        let at = self.position(kind)?;
        let layout = layout(self.spec.edition, kind)?;
        let (name, bytes) = self.unit.files.get_mut(at)?;
        let mut grid = Grid::read(layout, bytes);
        let row = edit(&mut grid, &mut self.rng)?;
        self.file = Some(name.clone());
        self.line = Some(grid.line(row));
        *bytes = grid.into_bytes();
        Some(())
    }

    /// Puts these bytes (as they are) into a field of any row.
    pub(crate) fn any_row(&mut self, kind: FileKind, field: &str, bytes: &[u8]) -> bool {
        self.row_where(kind, field, bytes, |_, _| true)
    }

    /// Puts these bytes into a field of a row for which this holds.
    pub(crate) fn row_where(
        &mut self,
        kind: FileKind,
        field: &str,
        bytes: &[u8],
        fits: impl Fn(&Grid, usize) -> bool,
    ) -> bool {
        self.rows(kind, |grid, rng| {
            let row = one_of(&grid.which(fits), rng)?;
            grid.set(row, field, bytes);
            Some(row)
        })
    }

    /// Where the file of this kind stands.
    pub(crate) fn position(&self, kind: FileKind) -> Option<usize> {
        let is = |name: &str| FileName::parse(name).is_ok_and(|name| name.kind == kind);
        self.unit.files.iter().position(|(name, _)| is(name))
    }

    /// Renames the first file, by putting one part for another.
    pub(crate) fn rename(&mut self, from: &str, to: &str) -> bool {
        let Some((name, _)) = self.unit.files.first_mut() else {
            return false;
        };
        let renamed = name.replacen(from, to, 1);
        let differs = *name != renamed;
        name.clone_from(&renamed);
        self.file = Some(renamed);
        differs
    }

    /// Another unit of the same seed and persons.
    pub(crate) fn other(&self, change: impl FnOnce(&mut GenSpec)) -> Option<GeneratedUnit> {
        let mut spec = self.spec.clone();
        change(&mut spec);
        generate(self.seed, &spec).pop()
    }

    /// The kind of the services of the unit's provider.
    pub(crate) fn provider_kind(&self) -> &str {
        if catalogue::is_planner(&self.spec.sender_kind) {
            &self.spec.destination_kind
        } else {
            &self.spec.sender_kind
        }
    }
}

/// One of these rows.
pub(crate) fn one_of(rows: &[usize], rng: &mut Rng) -> Option<usize> {
    rows.get(rng.index(rows.len())).copied()
}
