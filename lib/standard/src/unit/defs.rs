//! The units of the standard, from their table.

use std::sync::LazyLock;

use super::Slot;
use crate::kind::{Edition, FileKind};
use crate::tsv;

/// The role of a kind in a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Base,
    Dependent,
    Single,
    Annex,
}

/// Must the kind be there?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Mandatory,
    /// A unit of its own that is only sent when wanted.
    Optional,
    /// Goes along with this kind.
    With(FileKind),
}

/// A kind of file in a unit.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) kind: FileKind,
    pub(crate) role: Role,
    pub(crate) presence: Presence,
    /// Japanese names of the fields that tie it to the base.
    pub(crate) tie_fields: Vec<&'static str>,
}

/// A sending unit of the standard.
#[derive(Debug)]
pub(crate) struct UnitDef {
    pub(crate) id: &'static str,
    pub(crate) edition: Edition,
    pub(crate) prevention: bool,
    pub(crate) members: Vec<Member>,
}

impl UnitDef {
    /// Does the user supplement of this unit bear the service month (tables 6/7), or zeros (tables 1/2/3)?
    pub(crate) fn has_month(&self) -> bool {
        self.members
            .iter()
            .any(|member| member.tie_fields.iter().any(|name| name.contains("対象年月")))
    }

    pub(crate) fn member(&self, kind: FileKind) -> Option<&Member> {
        self.members.iter().find(|member| member.kind == kind)
    }

    pub(crate) fn holds(&self, slot: Slot) -> bool {
        self.member(slot.kind).is_some()
            && (slot.kind != FileKind::UpHosoku || slot.month == self.has_month())
    }
}

/// Units of an edition.
pub(crate) fn defs(edition: Edition) -> impl Iterator<Item = &'static UnitDef> {
    DEFS.iter().filter(move |def| def.edition == edition)
}

/// The unit with this id.
pub(crate) fn def(id: &str) -> Option<&'static UnitDef> {
    DEFS.iter().find(|def| def.id == id)
}

pub(crate) static DEFS: LazyLock<Vec<UnitDef>> = LazyLock::new(|| {
    let mut defs: Vec<UnitDef> = Vec::new();
    for row in tsv::rows(include_str!("../../tables/sending_units.tsv")) {
        let Some((id, edition, prevention, member)) = parse_row(&row) else {
            continue;
        };
        match defs.iter_mut().find(|def| def.id == id) {
            Some(def) => def.members.push(member),
            None => defs.push(UnitDef {
                id,
                edition,
                prevention,
                members: vec![member],
            }),
        }
    }
    defs
});

pub(crate) fn parse_row(row: &[&'static str]) -> Option<(&'static str, Edition, bool, Member)> {
    let &[
        domain,
        version,
        id,
        _direction,
        kind,
        role,
        presence,
        tie_fields,
        _note,
    ] = row
    else {
        return None;
    };
    let prevention = match domain {
        "care" => false,
        "prevention" => true,
        _ => return None,
    };
    let role = match role {
        "base" => Role::Base,
        "dependent" => Role::Dependent,
        "single" => Role::Single,
        "annex" => Role::Annex,
        _ => return None,
    };
    let presence = match presence {
        "mandatory" => Presence::Mandatory,
        "optional" => Presence::Optional,
        other => Presence::With(FileKind::parse(other.strip_prefix("with ")?)?),
    };
    let member = Member {
        kind: FileKind::parse(kind)?,
        role,
        presence,
        tie_fields: tie_fields.split("; ").collect(),
    };
    Some((id, Edition::from_csv_version(version)?, prevention, member))
}
