//! Rows against the name of their file and against each other.

use super::Breaker;
use super::work::one_of;
use crate::codes;
use crate::generate::day::Day;
use crate::generate::spec::UnitKind;
use crate::kind::FileKind;

pub(crate) const ALL: &[Breaker] = &[
    Breaker::of(&codes::FILE_MONTH, UnitKind::Results, |work| {
        // A service of the month after, date and all.
        let next = Day::first_of(&work.spec.month).month_plus(1);
        work.rows(FileKind::UpJsk, |grid, rng| {
            let row = one_of(&grid.which(|_, _| true), rng)?;
            grid.set(row, "target_month", next.month());
            grid.set(row, "service_date", next.text());
            Some(row)
        })
    }),
    Breaker::of(&codes::RECORD_DUPLICATE, UnitKind::Results, |work| {
        work.rows(FileKind::UpJsk, |grid, rng| {
            let row = one_of(&grid.which(|_, _| true), rng)?;
            let copy = grid.rows.get(row)?.clone();
            grid.rows.push(copy);
            Some(grid.rows.len() - 1)
        })
    }),
    Breaker::of(&codes::RECORD_ORDER, UnitKind::Plan, |work| {
        work.rows(FileKind::Up2Kyo, |grid, rng| {
            let second =
                |grid: &super::grid::Grid, row: usize| 0 < row && grid.person(row) == grid.person(row - 1);
            let row = one_of(&grid.which(second), rng)?;
            grid.rows.swap(row - 1, row);
            Some(row)
        })
    }),
];
