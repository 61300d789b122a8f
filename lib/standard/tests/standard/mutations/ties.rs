//! Fields that others ask for: months that are not the file's, persons whom the other files of the unit do not know,
//! rented equipment without its code.

use super::dice::Dice;
use super::{At, Mutant, Page};

/// The fields that hold the month of a file.
const MONTHS: [&str; 2] = ["対象年月", "削除対象年月"];

/// A real month, but not that of the file's name.
pub(super) fn month(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let field = MONTHS.iter().find_map(|name| page.layout.position(name))?;
    let record = dice.below(page.records.len());
    let named = page.month.as_deref().unwrap_or("000000");
    let other = dice.pick(&["202411", "202503", "202507", "202605"]);
    assert_ne!(*other, named);
    let span = page.records[record].fields[field].clone();
    Some(page.mutant(
        "month of another file",
        span,
        other.as_bytes(),
        At::field(record, field),
    ))
}

/// The person of a row becomes another, whom no other file of the unit has.
pub(super) fn person(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let field = page.layout.position("被保険者番号")?;
    let tied = tied_files(page);
    if tied < 2 {
        return None;
    }
    let record = dice.below(page.records.len());
    let span = page.records[record].fields[field].clone();
    let stranger = format!("0000{:06}", dice.below(1_000_000));
    Some(page.mutant(
        "person without a row elsewhere",
        span,
        stranger.as_bytes(),
        At::record(record),
    ))
}

/// A row of rented equipment loses its code, the only one it has.
pub(super) fn equipment(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let [tais, registration] = ["TAISコード", "福祉用具届出コード"].map(|name| page.layout.position(name));
    let (tais, registration) = (tais?, registration?);
    let with: Vec<usize> = (0..page.records.len())
        .filter(|record| page.records[*record].fields[tais].len() == 12)
        .filter(|record| page.records[*record].fields[registration].is_empty())
        .collect();
    if with.is_empty() {
        return None;
    }
    let record = *dice.pick(&with);
    let span = page.records[record].fields[tais].clone();
    Some(page.mutant("equipment without its code", span, b"", At::record(record)))
}

/// How many files the table of sending units ties to this kind, itself included.
fn tied_files(page: &Page<'_>) -> usize {
    let rows: Vec<Vec<&str>> = include_str!("../../../tables/sending_units.tsv")
        .lines()
        .skip(1)
        .map(|line| line.split('\t').collect())
        .collect();
    let version = page.layout.edition.csv_version();
    let kind = page.layout.kind.as_str();
    let units = rows
        .iter()
        .filter(|row| row[1] == version && row[4] == kind)
        .map(|row| (row[2], row[6]));
    units
        .map(|(unit, presence)| {
            let mandatory = |row: &&Vec<&str>| row[1] == version && row[2] == unit && row[6] == "mandatory";
            // An annex counts beside the file it goes with.
            rows.iter().filter(mandatory).count() + usize::from(presence.starts_with("with "))
        })
        .min()
        .unwrap_or(0)
}
