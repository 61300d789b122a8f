//! Bytes as they come: marks, user-defined characters, half-width kana, controls, line ends, header rows, and where
//! exactly the first bad byte stands.

use proptest::prelude::*;
use standard::{Finding, Severity, UnitKind};

use crate::made::{Files, file, judge, rows, set, unit};
use crate::records::{characters, records};

/// Code, line and field of each finding about the usage unit broken in this way.
fn found(broken: impl FnOnce(&mut Files)) -> Vec<(&'static str, Option<u32>, Option<u16>)> {
    told(broken)
        .iter()
        .map(|finding| (finding.code, finding.line, finding.field_no))
        .collect()
}

fn told(broken: impl FnOnce(&mut Files)) -> Vec<Finding> {
    let mut files = unit(UnitKind::Usage, "15");
    broken(&mut files);
    judge(&files).findings
}

/// The bytes of the plan's file, changed.
fn plan(files: &mut Files, change: impl FnOnce(&[u8]) -> Vec<u8>) {
    let bytes = &mut file(files, "UPPLAN").1;
    *bytes = change(bytes);
}

#[test]
fn a_mark_is_told_and_never_changes_how_the_rest_is_read() {
    let prefixed = |mark: &'static [u8], value: &'static [u8]| {
        found(move |files| {
            set(files, "UPPLAN", 0, 7, value);
            plan(files, |bytes| [mark, bytes].concat());
        })
    };
    // In UTF-8 the value would be two characters; in MS932 it is 險育判.
    for value in ["\"計画\"".as_bytes(), b"\"\xB1\"", b"\"a\""] {
        assert_eq!(
            prefixed(b"\xEF\xBB\xBF", value),
            [("encoding.bom", Some(1), None)]
        );
    }
    // Three bytes of UTF-8 that are a pair and a cut one here.
    assert_eq!(
        prefixed(b"\xEF\xBB\xBF", "\"あ\"".as_bytes()),
        [
            ("encoding.bom", Some(1), None),
            ("encoding.ms932", Some(1), Some(7))
        ]
    );
    // Behind the beginning of a file the mark is no mark.
    assert_eq!(
        prefixed(b"", b"\"\xEF\xBB\xBF\""),
        [("encoding.ms932", Some(1), Some(7))]
    );
    // UTF-16 cannot be split at all, so nothing else is told of the file.
    for mark in [&b"\xFF\xFE"[..], b"\xFE\xFF"] {
        assert_eq!(prefixed(mark, b"\"a\""), [("encoding.bom", Some(1), None)]);
    }
}

#[test]
fn the_byte_position_counts_the_mark_too() {
    let findings = told(|files| plan(files, |bytes| [b"\xEF\xBB\xBF", bytes, b"\x80"].concat()));
    let bad = findings
        .iter()
        .find(|finding| finding.code == "encoding.ms932")
        .expect("a bad byte");
    let length = file(&mut unit(UnitKind::Usage, "15"), "UPPLAN").1.len();
    assert!(
        bad.message_en
            .contains(&format!("byte {} of the file", length + 4)),
        "{}",
        bad.message_en
    );
    assert!(
        bad.message_ja
            .contains(&format!("先頭から{}バイト目", length + 4)),
        "{}",
        bad.message_ja
    );
}

#[test]
fn the_user_defined_area_is_warned_of_from_end_to_end() {
    for character in [b"\xF0\x40", b"\xF0\xFC", b"\xF4\x80", b"\xF9\x40", b"\xF9\xFC"] {
        let value = [b"\"a", &character[..], b"\""].concat();
        let findings = told(|files| set(files, "UPPLAN", 1, 7, &value));
        assert_eq!(findings.len(), 1);
        let finding = &findings[0];
        assert_eq!(
            (finding.code, finding.severity, finding.line, finding.field_no),
            ("encoding.gaiji", Severity::Warning, Some(2), Some(7))
        );
    }
    // Beside the area: the last character of NEC's selection, the first of IBM's extension.
    for value in [&b"\"\xEE\xFC\""[..], b"\"\xFA\x40\""] {
        assert_eq!(found(|files| set(files, "UPPLAN", 1, 7, value)), []);
    }
    // No pair there: bad bytes.
    assert_eq!(
        found(|files| set(files, "UPPLAN", 1, 7, b"\"\xF0\x7F\"")),
        [
            ("encoding.ms932", Some(2), Some(7)),
            ("encoding.control", Some(2), Some(7))
        ]
    );
}

#[test]
fn half_width_kana_is_text_and_nothing_else() {
    let kana: Vec<u8> = (0xA1..=0xDF).collect();
    let quoted = [b"\"", &kana[..], b"\""].concat();
    assert_eq!(found(|files| set(files, "UPPLAN", 0, 7, &quoted)), []);
    assert_eq!(found(|files| set(files, "UPPLAN", 0, 7, &kana)), []);
    // Each is one character: sixteen of them are too many for fifteen.
    let phone = |length| found(|files| set(files, "UPHOSOKU", 0, 12, &kana[..length]));
    assert_eq!(phone(16), [("field.length", Some(1), Some(12))]);
    assert_eq!(phone(15), [("field.type", Some(1), Some(12))]);
}

#[test]
fn every_control_character_but_tab_and_line_ends_is_told() {
    for byte in (0..0x20).chain([0x7F]) {
        let expected = match byte {
            b'\t' | b'\n' | b'\r' => vec![],
            _ => vec![("encoding.control", Some(1), Some(7))],
        };
        let value = [b'"', b'a', byte, b'b', b'"'];
        assert_eq!(found(|files| set_only(files, &value)), expected, "{byte:02X}");
    }
    // What DOS programs put at the end of a file.
    let at_end = found(|files| plan(files, |bytes| [bytes, b"\x1A"].concat()));
    assert!(
        at_end.iter().any(|(code, ..)| *code == "encoding.control"),
        "{at_end:?}"
    );
}

/// Field 7 of the plan's first row, by its bytes: the value may hold a line end.
fn set_only(files: &mut Files, value: &[u8]) {
    plan(files, |bytes| {
        let field = records(bytes)[0].fields[6].clone();
        [&bytes[..field.start], value, &bytes[field.end..]].concat()
    });
}

#[test]
fn line_ends_may_be_crlf_and_lf_in_turn_but_never_cr_alone() {
    let mixed = |files: &mut Files| {
        plan(files, |bytes| {
            let mut out = Vec::new();
            for (number, record) in records(bytes).iter().enumerate() {
                let text = &bytes[record.span.start..record.span.end - 2];
                out.extend([text, if number % 2 == 0 { b"\n" } else { b"\r\n" }].concat());
            }
            out
        });
    };
    assert_eq!(found(mixed), []);
    assert_eq!(
        found(|files| plan(files, |bytes| bytes[..bytes.len() - 2].to_vec())),
        []
    );
    let cr_only = found(|files| {
        plan(files, |bytes| {
            bytes.iter().copied().filter(|byte| *byte != b'\n').collect()
        })
    });
    let first = cr_only.iter().find(|(code, ..)| *code == "csv.line_end");
    assert!(first.is_some_and(|(_, line, _)| *line == Some(1)), "{cr_only:?}");
    // CR alone inside quotes is text.
    assert_eq!(found(|files| set_only(files, b"\"a\rb\"")), []);
}

#[test]
fn one_header_row_is_skipped_and_counted_as_a_line() {
    let with = |header: &'static [u8], broken: fn(&mut Files)| {
        found(move |files| {
            broken(files);
            rows(files, "UPPLAN", |rows| rows.insert(0, header.to_vec()));
        })
    };
    let quoted = b"\"CSV\x83o\x81[\x83W\x83\x87\x83\x93\",\"\x95\xDB\x8C\xAF\x8E\xD2\"";
    for header in [
        &quoted[..],
        b"version,insurer",
        b"\"a\nb\",c",
        b"x",
        b"CSV,,,,,,,,,,,,,,,,,,,,,,,,,",
    ] {
        assert_eq!(with(header, |_| {}), [], "{header:?}");
    }
    assert_eq!(
        with(b"\"a\nb\",c", |files| set(files, "UPPLAN", 0, 23, b"9")),
        [("field.code", Some(3), Some(23))]
    );
    // A second one is data, and so is a row whose version is broken.
    let second = found(|files| {
        rows(files, "UPPLAN", |rows| {
            rows.insert(0, b"a,b".to_vec());
            rows.insert(0, b"a,b".to_vec());
        })
    });
    assert!(
        second
            .iter()
            .any(|(code, line, _)| (*code, *line) == ("csv.field_count", Some(2))),
        "{second:?}"
    );
    let broken = found(|files| set(files, "UPPLAN", 0, 1, b"x02407"));
    assert!(
        broken
            .iter()
            .any(|(code, line, _)| (*code, *line) == ("csv.version_mixed", Some(1))),
        "{broken:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_first_bad_byte_is_told_to_the_byte(
        of in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        bad in prop::sample::select(vec![&b"\x80"[..], b"\xA0", b"\xFD", b"\xFE", b"\xFF", b"\x81", b"\x81\x0A", b"\xFC\xFC"]),
    ) {
        let kind = *of.get(&UnitKind::ALL);
        let mut files = unit(kind, "15");
        let whole = of.index(files.len());
        let (name, bytes) = &mut files[whole];
        prop_assume!(name.ends_with(".CSV"));
        let places = characters(bytes);
        let place = *at.get(&places);
        // A lead byte alone must not find a trail byte in what comes next.
        prop_assume!(bad != b"\x81" || matches!(bytes[place], 0x0D | b'"' | b'0'..=b'9' | b','));
        let record = records(bytes).into_iter().find(|record| place < record.span.end).unwrap();
        bytes.splice(place..place, bad.iter().copied());
        let report = judge(&files);
        let finding = report.findings.iter().find(|finding| finding.code == "encoding.ms932").expect("it is found");
        prop_assert_eq!(&finding.file, &files[whole].0);
        prop_assert_eq!(finding.severity, Severity::Error);
        prop_assert_eq!(finding.line, Some(record.line));
        let number = place + 1;
        let en = format!("the first is byte {number} of the file, hex offset {place:X}");
        prop_assert!(finding.message_en.contains(&en), "{} {}", place, finding.message_en);
        let ja = format!("最初は先頭から{number}バイト目、16進の位置{place:X}");
        prop_assert!(finding.message_ja.contains(&ja), "{} {}", place, finding.message_ja);
    }
}
