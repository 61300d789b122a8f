//! Sending units: which kinds of files travel together, and which unit a set of files is.

mod defs;
mod titles;

use crate::codes::{self, CodeInfo};
use crate::kind::{Edition, FileKind};
use crate::lists::{self, Group};
use crate::name::FileName;
use defs::Member;
pub(crate) use defs::{Presence, Role, UnitDef, def, defs};
pub use titles::titles;

/// A kind as units see it: the supplement with a month is another one than that without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) kind: FileKind,
    month: bool,
}

impl From<&FileName> for Slot {
    fn from(name: &FileName) -> Self {
        Slot {
            kind: name.kind,
            month: name.month.is_some(),
        }
    }
}

/// What a set of files is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Unit ids that fit, the likelier first (e.g. `C-usage`); empty when it is incomplete or mixed.
    pub ids: Vec<&'static str>,
    /// Edition of the names.
    pub edition: Edition,
    /// Kinds, in the order of the standard's list, each once.
    pub kinds: Vec<FileKind>,
    /// Service month YYYYMM.
    pub month: Option<String>,
    /// 14 digits.
    pub sequence: String,
    /// Sending office.
    pub sender: String,
    /// Its service kind (V4.1).
    pub sender_kind: Option<String>,
    /// Receiving office.
    pub destination: String,
    /// Its service kind (V4.1).
    pub destination_kind: Option<String>,
    /// Annexes that usually come along and are not there.
    pub annexes_missing: Vec<FileKind>,
    /// Kinds that must be there and are not.
    pub missing: Vec<FileKind>,
}

/// Why files are no unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitFinding {
    /// `unit.none`, `unit.incomplete` or `unit.mixed`.
    pub info: &'static CodeInfo,
    /// Detail in Japanese.
    pub detail_ja: String,
    /// Detail in English.
    pub detail_en: String,
}

/// Which unit are these files, given by their parsed names? The first file tells offices, month and sequence.
///
/// # Errors
/// `unit.none` without any file, `unit.mixed` when they belong to several sendings or a kind stands there twice,
/// `unit.incomplete` when mandatory files are missing.
pub fn identify(names: &[FileName]) -> Result<Unit, UnitFinding> {
    let finding = |info, ja: String, en: String| UnitFinding {
        info,
        detail_ja: ja,
        detail_en: en,
    };
    let Some(unit) = describe(names) else {
        return Err(finding(&codes::UNIT_NONE, String::new(), String::new()));
    };
    if crate::group::key_count(names) > 1 {
        return Err(finding(
            &codes::UNIT_MIXED,
            "事業所、サービス種類、連番、対象年月、表の組のいずれかが違う".to_owned(),
            "offices, service kinds, sequence, month or set of tables differ".to_owned(),
        ));
    }
    let doubled = unit.kinds.iter().find(|kind| {
        **kind != FileKind::UpKihonImage && names.iter().filter(|name| name.kind == **kind).count() > 1
    });
    if let Some(kind) = doubled {
        return Err(finding(
            &codes::UNIT_MIXED,
            format!("{kind}が2つある"),
            format!("{kind} stands there twice"),
        ));
    }
    if unit.ids.is_empty() {
        let list = |named: fn(&FileKind) -> String| {
            let missing: Vec<_> = unit.missing.iter().map(named).collect();
            missing.join(", ")
        };
        return Err(finding(
            &codes::UNIT_INCOMPLETE,
            format!("{}がない", list(|kind| format!("{kind}（{}）", kind.titles().0))),
            format!("{} missing", list(|kind| format!("{kind} ({})", kind.titles().1))),
        ));
    }
    Ok(unit)
}

/// As [`identify`], with whatever can be said when the files are no unit.
pub(crate) fn describe(names: &[FileName]) -> Option<Unit> {
    let first = names.first()?;
    let slots: Vec<Slot> = names.iter().map(Slot::from).collect();
    let holding: Vec<&UnitDef> = defs(first.edition)
        .filter(|def| slots.iter().all(|slot| def.holds(*slot)))
        .collect();
    let has = |kind: FileKind| slots.iter().any(|slot| slot.kind == kind);
    let missing = |def: &UnitDef| -> Vec<FileKind> {
        def.members
            .iter()
            .filter(|m| m.presence == Presence::Mandatory && !has(m.kind))
            .map(|m| m.kind)
            .collect()
    };
    let mut fitting: Vec<&UnitDef> = holding
        .iter()
        .copied()
        .filter(|def| missing(def).is_empty())
        .collect();
    if fitting.iter().any(|def| side_fits(def, first)) {
        fitting.retain(|def| side_fits(def, first));
    }
    let missing = holding
        .iter()
        .map(|def| missing(def))
        .min_by_key(Vec::len)
        .unwrap_or_default();
    let annexes_missing = fitting.first().map_or_else(Vec::new, |def| {
        let lacks = |member: &&Member| {
            matches!(member.presence, Presence::With(base) if has(base))
                && member.kind.is_csv()
                && !has(member.kind)
        };
        def.members
            .iter()
            .filter(lacks)
            .map(|member| member.kind)
            .collect()
    });
    Some(Unit {
        ids: fitting.iter().map(|def| def.id).collect(),
        edition: first.edition,
        kinds: FileKind::ALL.iter().copied().filter(|kind| has(*kind)).collect(),
        month: names.iter().find_map(|name| name.month.clone()),
        sequence: first.sequence.clone(),
        sender: first.sender.clone(),
        sender_kind: first.sender_kind.clone(),
        destination: first.destination.clone(),
        destination_kind: first.destination_kind.clone(),
        annexes_missing,
        missing,
    })
}

/// Care or prevention, as far as the service kinds tell. The samples write 43 in prevention too, so it tells nothing.
fn side_fits(def: &UnitDef, name: &FileName) -> bool {
    let (Some(sender), Some(destination)) = (&name.sender_kind, &name.destination_kind) else {
        return true;
    };
    let both_support = [sender, destination]
        .iter()
        .all(|code| matches!(code.as_str(), "43" | "46"));
    let tells = |code: &str, groups: &[Group]| {
        lists::service_kinds(code.as_bytes()).any(|kind| groups.contains(&kind.group))
    };
    let either = |groups: &[Group]| tells(sender, groups) || tells(destination, groups);
    let is_46 = sender == "46" || destination == "46";
    if def.prevention {
        is_46 || both_support || either(&[Group::Prevention, Group::Project])
    } else {
        !is_46 && either(&[Group::Care])
    }
}

/// Can these two stand in one unit of this edition, directly or through others?
pub(crate) fn related(edition: Edition, one: Slot, other: Slot) -> bool {
    // Units overlap only in prevention (1 basic, 2 plan and basic, 3 plan): one step over a common unit is enough.
    one == other || defs(edition).any(|def| def.holds(one) && def.holds(other))
}

#[cfg(test)]
mod tests {
    use super::defs::{DEFS, parse_row};
    use super::*;
    use crate::tsv;

    fn names(list: &[&str]) -> Vec<FileName> {
        let tail = "0300000100_43_0300000005_11_20250425200201";
        list.iter()
            .map(|name| FileName::parse(&name.replace('~', tail)).unwrap())
            .collect()
    }

    fn ids(list: &[&str]) -> Result<Vec<&'static str>, &'static str> {
        identify(&names(list))
            .map(|unit| unit.ids)
            .map_err(|finding| finding.info.code)
    }

    #[test]
    fn every_row_is_read_and_its_tie_fields_exist() {
        let rows: Vec<_> = tsv::rows(include_str!("../tables/sending_units.tsv")).collect();
        assert!(rows.iter().all(|row| parse_row(row).is_some()));
        assert_eq!(
            DEFS.iter().map(|def| def.members.len()).sum::<usize>(),
            rows.len()
        );
        for def in DEFS.iter() {
            for member in def.members.iter().filter(|member| member.kind.is_csv()) {
                let layout = crate::layout::layout(def.edition, member.kind).unwrap();
                for field in &member.tie_fields {
                    assert!(
                        layout.position(field).is_some(),
                        "{} {} {field}",
                        def.id,
                        member.kind
                    );
                }
            }
        }
    }

    #[test]
    fn units_are_told() {
        assert_eq!(
            ids(&[
                "UP1KYO_~.CSV",
                "UP2KYO_~.CSV",
                "UP3KYO_~.CSV",
                "UPHOSOKU_000000_~.CSV"
            ]),
            Ok(vec!["C-plan"])
        );
        assert_eq!(
            ids(&[
                "UPPLAN_202504_~.CSV",
                "UPSIKYU_202504_~.CSV",
                "UPHOSOKU_202504_~.CSV"
            ]),
            Ok(vec!["C-usage"])
        );
        assert_eq!(ids(&["UPJSK_202504_~.CSV"]), Ok(vec!["C-results"]));
        assert_eq!(ids(&["DLTPLAN_202504_~.CSV"]), Ok(vec!["C-usage_delete"]));
        assert_eq!(ids(&["DLT1KYO_~.CSV"]), Ok(vec!["C-plan_delete"]));
        assert_eq!(ids(&["UPYOBO_~.CSV", "UPYOBO_SUB_~.CSV"]), Ok(vec!["P-3_plan"]));
        assert_eq!(
            ids(&["UPYOBO_~.CSV", "UPKIHON_~.CSV"]),
            Ok(vec!["P-2_plan_basic"])
        );
        let prevention =
            FileName::parse("UPJSK_202504_0300000005_A2_0300000100_46_20191025200201.CSV").unwrap();
        assert_eq!(identify(&[prevention]).unwrap().ids, ["P-8_results"]);
        let v3 = FileName::parse("UPJSK_202504_0300000005_0300000100_20191025200201.CSV").unwrap();
        assert_eq!(identify(&[v3]).unwrap().ids, ["C3-results"]);
    }

    #[test]
    fn incomplete_and_mixed_are_told() {
        assert_eq!(ids(&[]), Err("unit.none"));
        assert_eq!(ids(&["UPPLAN_202504_~.CSV"]), Err("unit.incomplete"));
        assert_eq!(ids(&["UPHOSOKU_000000_~.CSV"]), Err("unit.incomplete"));
        assert_eq!(ids(&["UPKIHON_IMAGE_~_0001.jpg"]), Err("unit.incomplete"));
        assert_eq!(
            ids(&["UPJSK_202504_~.CSV", "UPJSK_202505_~.CSV"]),
            Err("unit.mixed")
        );
        assert_eq!(
            ids(&["UPJSK_202504_~.CSV", "DLTJSK_202504_~.CSV"]),
            Err("unit.mixed")
        );
        assert_eq!(
            ids(&[
                "UPPLAN_202504_~.CSV",
                "UPSIKYU_202504_~.CSV",
                "UPHOSOKU_000000_~.CSV"
            ]),
            Err("unit.mixed")
        );
        assert_eq!(ids(&["UPKIHON_~.CSV", "UPKIHON_000000_~.CSV"]), Err("unit.mixed"));
    }
}
