//! Rows of table 7: what table 6 comes to. Each service, the subtotals of a kind with several rows, the grand total.

use super::catalogue;
use super::lines::Line;
use super::people::Person;
use super::scene::Scene;
use super::sheet::Sheet;
use super::table6::flag;
use crate::kind::Edition;

/// The rows of a person.
pub(crate) fn write(scene: &Scene<'_>, person: &Person, lines: &[Line], rows: &mut Sheet) {
    let mut services = services(scene.edition, lines);
    services.sort_by_key(|row| row.line.office.kind.as_str());
    limit(&mut services, person.limit);
    let price = price(person);
    let mut total = Sums::default();
    for of_kind in services.chunk_by(|one, other| one.line.office.kind == other.line.office.kind) {
        let mut subtotals: [(&str, Option<Sums>); 3] = [("AAAA", None), ("EEEE", None), ("ZZZZ", None)];
        for row in of_kind {
            let sums = row.sums(price, person.rate);
            write_service(scene, person, row, &sums, rows);
            total = total.plus(&sums);
            let at = usize::from(!row.line.limited) + usize::from(row.line.over_30);
            if let Some((_, subtotal)) = subtotals.get_mut(at) {
                *subtotal = Some(subtotal.unwrap_or_default().plus(&sums));
            }
        }
        if let [first, _, ..] = of_kind {
            let kind = &first.line.office.kind;
            for (item, sums) in subtotals {
                if let Some(sums) = sums {
                    let office = (first.line.office.number.as_str(), first.line.office.name);
                    write_total(scene, person, office, &format!("{kind}{item}"), &sums, rows);
                }
            }
        }
    }
    write_total(
        scene,
        person,
        (catalogue::CONSTANT_OFFICE, ""),
        "999999",
        &total,
        rows,
    );
}

/// Units over the category limit of the lines of a person.
pub(crate) fn over_limit(lines: &[Line], limit: u64) -> u64 {
    let units: u64 = lines
        .iter()
        .filter(|line| line.limited)
        .map(|line| line.after() * line.count())
        .sum();
    units.saturating_sub(limit)
}

/// The yen of a unit, in hundredths, by where the person lives.
fn price(person: &Person) -> u64 {
    let grades = [1_000, 1_021, 1_070, 1_140];
    let insurer: usize = person.insurer.bytes().map(usize::from).sum();
    grades.get(insurer % grades.len()).copied().unwrap_or(1_000)
}

/// What belongs together in one row.
struct Service<'a> {
    line: &'a Line,
    count: u64,
    /// Of its units, those over the category limit.
    over: u64,
}

fn services(edition: Edition, lines: &[Line]) -> Vec<Service<'_>> {
    let mut services: Vec<Service<'_>> = Vec::new();
    for line in lines {
        let same = |other: &&mut Service<'_>| {
            other.line.office == line.office
                && other.line.code == line.code
                && (other.line.units, other.line.rate, other.line.over_30)
                    == (line.units, line.rate, line.over_30)
                // V3 does not tell goods apart.
                && (edition == Edition::V3 || line.equipment.is_none())
        };
        match services.iter_mut().find(same) {
            Some(service) => service.count += line.count(),
            None => services.push(Service {
                line,
                count: line.count(),
                over: 0,
            }),
        }
    }
    services
}

/// Lays what is over the limit onto the last services.
fn limit(services: &mut [Service<'_>], limit: u64) {
    let amount = |service: &Service<'_>| service.line.after() * service.count;
    let units: u64 = services
        .iter()
        .filter(|service| service.line.limited)
        .map(amount)
        .sum();
    let mut over = units.saturating_sub(limit);
    for service in services.iter_mut().rev().filter(|service| service.line.limited) {
        service.over = over.min(amount(service));
        over -= service.over;
    }
}

impl Service<'_> {
    fn sums(&self, price: u64, rate: u64) -> Sums {
        let amount = self.line.after() * self.count;
        let limited = if self.line.limited { amount } else { 0 };
        let self_paid = if self.line.over_30 { amount } else { self.over };
        let cost = (amount - self_paid) * price / 100;
        let claim = cost * rate / 100;
        Sums {
            count: self.count,
            amount,
            limited,
            over: self.over,
            cost,
            claim,
            copay: cost - claim,
            copay_full: self_paid * price / 100,
        }
    }
}

/// Units and money.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    count: u64,
    amount: u64,
    /// Of those, what counts against the category limit.
    limited: u64,
    over: u64,
    cost: u64,
    claim: u64,
    copay: u64,
    copay_full: u64,
}

impl Sums {
    fn plus(&self, other: &Sums) -> Sums {
        Sums {
            count: self.count + other.count,
            amount: self.amount + other.amount,
            limited: self.limited + other.limited,
            over: self.over + other.over,
            cost: self.cost + other.cost,
            claim: self.claim + other.claim,
            copay: self.copay + other.copay,
            copay_full: self.copay_full + other.copay_full,
        }
    }
}

fn begin(scene: &Scene<'_>, person: &Person, (number, name): (&str, &str), code: &str, rows: &mut Sheet) {
    rows.begin(person)
        .put("created_date", scene.today.text())
        .put("target_month", scene.month)
        .maybe("provider_office_name", (!name.is_empty()).then_some(name))
        .put("provider_office_code", number)
        .put("service_code", code);
}

fn write_service(scene: &Scene<'_>, person: &Person, row: &Service<'_>, sums: &Sums, rows: &mut Sheet) {
    let line = row.line;
    let office = (line.office.number.as_str(), line.office.name);
    begin(scene, person, office, &line.code, rows);
    rows.maybe("satellite_no", line.office.satellite);
    if let Some(made) = &line.equipment {
        let number = if made.has_tais {
            "tais_code"
        } else {
            "equipment_registration_code"
        };
        rows.put(number, &made.number).put("equipment_name", made.name);
    }
    rows.number("units", line.units)
        .number("rate_after_discount", line.rate)
        .number("units_after_discount", line.after());
    write_sums(sums, line.limited, rows);
    let price = price(person);
    rows.put("unit_price", format!("{}.{:02}", price / 100, price % 100))
        .number("benefit_rate", person.rate);
    if let Some(before) = line.stayed_before {
        rows.number("days_until_previous_month", before)
            .number("days_planned_this_month", row.count)
            .number("days_cumulative", before + row.count);
    }
    end(scene, line.over_30, rows);
}

fn write_total(
    scene: &Scene<'_>,
    person: &Person,
    office: (&str, &str),
    code: &str,
    sums: &Sums,
    rows: &mut Sheet,
) {
    begin(scene, person, office, code, rows);
    rows.number("units", 0);
    write_sums(sums, !code.ends_with("EEEE"), rows);
    end(scene, code.ends_with("ZZZZ"), rows);
}

fn write_sums(sums: &Sums, limited: bool, rows: &mut Sheet) {
    rows.number("count_or_days", sums.count)
        .number("service_units_or_amount", sums.amount);
    if limited {
        rows.number("benefit_management_units", sums.limited)
            .number("kind_over_limit_units", 0)
            .number("kind_within_limit_units", sums.limited)
            .number("category_over_limit_units", sums.over)
            .number("category_within_limit_units", sums.limited - sums.over);
    }
    rows.number("total_cost_covered", sums.cost)
        .number("insurance_claim_amount", sums.claim)
        .number("copay_covered", sums.copay)
        .number("copay_full", sums.copay_full);
}

fn end(scene: &Scene<'_>, over_30: bool, rows: &mut Sheet) {
    rows.put("over_30_days", flag(over_30))
        .put("office_code", catalogue::CONSTANT_OFFICE)
        .put("updating_office_code", scene.care_office)
        .end();
}
