//! The keys that tie the files of a unit: whoever stands in a dependent file stands in its base, and the reverse.

use std::collections::HashSet;

use super::Checked;
use crate::codes;
use crate::file::Key;
use crate::finding::Sink;
use crate::kind::FileKind;
use crate::unit::{Presence, Role, UnitDef};

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
    let there: HashSet<&Key<'_>> = other.facts.keys.iter().map(|(key, _)| key).collect();
    for (key, line) in &one.facts.keys {
        if !there.contains(key) {
            let kind = other.name.kind;
            sink.add(&codes::UNIT_KEYS, one.file, |draft| {
                draft.line(*line).detail(
                    format!("この行に対応する{kind}の行がない"),
                    format!("no row of {kind} belongs to this row"),
                )
            });
        }
    }
}
