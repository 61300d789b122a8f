//! Values that fit, values that do not, by the layouts of the tables.

use super::*;
use crate::kind::{Edition, FileKind};
use crate::layout::layout;

fn verdict(kind: FileKind, no: usize, value: &[u8]) -> Option<&'static str> {
    let field = &layout(Edition::V41, kind).unwrap().fields[no - 1];
    judge(field, value).map(|misfit| misfit.info.code)
}

#[test]
fn good_values_fit() {
    use FileKind::*;
    for (kind, no, value) in [
        (UpHosoku, 4, &b"00000000"[..]),
        (UpHosoku, 4, b"20250401"),
        (UpHosoku, 63, b"000000"),
        (UpHosoku, 3, b"H123456789"),
        (UpHosoku, 9, b"100-0001"),
        (UpHosoku, 12, b"03-0000-0000"),
        (UpHosoku, 20, b"22"),
        (UpPlan, 8, b"-25"),
        (UpPlan, 11, b"1010000000000000000000000000001"),
        (UpPlan, 12, b"9999"),
        (UpPlan, 15, b"A21111"),
        (UpPlan, 16, b"00001-000010"),
        (UpSikyu, 9, b"999999"),
        (UpSikyu, 9, b"15AAAA"),
        (UpSikyu, 23, b"10.45"),
        (UpKihon, 5, b"1"),
        (UpPlan, 11, b""),
    ] {
        assert_eq!(verdict(kind, no, value), None, "{kind} {no} {value:?}");
    }
}

proptest::proptest! {
    #[test]
    fn what_surely_fits_fits(value in "[0-9H.,A-Z-]{0,12}|[01]{31}|[0-2][0-9]{3}|20[0-9]{4}|20[0-9]{6}") {
        for kind in FileKind::ALL {
            for field in layout(Edition::V41, *kind).map_or(&[][..], |layout| &layout.fields) {
                if surely_fits(field, value.as_bytes()) {
                    proptest::prop_assert!(judge(field, value.as_bytes()).is_none(), "{} {}", kind, field.no);
                }
            }
        }
    }
}

#[test]
fn bad_values_have_their_code() {
    use FileKind::*;
    for (kind, no, value, code) in [
        (UpHosoku, 2, &b""[..], "field.required"),
        (UpKihon, 6, b"", "field.required"),
        (UpHosoku, 2, b"12345", "field.type"),
        (UpHosoku, 2, b"1234567", "field.length"),
        (UpHosoku, 3, b"h123456789", "field.type"),
        (UpHosoku, 3, b"123456789", "field.type"),
        (UpHosoku, 7, b"3", "field.code"),
        (UpHosoku, 9, b"1000001", "field.type"),
        (Up1Kyo, 14, b"00000000", "field.type"),
        (Up1Kyo, 14, b"20250230", "field.type"),
        (Up1Kyo, 14, b"2025-04-01", "field.length"),
        (UpPlan, 5, b"202513", "field.type"),
        (UpPlan, 8, b"-", "field.type"),
        (UpPlan, 11, b"1", "field.type"),
        (UpPlan, 12, b"2460", "field.type"),
        (UpPlan, 12, b"900", "field.type"),
        (UpPlan, 14, b"100", "field.length"),
        (UpPlan, 15, b"11111", "field.type"),
        (UpPlan, 15, b"999999", "field.code"),
        (UpPlan, 15, b"331111", "service.out_of_scope"),
        (UpPlan, 16, b"1-000010", "field.type"),
        (UpPlan, 23, b"2", "field.code"),
        (UpSikyu, 23, b"10.", "field.type"),
        (UpSikyu, 7, b"030000000", "field.type"),
        (DltJsk, 6, b"99", "field.code"),
    ] {
        assert_eq!(verdict(kind, no, value), Some(code), "{kind} {no} {value:?}");
    }
}
