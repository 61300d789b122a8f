//! Encoding, records and versions.

use super::Breaker;
use super::grid::Grid;
use super::work::{Work, one_of};
use crate::codes;
use crate::generate::spec::UnitKind;
use crate::kind::FileKind;

const TEXT: &str = "care_manager_name";

pub(crate) const ALL: &[Breaker] = &[
    Breaker::of(&codes::ENCODING_BOM, UnitKind::Results, |work| {
        let Some((name, bytes)) = work.unit.files.first_mut() else {
            return false;
        };
        *bytes = [b"\xEF\xBB\xBF", bytes.as_slice()].concat();
        (work.file, work.line) = (Some(name.clone()), Some(1));
        true
    }),
    Breaker::of(&codes::FILE_NOT_CSV, UnitKind::Results, |work| {
        let Some((name, bytes)) = work.unit.files.first_mut() else {
            return false;
        };
        let start = work
            .rng
            .pick(&[&b"%PDF-1.7\n"[..], b"\x89PNG\r\n\x1A\n", b"\xFF\xD8\xFF\xE0"]);
        *bytes = start.to_vec();
        work.file = Some(name.clone());
        true
    }),
    Breaker::of(&codes::ENCODING_MS932, UnitKind::Results, |work| {
        // No character, and the first half of one.
        let bytes = work.rng.pick(&[&b"\"\x80\""[..], b"\"\xA0\"", b"\"\x81\""]);
        work.any_row(FileKind::UpJsk, TEXT, bytes)
    }),
    Breaker::of(&codes::ENCODING_UTF8_SUSPECT, UnitKind::Results, |work| {
        // Texts whose UTF-8 bytes happen to be characters of MS932 as well.
        let text = work.rng.pick(&["\"計画\"", "\"計画計画\""]);
        let done = work.rows(FileKind::UpJsk, |grid, rng| {
            for row in 0..grid.rows.len() {
                for field in [TEXT, "equipment_name", "provider_office_name"] {
                    grid.set(row, field, "\"A\"");
                }
            }
            let row = one_of(&grid.which(|_, _| true), rng)?;
            grid.set(row, TEXT, text);
            Some(row)
        });
        // The whole file is told of.
        work.line = None;
        done
    }),
    Breaker::of(&codes::ENCODING_GAIJI, UnitKind::Results, |work| {
        let bytes = work.rng.pick(&[&b"\"\xF0\x40\""[..], b"\"\xF9\xFC\""]);
        work.any_row(FileKind::UpJsk, TEXT, bytes)
    }),
    Breaker::of(&codes::ENCODING_CONTROL, UnitKind::Results, |work| {
        let bytes = work.rng.pick(&[&b"\"a\x0B\""[..], b"\"a\x00b\"", b"\"\x7F\""]);
        work.any_row(FileKind::UpJsk, TEXT, bytes)
    }),
    Breaker::of(&codes::CSV_EMPTY_FILE, UnitKind::Results, |work| {
        let Some((name, bytes)) = work.unit.files.first_mut() else {
            return false;
        };
        bytes.clear();
        work.file = Some(name.clone());
        true
    }),
    Breaker::of(&codes::CSV_QUOTE_OPEN, UnitKind::Results, |work| {
        work.any_row(FileKind::UpJsk, TEXT, b"\"a")
    }),
    Breaker::of(&codes::CSV_QUOTE_STRAY, UnitKind::Results, |work| {
        let bytes = work.rng.pick(&[&b"\"a\"b\""[..], b"a\"b"]);
        work.any_row(FileKind::UpJsk, TEXT, bytes)
    }),
    Breaker::of(&codes::CSV_LINE_END, UnitKind::Plan, |work| {
        // Line ends converted twice; the last field is free text, so that nothing else is wrong.
        work.row_where(FileKind::Up3Kyo, "non_weekly_service", b"A\r", |grid, row| {
            !grid.get(row, "non_weekly_service").is_empty()
        })
    }),
    Breaker::of(&codes::CSV_BLANK_LINE, UnitKind::Results, |work| {
        work.rows(FileKind::UpJsk, |grid, rng| {
            let row = one_of(&grid.which(|_, _| true), rng)?;
            grid.rows.insert(row, vec![Vec::new()]);
            Some(row)
        })
    }),
    Breaker::of(&codes::CSV_FIELD_COUNT, UnitKind::Results, |work| {
        work.rows(FileKind::UpJsk, |grid, rng| {
            let row = one_of(&grid.which(|_, _| true), rng)?;
            let more = rng.one_in(2);
            let cells = grid.rows.get_mut(row)?;
            if more {
                cells.push(Vec::new());
            } else {
                cells.pop();
            }
            Some(row)
        })
    }),
    Breaker::of(&codes::CSV_VERSION_UNKNOWN, UnitKind::Results, |work| {
        let version = work.rng.pick(&["201910", "202003"]);
        all_versions(work, FileKind::UpJsk, version)
    }),
    Breaker::of(&codes::CSV_VERSION_OLD, UnitKind::Results, |work| {
        let version = work.rng.pick(&["202410", "202504"]);
        all_versions(work, FileKind::UpJsk, version)
    }),
    Breaker::of(&codes::CSV_VERSION_MIXED, UnitKind::Results, |work| {
        work.row_where(FileKind::UpJsk, "csv_version", b"202208", |_, row| 0 < row)
    }),
    // The layout of this one is the same in both editions.
    Breaker::of(&codes::CSV_VERSION_NAME, UnitKind::DeleteUsage, |work| {
        all_versions(work, FileKind::DltPlan, "202208")
    }),
];

fn all_versions(work: &mut Work, kind: FileKind, version: &str) -> bool {
    work.rows(kind, |grid: &mut Grid, _| {
        for row in 0..grid.rows.len() {
            grid.set(row, "csv_version", version);
        }
        Some(0)
    })
}
