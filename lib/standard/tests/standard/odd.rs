//! One thing that is not like the others is told, and not all the others: a version, a file, a file that is no CSV.

use standard::{Finding, UnitKind, has_heading};

use crate::made::{Files, file, judge, set, unit};

/// Findings about the usage unit broken in this way.
fn told(broken: impl FnOnce(&mut Files)) -> Vec<Finding> {
    let mut files = unit(UnitKind::Usage, "15");
    broken(&mut files);
    judge(&files).findings
}

fn places(findings: &[Finding]) -> Vec<(&'static str, &str, Option<u32>)> {
    findings
        .iter()
        .map(|one| {
            let kind = one.file.split('_').next().unwrap_or_default();
            (one.code, kind, one.line)
        })
        .collect()
}

#[test]
fn the_version_of_most_rows_is_the_files() {
    for wrong in [&b"202208"[..], b"20240", b"202410", b"x"] {
        let findings = told(|files| set(files, "UPPLAN", 0, 1, wrong));
        assert_eq!(
            places(&findings),
            [("csv.version_mixed", "UPPLAN", Some(1))],
            "{wrong:?}"
        );
        assert!(findings[0].message_en.contains("the others 202407"));
    }
    let findings = told(|files| {
        set(files, "UPPLAN", 0, 1, b"202208");
        set(files, "UPPLAN", 2, 1, b"202208");
    });
    let mixed = ("csv.version_mixed", "UPPLAN");
    assert_eq!(
        places(&findings),
        [(mixed.0, mixed.1, Some(1)), (mixed.0, mixed.1, Some(3))]
    );
}

#[test]
fn the_edition_of_most_files_is_the_units() {
    for kind in ["UPPLAN", "UPSIKYU", "UPHOSOKU"] {
        let findings = told(|files| {
            let rows = file(files, kind).1.split(|byte| *byte == b'\n').count() - 1;
            (0..rows).for_each(|row| set(files, kind, row, 1, b"202208"));
        });
        let mixed: Vec<_> = places(&findings)
            .into_iter()
            .filter(|(code, ..)| *code == "csv.version_mixed")
            .map(|(_, kind, _)| kind.to_owned())
            .collect();
        assert_eq!(mixed, [kind]);
    }
}

#[test]
fn what_is_no_csv_is_told_by_its_name_and_not_byte_by_byte() {
    let office = b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0________________[Content_Types].xml";
    for (bytes, name) in [
        (&b"%PDF-1.7\n"[..], "PDF"),
        (b"\x89PNG\r\n\x1A\n\0", "PNG"),
        (b"\xFF\xD8\xFF\xE0", "JPEG"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (office, "Excel"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", "Excel"),
    ] {
        let findings = told(|files| file(files, "UPSIKYU").1 = bytes.to_vec());
        assert_eq!(places(&findings), [("file.not_csv", "UPSIKYU", None)], "{name}");
        let texts = [&findings[0].message_ja, &findings[0].message_en];
        assert!(texts.iter().all(|text| text.contains(name)), "{texts:?}");
    }
}

#[test]
fn a_file_in_utf8_is_told_how_to_be_saved() {
    let findings = told(|files| {
        let bytes = &mut file(files, "UPPLAN").1;
        *bytes = standard::ms932::decode(bytes).unwrap().into_owned().into_bytes();
    });
    let bad = findings.iter().find(|one| one.code == "encoding.ms932").unwrap();
    assert!(bad.message_ja.contains("UTF-8") && bad.message_ja.contains("「ANSI」"));
    assert!(bad.message_en.contains("UTF-8") && bad.message_en.contains("Save As"));
    assert!(findings.iter().all(|one| one.code != "encoding.gaiji"));
}

#[test]
fn a_heading_is_known() {
    for (bytes, is_heading) in [
        (&b"version,insurer\r\n202407,030001\r\n"[..], true),
        (b"\xEF\xBB\xBFversion,insurer\r\n", true),
        (b"202407,030001\r\n", false),
        (b"%PDF-1.7\n", false),
        (b"", false),
    ] {
        assert_eq!(has_heading(bytes), is_heading, "{bytes:?}");
    }
}

#[test]
fn an_image_that_is_missing_is_named_where_its_name_is_the_standards() {
    let broken = standard::generate::broken("image.missing", 1).unwrap();
    let text = |files: &Files| {
        let report = judge(files);
        let found = report.findings.iter().find(|one| one.code == "image.missing");
        found.map(|one| one.message_ja.clone()).unwrap()
    };
    let mut files = broken.unit.files;
    assert!(text(&files).contains("UPKIHON_IMAGE_"), "{}", text(&files));
    let rows = file(&mut files, "UPKIHON").1.clone();
    let at = rows
        .windows(14)
        .position(|window| window == b"UPKIHON_IMAGE_")
        .unwrap();
    file(&mut files, "UPKIHON").1[at..at + 7].copy_from_slice(b"YAMADA_");
    assert!(!text(&files).contains("YAMADA"), "{}", text(&files));
}
