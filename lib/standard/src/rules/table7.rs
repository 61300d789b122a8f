//! Table 7 by itself: its total and subtotal rows, and their sums.

use std::collections::HashMap;

use super::Column;
use super::services::Special;
use super::{Row, RowRule, Scene, Tell};
use crate::changed;
use crate::codes;
use crate::file::Facts;

/// The office code of the grand total row.
const TOTAL_OFFICE: &[u8] = b"9999999999";

/// Units or amount, and benefit management units: the two columns whose sums are compared.
type Sums = [Option<i64>; 2];

/// The rules of table 7.
pub(crate) struct Table7<'a> {
    code: Column,
    office: Column,
    units: Column,
    rate: Column,
    discounted: Column,
    count: Column,
    summed: [Column; 2],
    /// Person → place in `people`.
    places: HashMap<[&'a [u8]; 2], usize>,
    people: Vec<Person>,
    /// Place of the person read last.
    last: usize,
}

/// The rows of a person.
#[derive(Debug)]
struct Person {
    line: u32,
    totals: u32,
    total: Option<(u32, Sums)>,
    kinds: Vec<Kind>,
}

/// The rows of a person's service kind.
#[derive(Debug)]
struct Kind {
    kind: [u8; 2],
    /// Line of its last row.
    line: u32,
    rows: u32,
    sums: Sums,
    /// No row counts towards the category limit.
    outside: bool,
    subtotal: Option<(u32, Sums)>,
    /// A subtotal outside the limit or over 30 days is there: which rows it sums is left to the software.
    beside: bool,
}

impl Table7<'_> {
    pub(crate) fn of(scene: &Scene<'_>) -> Option<Self> {
        Some(Table7 {
            code: scene.column("service_code")?,
            office: scene.column("provider_office_code")?,
            units: scene.column("units")?,
            rate: scene.column("rate_after_discount")?,
            discounted: scene.column("units_after_discount")?,
            count: scene.column("count_or_days")?,
            summed: [
                scene.column("service_units_or_amount")?,
                scene.column("benefit_management_units")?,
            ],
            places: HashMap::new(),
            people: Vec::new(),
            last: 0,
        })
    }

    /// A subtotal or total has no units of its own.
    fn special(&self, row: &Row<'_, '_>, tell: &mut Tell<'_>) {
        let columns = [(self.units, &b"0"[..]), (self.rate, b""), (self.discounted, b"")];
        for (column, expected) in columns {
            let value = row.get(column);
            // Empty where 0 is required has been told already; zeros may be padded.
            if value != expected && !value.iter().all(|byte| *byte == b'0') {
                tell.column(&codes::FIELD_UNEXPECTED, row, column, |draft| {
                    draft.detail("小計と合計の行", "a subtotal or total row")
                });
            }
        }
    }

    /// Units (after a discount, if there is one) times count is the row's amount.
    fn product(&self, row: &Row<'_, '_>, tell: &mut Tell<'_>) {
        let [amount, _] = self.summed;
        let discounted = row.get(self.discounted);
        let units = integer(if discounted.is_empty() {
            row.get(self.units)
        } else {
            discounted
        });
        let (Some(units), Some(count), Some(written)) =
            (units, integer(row.get(self.count)), integer(row.get(amount)))
        else {
            return;
        };
        // Rates have no units to multiply.
        if units != 0 && units * count != written {
            let product = units * count;
            tell.column(&codes::TABLE7_UNITS, row, amount, |draft| {
                draft.detail(
                    format!("{units}×{count}＝{product}"),
                    format!("{units} × {count} = {product}"),
                )
            });
        }
    }
}

impl<'a> RowRule<'a> for Table7<'a> {
    fn row(&mut self, row: &Row<'_, 'a>, tell: &mut Tell<'_>) {
        let code = row.get(self.code);
        let special = Special::read(code);
        let is_total = special == Some(Special::Total);
        if (row.get(self.office) == TOTAL_OFFICE) != is_total {
            tell.column(&codes::TABLE7_TOTAL_OFFICE, row, self.office, |draft| draft);
        }
        match special {
            Some(_) => self.special(row, tell),
            None => self.product(row, tell),
        }
        let sums = self.summed.map(|column| integer(row.get(column)));
        if row.differs_in(changed::fields([1, 2])) {
            let next = self.people.len();
            self.last = *self.places.entry(row.person()).or_insert(next);
            if self.last == next {
                self.people.push(Person {
                    line: row.line(),
                    totals: 0,
                    total: None,
                    kinds: Vec::new(),
                });
            }
        }
        if let Some(person) = self.people.get_mut(self.last) {
            person.add(code, special, row.line(), sums);
        }
    }

    fn end(self: Box<Self>, facts: &mut Facts<'a>, tell: &mut Tell<'_>) {
        // What seems to be missing may stand in a broken row.
        if facts.partial {
            return;
        }
        for person in &self.people {
            person.check(self.summed, tell);
        }
    }
}

impl Person {
    fn add(&mut self, code: &[u8], special: Option<Special>, line: u32, sums: Sums) {
        if special == Some(Special::Total) {
            self.totals += 1;
            self.total = Some((line, sums));
            return;
        }
        let Some(kind) = code.get(..2).and_then(|kind| <[u8; 2]>::try_from(kind).ok()) else {
            return;
        };
        let at = self.kinds.iter().position(|known| known.kind == kind);
        let at = at.unwrap_or_else(|| {
            self.kinds.push(Kind {
                kind,
                line,
                rows: 0,
                sums: [Some(0), Some(0)],
                outside: true,
                subtotal: None,
                beside: false,
            });
            self.kinds.len() - 1
        });
        let Some(known) = self.kinds.get_mut(at) else {
            return;
        };
        match special {
            None => {
                known.rows += 1;
                known.line = line;
                known.outside &= sums[1].is_none();
                known.sums = add(known.sums, sums);
            }
            Some(Special::Inside) => known.subtotal = Some((line, sums)),
            Some(_) => known.beside = true,
        }
    }

    fn check(&self, columns: [Column; 2], tell: &mut Tell<'_>) {
        if self.totals != 1 {
            let count = self.totals;
            tell.line(&codes::TABLE7_TOTAL, self.line, |draft| {
                draft.detail(
                    format!("この行から始まる利用者に{count}行ある"),
                    format!("the person whose rows begin here has {count}"),
                )
            });
        }
        let mut all = [Some(0), Some(0)];
        for kind in &self.kinds {
            all = add(all, kind.sums);
            match kind.subtotal {
                None if 1 < kind.rows && !(kind.beside && kind.outside) => {
                    let name = String::from_utf8_lossy(&kind.kind);
                    tell.line(&codes::TABLE7_SUBTOTAL, kind.line, |draft| {
                        draft.detail(
                            format!("種類{name}の行の後に{name}AAAAがない"),
                            format!("no {name}AAAA behind the rows of kind {name}"),
                        )
                    });
                }
                Some((line, sums)) if !kind.beside => differs(kind.sums, sums, line, columns, tell),
                _ => {}
            }
        }
        let beside = self.kinds.iter().any(|kind| kind.beside);
        if let Some((line, sums)) = self.total.filter(|_| !beside) {
            differs(all, sums, line, columns, tell);
        }
    }
}

/// Tells of a sum that is not what is written.
fn differs(rows: Sums, written: Sums, line: u32, columns: [Column; 2], tell: &mut Tell<'_>) {
    for ((sum, written), column) in rows.into_iter().zip(written).zip(columns) {
        let (Some(sum), Some(written)) = (sum, written) else {
            continue;
        };
        if sum != written {
            tell.line(&codes::TABLE7_SUM, line, |draft| {
                draft.field(column.field).detail(
                    format!("行の和は{sum}、記載は{written}"),
                    format!("the rows make {sum}, written is {written}"),
                )
            });
        }
    }
}

fn add(one: Sums, other: Sums) -> Sums {
    let [first, second] = one;
    let [third, fourth] = other;
    let sum = |one: Option<i64>, other: Option<i64>| Some(one?.saturating_add(other?));
    [sum(first, third), sum(second, fourth)]
}

/// A whole number of at most nine digits, with a sign or without.
fn integer(value: &[u8]) -> Option<i64> {
    let digits = value.strip_prefix(b"-");
    let number = i64::from(crate::date::number(digits.unwrap_or(value))?);
    Some(if digits.is_some() { -number } else { number })
}
