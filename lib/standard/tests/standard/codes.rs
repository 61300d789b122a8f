//! Every code: good data, broken in one way, has it, with its severity and line.

use std::collections::BTreeSet;

use standard::{CODES, Context, FileName, Severity, UnitKind, identify};

use crate::made::{Files, file, judge, judge_in, rename, rows, set, unit};

type Break = fn(&mut Files);

/// Code, what is broken (in a usage unit of kind 15), the line it must be told on. Rules between fields, rows and files
/// have their cases in `rules/`.
const CASES: &[(&str, Break, Option<u32>)] = &[
    ("name.grammar", |f| rename(f, "UPPLAN", ".CSV", "_1.CSV"), None),
    (
        "name.grammar",
        |f| f.push(("memo.txt".to_owned(), b"x".to_vec())),
        None,
    ),
    ("name.kind", |f| rename(f, "UPPLAN", "UPPLAN_", "UPPLAM_"), None),
    ("name.lower_case", |f| rename(f, "UPPLAN", ".CSV", ".csv"), None),
    (
        "name.lower_case",
        |f| rename(f, "UPPLAN", "UPPLAN", "upplan"),
        None,
    ),
    ("name.extension", |f| rename(f, "UPPLAN", ".CSV", ".TXT"), None),
    ("name.month", |f| rename(f, "UPPLAN", "202505_", "202513_"), None),
    (
        "name.office_digits",
        |f| rename(f, "UPPLAN", "0300000100", "030000100"),
        None,
    ),
    ("name.service_kind", |f| rename(f, "UPPLAN", "_15_", "_ZZ_"), None),
    (
        "name.timestamp",
        |f| rename(f, "UPPLAN", "20250425093000", "20250425093060"),
        None,
    ),
    (
        "name.timestamp",
        |f| rename(f, "UPPLAN", "20250425093000", "202504250930000"),
        None,
    ),
    ("name.branch", |f| f.push((image("0000"), JPEG.to_vec())), None),
    (
        "name.edition",
        |f| {
            f.push((
                "UP3KYO_0300000100_0300000005_20250425093000.CSV".to_owned(),
                Vec::new(),
            ))
        },
        None,
    ),
    (
        "unit.incomplete",
        |f| f.retain(|(name, _)| !name.starts_with("UPSIKYU")),
        None,
    ),
    (
        "unit.mixed",
        |f| f.extend(unit(UnitKind::DeleteUsage, "15")),
        None,
    ),
    ("unit.mixed", |f| f.extend(unit(UnitKind::Plan, "15")), None),
    ("unit.mixed", |f| f.extend(unit(UnitKind::Usage, "11")), None),
    (
        "unit.mixed",
        |f| rename(f, "UPHOSOKU", "202505_", "000000_"),
        None,
    ),
    (
        "unit.annex_missing",
        |f| {
            *f = vec![(
                "UPYOBO_0300000100_46_0300000005_A2_20250425093000.CSV".to_owned(),
                Vec::new(),
            )]
        },
        None,
    ),
    ("unit.keys", |f| drop_person(f, "UPSIKYU"), None),
    ("unit.keys", |f| drop_person(f, "UPPLAN"), None),
    ("unit.keys", |f| set(f, "UPHOSOKU", 1, 3, b"9999999999"), Some(2)),
    ("encoding.bom", |f| prepend(f, b"\xEF\xBB\xBF"), Some(1)),
    ("encoding.bom", |f| prepend(f, b"\xFF\xFE"), Some(1)),
    ("encoding.ms932", |f| set(f, "UPPLAN", 1, 7, b"\"\x80\""), Some(2)),
    ("encoding.ms932", |f| set(f, "UPPLAN", 1, 7, b"\"\x81\""), Some(2)),
    ("encoding.ms932", |f| set(f, "UPPLAN", 0, 7, b"\"\xA0\""), Some(1)),
    ("encoding.utf8_suspect", |f| to_utf8(f, "UPPLAN"), None),
    (
        "encoding.gaiji",
        |f| set(f, "UPPLAN", 1, 7, b"\"\xF0\x40\""),
        Some(2),
    ),
    (
        "encoding.control",
        |f| set(f, "UPPLAN", 1, 7, b"\"a\x0b\""),
        Some(2),
    ),
    (
        "encoding.control",
        |f| set(f, "UPPLAN", 1, 7, b"\"a\x7f\""),
        Some(2),
    ),
    ("csv.empty_file", |f| file(f, "UPPLAN").1.clear(), None),
    (
        "csv.empty_file",
        |f| rows(f, "UPPLAN", |rows| *rows = vec![b"\"a\",\"b\"".to_vec()]),
        None,
    ),
    ("csv.quote_open", |f| set(f, "UPPLAN", 1, 7, b"\"a"), Some(2)),
    (
        "csv.quote_open",
        |f| rows(f, "UPPLAN", |rows| rows.last_mut().unwrap().extend(b",\"a")),
        None,
    ),
    (
        "csv.quote_stray",
        |f| set(f, "UPPLAN", 1, 7, b"\"a\"b\""),
        Some(2),
    ),
    ("csv.quote_stray", |f| set(f, "UPPLAN", 1, 7, b"a\"b"), Some(2)),
    (
        "csv.line_end",
        |f| rows(f, "UPPLAN", |rows| rows[1].extend(b"\rx")),
        Some(2),
    ),
    (
        "csv.blank_line",
        |f| rows(f, "UPPLAN", |rows| rows.insert(1, Vec::new())),
        Some(2),
    ),
    (
        "csv.field_count",
        |f| rows(f, "UPPLAN", |rows| rows[1].push(b',')),
        Some(2),
    ),
    (
        "csv.field_count",
        |f| rows(f, "UPPLAN", |rows| rows[1] = b"202407,990001".to_vec()),
        Some(2),
    ),
    (
        "csv.version_unknown",
        |f| all_versions(f, "UPPLAN", b"201910"),
        Some(1),
    ),
    (
        "csv.version_unknown",
        |f| all_versions(f, "UPPLAN", b"20240"),
        Some(1),
    ),
    (
        "csv.version_old",
        |f| all_versions(f, "UPPLAN", b"202410"),
        Some(1),
    ),
    (
        "csv.version_mixed",
        |f| set(f, "UPPLAN", 1, 1, b"202208"),
        Some(2),
    ),
    (
        "csv.version_mixed",
        |f| all_versions(f, "UPSIKYU", b"202208"),
        None,
    ),
    // The first row is the odd one.
    (
        "csv.version_mixed",
        |f| set(f, "UPPLAN", 0, 1, b"202208"),
        Some(1),
    ),
    (
        "file.not_csv",
        |f| file(f, "UPPLAN").1 = b"%PDF-1.7\n1 0 obj".to_vec(),
        None,
    ),
    (
        "csv.version_name",
        |f| all_versions(f, "UPPLAN", b"202208"),
        Some(1),
    ),
    ("field.required", |f| set(f, "UPPLAN", 1, 15, b""), Some(2)),
    ("field.required", |f| set(f, "UPPLAN", 1, 1, b""), Some(2)),
    ("field.required", |f| set(f, "UPPLAN", 1, 15, b"\"\""), Some(2)),
    ("field.type", |f| set(f, "UPPLAN", 1, 10, b"20250532"), Some(2)),
    ("field.type", |f| set(f, "UPPLAN", 1, 3, b"123456789"), Some(2)),
    ("field.length", |f| set(f, "UPPLAN", 1, 15, b"1511111"), Some(2)),
    ("field.code", |f| set(f, "UPPLAN", 1, 23, b"9"), Some(2)),
    (
        "service.out_of_scope",
        |f| set(f, "UPPLAN", 1, 15, b"331111"),
        Some(2),
    ),
    ("file.month", |f| set(f, "UPPLAN", 1, 5, b"202506"), Some(2)),
    ("file.month", |f| set(f, "UPHOSOKU", 1, 63, b"000000"), Some(2)),
    (
        "image.jpeg",
        |f| f.push((image("0001"), b"GIF89a".to_vec())),
        None,
    ),
];

const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0";

fn image(branch: &str) -> String {
    format!("UPKIHON_IMAGE_0300000100_43_0300000005_15_20250425093000_{branch}.jpg")
}

fn prepend(files: &mut Files, mark: &[u8]) {
    let bytes = &mut file(files, "UPPLAN").1;
    *bytes = [mark, bytes].concat();
}

fn all_versions(files: &mut Files, kind: &str, version: &[u8]) {
    rows(files, kind, |rows| {
        rows.iter_mut()
            .for_each(|row| *row = [version, &row[6..]].concat())
    });
}

/// Takes the rows of the first person away.
fn drop_person(files: &mut Files, kind: &str) {
    rows(files, kind, |rows| {
        let key = rows[0][..24].to_vec();
        rows.retain(|row| !row.starts_with(&key));
    });
}

/// A short text whose UTF-8 bytes happen to be MS932 too.
fn to_utf8(files: &mut Files, kind: &str) {
    rows(files, kind, |rows| {
        for row in rows {
            let ascii: Vec<u8> = row.iter().copied().filter(u8::is_ascii).collect();
            let mut fields: Vec<Vec<u8>> = ascii.split(|byte| *byte == b',').map(<[u8]>::to_vec).collect();
            fields[6] = "\"計画\"".as_bytes().to_vec();
            *row = fields.join(&b","[..]);
        }
    });
}

fn severity(code: &str) -> Severity {
    CODES
        .iter()
        .find(|info| info.code == code)
        .unwrap_or_else(|| panic!("{code} is not listed"))
        .severity
}

#[test]
fn each_code_is_found_where_it_is() {
    for (at, (code, broken, line)) in CASES.iter().enumerate() {
        let mut files = unit(UnitKind::Usage, "15");
        assert!(judge(&files).findings.is_empty());
        broken(&mut files);
        let report = judge(&files);
        let found: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.code == *code)
            .collect();
        assert!(
            !found.is_empty(),
            "case {at}: {code} not in {:#?}",
            report.findings
        );
        assert_eq!(found[0].severity, severity(code), "case {at}: {code}");
        if line.is_some() {
            assert_eq!(found[0].line, *line, "case {at}: {code}");
        }
        assert_eq!(report.is_accept(), report.of(Severity::Error).count() == 0);
    }
}

#[test]
fn no_code_is_without_a_case() {
    let mut cased: BTreeSet<&str> = CASES.iter().map(|(code, ..)| *code).collect();
    cased.extend(crate::rules::with_a_bad_case());
    cased.extend([
        "name.sender_mismatch",
        "name.destination_mismatch",
        "name.sequence_mismatch",
        "unit.none",
    ]);
    let listed: BTreeSet<&str> = CODES.iter().map(|info| info.code).collect();
    assert_eq!(cased, listed);
}

#[test]
fn names_are_compared_with_the_envelope() {
    let files = unit(UnitKind::Results, "15");
    let ctx = Context {
        sender: Some("0300000006"),
        destination: Some("0300000101"),
        sequence: Some("20250425093001"),
        ..Context::default()
    };
    let codes: Vec<_> = judge_in(&files, &ctx)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect();
    assert_eq!(
        codes,
        [
            "name.sender_mismatch",
            "name.destination_mismatch",
            "name.sequence_mismatch"
        ]
    );
}

#[test]
fn without_files_there_is_no_unit() {
    assert_eq!(identify(&[]).unwrap_err().info.code, "unit.none");
    assert_eq!(judge(&Vec::new()).findings, []);
}

#[test]
fn rows_the_source_leaves_unsure_are_only_warned_of() {
    let mut files = unit(UnitKind::Usage, "15");
    set(&mut files, "UPPLAN", 0, 6, b"");
    set(&mut files, "UPHOSOKU", 0, 7, b"9");
    set(&mut files, "UPSIKYU", 0, 34, b"12");
    let report = judge(&files);
    let found: Vec<_> = report
        .findings
        .iter()
        .map(|finding| (finding.code, finding.severity))
        .collect();
    let warned = |code| (code, Severity::Warning);
    // In the order of the files.
    assert_eq!(
        found,
        [
            warned("field.code"),
            warned("field.required"),
            warned("field.type")
        ]
    );
    assert!(report.is_accept());
}

#[test]
fn what_readers_tolerate_is_nothing_to_tell() {
    let mut files = unit(UnitKind::Usage, "15");
    rows(&mut files, "UPPLAN", |rows| {
        rows.insert(0, b"\"CSV\x83o\x81[\x83W\x83\x87\x83\x93\",\"no\"".to_vec())
    });
    let plan = &mut file(&mut files, "UPPLAN").1;
    *plan = plan.iter().copied().filter(|byte| *byte != b'\r').collect();
    plan.pop();
    set_unquoted(&mut file(&mut files, "UPSIKYU").1);
    assert_eq!(judge(&files).findings, []);
}

/// Takes all quotes away (the texts of this file have no comma or line break).
fn set_unquoted(bytes: &mut Vec<u8>) {
    bytes.retain(|byte| *byte != b'"');
}

#[test]
fn files_of_v3_names_are_read_by_v3_layouts() {
    let name = "DLTPLAN_202505_0300000100_0300000005_20250425093000.CSV";
    assert!(FileName::parse(name).is_ok());
    let good: Files = vec![(name.to_owned(), b"202208,990001,9000000001,202505\r\n".to_vec())];
    let report = judge(&good);
    assert_eq!(report.findings, []);
    assert_eq!(report.units[0].id, "C3-usage_delete");
}

#[test]
fn findings_are_bounded_and_the_rest_is_counted() {
    let mut files = unit(UnitKind::Results, "15");
    rows(&mut files, "UPJSK", |rows| {
        *rows = vec![b"202407,1".to_vec(); 2500]
    });
    let report = judge(&files);
    assert_eq!(report.findings.len(), 1000);
    assert_eq!(report.truncated.get("csv.field_count"), Some(&1500));
    assert_eq!(report.errors, 2500);
}
