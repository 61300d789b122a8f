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
