//! The keys that tie the files of a unit: whoever stands in a dependent file stands in its base, and the reverse.

use std::collections::HashSet;

use super::hash::Hash;
use super::{Checked, Row, RowRule, Scene, Tell};
use crate::changed::{self, Fields};
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
    /// One for each run of rows with the same key.
    found: Vec<Keyed<'a>>,
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
        })
    }
}

impl<'a> RowRule<'a> for Keys<'a> {
    fn fields(&self) -> Fields {
        changed::fields([1, 2].into_iter().chain(self.third).chain(self.provider))
    }

    fn row(&mut self, row: &Row<'_, 'a>, _tell: &mut Tell<'_>) {
        let third = self.third.map(|at| row.at(at)).unwrap_or_default();
        let [insurer, insured] = row.person();
        let key = [insurer, insured, third];
        let again = self.found.last().is_some_and(|last| last.key == key);
        if !again {
            // Keys that are no keys have been told already; keeping only the others also bounds the memory.
            let third_fits = self.third.is_none() || matches!(third.len(), 6 | 8);
            if insurer.len() != 6 || !field::is_insured(insured) || !third_fits {
                self.partial = true;
                return;
            }
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

/// Each key once, with what is known of all its rows, in the order of the file. Sorted rather than looked up: a file may
/// hold a million persons.
fn distinct(mut found: Vec<Keyed<'_>>) -> Vec<Keyed<'_>> {
    let hash = |keyed: &Keyed<'_>| {
        let mut hash = Hash::new();
        keyed.key.iter().for_each(|part| hash.add(part));
        hash.end()
    };
    let mut order: Vec<(u64, usize)> = found.iter().map(hash).zip(0..).collect();
    order.sort_unstable();
    let mut again: Vec<usize> = Vec::new();
    for same in order.chunk_by_mut(|one, other| one.0 == other.0) {
        if same.len() == 1 {
            continue;
        }
        // Other keys may have the same hash.
        let key = |at: usize| found.get(at).map(|keyed| keyed.key);
        same.sort_unstable_by_key(|(_, at)| (key(*at), *at));
        let mut first: Option<usize> = None;
        for (_, at) in same.iter() {
            let known = first.filter(|first| key(*first) == key(*at));
            match known {
                Some(first) => again.extend([first, *at]),
                None => first = Some(*at),
            }
        }
    }
    for pair in again.chunks_exact(2) {
        let &[first, later] = pair else { continue };
        let seen = found.get(later).map(|keyed| (keyed.served, keyed.offices_named));
        if let (Some(keyed), Some((served, offices_named))) = (found.get_mut(first), seen) {
            keyed.served |= served;
            keyed.offices_named |= offices_named;
        }
    }
    let mut later: Vec<usize> = again
        .chunks_exact(2)
        .filter_map(|pair| pair.last().copied())
        .collect();
    later.sort_unstable();
    let mut later = later.into_iter().peekable();
    let mut at = 0;
    found.retain(|_| {
        let keep = later.next_if_eq(&at).is_none();
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

fn keys_of<'c>(checked: &'c Checked<'_>) -> impl Iterator<Item = Key<'c>> {
    checked.facts.keys.iter().map(|keyed| keyed.key)
}

/// Tells of every key of `one` that `other` lacks.
fn lacking(one: &Checked<'_>, other: &Checked<'_>, sink: &mut Sink) {
    if other.facts.partial {
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
