//! The keys that tie the files of a unit: whoever stands in a dependent file stands in its base, and the reverse.

use std::collections::HashSet;

use super::hash::Hash;
use super::repeated::repeated;
use super::{Checked, Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
use crate::codes;
use crate::field;
use crate::file::Facts;
use crate::finding::Sink;
use crate::kind::FileKind;
use crate::unit::{Presence, Role, UnitDef};

/// Key fields of a record, one behind the other: insurer (6 bytes), insured (10), and the third that ties it (6 or 8; zeros
/// when there is none).
type Key = [u8; 24];

/// A distinct well-formed key of a file.
#[derive(Debug)]
pub(crate) struct Keyed {
    key: Key,
    /// The line it stands on first.
    pub(crate) line: u32,
    /// A row of it holds a service of the destination office.
    pub(crate) served: bool,
    /// A row of it names an office at all.
    pub(crate) offices_named: bool,
}

/// Collects the keys of a file that is tied to others.
pub(crate) struct Keys {
    third: Option<usize>,
    provider: Option<usize>,
    destination: String,
    partial: bool,
    /// One for each run of rows with the same key.
    found: Vec<Keyed>,
}

impl Keys {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        let def = scene.def?;
        // A file alone has nothing to be tied to.
        if def.members.iter().filter(|member| member.kind.is_csv()).count() < 2 {
            return None;
        }
        let member = def.member(scene.name.kind)?;
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
        })
    }
}

impl<'a> RowRule<'a> for Keys {
    fn fields(&self) -> Fields {
        changed::fields([1, 2].into_iter().chain(self.third).chain(self.provider))
    }

    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        let third = self.third.map(|at| row.at(at)).unwrap_or_default();
        let [insurer, insured] = row.person();
        // Keys that are no keys have been told already; keeping only the others also bounds the memory.
        let third_fits = self.third.is_none() || matches!(third.len(), 6 | 8);
        let Some(key) = key(insurer, insured, third).filter(|_| third_fits) else {
            self.partial = true;
            return;
        };
        if self.found.last().is_none_or(|last| last.key != key) {
            self.found.push(Keyed {
                key,
                line: row.line(),
                served: false,
                offices_named: false,
            });
        }
        if let (Some(provider), Some(keyed)) = (self.provider, self.found.last_mut()) {
            let office = row.at(provider);
            keyed.served |= office == self.destination.as_bytes();
            keyed.offices_named |= !office.is_empty();
        }
    }

    fn end(self: Box<Self>, facts: &mut Facts<'a>, _tell: &mut Tell<'_>) {
        facts.partial |= self.partial;
        facts.keys = distinct(self.found);
    }
}

/// The key of these fields, when they are well-formed.
fn key(insurer: &[u8], insured: &[u8], third: &[u8]) -> Option<Key> {
    let mut key = Key::default();
    let (one, rest) = key.split_at_mut(6);
    let (two, three) = rest.split_at_mut(10);
    if insurer.len() != one.len() || !field::is_insured(insured) {
        return None;
    }
    one.copy_from_slice(insurer);
    two.copy_from_slice(insured);
    three.get_mut(..third.len())?.copy_from_slice(third);
    Some(key)
}

/// Each key once, with what is known of all its rows, in the order of the file.
fn distinct(mut found: Vec<Keyed>) -> Vec<Keyed> {
    let hash = |keyed: &Keyed| {
        let mut hash = Hash::new();
        hash.add(&keyed.key);
        hash.end()
    };
    let mut again: Vec<usize> = Vec::new();
    for mut same in repeated(found.iter().map(hash).collect()) {
        let key = |at: &usize| found.get(*at).map(|keyed| keyed.key);
        same.sort_by_key(key);
        let runs: Vec<Vec<usize>> = same
            .chunk_by(|one, other| key(one) == key(other))
            .map(<[usize]>::to_vec)
            .collect();
        for run in runs {
            let Some((first, later)) = run.split_first() else {
                continue;
            };
            let known = later.iter().filter_map(|at| found.get(*at));
            let (served, named) = known.fold((false, false), |(served, named), keyed| {
                (served | keyed.served, named | keyed.offices_named)
            });
            if let Some(keyed) = found.get_mut(*first) {
                keyed.served |= served;
                keyed.offices_named |= named;
            }
            again.extend(later);
        }
    }
    again.sort_unstable();
    let mut again = again.into_iter().peekable();
    let mut at = 0;
    found.retain(|_| {
        let keep = again.next_if_eq(&at).is_none();
        at += 1;
        keep
    });
    found
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
        // Software writes the persons of all files in the same order; then nothing needs to be looked up.
        if keys_of(dependent).eq(keys_of(base)) {
            continue;
        }
        lacking(dependent, base, sink);
        // An annex may have no rows for a person.
        if member.role == Role::Dependent {
            lacking(base, dependent, sink);
        }
    }
}

fn keys_of<'c>(checked: &'c Checked<'_>) -> impl Iterator<Item = &'c Key> {
    checked.facts.keys.iter().map(|keyed| &keyed.key)
}

/// Tells of every key of `one` that `other` lacks.
fn lacking(one: &Checked<'_>, other: &Checked<'_>, sink: &mut Sink) {
    if other.facts.partial {
        return;
    }
    let there: HashSet<&Key> = keys_of(other).collect();
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
