//! What is shown of a row, and what is marked.

use super::*;

fn problem(code: &str, line: u32, field_no: Option<u16>) -> Problem {
    Problem {
        code: code.to_owned(),
        line: Some(line),
        field_no,
        ..Problem::new(&proto::codes::ZIP_NAME)
    }
}

fn quote(text: &str, line: u32, field: u16) -> (String, String) {
    let bytes = ms932::encode(text).unwrap();
    let quote = Rows::of(&bytes)
        .quote(&problem("field.type", line, Some(field)))
        .unwrap();
    (quote.row, quote.mark)
}

#[test]
fn the_field_is_marked_by_columns_as_japanese_shows_them() {
    assert_eq!(
        quote("a,b\r\n1,山田ﾀﾛｳ,x9\r\n", 2, 3),
        ("1,山田ﾀﾛｳ,x9".into(), "          ^^".into())
    );
    assert_eq!(
        quote("1,\"山,田\",x\n", 1, 2),
        ("1,\"山,田\",x".into(), "   ^^^^^".into())
    );
    assert_eq!(
        quote("1,,x\n", 1, 2),
        ("1,,x".into(), "  ^".into()),
        "an empty one"
    );
    assert_eq!(quote("1,x,", 1, 3), ("1,x,".into(), "    ^".into()), "at the end");
    assert_eq!(quote("1,x\n", 1, 9).1, "", "there is no such field");
}

#[test]
fn a_field_of_several_lines_stays_on_one() {
    let (row, mark) = quote("1,\"一\r\n二\",x9\r\nnext\r\n", 1, 3);
    assert_eq!((row.as_str(), mark.as_str()), ("1,\"一↵二\",x9", "          ^^"));
    let (row, mark) = quote("1,\"一\r\n二\",x9\r\n", 1, 2);
    assert_eq!((row.as_str(), mark.as_str()), ("1,\"一↵二\",x9", "   ^^^^^"));
}

#[test]
fn a_long_row_is_cut_around_the_field() {
    let text = format!("{}壱弐,{}\n", "九,".repeat(100), "x,".repeat(300));
    let (row, mark) = quote(&text, 1, 101);
    assert!(
        row.starts_with("...") && row.ends_with("...") && row.contains("壱弐"),
        "{row}"
    );
    assert!(row.chars().count() <= COLUMNS + CUT.len(), "{row}");
    assert_eq!(
        mark.trim_start(),
        "^^^^",
        "nothing else is under the mark: {row} {mark}"
    );
    let before: usize = row
        .split('壱')
        .next()
        .unwrap()
        .chars()
        .map(|c| if c.is_ascii() { 1 } else { 2 })
        .sum();
    assert_eq!(mark.len() - 4, before);
}

#[test]
fn bytes_without_a_shape_are_written_out() {
    let of = |bytes: &[u8], code: &str, line: u32| {
        let quote = Rows::of(bytes).quote(&problem(code, line, None)).unwrap();
        (quote.row, quote.mark)
    };
    let bad = b"ab\r\n1,\x1b[31m,\xfd\r\n";
    assert_eq!(
        of(bad, "encoding.ms932", 2),
        ("1,\\x1b[31m,\\xfd".into(), "           ^^^^".into())
    );
    assert_eq!(of(bad, "encoding.control", 2).1, "  ^^^^");
    let told = problem("encoding.control", 2, Some(2));
    assert_eq!(
        Rows::of(bad).quote(&told).unwrap().mark,
        "  ^^^^",
        "not the whole field"
    );
    assert_eq!(of(bad, "csv.field_count", 1), ("ab".into(), String::new()));
    assert!(
        Rows::of(b"\xff\xfea\0")
            .quote(&problem("encoding.bom", 1, None))
            .is_none()
    );
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_quoted_in_bounds_and_harmlessly(
        bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..3_000),
        line in 0_u32..9, field in proptest::option::of(0_u16..70),
    ) {
        let codes = ["field.type", "encoding.ms932", "encoding.control"];
        for code in codes {
            if let Some(quote) = Rows::of(&bytes).quote(&problem(code, line, field)) {
                proptest::prop_assert!(quote.row.chars().count() <= COLUMNS + 2 * CUT.len());
                proptest::prop_assert!(!quote.row.chars().any(char::is_control));
                proptest::prop_assert!(quote.mark.len() <= COLUMNS + CUT.len() + 4);
            }
        }
    }
}
