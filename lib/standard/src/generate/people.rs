//! Invented persons.

use super::day::Day;
use super::rng::Rng;

/// Surname, its kana, its half-width kana. Rare forms of characters are what software stumbles over.
const SURNAMES: [(&str, &str, &str); 14] = [
    ("試験", "シケン", "ｼｹﾝ"),
    ("見本", "ミホン", "ﾐﾎﾝ"),
    ("仮名", "カナ", "ｶﾅ"),
    ("山架", "ヤマカ", "ﾔﾏｶ"),
    ("川例", "カワレイ", "ｶﾜﾚｲ"),
    ("髙例", "タカレイ", "ﾀｶﾚｲ"),
    ("田仮", "タカリ", "ﾀｶﾘ"),
    ("森作", "モリサク", "ﾓﾘｻｸ"),
    ("野空", "ノゾラ", "ﾉｿﾞﾗ"),
    ("石仮", "イシカリ", "ｲｼｶﾘ"),
    ("橋例", "ハシレイ", "ﾊｼﾚｲ"),
    ("﨑作", "サキサク", "ｻｷｻｸ"),
    ("空木", "ソラキ", "ｿﾗｷ"),
    ("例井", "レイイ", "ﾚｲｲ"),
];
const GIVEN: [(&str, &str, &str, u64); 14] = [
    ("太郎", "タロウ", "ﾀﾛｳ", 1),
    ("一郎", "イチロウ", "ｲﾁﾛｳ", 1),
    ("正夫", "マサオ", "ﾏｻｵ", 1),
    ("実", "ミノル", "ﾐﾉﾙ", 1),
    ("清", "キヨシ", "ｷﾖｼ", 1),
    ("勇", "イサム", "ｲｻﾑ", 1),
    ("十三", "ジュウゾウ", "ｼﾞｭｳｿﾞｳ", 1),
    ("花子", "ハナコ", "ﾊﾅｺ", 2),
    ("和子", "カズコ", "ｶｽﾞｺ", 2),
    ("幸子", "サチコ", "ｻﾁｺ", 2),
    ("節子", "セツコ", "ｾﾂｺ", 2),
    ("ミツ", "ミツ", "ﾐﾂ", 2),
    ("ソノ", "ソノ", "ｿﾉ", 2),
    ("ハル", "ハル", "ﾊﾙ", 2),
];
const TOWNS: [&str; 6] = [
    "架空市見本町",
    "仮名市例示町",
    "試作市空想町",
    "見本郡仮設町大字表",
    "例示市作例区",
    "空想市十間町",
];
const HOUSES: [&str; 4] = [
    "メゾン見本１０１号",
    "ｺｰﾎﾟ架空 2-B",
    "市営住宅①棟",
    "例示ハイツ〓号室",
];
/// Care level and units a month within the category limit, of people in care and in prevention.
const CARE: [(&str, u64); 5] = [
    ("21", 16_765),
    ("22", 19_705),
    ("23", 27_048),
    ("24", 30_938),
    ("25", 36_217),
];
const PREVENTION: [(&str, u64); 3] = [("06", 5_032), ("12", 5_032), ("13", 10_531)];
const MANAGERS: [&str; 5] = [
    "担当　花代",
    "作成　次郎",
    "計画　三郎",
    "支援　春江",
    "髙表　﨑子",
];

/// A person nobody is.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) insurer: String,
    pub(crate) insured: String,
    pub(crate) name: String,
    pub(crate) kana: String,
    pub(crate) kana_half: String,
    /// 1 or 2, as the code list has it.
    pub(crate) sex: u64,
    pub(crate) birth: String,
    pub(crate) postal: Option<String>,
    pub(crate) address1: String,
    pub(crate) address2: Option<&'static str>,
    pub(crate) phone: Option<String>,
    pub(crate) level: &'static str,
    pub(crate) previous_level: Option<&'static str>,
    /// Units a month within the category limit.
    pub(crate) limit: u64,
    /// When certified: the day, and first and last day of the period.
    pub(crate) certified: Option<(Day, Day, Day)>,
    /// The care manager.
    pub(crate) manager: &'static str,
    /// Percent that the insurance pays.
    pub(crate) rate: u64,
}

impl Person {
    /// The person at this position of a file or office: positions make the numbers differ. `today` is when the files
    /// are made.
    pub(crate) fn new(rng: &mut Rng, position: usize, today: Day, prevention: bool) -> Person {
        let (surname, surname_kana, surname_half) = rng.pick(&SURNAMES);
        let (given, given_kana, given_half, sex) = rng.pick(&GIVEN);
        let levels: &[(&str, u64)] = if prevention { &PREVENTION } else { &CARE };
        let (level, limit) = rng.pick(levels);
        let serial = position as u64 % 100_000;
        let high = rng.below(10_000);
        let insured = if rng.one_in(12) {
            format!("H{high:04}{serial:05}")
        } else {
            format!("9{high:04}{serial:05}")
        };
        // Now and then someone from 41 on, as the insurance covers them for certain diseases.
        let age = if rng.one_in(20) {
            rng.range(41, 64)
        } else {
            rng.range(66, 103)
        };
        // From the year's first day on, so that a person is the same one in each month of it.
        let anchor = today.month_plus(1 - today.parts().1);
        let born = anchor.plus(-i64::try_from(age * 366 + rng.below(360)).unwrap_or_default());
        let street = format!("{}{}－{}", rng.pick(&TOWNS), rng.range(1, 9), rng.range(1, 30));
        Person {
            insurer: format!("99{:04}", rng.range(1, 40)),
            insured,
            name: format!("{surname}　{given}"),
            kana: format!("{surname_kana}　{given_kana}"),
            kana_half: format!("{surname_half} {given_half}"),
            sex,
            birth: born.text(),
            postal: (!rng.one_in(6)).then(|| format!("000-{:04}", rng.below(10_000))),
            address1: street,
            address2: rng.one_in(3).then(|| rng.pick(&HOUSES)),
            phone: (!rng.one_in(8)).then(|| format!("000-{:04}-{:04}", rng.below(10_000), rng.below(10_000))),
            level,
            previous_level: rng.one_in(2).then(|| rng.pick(levels).0),
            limit,
            certified: (level != "06" && !rng.one_in(15)).then(|| certified(rng, anchor)),
            manager: rng.pick(&MANAGERS),
            rate: if rng.one_in(8) { rng.pick(&[70, 80]) } else { 90 },
        }
    }
}

/// A period of 24, 36 or 48 months that begins in the year before, and the day of the decision some weeks earlier.
fn certified(rng: &mut Rng, anchor: Day) -> (Day, Day, Day) {
    let months = rng.pick(&[24, 36, 48]);
    let from = anchor.month_plus(-i64::try_from(rng.below(11)).unwrap_or_default());
    let decided = from.plus(-i64::try_from(rng.range(1, 25)).unwrap_or_default());
    (decided, from, from.month_plus(months).plus(-1))
}
