//! Rows of tables 6 (plan and results) and 7.

use super::Scene;
use super::people::Person;
use super::rows::Rows;
use super::services::Line;

const NAME: &str = "見本サービス事業所";

/// Rows of table 6: one for each day of each service.
pub(crate) fn table6(scene: &Scene<'_>, person: &Person, lines: &[Line], rows: &mut Rows) {
    let updater = if scene.spec.unit.from_provider() {
        scene.provider
    } else {
        scene.care_office
    };
    for line in lines {
        let (tais, equipment) = line.equipment.unwrap_or_default();
        for day in &line.days {
            rows.key(person)
                .raw(scene.today)
                .raw(&scene.spec.month)
                .raw(scene.care_office)
                .text("担当　花代");
            rows.number(line.units)
                .raw("")
                .raw(day)
                .raw("")
                .raw(line.start)
                .raw(line.end)
                .raw("1")
                .raw(&line.code);
            rows.raw(tais)
                .raw("")
                .text(equipment)
                .raw("")
                .raw(&line.office)
                .text(NAME)
                .raw("")
                .raw("0");
            rows.raw(updater).raw("").end();
        }
    }
}

/// Units and money of one row of table 7.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    units: u64,
    cost: u64,
    claim: u64,
}

impl Sums {
    fn add(self, other: Sums) -> Sums {
        Sums {
            count: self.count + other.count,
            units: self.units + other.units,
            cost: self.cost + other.cost,
            claim: self.claim + other.claim,
        }
    }
}

/// Rows of table 7: each service, the subtotal of a kind with several rows, the grand total.
pub(crate) fn table7(scene: &Scene<'_>, person: &Person, lines: &[Line], rows: &mut Rows) {
    let mut total = Sums::default();
    let mut at = 0;
    while let Some(first) = lines.get(at) {
        let same: Vec<&Line> = lines
            .iter()
            .skip(at)
            .take_while(|line| line.kind == first.kind)
            .collect();
        at += same.len();
        let mut subtotal = Sums::default();
        for line in &same {
            let sums = sums(line);
            write(scene, person, &line.office, &line.code, Some(line), sums, rows);
            subtotal = subtotal.add(sums);
        }
        if same.len() > 1 {
            write(
                scene,
                person,
                &first.office,
                &format!("{}AAAA", first.kind),
                None,
                subtotal,
                rows,
            );
        }
        total = total.add(subtotal);
    }
    write(scene, person, "9999999999", "999999", None, total, rows);
}

/// Ten yen a unit, nine tenths paid by the insurance.
fn sums(line: &Line) -> Sums {
    let count = line.days.len() as u64;
    let units = line.units * count;
    let cost = units * 10;
    Sums {
        count,
        units,
        cost,
        claim: cost * 9 / 10,
    }
}

fn write(
    scene: &Scene<'_>,
    person: &Person,
    office: &str,
    code: &str,
    line: Option<&Line>,
    sums: Sums,
    rows: &mut Rows,
) {
    let (tais, equipment) = line.and_then(|line| line.equipment).unwrap_or_default();
    rows.key(person).raw(scene.today).raw(&scene.spec.month);
    rows.text(if code == "999999" { "" } else { NAME })
        .raw(office)
        .raw("")
        .raw(code);
    rows.raw(tais).raw("").text(equipment);
    // 13 to 15: subtotal and total rows have 0 units and no rates.
    match line {
        Some(line) => rows.number(line.units).raw("100").number(line.units),
        None => rows.raw("0").raw("").raw(""),
    };
    rows.number(sums.count)
        .number(sums.units)
        .number(sums.units)
        .raw("0")
        .number(sums.units);
    rows.raw("0")
        .number(sums.units)
        .raw("10.00")
        .number(sums.cost)
        .raw("90")
        .number(sums.claim)
        .raw("");
    rows.number(sums.cost - sums.claim)
        .raw("0")
        .raw("")
        .raw("")
        .raw("")
        .raw("0");
    rows.raw("").raw("").raw(scene.care_office).raw("").end();
}
