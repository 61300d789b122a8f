//! Names of the tables, names beside the rule, broken names.

use super::*;
use crate::tsv;

#[test]
fn every_sample_of_the_table_is_read() {
    for row in tsv::rows(include_str!("../../tables/file_names.tsv")) {
        for (column, edition) in [(7, Edition::V3), (8, Edition::V41)] {
            for sample in row[column].split(" | ").filter(|sample| *sample != "-") {
                let name = FileName::parse(sample).unwrap_or_else(|e| panic!("{sample}: {e:?}"));
                assert_eq!((name.kind.as_str(), name.edition), (row[0], edition));
                assert_eq!(name.sequence, "20191025200201");
                assert!(looks_standard(sample));
            }
        }
    }
}

#[test]
fn parts_are_told() {
    let name = FileName::parse("UPPLAN_202504_0300000100_46_0300000005_A2_20250425200201.CSV").unwrap();
    assert_eq!(name.month.as_deref(), Some("202504"));
    assert_eq!(
        (name.sender.as_str(), name.sender_kind.as_deref()),
        ("0300000100", Some("46"))
    );
    assert_eq!(
        (name.destination.as_str(), name.destination_kind.as_deref()),
        ("0300000005", Some("A2"))
    );
}

#[test]
fn samples_beside_the_rule_are_accepted() {
    assert_eq!(
        FileName::parse("UPKIHON_000000_0300000100_43_0300000005_11_20191025200201.CSV")
            .unwrap()
            .month,
        None
    );
    let image = FileName::parse("UPKIHON_IMAGE_0300000100_43_0300000005_11_20191025200201_0001.JPG").unwrap();
    assert_eq!(image.branch, Some(1));
}

#[test]
fn broken_names_have_their_code() {
    for (name, code) in [
        ("memo.pdf", "name.grammar"),
        ("", "name.grammar"),
        ("UPPLAN_202504_0300000100_43_0300000005_11.CSV", "name.grammar"),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250425200201_1.CSV",
            "name.grammar",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250425200201 (1).CSV",
            "name.grammar",
        ),
        (
            "ＵPPLAN_202504_0300000100_43_0300000005_11_20250425200201.CSV",
            "name.grammar",
        ),
        (
            "UPFOO_202504_0300000100_43_0300000005_11_20250425200201.CSV",
            "name.kind",
        ),
        (
            "upplan_202504_0300000100_43_0300000005_11_20250425200201.CSV",
            "name.lower_case",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250425200201.csv",
            "name.lower_case",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_a2_20250425200201.CSV",
            "name.lower_case",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250425200201.TXT",
            "name.extension",
        ),
        (
            "UPPLAN_202513_0300000100_43_0300000005_11_20250425200201.CSV",
            "name.month",
        ),
        (
            "UPPLAN_000000_0300000100_43_0300000005_11_20250425200201.CSV",
            "name.month",
        ),
        (
            "UPPLAN_202504_030000010_43_0300000005_11_20250425200201.CSV",
            "name.office_digits",
        ),
        (
            "UPPLAN_202504_0300000100_43_030000000A_11_20250425200201.CSV",
            "name.office_digits",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_X9_20250425200201.CSV",
            "name.service_kind",
        ),
        (
            "UPPLAN_202504_0300000100_043_0300000005_11_20250425200201.CSV",
            "name.service_kind",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250431200201.CSV",
            "name.timestamp",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_202504252002010.CSV",
            "name.timestamp",
        ),
        (
            "UPPLAN_202504_0300000100_43_0300000005_11_20250425246001.CSV",
            "name.timestamp",
        ),
        ("UP3KYO_0300000100_0300000005_20250425200201.CSV", "name.edition"),
        (
            "UPKIHON_IMAGE_0300000100_43_0300000005_11_20250425200201_0000.jpg",
            "name.branch",
        ),
        (
            "UPKIHON_IMAGE_0300000100_43_0300000005_11_20250425200201_0001.png",
            "name.extension",
        ),
    ] {
        assert_eq!(
            FileName::parse(name).map_err(|e| e.info.code),
            Err(code),
            "{name}"
        );
    }
}

#[test]
fn attachments_do_not_look_standard() {
    for name in [
        "memo.pdf",
        "UPPLAN_印刷.pdf",
        "photo.jpg",
        "list.csv",
        "readme",
        "",
    ] {
        assert!(!looks_standard(name), "{name}");
    }
    assert!(looks_standard("upplan_202504.csv"));
    assert!(looks_standard("UPFOO_1.CSV"));
}

proptest::proptest! {
    #[test]
    fn nothing_panics(name in "\\PC*", tail in "[0-9_A-Za-z.]{0,60}") {
        let _ = FileName::parse(&name);
        let _ = FileName::parse(&format!("UPPLAN_{tail}"));
        let _ = FileName::parse(&format!("UPKIHON_{tail}"));
        looks_standard(&name);
    }
}
