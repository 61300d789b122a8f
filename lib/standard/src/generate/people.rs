//! Invented persons.

use super::rng::Rng;
use crate::date;

const SURNAMES: [(&str, &str); 14] = [
    ("試験", "シケン"),
    ("見本", "ミホン"),
    ("仮名", "カナ"),
    ("山架", "ヤマカ"),
    ("川例", "カワレイ"),
    ("髙例", "タカレイ"),
    ("田仮", "タカリ"),
    ("森作", "モリサク"),
    ("野空", "ノゾラ"),
    ("石仮", "イシカリ"),
    ("橋例", "ハシレイ"),
    ("﨑作", "サキサク"),
    ("空木", "ソラキ"),
    ("例井", "レイイ"),
];
const GIVEN: [(&str, &str, u64); 12] = [
    ("太郎", "タロウ", 1),
    ("一郎", "イチロウ", 1),
    ("正夫", "マサオ", 1),
    ("実", "ミノル", 1),
    ("清", "キヨシ", 1),
    ("勇", "イサム", 1),
    ("花子", "ハナコ", 2),
    ("和子", "カズコ", 2),
    ("幸子", "サチコ", 2),
    ("節子", "セツコ", 2),
    ("ミツ", "ミツ", 2),
    ("ハル", "ハル", 2),
];
const TOWNS: [&str; 5] = [
    "架空市見本町",
    "仮名市例示町",
    "試作市空想町",
    "見本郡仮設町",
    "例示市作例区",
];
const LEVELS: [(&str, u64); 7] = [
    ("12", 5032),
    ("13", 10531),
    ("21", 16765),
    ("22", 19705),
    ("23", 27048),
    ("24", 30938),
    ("25", 36217),
];

/// A person nobody is.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) insurer: String,
    pub(crate) insured: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    /// 1 or 2, as the code list has it.
    pub(crate) sex: u64,
    pub(crate) birth: String,
    pub(crate) postal: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) level: &'static str,
    /// Units a month within the category limit.
    pub(crate) limit: u64,
}

impl Person {
    /// The person at this position of a file: positions make the numbers differ.
    pub(crate) fn new(rng: &mut Rng, position: usize) -> Person {
        let (surname, surname_kana) = rng.pick(&SURNAMES);
        let (given, given_kana, sex) = rng.pick(&GIVEN);
        let (level, limit) = rng.pick(&LEVELS);
        let (year, month) = (rng.range(1925, 1959), rng.range(1, 12));
        let days = u64::from(date::days_in(
            u32::try_from(year).unwrap_or_default(),
            u32::try_from(month).unwrap_or_default(),
        ));
        let day = rng.range(1, days);
        // The last four digits are the position, so that numbers never repeat inside a file.
        let serial = position as u64 % 10_000;
        let high = rng.below(100_000);
        let insured = if rng.below(12) == 0 {
            format!("H{high:05}{serial:04}")
        } else {
            format!("9{high:05}{serial:04}")
        };
        Person {
            insurer: format!("99{:04}", rng.range(1, 40)),
            insured,
            name: format!("{surname}　{given}"),
            kana: format!("{surname_kana}　{given_kana}"),
            sex,
            birth: format!("{year:04}{month:02}{day:02}"),
            postal: format!("000-{:04}", rng.below(10_000)),
            address: format!("{}{}－{}", rng.pick(&TOWNS), rng.range(1, 9), rng.range(1, 30)),
            phone: format!("000-{:04}-{:04}", rng.below(10_000), rng.below(10_000)),
            level,
            limit,
        }
    }
}
