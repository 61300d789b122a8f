//! Which CSV version is a file's, and which edition a unit's: that of most, so that one wrong row or file is told and not
//! all the others.

use std::collections::HashMap;

use crate::codes;
use crate::csv::Reader;
use crate::finding::Sink;
use crate::kind::Edition;

/// So many different versions are counted: a file may hold another one in each of a million rows.
const MOST: usize = 64;

/// The version of a file whose first row has this one. Rows are counted only when the first does not fit the name: else a
/// good file would be read twice.
pub(crate) fn of_file<'a>(bytes: &'a [u8], first: &'a [u8], named: Edition) -> &'a [u8] {
    let wanted = named.csv_version().as_bytes();
    if first == wanted {
        return first;
    }
    let mut counts: HashMap<&[u8], u64> = HashMap::new();
    let mut reader = Reader::new(bytes);
    while reader.read() {
        let value = reader.field(0);
        if !value.is_empty() && (counts.len() < MOST || counts.contains_key(value)) {
            *counts.entry(value).or_default() += 1;
        }
    }
    // Of as many each the name's, then the first row's; the last part is only that the answer never changes.
    let rank = |version: &'a [u8], count: u64| (count, version == wanted, version == first, version);
    counts
        .into_iter()
        .map(|(version, count)| rank(version, count))
        .max()
        .map_or(first, |(.., version)| version)
}

/// Tells of the files whose edition is not that of most, which of as many each is that of the names.
pub(crate) fn between(files: &[(Edition, &str)], named: Edition, sink: &mut Sink) {
    let rank = |edition: Edition| {
        let count = files.iter().filter(|(other, _)| *other == edition).count();
        (count, edition == named)
    };
    let Some(usual) = files
        .iter()
        .map(|(edition, _)| *edition)
        .max_by_key(|edition| rank(*edition))
    else {
        return;
    };
    for (edition, file) in files.iter().filter(|(edition, _)| *edition != usual) {
        sink.add(&codes::CSV_VERSION_MIXED, file, |draft| {
            draft.detail(
                format!("このファイルは{edition}、送信単位の他のファイルは{usual}"),
                format!("this file is {edition}, the others of the unit {usual}"),
            )
        });
    }
}
