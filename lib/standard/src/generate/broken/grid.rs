//! The rows of a file as cells, to be changed and written back. Untouched cells keep their bytes.

use crate::layout::Layout;

/// The cells of a file, with their quotes.
#[derive(Debug)]
pub(crate) struct Grid {
    layout: &'static Layout,
    pub(crate) rows: Vec<Vec<Vec<u8>>>,
}

impl Grid {
    /// Splits a well-formed file.
    pub(crate) fn read(layout: &'static Layout, bytes: &[u8]) -> Grid {
        let mut rows = Vec::new();
        let mut row: Vec<Vec<u8>> = Vec::new();
        let mut cell: Vec<u8> = Vec::new();
        let mut quoted = false;
        for byte in bytes {
            quoted ^= *byte == b'"';
            match byte {
                b',' if !quoted => row.push(std::mem::take(&mut cell)),
                b'\n' if !quoted => {
                    // The CR before it.
                    cell.pop();
                    row.push(std::mem::take(&mut cell));
                    rows.push(std::mem::take(&mut row));
                }
                _ => cell.push(*byte),
            }
        }
        Grid { layout, rows }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.rows
            .iter()
            .flat_map(|row| [row.join(&b","[..]), b"\r\n".to_vec()].concat())
            .collect()
    }

    /// The physical line a row begins on, from 1.
    pub(crate) fn line(&self, row: usize) -> u32 {
        let breaks = |row: &Vec<Vec<u8>>| row.iter().flatten().filter(|byte| **byte == b'\n').count() + 1;
        let before: usize = self.rows.iter().take(row).map(breaks).sum();
        u32::try_from(before + 1).unwrap_or(u32::MAX)
    }

    fn at(&self, field: &str) -> usize {
        let place = self.layout.fields.iter().position(|one| one.name_en == field);
        debug_assert!(place.is_some(), "{} has no field {field}", self.layout.kind);
        place.unwrap_or(usize::MAX)
    }

    /// The bytes of a cell, with quotes where it has them.
    pub(crate) fn get(&self, row: usize, field: &str) -> &[u8] {
        let cell = self.rows.get(row).and_then(|row| row.get(self.at(field)));
        cell.map(Vec::as_slice).unwrap_or_default()
    }

    /// Puts these bytes into a cell as they are.
    pub(crate) fn set(&mut self, row: usize, field: &str, bytes: impl AsRef<[u8]>) {
        let at = self.at(field);
        if let Some(cell) = self.rows.get_mut(row).and_then(|row| row.get_mut(at)) {
            *cell = bytes.as_ref().to_vec();
        }
    }

    /// Insurer and insured.
    pub(crate) fn person(&self, row: usize) -> Vec<u8> {
        [self.get(row, "insurer_number"), self.get(row, "insured_number")].concat()
    }

    /// Rows for which this holds.
    pub(crate) fn which(&self, fits: impl Fn(&Grid, usize) -> bool) -> Vec<usize> {
        (0..self.rows.len()).filter(|row| fits(self, *row)).collect()
    }

    /// The number in a cell; 0 when there is none.
    pub(crate) fn number(&self, row: usize, field: &str) -> u64 {
        std::str::from_utf8(self.get(row, field))
            .ok()
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::csv::Reader;
    use crate::generate::{MonthEnd, generate};
    use crate::kind::Edition;
    use crate::layout::layout;
    use crate::name::FileName;
    use crate::{GenSpec, Size, UnitKind};

    /// Two ways of splitting agree on every field of what is made, and nothing is lost on the way back.
    #[test]
    fn what_is_made_is_read_field_by_field() {
        let month_end = MonthEnd::invented(2, "202505", Edition::V41);
        let of_kind = |unit| GenSpec {
            edition: Edition::V41,
            sender: "0300000100".to_owned(),
            sender_kind: "46".to_owned(),
            destination: "0300000005".to_owned(),
            destination_kind: "A2".to_owned(),
            unit,
            month: "202505".to_owned(),
            sequence: "20250425093000".to_owned(),
            size: Size::Persons(3),
            units: 4,
        };
        let units = UnitKind::ALL
            .into_iter()
            .flat_map(|unit| generate(1, &of_kind(unit)));
        let mut fields = 0;
        for (name, bytes) in month_end.units(1).chain(units).flat_map(|unit| unit.files) {
            let Some(layout) = layout(Edition::V41, FileName::parse(&name).unwrap().kind) else {
                continue;
            };
            let grid = Grid::read(layout, &bytes);
            let mut reader = Reader::new(&bytes);
            for (at, row) in grid.rows.iter().enumerate() {
                assert!(reader.read());
                assert_eq!((reader.fault(), reader.line()), (None, grid.line(at)));
                assert_eq!(reader.len(), row.len());
                for (index, cell) in row.iter().enumerate() {
                    let bare = cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\""));
                    assert_eq!(reader.field(index), bare.unwrap_or(cell));
                    fields += 1;
                }
            }
            assert!(!reader.read());
            assert_eq!(grid.into_bytes(), bytes);
        }
        assert!(10_000 < fields);
    }
}
