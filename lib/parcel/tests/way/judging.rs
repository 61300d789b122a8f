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

/// Everything a policy may lower, lowered.
fn most_lenient() -> parcel::Rules {
    let lowered = standard::CODES
        .iter()
        .filter(|info| standard::policy::fixed(info).is_none())
        .map(|info| (info.code, standard::Severity::Warning));
    parcel::Rules {
        policy: Some(standard::Policy::new(lowered).unwrap()),
        ..parcel::Rules::default()
    }
}

proptest::proptest! {
    #[test]
    fn what_the_most_lenient_policy_accepts_can_be_delivered(
        changes in proptest::collection::vec((0_usize..3, 0_usize..10_000, proptest::prelude::any::<u8>()), 0..4),
        renamed in proptest::option::of((0_usize..3, 0_usize..70, "[0-9A-Z_a-z]")),
        without in proptest::option::of(0_usize..3),
    ) {
        let mut files = unit(UnitKind::Usage);
        for (file, at, byte) in changes {
            let bytes = &mut files[file].1;
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Some((file, at, char)) = renamed {
            let at = at % files[file].0.len();
            files[file].0.replace_range(at..=at, &char);
        }
        if let Some(file) = without {
            files.remove(file);
        }
        let draft = draft(files);
        // What cannot be packed never becomes an envelope.
        if let Ok(zip) = pack(&draft) {
            let judged = most_lenient().judge(&zip, draft.created_at);
            if judged.is_accept() {
                let sending = judged.sending.unwrap();
                proptest::prop_assert_eq!(sending.names.len(), draft.files.len());
                proptest::prop_assert!(judged.units.iter().all(|unit| unit.unit.is_some()));
            }
        }
    }
}

#[test]
fn a_policy_holds_for_envelopes_and_loose_files_alike() {
    let mut files = unit(UnitKind::Results);
    files[0].1.extend_from_slice(b"\r\n");
    let raised = parcel::Rules {
        policy: Some(standard::Policy::new([("csv.blank_line", standard::Severity::Error)]).unwrap()),
        ..parcel::Rules::default()
    };
    let draft = draft(files.clone());
    let zip = pack(&draft).unwrap();
    assert!(judge(&zip, &Limits::default(), draft.created_at).is_accept() && judge_files(&files).is_accept());
    assert!(!raised.judge(&zip, draft.created_at).is_accept());
    assert!(!raised.judge_files(&files).is_accept());
}
