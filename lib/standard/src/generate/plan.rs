//! Rows of the supplement and of tables 1, 2, 3.

use super::Scene;
use super::people::Person;
use super::rng::Rng;
use super::rows::Rows;

const AUTHORS: [&str; 4] = ["作成　次郎", "担当　花代", "計画　三郎", "支援　春江"];
const ASSESSMENTS: [&str; 4] = [
    "本人：自宅で暮らし続けたい。\r\n家族：日中の見守りがほしい。",
    "足腰が弱り、外出が減っている。人と話す機会がほしい。",
    "転倒への不安がある。\"無理をしない\"ことを家族と確かめた。",
    "食事と入浴に手助けがいる, 他は自分でできる。",
];
const POLICIES: [&str; 3] = [
    "できることを続けながら、安全に暮らせるよう支える。",
    "週の予定を整え、心身の力を保つ。",
    "家族の負担を減らし、急変時は主治医に連絡する。",
];
const NEEDS: [(&str, &str, &str); 4] = [
    (
        "家の中を安全に歩きたい",
        "一人で玄関まで歩ける",
        "手すりを使って歩ける",
    ),
    ("人と話す機会がほしい", "週に2回外出する", "通いの場に慣れる"),
    ("清潔を保ちたい", "一人で入浴できる", "見守りで入浴できる"),
    (
        "食事をおいしく食べたい",
        "献立を自分で決める",
        "昼食を残さず食べる",
    ),
];
const CONTENTS: [(&str, &str); 4] = [
    ("歩行の訓練", "通所介護"),
    ("入浴の介助", "訪問介護"),
    ("買い物と調理の手伝い", "訪問介護"),
    ("健康状態の確認", "訪問看護"),
];
const ACTIVITIES: [(&str, &str, &str); 4] = [
    ("起床、朝食", "0700", "0800"),
    ("昼食", "1200", "1300"),
    ("散歩", "1500", "1530"),
    ("就寝", "2100", "2200"),
];

/// A row of the supplement; month `000000` when it goes with tables 1/2/3.
pub(crate) fn supplement(scene: &Scene<'_>, person: &Person, month: &str, rows: &mut Rows) {
    let plan_date = if month == "000000" {
        scene.today
    } else {
        "00000000"
    };
    rows.key(person)
        .raw(plan_date)
        .text(&person.kana)
        .text(&person.name)
        .number(person.sex)
        .raw(&person.birth);
    rows.raw(&person.postal)
        .text(&person.address)
        .text("")
        .raw(&person.phone);
    // Certification 13 to 18, limit 19, nine empty slots by kind, totals, previous level.
    rows.raw("20250101")
        .raw("20250101")
        .raw("20251231")
        .raw("2")
        .raw("")
        .raw(person.level)
        .number(person.limit);
    rows.empty(36).raw("0").raw("0").raw("0").raw(person.level);
    rows.raw(scene.care_office)
        .raw(scene.care_office)
        .raw("")
        .raw(month)
        .end();
}

/// A row of table 1.
pub(crate) fn table1(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Rows) {
    rows.key(person)
        .raw(scene.today)
        .raw(&person.postal)
        .text(&person.address)
        .text("");
    rows.text(rng.pick(&AUTHORS))
        .text("見本居宅介護支援事業所")
        .raw("000-0000")
        .text("架空市見本町1－1")
        .text("");
    rows.raw(scene.care_office)
        .raw(scene.today)
        .raw("20250101")
        .raw("21")
        .raw("2");
    rows.raw("20250101")
        .raw("20250101")
        .raw("20251231")
        .raw(person.level);
    rows.text(rng.pick(&ASSESSMENTS))
        .text("特になし")
        .text(rng.pick(&POLICIES));
    rows.raw("1").text("").raw(scene.care_office).raw("").end();
}

/// Rows of table 2, sorted by their three numbers.
pub(crate) fn table2(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Rows) {
    for need_no in 1..=rng.range(1, 3) {
        let (need, long, short) = rng.pick(&NEEDS);
        for support_no in 1..=rng.range(1, 2) {
            let (content, kind) = rng.pick(&CONTENTS);
            rows.key(person)
                .raw(scene.today)
                .raw(scene.today)
                .number(need_no)
                .text(need)
                .raw("1");
            rows.text(long)
                .text(short)
                .text("R7.4.1～R8.3.31")
                .text("R7.4.1～R7.9.30")
                .number(support_no);
            rows.text(content)
                .raw("Y")
                .text(kind)
                .raw(scene.provider)
                .text("見本サービス事業所");
            rows.text("週2回")
                .text("R7.4.1～R7.9.30")
                .raw(scene.care_office)
                .raw("")
                .end();
        }
    }
}

/// Rows of table 3: a service, an activity, and what is not weekly, each in its own group of fields.
pub(crate) fn table3(person: &Person, scene: &Scene<'_>, rng: &mut Rng, rows: &mut Rows) {
    let (_, kind) = rng.pick(&CONTENTS);
    let first = rng.range(1, 3);
    for weekday in [first, first + 3] {
        rows.key(person).raw(scene.today).raw(scene.today);
        rows.text(kind)
            .number(weekday)
            .raw("0930")
            .raw("1030")
            .empty(4)
            .end();
    }
    let (activity, start, end) = rng.pick(&ACTIVITIES);
    rows.key(person)
        .raw(scene.today)
        .raw(scene.today)
        .empty(4)
        .text(activity)
        .raw(start)
        .raw(end)
        .raw("")
        .end();
    rows.key(person)
        .raw(scene.today)
        .raw(scene.today)
        .empty(7)
        .text("月1回の通院")
        .end();
}
