//! MS932 against another's: every sequence of one and two bytes, and every character there is, beside the table
//! `cp932.txt` (made by `cp932.py`). Where we differ is decided here, and nowhere else may we differ.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use standard::ms932::{Place, decode, encode, scan};

/// Bytes that cp932 reads and we refuse: they are unassigned in MS932, and no receiver can show them.
const REFUSED_BYTES: &[(RangeInclusive<u32>, u32, &str)] = &[
    (0x80..=0x80, 0x80, "cp932 passes it through as the control U+0080"),
    (0xA0..=0xA0, 0xF8F0, "cp932 has a private character for it"),
    (0xFD..=0xFF, 0xF8F1, "cp932 has private characters for them"),
];

/// Characters that cp932 writes and we do not.
const REFUSED_CHARACTERS: &[(RangeInclusive<u32>, &str)] = &[
    (
        0x80..=0x80,
        "a control character; its byte is refused on reading too",
    ),
    (0xA2..=0xA3, "would come back as the full-width U+FFE0, U+FFE1"),
    (0xAC..=0xAC, "would come back as the full-width U+FFE2"),
    (0x2016..=0x2016, "would come back as U+2225"),
    (0x2212..=0x2212, "would come back as U+FF0D"),
    (0x301C..=0x301C, "would come back as U+FF5E"),
    (
        0xE000..=0xE757,
        "the user-defined area: read with a warning, never written",
    ),
    (
        0xF8F0..=0xF8F3,
        "private to cp932; their bytes are refused on reading too",
    ),
];

/// Characters with two codes: cp932 writes NEC's selection, we write IBM's extension, as Windows does.
/// First code of cp932, first of ours, how many.
const OTHER_CHOICE: &[(u32, u32, u32)] = &[(0xED40, 0xFA5C, 360), (0xEEEF, 0xFA40, 10), (0xEEFA, 0xFA55, 3)];

/// What cp932 says.
struct Golden {
    decode: BTreeMap<u32, char>,
    encode: BTreeMap<char, u32>,
}

fn hex(text: &str) -> u32 {
    u32::from_str_radix(text, 16).unwrap_or_else(|_| panic!("{text} is no hex number"))
}

fn char_of(point: u32) -> char {
    char::from_u32(point).unwrap_or_else(|| panic!("{point:X} is no character"))
}

fn golden() -> Golden {
    let (mut decode, mut encode) = (BTreeMap::new(), BTreeMap::new());
    let lines = include_str!("cp932.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let mut section = "";
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        match (section, words.as_slice()) {
            (_, [name]) => section = name,
            ("decode", [first, runs @ ..]) => {
                let mut code = hex(first);
                for run in runs {
                    let (point, more) = run.split_once('+').unwrap_or((run, "0"));
                    for step in 0..=more.parse::<u32>().unwrap() {
                        decode.insert(code, char_of(hex(point) + step));
                        code += 1;
                    }
                }
            }
            ("encode", [point, code]) => drop(encode.insert(char_of(hex(point)), hex(code))),
            other => panic!("{other:?}"),
        }
    }
    for (code, char) in &decode {
        encode.entry(*char).or_insert(*code);
    }
    Golden { decode, encode }
}

fn bytes_of(code: u32) -> Vec<u8> {
    let bytes = u16::try_from(code).unwrap().to_be_bytes();
    bytes[usize::from(code < 0x100)..].to_vec()
}

/// The code so many characters behind this one: trail bytes run from 40 to FC without 7F.
fn behind(code: u32, steps: u32) -> u32 {
    let trail = code & 0xFF;
    let cell = (code >> 8) * 188 + trail - 0x40 - u32::from(trail > 0x7F) + steps;
    let (lead, trail) = (cell / 188, cell % 188 + 0x40);
    lead << 8 | (trail + u32::from(trail >= 0x7F))
}

/// What we say to these bytes by the table and the list above: the text and where the first bad byte is.
fn expected(golden: &Golden, bytes: &[u8]) -> Result<String, usize> {
    let refused = |code: u32| REFUSED_BYTES.iter().any(|(codes, ..)| codes.contains(&code));
    let mut text = String::new();
    let mut at = 0;
    while let Some(first) = bytes.get(at).copied().map(u32::from) {
        // Keys below 100 are single bytes.
        let second = bytes.get(at + 1).filter(|_| 0 < first);
        let pair = second.and_then(|second| golden.decode.get(&(first << 8 | u32::from(*second))));
        match (pair, golden.decode.get(&first)) {
            (Some(char), _) => {
                text.push(*char);
                at += 2;
            }
            (None, Some(char)) if !refused(first) => {
                text.push(*char);
                at += 1;
            }
            _ => return Err(at),
        }
    }
    Ok(text)
}

#[test]
fn the_table_is_whole() {
    let golden = golden();
    assert_eq!(golden.decode.keys().filter(|code| **code < 0x100).count(), 196);
    assert_eq!(golden.decode.len(), 196 + 9_604);
    assert_eq!(golden.encode.len(), 9_408);
}

#[test]
fn every_sequence_of_one_and_two_bytes_reads_as_there() {
    let golden = golden();
    let ones = (0..=255_u8).map(|one| vec![one]);
    let twos = (0..=u16::MAX).map(|two| two.to_be_bytes().to_vec());
    for bytes in ones.chain(twos) {
        let expected = expected(&golden, &bytes);
        assert_eq!(decode(&bytes).as_deref(), expected.as_deref().ok(), "{bytes:X?}");
        let seen = scan(&bytes);
        assert_eq!(
            seen.bad.map(|(place, _)| place.offset),
            expected.as_ref().err().copied(),
            "{bytes:X?}"
        );
        let Ok(text) = expected else { continue };
        let first = |wanted: fn(char) -> bool| {
            let at = text.find(wanted)?;
            let offset = text[..at]
                .chars()
                .map(|char| bytes_of(golden.encode[&char]).len())
                .sum();
            let line = 1 + u32::from(bytes[..offset].contains(&b'\n'));
            Some((
                Place { offset, line },
                u32::try_from(text.matches(wanted).count()).unwrap(),
            ))
        };
        assert_eq!(
            seen.gaiji,
            first(|char| matches!(char, '\u{E000}'..='\u{E757}')),
            "{bytes:X?}"
        );
        assert_eq!(
            seen.control,
            first(|char| char.is_control() && !matches!(char, '\t' | '\r' | '\n')),
            "{bytes:X?}"
        );
        assert_eq!(seen.non_ascii, !bytes.is_ascii(), "{bytes:X?}");
    }
}

#[test]
fn every_character_is_written_as_there() {
    let golden = golden();
    let mut choice = BTreeMap::new();
    for (theirs, ours, count) in OTHER_CHOICE {
        for step in 0..*count {
            choice.insert(behind(*theirs, step), behind(*ours, step));
        }
    }
    for char in '\0'..=char::MAX {
        let refused = REFUSED_CHARACTERS
            .iter()
            .any(|(points, _)| points.contains(&u32::from(char)));
        let theirs = golden.encode.get(&char).copied();
        let expected = theirs
            .filter(|_| !refused)
            .map(|code| bytes_of(choice.get(&code).copied().unwrap_or(code)));
        assert_eq!(
            encode(char.encode_utf8(&mut [0; 4])),
            expected,
            "U+{:04X}",
            u32::from(char)
        );
    }
}

#[test]
fn the_listed_differences_are_real() {
    let golden = golden();
    for (codes, point, why) in REFUSED_BYTES {
        for (step, code) in codes.clone().enumerate() {
            let theirs = u32::from(golden.decode[&code]);
            assert_eq!(theirs, point + u32::try_from(step).unwrap(), "{code:X}: {why}");
        }
    }
    for (points, why) in REFUSED_CHARACTERS {
        assert!(
            points
                .clone()
                .all(|point| golden.encode.contains_key(&char_of(point))),
            "{points:X?}: {why}"
        );
    }
    for (theirs, ours, count) in OTHER_CHOICE {
        for step in 0..*count {
            let (theirs, ours) = (behind(*theirs, step), behind(*ours, step));
            assert_eq!(
                golden.decode[&theirs], golden.decode[&ours],
                "{theirs:X} {ours:X}"
            );
            assert_eq!(golden.encode[&golden.decode[&theirs]], theirs);
        }
    }
}
