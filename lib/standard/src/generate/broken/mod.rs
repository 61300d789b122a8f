//! Units broken in exactly one way: one for every code of [`crate::CODES`].

mod envelope;
mod fields;
mod form;
mod grid;
mod rows;
mod tables;
mod work;

use super::spec::{GenSpec, GeneratedUnit, Size, UnitKind};
use crate::check::Context;
use crate::codes::{self, CodeInfo};
use crate::kind::Edition;
use work::Work;

/// A unit with one thing wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenUnit {
    /// What `check` finds, at its usual severity.
    pub code: &'static str,
    /// The unit. Its sender, destination and sequence are what the envelope says: where the names are to disagree with
    /// it, they do. `unit.none` has no files at all, as [`crate::identify`] tells and an envelope of attachments shows.
    pub unit: GeneratedUnit,
    /// The file the finding names; `None`: the whole sending.
    pub file: Option<String>,
    /// The line it names, from 1.
    pub line: Option<u32>,
    /// What is necessarily found beside it, and why.
    pub follows: &'static [(&'static str, &'static str)],
}

impl BrokenUnit {
    /// What the envelope says: checked in it, every code shows.
    pub fn context(&self) -> Context<'_> {
        Context {
            sender: Some(&self.unit.sender),
            destination: Some(&self.unit.destination),
            sequence: Some(&self.unit.sequence),
            ..Context::default()
        }
    }
}

/// A unit that breaks the rule with this code; the same seed gives the same bytes. `None` when there is no such code.
pub fn broken(code: &str, seed: u64) -> Option<BrokenUnit> {
    let spec = GenSpec {
        edition: Edition::V41,
        sender: "0300000100".to_owned(),
        sender_kind: "43".to_owned(),
        destination: "0300000005".to_owned(),
        destination_kind: "15".to_owned(),
        unit: UnitKind::Usage,
        month: "202504".to_owned(),
        sequence: "20250401093000".to_owned(),
        size: Size::Persons(3),
        units: 1,
    };
    broken_like(code, seed, &spec)
}

/// As [`broken()`], with the offices (the sender plans, the destination provides), month and sequence of this spec. Unit,
/// edition and service kinds are what the rule needs.
pub fn broken_like(code: &str, seed: u64, spec: &GenSpec) -> Option<BrokenUnit> {
    let breaker = breakers().find(|breaker| breaker.info.code == code)?;
    // Not every unit has what is to be broken: the first one that has.
    (0..MOST_TRIES).find_map(|attempt| {
        let mut work = Work::new(breaker, seed.wrapping_add(attempt << 32), spec)?;
        if !(breaker.how)(&mut work) {
            return None;
        }
        Some(BrokenUnit {
            code: breaker.info.code,
            unit: work.unit,
            file: work.file,
            line: work.line,
            follows: breaker.follows,
        })
    })
}

/// So many units are tried; far fewer are needed.
const MOST_TRIES: u64 = 200;

/// How a code is broken.
pub(crate) struct Breaker {
    info: &'static CodeInfo,
    /// The unit that is broken, and the service kinds of planner and provider.
    unit: UnitKind,
    kinds: (&'static str, &'static str),
    edition: Edition,
    /// Breaks it and says where; `false` when this unit does not have what is to be broken.
    how: fn(&mut Work) -> bool,
    follows: &'static [(&'static str, &'static str)],
}

impl Breaker {
    /// A breaker of a unit of care in V4.1, after which nothing else is found.
    const fn of(info: &'static CodeInfo, unit: UnitKind, how: fn(&mut Work) -> bool) -> Breaker {
        Breaker {
            info,
            unit,
            kinds: ("43", "15"),
            edition: Edition::V41,
            how,
            follows: &[],
        }
    }

    /// A breaker of a unit of prevention.
    const fn prevention(info: &'static CodeInfo, unit: UnitKind, how: fn(&mut Work) -> bool) -> Breaker {
        Breaker {
            kinds: ("46", "A2"),
            ..Breaker::of(info, unit, how)
        }
    }

    const fn provider(self, kind: &'static str) -> Breaker {
        Breaker {
            kinds: (self.kinds.0, kind),
            ..self
        }
    }

    const fn v3(self) -> Breaker {
        Breaker {
            edition: Edition::V3,
            ..self
        }
    }

    const fn with(self, follows: &'static [(&'static str, &'static str)]) -> Breaker {
        Breaker { follows, ..self }
    }
}

fn breakers() -> impl Iterator<Item = &'static Breaker> {
    [envelope::ALL, form::ALL, fields::ALL, rows::ALL, tables::ALL]
        .into_iter()
        .flatten()
}

/// The codes that can be broken, in the order of [`crate::CODES`]: all of them.
pub fn breakable() -> impl Iterator<Item = &'static CodeInfo> {
    codes::CODES
        .iter()
        .filter(|info| breakers().any(|breaker| breaker.info.code == info.code))
}
