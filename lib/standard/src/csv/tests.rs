//! Records, physical lines, broken quotes; the csv crate as the judge of good ones.

use super::*;

type Row = (u32, Vec<String>, Option<Fault>);

fn read(text: &str) -> Vec<Row> {
    let mut reader = Reader::new(text.as_bytes());
    let mut rows = Vec::new();
    while reader.read() {
        let fields = (0..reader.len())
            .map(|i| String::from_utf8_lossy(reader.field(i)).into_owned())
            .collect();
        rows.push((reader.line(), fields, reader.fault()));
    }
    rows
}

fn row(line: u32, fields: &[&str]) -> Row {
    (line, fields.iter().map(|f| (*f).to_owned()).collect(), None)
}

#[test]
fn records_fields_and_physical_lines() {
    assert_eq!(read("a,b\r\nc,\n"), [row(1, &["a", "b"]), row(2, &["c", ""])]);
    assert_eq!(
        read("\"a\r\nb\",\"c\"\"d\"\r\ne,f"),
        [row(1, &["a\r\nb", "c\"\"d"]), row(3, &["e", "f"])]
    );
    assert_eq!(read("\"\",\"x,y\""), [row(1, &["", "x,y"])]);
    assert_eq!(read(","), [row(1, &["", ""])]);
    assert_eq!(read(""), []);
    assert_eq!(read("\n"), [row(1, &[""])]);
}

#[test]
fn broken_quotes_are_told_and_reading_goes_on() {
    let faults = |text: &str| {
        read(text)
            .into_iter()
            .map(|(line, _, fault)| (line, fault))
            .collect::<Vec<_>>()
    };
    assert_eq!(faults("a,\"b"), [(1, Some(Fault::QuoteOpen))]);
    assert_eq!(faults("a\"b,c\nd"), [(1, Some(Fault::QuoteStray)), (2, None)]);
    assert_eq!(faults("\"a\"b\",c\nd"), [(1, Some(Fault::QuoteStray)), (2, None)]);
    assert_eq!(faults("a\rb\nc"), [(1, Some(Fault::LoneCr)), (2, None)]);
    let open = "202407,\"a,b\n202407,\"c\",d\n202407,\"e\nf\",g\n";
    assert_eq!(faults(open), [(1, Some(Fault::QuoteOpen)), (2, None), (3, None)]);
    assert_eq!(
        faults("202407,\"a\n202407,b\n"),
        [(1, Some(Fault::QuoteOpen)), (2, None)]
    );
}

#[test]
fn a_text_line_that_looks_like_a_record_is_text_when_the_quotes_are_right() {
    assert_eq!(
        read("202407,\"a\n202407,b\"\nc"),
        [row(1, &["202407", "a\n202407,b"]), row(3, &["c"])]
    );
}

#[test]
fn what_differs_from_a_record_of_the_same_shape_is_known() {
    let mut reader =
        Reader::new(b"aaaaaaaa,bb,cccccccc,dd\r\naaaaaaaa,bb,ccccxccc,dd\r\naaaaaaaa,bb,ccccxcc,d\r\n");
    assert!(reader.read());
    assert_eq!(reader.differing(), None);
    assert!(reader.read());
    assert_eq!(reader.differing(), Some(2..3));
    assert_eq!((reader.field(2), reader.line()), (&b"ccccxccc"[..], 2));
    assert!(reader.read());
    assert_eq!(reader.differing(), Some(2..4));
    assert_eq!((reader.field(3), reader.line()), (&b"d"[..], 3));
    let mut reader = Reader::new(b"aaaaaaaa,\"b\",ccccc\naaaaaaaa,\"b\"\"\",ccc\nbaaaaaaa\n");
    for expected in [None, Some(1..3), None] {
        assert!(reader.read());
        assert_eq!(reader.differing(), expected);
    }
}

#[test]
fn fields_beyond_any_layout_are_counted_only() {
    let text = ",".repeat(1000);
    let mut reader = Reader::new(text.as_bytes());
    assert!(reader.read());
    assert_eq!((reader.len(), reader.field(999)), (1001, &b""[..]));
}

/// Is the other record read behind this one as it is read alone, and does it differ where it says?
fn behind(one: &str, other: &str) -> Result<(), proptest::test_runner::TestCaseError> {
    let both = format!("{one}{other}");
    let mut behind = Reader::new(both.as_bytes());
    let mut alone = Reader::new(other.as_bytes());
    behind.read();
    // Cut otherwise, it is not the other record that follows.
    if behind.end() != one.len() || !alone.read() {
        return Ok(());
    }
    let lines = behind.next_line - 1;
    proptest::prop_assert!(behind.read());
    let fields = |reader: &Reader<'_>| {
        (0..reader.len())
            .map(|at| reader.field(at).to_vec())
            .collect::<Vec<_>>()
    };
    if let Some(range) = behind.differing() {
        let mut before = Reader::new(one.as_bytes());
        before.read();
        for at in (0..behind.len()).filter(|at| !range.contains(at)) {
            proptest::prop_assert_eq!(before.field(at), behind.field(at));
        }
    }
    proptest::prop_assert_eq!(fields(&behind), fields(&alone));
    for reader in [&behind, &alone] {
        for at in 0..reader.len().min(MAX_KEPT) {
            proptest::prop_assert_eq!(reader.filled() >> at & 1 == 1, !reader.field(at).is_empty());
        }
    }
    proptest::prop_assert_eq!(behind.fault(), alone.fault());
    proptest::prop_assert_eq!(behind.fault_field(), alone.fault_field());
    proptest::prop_assert_eq!(
        (behind.end() - one.len(), behind.line() - lines),
        (alone.end(), alone.line())
    );
    proptest::prop_assert_eq!(behind.next_line - lines, alone.next_line);
    Ok(())
}

proptest::proptest! {
    #[test]
    fn ends_on_anything_and_moves_on(text in "[a2\",\r\n]{0,200}") {
        let mut reader = Reader::new(text.as_bytes());
        let mut before = 0;
        while reader.read() {
            proptest::prop_assert!(reader.at > before);
            before = reader.at;
        }
    }

    #[test]
    fn a_record_is_read_the_same_behind_one_of_its_shape(
        one in proptest::collection::vec("[a\",]", 9..40),
        changes in proptest::collection::vec((proptest::prelude::any::<proptest::sample::Index>(), "[a-d\",]"), 0..3),
    ) {
        let mut other = one.clone();
        for (at, with) in changes {
            let at = at.index(other.len());
            other[at] = with;
        }
        behind(&(one.concat() + "\n"), &(other.concat() + "\n"))?;
    }

    #[test]
    fn a_record_is_read_the_same_behind_one_that_begins_alike(
        begin in "(a{0,9}[,\"]|\"(a|\n|\"\"){0,9}\",){0,4}", one in "[a\",\r\n]{0,20}", other in "[a\",\r\n]{0,20}", end in "\n?",
    ) {
        behind(&format!("{begin}{one}\n"), &format!("{begin}{other}{end}"))?;
    }

    #[test]
    fn without_quotes_it_is_split_at_commas_and_line_feeds(text in "[a\u{e9},\n]{0,200}") {
        let mut reader = Reader::new(text.as_bytes());
        for line in text.split_terminator('\n') {
            proptest::prop_assert!(reader.read());
            let fields: Vec<&[u8]> = (0..reader.len()).map(|at| reader.field(at)).collect();
            let expected: Vec<&[u8]> = line.split(',').map(str::as_bytes).collect();
            if expected.len() <= MAX_KEPT {
                proptest::prop_assert_eq!(fields, expected);
            }
        }
        proptest::prop_assert!(!reader.read());
    }

    #[test]
    fn reads_what_the_csv_crate_writes(rows in proptest::collection::vec(proptest::collection::vec("[a-z\",\n]{0,6}", 2..5), 1..6)) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let mut reader = Reader::new(&bytes);
        for row in &rows {
            proptest::prop_assert!(reader.read());
            proptest::prop_assert_eq!(reader.fault(), None);
            let fields: Vec<String> = (0..reader.len()).map(|i| String::from_utf8_lossy(reader.field(i)).replace("\"\"", "\"")).collect();
            proptest::prop_assert_eq!(&fields, row);
        }
        proptest::prop_assert!(!reader.read());
    }
}

#[test]
fn the_field_of_a_fault_is_told() {
    let fields = |text: &str| {
        let mut reader = Reader::new(text.as_bytes());
        let mut rows = Vec::new();
        while reader.read() {
            rows.push(reader.fault_field());
        }
        rows
    };
    assert_eq!(fields("a,b"), [None]);
    assert_eq!(fields("a,b,\"c"), [Some(2)]);
    assert_eq!(fields("a,b\"c,\"d\"e\""), [Some(1)]);
    assert_eq!(fields("a,\"b,\"c\",d"), [Some(1)]);
    assert_eq!(fields("a,b\rc\nd"), [Some(1), None]);
    assert_eq!(fields("202407,a,\"b\r\n202407,\"c\",d"), [Some(2), None]);
    // The open field swallows others until its end is looked for.
    assert_eq!(fields("202407,\"a\n202407,\"\",\"\",\"b\",c\n"), [Some(1), None]);
}

#[test]
fn the_field_at_a_byte_is_told() {
    let at = |text: &str, position: usize| {
        let mut reader = Reader::new(text.as_bytes());
        while reader.read() {
            if position < reader.end() {
                return (reader.line(), reader.field_at(position));
            }
        }
        (0, None)
    };
    let text = "ab,\"c\r\nd\",e\r\nf,g";
    assert_eq!(at(text, 1), (1, Some(0)));
    assert_eq!(at(text, 7), (1, Some(1)));
    assert_eq!(at(text, 10), (1, Some(2)));
    assert_eq!(at(text, 13), (3, Some(0)));
    assert_eq!(at(text, 15), (3, Some(1)));
    assert_eq!(at(text, 16), (0, None));
    assert_eq!(at(&format!("{}x", ",".repeat(1000)), 1000), (1, None));
    // A record that ended with an open quote ends there.
    assert_eq!(at("202407,\"a\n202407,b\"x\"", 8), (1, Some(1)));
    assert_eq!(at("202407,\"a\n202407,b\"x\"", 17), (2, Some(1)));
}
