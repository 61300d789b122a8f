//! Good units to break.

use standard::{Context, Edition, File, GenSpec, Report, Size, UnitKind, check, generate};

/// Names and bytes of a unit.
pub(crate) type Files = Vec<(String, Vec<u8>)>;

/// A good unit from or to office 0300000005 of this service kind.
pub(crate) fn unit(unit: UnitKind, provider_kind: &str) -> Files {
    seeded(Edition::V41, unit, provider_kind, 11)
}

/// As [`unit`], of other persons with each seed; no files where the edition lacks the unit.
pub(crate) fn seeded(edition: Edition, unit: UnitKind, provider_kind: &str, seed: u64) -> Files {
    let (care, provider) = (("0300000100", "43"), ("0300000005", provider_kind));
    let (from, to) = if unit.from_provider() {
        (provider, care)
    } else {
        (care, provider)
    };
    let spec = GenSpec {
        edition,
        sender: from.0.to_owned(),
        sender_kind: from.1.to_owned(),
        destination: to.0.to_owned(),
        destination_kind: to.1.to_owned(),
        unit,
        month: "202505".to_owned(),
        sequence: "20250425093000".to_owned(),
        size: Size::Persons(3),
        units: 1,
    };
    generate(seed, &spec)
        .into_iter()
        .flat_map(|made| made.files)
        .collect()
}

/// What the checker says, without an envelope around.
pub(crate) fn judge(files: &Files) -> Report {
    judge_in(files, &Context::default())
}

/// What the checker says.
pub(crate) fn judge_in(files: &Files, ctx: &Context<'_>) -> Report {
    let files: Vec<File<'_>> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    check(&files, ctx)
}

/// The file of this kind.
pub(crate) fn file<'f>(files: &'f mut Files, kind: &str) -> &'f mut (String, Vec<u8>) {
    let start = format!("{kind}_");
    let at = files.iter().position(|(name, _)| name.starts_with(&start));
    &mut files[at.expect("the unit has this kind")]
}

/// Puts a value (with its quotes) into field `no` of a row (from 0).
pub(crate) fn set(files: &mut Files, kind: &str, row: usize, no: usize, value: &[u8]) {
    rows(files, kind, |rows| {
        let mut fields = fields(&rows[row]);
        fields[no - 1] = value.to_vec();
        rows[row] = fields.join(&b","[..]);
    });
}

/// The fields of a row, with their quotes.
pub(crate) fn fields(row: &[u8]) -> Vec<Vec<u8>> {
    split(row, b',')
}

/// Edits the rows of a file.
pub(crate) fn rows(files: &mut Files, kind: &str, edit: impl FnOnce(&mut Vec<Vec<u8>>)) {
    let bytes = &mut file(files, kind).1;
    let mut rows: Vec<Vec<u8>> = split(bytes, b'\n')
        .into_iter()
        .map(|row| row.strip_suffix(b"\r").unwrap_or(&row).to_vec())
        .collect();
    rows.pop();
    edit(&mut rows);
    *bytes = rows
        .iter()
        .flat_map(|row| [row.as_slice(), b"\r\n"].concat())
        .collect();
}

/// Splits at a byte outside quotes.
fn split(bytes: &[u8], at: u8) -> Vec<Vec<u8>> {
    let mut quoted = false;
    let parts = bytes.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == at && !quoted
    });
    parts.map(<[u8]>::to_vec).collect()
}

/// Renames a file.
pub(crate) fn rename(files: &mut Files, kind: &str, from: &str, to: &str) {
    let name = &mut file(files, kind).0;
    assert!(name.contains(from), "{name} {from}");
    *name = name.replace(from, to);
}
