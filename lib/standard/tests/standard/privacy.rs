//! What says something about a person is in no finding.

use standard::UnitKind;

use crate::made::{judge, set, unit};

#[test]
fn values_of_persons_are_masked() {
    for (kind, no, value) in [
        ("UPHOSOKU", 3, &b"SECRETNUMBER"[..]),
        ("UPHOSOKU", 8, b"19381399"),
        ("UPHOSOKU", 9, b"SECRETX"),
        ("UPHOSOKU", 12, b"SECRETPHONE"),
        ("UPHOSOKU", 18, b"SE"),
        // A shifted column may put a name anywhere, or an insured number.
        ("UPPLAN", 10, b"9876100000"),
        ("UPPLAN", 8, b"H876100000"),
        ("UPHOSOKU", 60, b"\x8E\x52\x93\x63\x91\xBE\x98\x59\x91\xBE"),
    ] {
        let mut files = unit(UnitKind::Usage, "15");
        set(&mut files, kind, 0, no, value);
        let report = judge(&files);
        let found: Vec<_> = report
            .findings
            .iter()
            .filter(|one| one.field_no == u16::try_from(no).ok())
            .collect();
        assert!(!found.is_empty(), "{kind} {no}");
        for finding in found {
            assert_eq!(finding.value.as_deref(), Some("***"));
            let text = format!("{finding:?}");
            assert!(
                !text.contains("SECRET")
                    && !text.contains("876100000")
                    && !text.contains("19381399")
                    && !text.contains("山田"),
                "{text}"
            );
        }
    }
}

#[test]
fn values_that_say_nothing_about_a_person_are_shown() {
    let mut files = unit(UnitKind::Usage, "15");
    set(&mut files, "UPPLAN", 0, 20, b"030000005");
    let report = judge(&files);
    assert_eq!(report.findings[0].value.as_deref(), Some("030000005"));
    assert_eq!(report.findings[0].field.as_deref(), Some("サービス事業者コード"));
    assert!(
        report.findings[0]
            .message_ja
            .starts_with("1行目 No.20「サービス事業者コード」：")
    );
}
