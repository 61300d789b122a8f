//! The keys that tie the files of a unit: whoever stands in a dependent file stands in its base, and the reverse.

use std::collections::{HashMap, HashSet};

use super::{Checked, Row, RowRule, Scene, Tell};
use crate::codes;
use crate::field;
use crate::file::Facts;
use crate::finding::Sink;
use crate::kind::FileKind;
use crate::unit::{Presence, Role, UnitDef};

/// Key fields of a record: insurer, insured, and the third that ties it (empty when there is none).
pub(crate) type Key<'a> = [&'a [u8]; 3];

/// A distinct well-formed key of a file.
#[derive(Debug)]
pub(crate) struct Keyed<'a> {
    pub(crate) key: Key<'a>,
    /// The line it stands on first.
    pub(crate) line: u32,
    /// A row of it holds a service of the destination office.
    pub(crate) served: bool,
    /// A row of it names an office at all.
    pub(crate) offices_named: bool,
}

/// Collects the keys of a file that is tied to others.
pub(crate) struct Keys<'a> {
    third: Option<usize>,
    provider: Option<usize>,
    destination: String,
    partial: bool,
    found: Vec<Keyed<'a>>,
    seen: HashMap<Key<'a>, usize>,
    last: usize,
}

impl Keys<'_> {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let member = scene.def?.member(scene.name.kind)?;
        let third = member
            .tie_fields
            .iter()
            .filter_map(|name| scene.layout.position(name))
            .find(|position| *position > 2);
        Some(Keys {
            third,
            provider: scene.at("provider_office_code"),
            destination: scene.name.destination.clone(),
            partial: false,
            found: Vec::new(),
            seen: HashMap::new(),
            last: 0,
        })
    }
}

impl<'a> RowRule<'a> for Keys<'a> {
    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        let third = self.third.map(|at| row.at(at)).unwrap_or_default();
        let [insurer, insured] = row.person();
        let key = [insurer, insured, third];
        let again = self.found.get(self.last).is_some_and(|last| last.key == key);
        if !again {
            // Keys that are no keys have been told already; keeping only the others also bounds the memory.
            let third_fits = self.third.is_none() || matches!(third.len(), 6 | 8);
            if insurer.len() != 6 || !field::is_insured(insured) || !third_fits {
                self.partial = true;
                return;
            }
            let next = self.found.len();
            self.last = *self.seen.entry(key).or_insert(next);
            if self.last == next {
                let line = row.line();
                self.found.push(Keyed {
                    key,
                    line,
                    served: false,
                    offices_named: false,
                });
            }
        }
        if let (Some(provider), Some(keyed)) = (self.provider, self.found.get_mut(self.last)) {
            let office = row.at(provider);
            keyed.served |= office == self.destination.as_bytes();
            keyed.offices_named |= !office.is_empty();
        }
    }

    fn end(self: Box<Self>, facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {
        facts.partial |= self.partial;
        facts.keys = self.found;
    }
}

/// Checks base against dependents and annexes.
pub(crate) fn check(def: &UnitDef, files: &[&Checked<'_>], sink: &mut Sink) {
    let of = |kind: FileKind| files.iter().find(|checked| checked.name.kind == kind).copied();
    let only_base = def
        .members
        .iter()
        .find(|member| member.role == Role::Base)
        .map(|member| member.kind);
    for member in def.members.iter().filter(|member| member.kind.is_csv()) {
        let base = match (member.role, member.presence) {
            (Role::Annex, Presence::With(base)) => Some(base),
            (Role::Dependent, _) => only_base,
            _ => None,
        };
        let (Some(base), Some(dependent)) = (base.and_then(of), of(member.kind)) else {
            continue;
        };
        lacking(dependent, base, sink);
        // An annex may have no rows for a person.
        if member.role == Role::Dependent {
            lacking(base, dependent, sink);
        }
    }
}

/// Tells of every key of `one` that `other` lacks.
fn lacking(one: &Checked<'_>, other: &Checked<'_>, sink: &mut Sink) {
    if other.facts.partial {
        return;
    }
    // Software writes the persons of all files in the same order; then nothing needs to be looked up.
    let (here, those) = (&one.facts.keys, &other.facts.keys);
    if here
        .iter()
        .map(|keyed| keyed.key)
        .eq(those.iter().map(|keyed| keyed.key))
    {
        return;
    }
    let there: HashSet<&Key<'_>> = other.facts.keys.iter().map(|keyed| &keyed.key).collect();
    for keyed in &one.facts.keys {
        if !there.contains(&keyed.key) {
            let kind = other.name.kind;
            sink.add(&codes::UNIT_KEYS, one.file, |draft| {
                draft.line(keyed.line).detail(
                    format!("この行に対応する{kind}の行がない"),
                    format!("no row of {kind} belongs to this row"),
                )
            });
        }
    }
}
