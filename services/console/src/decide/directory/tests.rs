use encoding_rs::SHIFT_JIS;
use proptest::prelude::*;
use store::{OfficeFacts, OfficeState};

use super::*;
use crate::decide::licence;

/// What a file says, and what is wrong with it.
fn read(bytes: &[u8], piece: usize) -> (Vec<OfficeWish>, Problems) {
    let mut look = Look::default();
    bytes.chunks(piece).for_each(|piece| look.take(piece));
    let Some(encoding) = look.end().encoding else {
        return (Vec::new(), vec![Problem::new(&codes::DIRECTORY_ENCODING)].into());
    };
    let mut judge = Judge::of(encoding);
    let mut wishes: Vec<_> = bytes.chunks(piece).flat_map(|piece| judge.take(piece)).collect();
    wishes.extend(judge.last());
    (wishes, judge.into_problems())
}

/// Code, line and column of each problem.
fn problems(text: &str) -> Vec<(String, u32, u16)> {
    let (_, problems) = read(text.as_bytes(), 1_000);
    let one = |problem: Problem| {
        assert!(
            !problem.message.is_empty() && problem.message_en.ends_with('.'),
            "{problem:?}"
        );
        (
            problem.code,
            problem.line.unwrap_or_default(),
            problem.field_no.unwrap_or_default(),
        )
    };
    problems.problems.into_iter().map(one).collect()
}

fn told(code: &str, line: u32, place: u16) -> (String, u32, u16) {
    (format!("directory.{code}"), line, place)
}

const HEAD: &str =
    "number,name,services,state,renumbered_to,versions,max_bytes,licence_applied_on,licence_last_day\n";

#[test]
fn a_file_may_be_written_as_spreadsheets_write_it() {
    let text =
        "名称,事業所番号,サービス種類\r\n\"見本,\"\"居宅\"\"\",0300000100,43 46\r\n表示ソ能,0300000118,\r\n";
    let (shift_jis, _, lossy) = SHIFT_JIS.encode(text);
    assert!(!lossy);
    let bom = format!("{BOM}{text}");
    for bytes in [text.as_bytes(), &shift_jis[..], bom.as_bytes()] {
        for piece in [1, 7, 1_000] {
            let (wishes, problems) = read(bytes, piece);
            assert_eq!(problems, Problems::default());
            let [first, second] = &wishes[..] else {
                panic!("two offices: {wishes:?}")
            };
            assert_eq!(
                (first.name.as_str(), first.number.as_str()),
                ("見本,\"居宅\"", "0300000100")
            );
            assert_eq!(
                first.services.as_deref(),
                Some(&["43".to_owned(), "46".to_owned()][..])
            );
            assert_eq!(
                (&first.state, first.licence),
                (&None, None),
                "nothing is said of it"
            );
            assert_eq!(
                (second.name.as_str(), second.services.as_deref()),
                ("表示ソ能", Some(&[][..]))
            );
        }
    }
}

#[test]
fn every_line_that_is_wrong_is_told_with_its_column() {
    let lines = [
        "0300000100,見本,43 46,open,,202407,1000,2025-04-01,",
        "300000100,見本,43,open,,,,,",
        "０３０００００１１８,,43,open,,,,,",
        "0300000118,見本,99,open,,,,,",
        "0300000126,見本,43,asleep,,,,,",
        "0300000134,見本,43,renumbered,0300000134,,,,",
        "0300000142,見本,43,open,0300000100,,,,",
        "0300000159,見本,43,open,,V4.1,0,,",
        "0300000167,見本,43,open,,,,2025-02-30,",
        "0300000175,見本,43,open,,,,2025-04-01,2025-03-31",
        "0300000183,見本,43,open,,,,,2025-03-31",
        "0300000191,見本,43",
        "0300000100,見本,43,open,,,,,",
        "0300000209,見\t本,43,open,,,,,",
        "0300000217,\"見\n本\",43,open,,,,,",
        "0300000225,見本,43,open,,,,,",
    ];
    let found = problems(&(HEAD.to_owned() + &lines.join("\n")));
    assert_eq!(
        found,
        [
            told("number", 3, 1),
            told("number", 4, 1),
            told("name", 4, 2),
            told("service", 5, 3),
            told("state", 6, 4),
            told("renumbered", 7, 5),
            told("renumbered", 8, 5),
            told("version", 9, 6),
            told("bytes", 9, 7),
            told("licence", 10, 8),
            told("licence", 11, 9),
            told("licence", 12, 9),
            told("fields", 13, 0),
            told("twice", 14, 0),
            told("control", 15, 2),
            told("control", 16, 2),
        ]
    );
    let (_, all) = read((HEAD.to_owned() + &lines.join("\n")).as_bytes(), 100);
    let twice = all
        .problems
        .iter()
        .find(|one| one.code == "directory.twice")
        .unwrap();
    assert!(
        twice.message.contains("2行目") && twice.message_en.contains("line 2"),
        "{twice:?}"
    );
}

#[test]
fn a_file_without_its_columns_is_told_once() {
    assert_eq!(problems(""), [told("empty", 0, 0)]);
    assert_eq!(problems("number,name\n\n"), [told("empty", 0, 0)]);
    assert_eq!(
        problems("number,phone,number\n1,2,3\n4,5,6\n"),
        [told("header", 1, 2), told("header", 1, 3), told("header", 1, 0)]
    );
    assert_eq!(
        problems("number,name,renumbered_to\n0300000100,a,\n"),
        [told("header", 1, 0)]
    );
    assert_eq!(problems("number,name,state\n0300000100,a,closed\n"), []);
    assert_eq!(
        problems("number,name,state\n0300000100,a,renumbered\n"),
        [told("renumbered", 2, 0)]
    );
    let mut open = b"number,name\n0300000100,\"a\n".to_vec();
    open.resize(100_000, b'x');
    let (wishes, found) = read(&open, 1_000);
    assert_eq!(
        (wishes.len(), found.problems[0].code.as_str()),
        (0, "directory.long")
    );
    let (_, found) = read(b"\xFF\xFEn\0", 10);
    assert_eq!(found.problems[0].code, "directory.encoding");
    // One byte that is no character spoils its field and no other.
    let (wishes, found) = read(b"number,name\n0300000100,\x81\n0300000118,b\n", 3);
    assert_eq!(
        (wishes.len(), found.problems[0].line, found.problems[0].field_no),
        (1, Some(2), Some(2))
    );
}

#[test]
fn problems_are_bounded_and_counted() {
    let text = "number,name\n".to_owned() + &"x,y\n".repeat(5_000);
    let (_, found) = read(text.as_bytes(), 4_096);
    assert_eq!((found.problems.len(), found.errors), (1_000, 5_000));
    assert_eq!(found.more["directory.number"], 4_000);
}

prop_compose! {
    fn office()(
        digits in "[0-9]{10}", to in "[0-9]{10}", name in "[^\\p{Cc}]{0,30}x", state in 0u8..3,
        services in proptest::collection::vec(prop_oneof![Just("43"), Just("11"), Just("A2")], 0..4),
        versions in proptest::collection::vec("[0-9]{6}", 0..3), max_bytes in proptest::option::of(1u64..9_000_000_000),
        licence in proptest::option::of((0i64..40_000, 1i64..900)),
    ) -> (OfficeFacts, Option<(proto::Time, proto::Time)>) {
        let number: OfficeNumber = digits.parse().unwrap();
        let to: OfficeNumber = to.parse().unwrap();
        let mut facts = OfficeFacts::open(number, name, &services);
        facts.state = match state {
            0 => OfficeState::Open,
            1 if to != number => OfficeState::Renumbered(to),
            _ => OfficeState::Closed,
        };
        (facts.versions, facts.max_bytes) = (versions, max_bytes);
        let first = jiff::civil::date(2000, 1, 1);
        let licence = licence.map(|(from, days)| {
            use jiff::ToSpan;
            let applied_on = first + from.days();
            let wish = proto::desk::LicencePut { applied_on, until: Some(applied_on + days.days()) };
            let period = licence::period(wish).unwrap();
            (period.from, period.until)
        });
        (facts, licence)
    }
}

proptest! {
    #[test]
    fn whatever_a_file_holds_it_is_read_or_told(bytes in proptest::collection::vec(any::<u8>(), 0..400), piece in 1usize..60) {
        let (wishes, found) = read(&bytes, piece);
        prop_assert!(!wishes.is_empty() || 0 < found.errors);
    }

    #[test]
    fn whatever_stands_behind_good_columns_is_read_or_told(
        lines in proptest::collection::vec("(030000010[0-9]|[0-9０-９]{9,11}),[^\n]{0,20}(,[a-z0-9 ]{0,8}){0,7}", 1..9),
        piece in 1usize..60,
    ) {
        let text = HEAD.to_owned() + &lines.join("\r\n");
        let (wishes, found) = read(text.as_bytes(), piece);
        prop_assert!(!wishes.is_empty() || 0 < found.errors);
        prop_assert_eq!((wishes, found), read(text.as_bytes(), 10_000));
    }

    #[test]
    fn what_was_written_reads_the_same(office in office(), piece in 1usize..60, mark in any::<bool>()) {
        let text = format!("{}{}{}", if mark { BOM } else { "" }, header(), lines(std::slice::from_ref(&office)));
        let (wishes, found) = read(text.as_bytes(), piece);
        prop_assert_eq!(found, Problems::default());
        let (facts, licence) = office;
        prop_assert_eq!(wishes[0].licence, licence);
        prop_assert_eq!(wishes[0].over(None), facts.clone());
        // It says everything: what was there before does not shine through.
        let other = OfficeFacts { services: vec!["61".to_owned()], max_bytes: Some(5), ..OfficeFacts::open(facts.number, "b", &[]) };
        prop_assert_eq!(wishes[0].over(Some(&other)), facts);
    }
}
