//! Table 7: its totals, subtotals and sums, and its counts against table 6.

use super::Breaker;
use super::grid::Grid;
use super::work::one_of;
use crate::codes;
use crate::generate::catalogue::CONSTANT_OFFICE;
use crate::generate::spec::UnitKind;
use crate::kind::FileKind;

pub(crate) const ALL: &[Breaker] = &[
    Breaker::of(&codes::TABLE7_TOTAL, UnitKind::Usage, |work| {
        work.rows(FileKind::UpSikyu, |grid, rng| {
            let row = one_of(&grid.which(is_total), rng)?;
            let person = grid.person(row);
            grid.rows.remove(row);
            // Told at the person's first row.
            grid.which(|grid, row| grid.person(row) == person)
                .first()
                .copied()
        })
    }),
    Breaker::of(&codes::TABLE7_SUBTOTAL, UnitKind::Usage, |work| {
        work.rows(FileKind::UpSikyu, |grid, rng| {
            // Behind the rows of its kind, where no other subtotal stands.
            let lone = |grid: &Grid, row: usize| {
                grid.get(row, "service_code").ends_with(b"AAAA") && !is_subtotal(grid, row + 1)
            };
            let row = one_of(&grid.which(lone), rng)?;
            grid.rows.remove(row);
            // Told at the last row of the kind.
            row.checked_sub(1)
        })
    }),
    Breaker::of(&codes::TABLE7_TOTAL_OFFICE, UnitKind::Usage, |work| {
        let office = work.spec.destination.clone();
        if work.rng.one_in(2) {
            return work.row_where(
                FileKind::UpSikyu,
                "provider_office_code",
                office.as_bytes(),
                is_total,
            );
        }
        work.row_where(
            FileKind::UpSikyu,
            "provider_office_code",
            CONSTANT_OFFICE.as_bytes(),
            is_subtotal,
        )
    }),
    Breaker::of(&codes::TABLE7_COUNT, UnitKind::Usage, |work| {
        // A visit is lost from table 6, one of several of its service, all of the time by the visit.
        let mut lost = None;
        let same = |grid: &Grid, one: usize, other: usize| {
            grid.person(one) == grid.person(other)
                && ["provider_office_code", "service_code"]
                    .iter()
                    .all(|field| grid.get(one, field) == grid.get(other, field))
        };
        let taken = work.rows(FileKind::UpPlan, |grid, rng| {
            let several = |grid: &Grid, row: usize| {
                grid.get(row, "prorata_days").is_empty()
                    && (row + 1 < grid.rows.len() && same(grid, row, row + 1))
            };
            let row = one_of(&grid.which(several), rng)?;
            let field = |name: &str| grid.get(row, name).to_vec();
            lost = Some((
                grid.person(row),
                field("provider_office_code"),
                field("service_code"),
            ));
            grid.rows.remove(row);
            Some(row)
        });
        let Some((person, office, code)) = lost else {
            return false;
        };
        taken
            && work.rows(FileKind::UpSikyu, |grid, _| {
                grid.which(|grid, row| {
                    grid.person(row) == person
                        && grid.get(row, "provider_office_code") == office
                        && grid.get(row, "service_code") == code
                })
                .first()
                .copied()
            })
    }),
    Breaker::of(&codes::TABLE7_UNITS, UnitKind::Usage, |work| {
        // Not the amount, which is summed below.
        work.rows(FileKind::UpSikyu, |grid, rng| {
            let service = |grid: &Grid, row: usize| {
                !grid.get(row, "units_after_discount").is_empty() && grid.number(row, "count_or_days") != 0
            };
            let row = one_of(&grid.which(service), rng)?;
            let units = grid.number(row, "units_after_discount") + 1;
            grid.set(row, "units_after_discount", units.to_string());
            Some(row)
        })
    }),
    Breaker::of(&codes::TABLE7_SUM, UnitKind::Usage, |work| {
        work.rows(FileKind::UpSikyu, |grid, rng| {
            // A person without subtotals of other sorts, which leave open what is summed.
            let plain = |grid: &Grid, row: usize| {
                let person = grid.person(row);
                let beside = grid.which(|grid, row| {
                    let code = grid.get(row, "service_code");
                    grid.person(row) == person && (code.ends_with(b"EEEE") || code.ends_with(b"ZZZZ"))
                });
                is_total(grid, row) && beside.is_empty()
            };
            let row = one_of(&grid.which(plain), rng)?;
            let amount = grid.number(row, "service_units_or_amount") + 1;
            grid.set(row, "service_units_or_amount", amount.to_string());
            Some(row)
        })
    }),
];

fn is_total(grid: &Grid, row: usize) -> bool {
    grid.get(row, "service_code") == b"999999"
}

fn is_subtotal(grid: &Grid, row: usize) -> bool {
    let code = grid.get(row, "service_code");
    [&b"AAAA"[..], b"EEEE", b"ZZZZ"]
        .iter()
        .any(|item| code.ends_with(item))
}
