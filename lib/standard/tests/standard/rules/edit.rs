//! Ways to change a good unit.

use standard::FileName;

use crate::made::{Files, fields, rows, set};

/// Gives the unit another month, in names and rows.
pub(super) fn month(files: &mut Files, month: &str) {
    for (name, bytes) in files {
        *name = name.replace("_202505_", &format!("_{month}_"));
        let text: Vec<u8> = bytes.clone();
        let (from, to) = (b",202505", format!(",{month}"));
        let mut at = 0;
        while at + 7 <= text.len() {
            if &text[at..at + 7] == from {
                bytes[at..at + 7].copy_from_slice(to.as_bytes());
            }
            at += 1;
        }
        assert!(FileName::parse(name).is_ok());
    }
}

/// Fills a slot of the first supplement.
pub(super) fn slot(files: &mut Files, number: usize, values: &[&[u8]; 4]) {
    for (at, value) in values.iter().enumerate() {
        set(files, "UPHOSOKU", 0, 16 + 4 * number + at, value);
    }
}

/// Adds a copy of a row, changed, at the end.
pub(super) fn copy(files: &mut Files, kind: &str, row: usize, change: fn(&mut Vec<Vec<u8>>)) {
    rows(files, kind, |rows| {
        let mut copied = fields(&rows[row]);
        change(&mut copied);
        rows.push(copied.join(&b","[..]));
    });
}

pub(super) fn numbers(files: &mut Files, row: usize, [need, goal, support]: [&[u8]; 3]) {
    set(files, "UP2KYO", row, 6, need);
    set(files, "UP2KYO", row, 8, goal);
    set(files, "UP2KYO", row, 13, support);
}

/// Makes the row after this one another of the same person.
pub(super) fn same_person(files: &mut Files, kind: &str, row: usize) {
    rows(files, kind, |rows| {
        let added = rows[row].clone();
        rows.insert(row + 1, added);
    });
}

/// Row of table 7 with this service code.
pub(super) fn with_code(rows: &[Vec<u8>], code: &str) -> usize {
    let is = |row: &Vec<u8>| fields(row)[8] == code.as_bytes();
    rows.iter().position(is).expect("a row of this code")
}

pub(super) fn set_special(files: &mut Files, code: &str, no: usize, value: &[u8]) {
    rows(files, "UPSIKYU", |rows| {
        let at = with_code(rows, code);
        let mut row = fields(&rows[at]);
        row[no - 1] = value.to_vec();
        rows[at] = row.join(&b","[..]);
    });
}

/// Takes away the special row of the first person who has one.
pub(super) fn drop_special(files: &mut Files, code: &str) {
    rows(files, "UPSIKYU", |rows| {
        let at = with_code(rows, code);
        rows.remove(at);
    });
}

pub(super) fn copy_special(files: &mut Files, code: &str) {
    rows(files, "UPSIKYU", |rows| {
        let at = with_code(rows, code);
        rows.push(rows[at].clone());
    });
}

/// The subtotal is one outside the limit, and so are its rows.
pub(super) fn rename_special(files: &mut Files, from: &str, to: &str) {
    rename_rows(files, from, to);
    rows(files, "UPSIKYU", |rows| {
        for row in rows {
            let mut fields = fields(row);
            fields[17].clear();
            *row = fields.join(&b","[..]);
        }
    });
}

pub(super) fn rename_rows(files: &mut Files, from: &str, to: &str) {
    rows(files, "UPSIKYU", |rows| {
        for row in rows {
            let mut fields = fields(row);
            if fields[8] == from.as_bytes() {
                fields[8] = to.as_bytes().to_vec();
            }
            *row = fields.join(&b","[..]);
        }
    });
}

/// Writes a field into those rows of the first person that are chosen by their number (from 0) among that person's.
pub(super) fn column(files: &mut Files, kind: &str, no: usize, chosen: fn(usize) -> bool, value: &[u8]) {
    rows(files, kind, |rows| {
        let person = rows[0][..24].to_vec();
        let own = rows.iter_mut().filter(|row| row.starts_with(&person));
        for (_, row) in own.enumerate().filter(|(at, _)| chosen(*at)) {
            let mut fields = fields(row);
            fields[no - 1] = value.to_vec();
            *row = fields.join(&b","[..]);
        }
    });
}

/// A support centre that passes on the results of another office.
pub(super) fn swap_kinds(files: &mut Files) {
    for (name, _) in &mut *files {
        *name = name.replace("0300000005_15_0300000100_43", "0300000005_46_0300000100_43");
    }
    set(files, "UPJSK", 0, 20, b"0300000013");
}

pub(super) fn quoted(length: usize) -> Vec<u8> {
    [&b"\""[..], &vec![b'x'; length], b"\""].concat()
}

pub(super) fn wide(length: usize) -> Vec<u8> {
    [&b"\""[..], &b"\x82\xA0".repeat(length), b"\""].concat()
}
