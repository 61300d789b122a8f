//! One broken envelope for every rule of ZIP, manifest and attachments, and the code it is refused with.

use std::collections::BTreeSet;

use parcel::{judge, peek, unpack};
use proto::{Limits, Time};

use crate::broken::{cases, change};
use crate::support::{Entry, MANIFEST, good, zip_of};

fn accepted_at() -> Time {
    "2025-04-01T09:31:00+09:00".parse().unwrap()
}

fn small() -> Limits {
    Limits {
        files: 3,
        unpacked_bytes: 100_000,
        ..Limits::default()
    }
}

fn codes(zip: &[u8]) -> Vec<String> {
    let judged = judge(zip, &small(), accepted_at());
    judged
        .problems
        .problems
        .into_iter()
        .map(|problem| problem.code)
        .collect()
}

#[test]
fn each_rule_has_its_code() {
    for (name, zip, expected) in cases() {
        assert_eq!(codes(&zip), expected, "{name}");
        let refused = unpack(&zip, &small()).is_err();
        let by_unpack = |code: &&str| {
            (code.starts_with("zip.") || code.starts_with("manifest."))
                && !matches!(*code, "manifest.created_at" | "manifest.role")
        };
        assert_eq!(refused, expected.iter().any(by_unpack), "{name}");
    }
}

#[test]
fn the_sequence_of_names_and_manifest_must_agree() {
    let name = "UPJSK_202503_0300000100_43_0300000005_11_20250401093001.CSV";
    let found = codes(&zip_of(&[(name, b"x")]).write());
    assert!(
        found.contains(&"manifest.sequence_differs".to_owned()),
        "{found:?}"
    );
}

#[test]
fn every_code_of_these_areas_has_a_case() {
    let mut tested: BTreeSet<&str> = cases()
        .into_iter()
        .flat_map(|(_, _, codes)| codes)
        .copied()
        .collect();
    tested.insert("manifest.sequence_differs");
    let listed: BTreeSet<&str> = proto::codes::ALL
        .iter()
        .filter(|code| matches!(code.area(), "zip" | "manifest" | "attachment"))
        .map(|code| code.code)
        .collect();
    assert_eq!(tested, listed);
}

#[test]
fn contract_and_standard_share_no_code() {
    for info in standard::CODES {
        assert!(proto::Code::find(info.code).is_none(), "{}", info.code);
    }
}

#[test]
fn the_door_reads_the_head_whatever_the_rest_is() {
    let head = peek(&good().write()).unwrap();
    assert_eq!(head.sender.as_str(), "0300000100");
    assert_eq!(head.destination.as_str(), "0300000005");
    assert_eq!(head.sequence.as_deref(), Some("20250401093000"));
    for (name, code) in [
        ("nothing", "zip.unreadable"),
        ("no manifest", "zip.manifest_missing"),
        ("manifest too large", "zip.manifest_size"),
        ("not JSON", "manifest.not_json"),
        ("key twice", "manifest.duplicate_key"),
        ("unknown format", "manifest.format"),
        ("9 digits", "manifest.office"),
    ] {
        let (_, zip, _) = cases().into_iter().find(|(case, ..)| *case == name).unwrap();
        assert_eq!(peek(&zip).unwrap_err().code, code, "{name}");
    }
    let bomb = change(|zip| {
        zip.entries[0] = Entry::deflated(MANIFEST, &[b' '; 10_000_000]);
        zip.entries[0].unpacked = 60_000;
    });
    assert_eq!(peek(&bomb).unwrap_err().code, "zip.corrupt");
}

#[test]
fn descriptors_and_foreign_extra_fields_are_fine() {
    let zip = change(|zip| {
        for entry in &mut zip.entries {
            entry.descriptor = true;
            entry.local_extra = b"UT\x05\x00\x01\x00\x00\x00\x00".to_vec();
        }
    });
    assert_eq!(codes(&zip), [""; 0]);
}

#[test]
fn facts_of_attachments_alone() {
    let judged = judge(&good().write(), &small(), accepted_at());
    let facts = judged.sending.unwrap();
    assert_eq!(facts.sequence, "20250401093000");
    assert!(facts.kinds.is_empty() && facts.names.is_empty() && facts.month.is_none());
    assert_eq!(facts.digest.len(), 64);
}

#[test]
fn a_descriptor_that_is_promised_and_missing_is_refused() {
    let zip = change(|zip| zip.entries[1].flags |= 8);
    assert_eq!(codes(&zip), ["zip.gap"]);
}
