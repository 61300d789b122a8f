//! `careplan gen` and `careplan check` agree: what is made is accepted, what is broken is found.

use careplan::failure::Exit;

use crate::careplan;

#[test]
fn everything_that_is_made_is_accepted() {
    for line in [
        "gen --kinds all --units 2 --out DIR/made",
        "gen --kinds all --edition v3 --units 2 --out DIR/made",
        "gen --profile office-month --persons 12 --out DIR/made",
        "gen --profile month-end --offices 2 --units 40 --out DIR/made",
        "gen --kinds prevention-usage,prevention-results --care-kind 46 --provider-kind 63 --out DIR/made",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (exit, made, err) = careplan(folder.path(), line);
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{line}");
        assert!(4 <= made.lines().count(), "{line}");
        let (exit, out, err) = careplan(folder.path(), "check --format json DIR/made");
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{line}: {out}");
        assert!(out.contains("\"problems\": []"), "{line}: {out}");
    }
}

#[test]
fn what_is_broken_by_name_is_found_by_name() {
    for code in [
        "table7.sum",
        "unit.misdirected",
        "name.timestamp",
        "image.missing",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (exit, _, err) = careplan(
            folder.path(),
            &format!("gen --break {code} --seed 3 --out DIR/made"),
        );
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""), "{code}");
        let (_, out, _) = careplan(folder.path(), "check --format json DIR/made");
        assert!(out.contains(&format!("\"code\": \"{code}\"")), "{code}: {out}");
    }
}

#[test]
fn all_ways_of_breaking_are_listed() {
    let folder = tempfile::tempdir().unwrap();
    let (exit, out, _) = careplan(folder.path(), "gen --break LIST");
    assert_eq!(exit, Exit::Ok);
    assert_eq!(out.lines().count(), standard::CODES.len());
    let (exit, _, err) = careplan(folder.path(), "gen --break table7.summ --out DIR/made");
    assert_eq!(exit, Exit::Usage);
    assert!(
        err.contains("table7.sum") && err.contains("choose one of"),
        "{err}"
    );
    let (_, _, err) = careplan(
        folder.path(),
        "gen --kinds prevention-plan --edition v3 --out DIR/made",
    );
    assert!(err.contains("V3"), "{err}");
}

#[test]
fn what_cannot_be_made_is_refused_in_both_languages() {
    for (arguments, ja, en) in [
        ("--persons 0", "--persons は1から", "--persons is a number from 1"),
        ("--units 0", "--units は1から", "--units is a number from 1"),
        (
            "--persons 1000000",
            "--persons は1から",
            "--persons is a number from 1",
        ),
        (
            "--profile month-end --offices 0",
            "--offices は1から",
            "--offices is a number",
        ),
        (
            "--offices 3",
            "month-end と使います",
            "goes with --profile month-end",
        ),
        (
            "--profile month-end --persons 9",
            "--persons を指定できません",
            "leave --persons out",
        ),
        ("--month 202513", "202513 はありえません", "202513 is none"),
        ("--month 000101", "000101 はありえません", "000101 is none"),
        ("--month 2025-04", "年月はYYYYMM", "write the month"),
        (
            "--sequence 20250431093000",
            "20250431093000 はありえません",
            "14 digits",
        ),
        ("--care-kind ZZ", "ZZ というサービス種類", "no service kind ZZ"),
        ("--care-kind 11", "43（居宅介護支援）か46", "43 (care support)"),
        ("--provider 0300000100", "同じ事業所", "the same office"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (exit, out, err) = careplan(folder.path(), &format!("gen {arguments} --out DIR/made"));
        assert_eq!((exit, out.as_str()), (Exit::Usage, ""), "{arguments}");
        assert!(err.contains(ja) && err.contains(en), "{arguments}: {err}");
        assert!(!folder.path().join("made").exists(), "{arguments}");
    }
}
