//! The whole judgement on real units of the standard.

use parcel::{judge, judge_files, pack};
use proto::Limits;
use standard::{GenSpec, Size, UnitKind, generate};

use crate::packing::draft;

fn unit(kind: UnitKind) -> Vec<(String, Vec<u8>)> {
    let spec = GenSpec {
        edition: standard::Edition::V41,
        sender: "0300000100".to_owned(),
        sender_kind: "43".to_owned(),
        destination: "0300000005".to_owned(),
        destination_kind: "11".to_owned(),
        unit: kind,
        month: "202504".to_owned(),
        sequence: "20250401093000".to_owned(),
        size: Size::Persons(2),
        units: 1,
    };
    generate(7, &spec).swap_remove(0).files
}

fn judged(files: Vec<(String, Vec<u8>)>) -> parcel::Judged {
    let draft = draft(files);
    let zip = pack(&draft).unwrap();
    judge(&zip, &Limits::default(), draft.created_at)
}

fn codes(judged: &parcel::Judged) -> Vec<&str> {
    judged
        .problems
        .problems
        .iter()
        .map(|problem| problem.code.as_str())
        .collect()
}

#[test]
fn a_good_unit_with_an_attachment_is_accepted() {
    let mut files = unit(UnitKind::Usage);
    files.push(("memo.txt".to_owned(), "よろしくお願いします".into()));
    let found = judged(files);
    assert!(found.is_accept(), "{:?}", found.problems);
    assert_eq!(found.units.len(), 1);
    assert_eq!(found.units[0].unit.as_deref(), Some("C-usage"));
    let sending = found.sending.unwrap();
    assert_eq!(sending.kinds, ["UPHOSOKU", "UPPLAN", "UPSIKYU"]);
    assert_eq!(
        (sending.month.as_deref(), sending.version.as_deref()),
        (Some("202504"), Some("202407"))
    );
    assert_eq!(sending.names.len(), 3);
}

#[test]
fn the_digest_tells_attachments_and_message_apart() {
    let digest = |files| judged(files).sending.unwrap().digest;
    let mut with_memo = unit(UnitKind::Usage);
    with_memo.push(("memo.txt".to_owned(), b"a".to_vec()));
    assert_eq!(digest(unit(UnitKind::Usage)), digest(unit(UnitKind::Usage)));
    assert_ne!(digest(unit(UnitKind::Usage)), digest(with_memo));
}

#[test]
fn incomplete_and_mixed_units_are_refused() {
    let mut incomplete = unit(UnitKind::Usage);
    incomplete.pop();
    assert!(codes(&judged(incomplete)).contains(&"unit.incomplete"));
    let mut mixed = unit(UnitKind::Usage);
    mixed.extend(unit(UnitKind::Plan));
    let found = judged(mixed);
    assert!(codes(&found).contains(&"unit.mixed"));
    assert!(found.sending.is_none());
}

#[test]
fn names_must_fit_sender_and_destination() {
    let mut draft = draft(unit(UnitKind::Usage));
    draft.destination = "0300000013".parse().unwrap();
    let found = judge(&pack(&draft).unwrap(), &Limits::default(), draft.created_at);
    assert!(codes(&found).contains(&"name.destination_mismatch"));
    assert!(
        found.manifest.is_some(),
        "the destination can be compared with the door's"
    );
}

#[test]
fn wrong_names_are_told_by_the_standard() {
    let mut files = unit(UnitKind::Usage);
    files[0].0 = files[0].0.to_ascii_lowercase();
    assert!(codes(&judged(files)).contains(&"name.lower_case"));
}

#[test]
fn loose_files_of_several_units_are_judged_one_by_one() {
    let mut files = unit(UnitKind::Usage);
    files.extend(unit(UnitKind::Plan));
    files.push(("memo.pdf".to_owned(), b"%PDF-1.4".to_vec()));
    let found = judge_files(&files);
    assert!(found.is_accept(), "{:?}", found.problems);
    assert_eq!(found.units.len(), 2);
    files.push(("virus.exe".to_owned(), b"MZ\0\0".to_vec()));
    files.push(("UPPLAN_x.CSV".to_owned(), b"1".to_vec()));
    assert_eq!(codes(&judge_files(&files)), ["attachment.type", "name.grammar"]);
}
