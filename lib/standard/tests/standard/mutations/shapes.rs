//! Bytes, quotes, commas, line ends and names that the rules of the standard do not let pass.

use std::ops::Range;

use super::dice::Dice;
use super::{At, Mutant, Page};
use crate::records::characters;

/// A byte that is no MS932, or a control character, somewhere in a field.
pub(super) fn byte(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let (record, field) = page.any_field(dice);
    let span = page.records[record].fields[field].clone();
    let inside = page.bytes[span.clone()].to_vec();
    let mut places = characters(&inside);
    places.push(inside.len());
    // Neither before an opening quote nor behind a closing one: that would be a fault of quotes as well.
    let quoted = inside.first() == Some(&b'"');
    if quoted {
        places.retain(|at| 0 < *at && *at < inside.len());
    }
    let at = *dice.pick(&places);
    let wide = inside
        .get(at)
        .is_some_and(|byte| matches!(byte, 0x81..=0x9F | 0xE0..=0xFC));
    let (why, cut, byte) = match dice.below(3) {
        0 => (
            "byte that is no MS932",
            0,
            *dice.pick(&[0x80, 0xA0, 0xFD, 0xFE, 0xFF]),
        ),
        1 if wide => (
            "second byte of a character spoilt",
            1,
            *dice.pick(b"\x20\x30\x39\x7F\xFD\xFF"),
        ),
        _ => {
            let controls: Vec<u8> = (0..0x20)
                .chain([0x7F])
                .filter(|byte| !b"\t\r\n".contains(byte))
                .collect();
            ("control character", 0, *dice.pick(&controls))
        }
    };
    let from = span.start + at + cut;
    Some(page.mutant(why, from..from + cut, &[byte], At::field(record, field)))
}

/// A quote that is not doubled, left open, or taken away.
pub(super) fn quote(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let (record, field) = page.any_field(dice);
    let span = page.records[record].fields[field].clone();
    let raw = &page.bytes[span.clone()];
    if raw.first() != Some(&b'"') {
        // A quote in a field without quotes; at its beginning it would open the field.
        if raw.is_empty() {
            return None;
        }
        let at = span.start + 1 + dice.below(raw.len());
        return Some(page.mutant(
            "quote in a field without quotes",
            at..at,
            b"\"",
            At::field(record, field),
        ));
    }
    let text = span.start + 1..span.end - 1;
    let simple = !page.bytes[text.clone()]
        .iter()
        .any(|byte| b",\"\r\n".contains(byte));
    match dice.below(3) {
        0 => {
            let at = stray_place(page.bytes, text, dice)?;
            Some(page.mutant("quote not doubled", at..at, b"\"", At::field(record, field)))
        }
        1 => Some(page.mutant(
            "closing quote taken away",
            text.end..text.end + 1,
            b"",
            At::field(record, field),
        )),
        _ if simple && !text.is_empty() => Some(page.mutant(
            "opening quote taken away",
            span.start..text.start,
            b"",
            At::field(record, field),
        )),
        _ => None,
    }
}

/// A place inside a text where one more quote is neither doubled nor the end of the field.
fn stray_place(bytes: &[u8], text: Range<usize>, dice: &mut Dice) -> Option<usize> {
    let places: Vec<usize> = characters(&bytes[text.clone()])
        .into_iter()
        .map(|at| text.start + at)
        .filter(|at| *at != text.start && bytes[at - 1] != b'"' && !b"\",\r\n".contains(&bytes[*at]))
        .collect();
    if places.is_empty() {
        None
    } else {
        Some(*dice.pick(&places))
    }
}

/// A comma too many or too few, a field or a line end lost.
pub(super) fn comma(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let (record, field) = page.any_field(dice);
    let span = page.records[record].fields[field].clone();
    let end = page.records[record].span.end;
    let next = page.records[record].fields.get(field + 1);
    let at = At::record(record);
    Some(match dice.below(4) {
        0 => page.mutant("comma too many", span.end..span.end, b",", at),
        1 => page
            .mutant("row cut short", span.end..end - 2, b"", at)
            .filter_whole(next)?,
        2 => page.mutant("line feed lost", end - 1..end, b"", at),
        _ => page
            .mutant("comma lost", span.end..span.end + 1, b"", at)
            .filter_whole(next)?,
    })
}

/// A name that the grammar of names does not let pass.
pub(super) fn name(page: &Page<'_>, dice: &mut Dice) -> Option<Mutant> {
    let parts: Vec<&str> = page.name.split('_').collect();
    let last = parts.len() - 1;
    let digits: Vec<usize> = (0..=last).filter(|at| parts[*at].len() == 10).collect();
    let office = *dice.pick(&digits);
    let (why, at, part) = match dice.below(8) {
        0 => (
            "office number with a digit too few",
            office,
            parts[office][1..].to_owned(),
        ),
        1 => (
            "office number with a letter",
            office,
            parts[office].replacen('0', "O", 1),
        ),
        2 => (
            "sequence with a digit too many",
            last,
            format!("1{}", parts[last]),
        ),
        3 => (
            "sequence of a month 13",
            last,
            parts[last].replacen(&parts[last][4..6], "13", 1),
        ),
        4 => (
            "extension in small letters",
            last,
            parts[last].replace(".CSV", ".csv"),
        ),
        5 => ("another extension", last, parts[last].replace(".CSV", ".TXT")),
        6 => ("kind in small letters", 0, parts[0].to_lowercase()),
        _ => ("unknown kind", 0, format!("{}X", parts[0])),
    };
    let mut parts: Vec<String> = parts.into_iter().map(str::to_owned).collect();
    parts[at] = part;
    let name = parts.join("_");
    (name != page.name).then(|| page.renamed(why, name))
}
