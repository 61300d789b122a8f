//! Prevention: basic information, its two annexes, and the image of the family.

use super::people::Person;
use super::rng::Rng;
use super::scene::Scene;
use super::sheet::Sheet;
use super::table6::flag;
use super::texts;

/// The row of basic information.
pub(crate) fn write(
    scene: &Scene<'_>,
    person: &Person,
    image: Option<&str>,
    rng: &mut Rng,
    rows: &mut Sheet,
) {
    let method = rng.pick(&["01", "02", "03"]);
    let situation = if rng.one_in(5) { "02" } else { "01" };
    let again = rng.one_in(2);
    rows.begin(person)
        .put("consultation_date", scene.today.text())
        .put("plan_kind", if person.level == "06" { "2" } else { "1" })
        .put("commissioned", commissioned(scene))
        .put("author_name", person.manager)
        .put("consultation_method", method)
        .maybe(
            "consultation_method_other",
            (method == "03").then_some("訪問, 家族同席"),
        )
        .put("consultation_count", if again { "02" } else { "01" })
        .maybe(
            "previous_consultation_date",
            again.then(|| scene.today.plus(-90).text()),
        )
        .put("user_situation", situation)
        .maybe(
            "user_situation_note",
            (situation == "02").then_some("見本病院に入院中（\"来週\"退院の予定）"),
        )
        .put("user_name_kana", &person.kana_half)
        .put("user_name", &person.name)
        .number("user_sex", person.sex)
        .put("user_birth_date", &person.birth)
        .put("user_address", &person.address1)
        .maybe("user_phone", person.phone.as_ref())
        .maybe("user_fax", person.phone.as_ref().filter(|_| rng.one_in(4)));
    condition(scene, person, rng, rows);
    living(rng, rows);
    contacts(person, rng, rows);
    rows.maybe("family_image_file", image);
    for field in [
        "family_situation",
        "life_history",
        "daily_life_overall",
        "hobbies",
        "community_relations",
        "public_services_used",
        "private_services_used",
    ] {
        rows.maybe(field, (!rng.one_in(5)).then(|| rng.pick(&texts::REMARKS)));
    }
    rows.put("consent_date", scene.today.text())
        .put("consenter_name", &person.name)
        .end();
}

/// Own work of the support centre, or commissioned to a care support office.
pub(crate) fn commissioned(scene: &Scene<'_>) -> &'static str {
    if scene.sender.1 == "43" || scene.destination.1 == "43" {
        "2"
    } else {
        "1"
    }
}

/// The level as this list has it: people of the project have none.
fn level(level: &'static str) -> Option<&'static str> {
    (level != "06").then_some(level)
}

fn condition(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Sheet) {
    rows.put("physical_independence", rng.pick(&["01", "11", "12", "21", "22"]))
        .put("dementia_independence", rng.pick(&["01", "02", "03"]))
        .maybe("care_level", level(person.level));
    if let Some((_, from, to)) = person.certified {
        rows.put("certification_start_date", from.text())
            .put("certification_end_date", to.text());
    }
    let previous = person.previous_level.and_then(level).unwrap_or("01");
    rows.put("previous_care_level", previous);
    if person.level == "06" || rng.one_in(3) {
        rows.put("checklist_result", if person.level == "06" { "1" } else { "2" })
            .put("checklist_date", scene.today.plus(-14).text());
    }
    for field in [
        "disability_physical",
        "disability_intellectual",
        "disability_mental",
        "disability_intractable_disease",
    ] {
        rows.put(field, flag(rng.one_in(12)));
    }
    rows.maybe(
        "disability_note",
        rng.one_in(6).then_some("身体障害者手帳　Ⅳ級（右膝）"),
    );
}

fn living(rng: &mut Rng, rows: &mut Sheet) {
    rows.put("housing_type", rng.pick(&["01", "04", "05", "06", "07", "08"]))
        .maybe(
            "room_floor",
            rng.one_in(2).then(|| rng.pick(&["1", "2", "B1", "10"])),
        )
        .put("home_modification", if rng.one_in(4) { "1" } else { "2" })
        .put("income_national_pension", "1")
        .put("income_employee_pension", flag(rng.one_in(2)))
        .put("income_disability_pension", flag(rng.one_in(15)))
        .put("income_public_assistance", flag(rng.one_in(15)))
        .maybe(
            "income_note",
            rng.one_in(5).then_some("預貯金あり, 借家の家賃月３万円"),
        );
}

fn contacts(person: &Person, rng: &mut Rng, rows: &mut Sheet) {
    let phone = |rng: &mut Rng| format!("000-{:04}-{:04}", rng.below(10_000), rng.below(10_000));
    let family = person.name.split('　').next().unwrap_or_default();
    if rng.one_in(2) {
        let number = phone(rng);
        rows.put("visitor_name", format!("{family}　例子"))
            .put("visitor_address", "本人と同じ")
            .put("visitor_phone", number)
            .put("visitor_relationship", rng.pick(&texts::RELATIONS));
    }
    for at in 1..=rng.below(5) {
        let (number, relation) = (phone(rng), rng.pick(&texts::RELATIONS));
        let contact = |field: &str| format!("emergency{at}_{field}");
        rows.put(&contact("name"), format!("{family}　連{at}"))
            .put(&contact("relationship"), relation)
            .put(&contact("address"), "架空市見本町2－2\r\n（平日は職場, 内線12）")
            .put(&contact("phone"), number);
    }
}

/// The rows of annex 1: a day.
pub(crate) fn schedule(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Sheet) {
    let mut hour = rng.range(5, 7);
    while hour < 22 {
        rows.begin(person)
            .put("consultation_date", scene.today.text())
            .put("time_text", format!("{hour}:00"))
            .put(
                "user_activity",
                rng.pick(&["起床、\"ﾗｼﾞｵ体操\"", "朝食, 服薬", "散歩", "昼寝", "夕食の支度"]),
            )
            .maybe(
                "caregiver_activity",
                rng.one_in(2)
                    .then(|| rng.pick(&["出勤", "長女来訪\n夕食を共にする", ""])),
            )
            .end();
        hour += rng.range(2, 5);
    }
}

/// The rows of annex 2: illnesses.
pub(crate) fn illnesses(scene: &Scene<'_>, person: &Person, rng: &mut Rng, rows: &mut Sheet) {
    for at in 0..rng.range(1, 3) {
        let year = scene.today.parts().0 - 3 * i64::try_from(at).unwrap_or_default();
        rows.begin(person)
            .put("consultation_date", scene.today.text())
            .put("disease_date_text", format!("{year}年頃"))
            .put("disease_name", rng.pick(&texts::ILLNESSES))
            .put(
                "doctor_name",
                rng.pick(&["見本病院　医師　架空", "仮名診療所, 髙例医師"]),
            )
            .put("attending_doctor_flag", if at == 0 { "1" } else { "2" })
            .put("doctor_phone", format!("000-{:04}-0000", rng.below(10_000)))
            .put("course", rng.pick(&["01", "02", "03"]))
            .maybe(
                "treatment_detail",
                rng.one_in(2).then_some("月1回通院\r\n内服①②、湿布"),
            )
            .end();
    }
}

/// A small, real JPEG: a grey square of so many times eight pixels.
pub(crate) fn family_tree(blocks: u64) -> Vec<u8> {
    let side = u8::try_from(blocks * 8).unwrap_or(8);
    // Start, JFIF header, one quantisation table of ones.
    let mut bytes =
        b"\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x01\x00\x48\x00\x48\x00\x00\xFF\xDB\x00\x43\x00".to_vec();
    bytes.extend([1; 64]);
    // Baseline frame, one component.
    bytes.extend([0xFF, 0xC0, 0, 11, 8, 0, side, 0, side, 1, 1, 0x11, 0]);
    // Two Huffman tables with one code each: a single bit 0 says "no difference" and "end of block".
    for class in [0x00, 0x10] {
        bytes.extend([0xFF, 0xC4, 0, 20, class, 1]);
        bytes.extend([0; 16]);
    }
    bytes.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0]);
    // Two bits a block, the last byte filled with ones.
    let bits = usize::try_from(blocks * blocks * 2).unwrap_or(2);
    bytes.extend(vec![0; bits / 8]);
    if bits % 8 != 0 {
        bytes.push(0xFF >> (bits % 8));
    }
    bytes.extend([0xFF, 0xD9]);
    bytes
}
