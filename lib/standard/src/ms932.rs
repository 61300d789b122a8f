//! MS932 exactly as Windows reads it, without any guessing at byte order marks; 0x80, 0xA0, 0xFD, 0xFE, 0xFF are errors.

use std::borrow::Cow;
use std::sync::LazyLock;

use encoding_rs::SHIFT_JIS;

/// A place in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Byte position from 0.
    pub offset: usize,
    /// Physical line from 1.
    pub line: u32,
}

/// A byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bom {
    /// EF BB BF.
    Utf8,
    /// FF FE or FE FF.
    Utf16,
}

/// What one pass over the bytes shows: the first place of each trouble, and how many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scan {
    /// Bytes that are no MS932.
    pub bad: Option<(Place, u32)>,
    /// Characters of the user-defined area (F040 to F9FC).
    pub gaiji: Option<(Place, u32)>,
    /// Control characters other than TAB, CR, LF.
    pub control: Option<(Place, u32)>,
    /// Some byte is not ASCII.
    pub non_ascii: bool,
}

/// The byte order mark these bytes begin with.
pub fn bom(bytes: &[u8]) -> Option<Bom> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => Some(Bom::Utf8),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some(Bom::Utf16),
        _ => None,
    }
}

/// Decodes; `None` when a byte is no MS932.
pub fn decode(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let text = SHIFT_JIS.decode_without_bom_handling_and_without_replacement(bytes)?;
    // The decoder passes 0x80 through as a control character; it is no MS932.
    if text.contains('\u{80}') { None } else { Some(text) }
}

/// Encodes; `None` when a character has no place in MS932 or would come back as another one.
pub fn encode(text: &str) -> Option<Vec<u8>> {
    let (bytes, _, replaced) = SHIFT_JIS.encode(text);
    if replaced || decode(&bytes).as_deref() != Some(text) {
        None
    } else {
        Some(bytes.into_owned())
    }
}

/// One pass over the bytes.
pub fn scan(bytes: &[u8]) -> Scan {
    let mut scan = Scan::default();
    let pairs = &*PAIRS;
    let mut at = 0;
    loop {
        // Text of one byte a character, to the first byte that is something else.
        while let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk) {
            let plain = plain(chunk);
            at += plain;
            if plain < 8 {
                break;
            }
        }
        while let Some(b'\r' | b'\n' | b'\t') = bytes.get(at) {
            at += 1;
        }
        let Some(&byte) = bytes.get(at) else { break };
        let trail = bytes.get(at + 1).copied();
        let pair = trail.map_or(Pair::None, |trail| pairs.of(byte, trail));
        if pair == Pair::Character {
            scan.non_ascii = true;
            at += 2;
            // Characters of two bytes mostly come in runs.
            while let Some(&[lead, trail]) = bytes.get(at..).and_then(<[u8]>::first_chunk)
                && pairs.of(lead, trail) == Pair::Character
            {
                at += 2;
            }
            continue;
        }
        let mut width = 1;
        match CLASS[usize::from(byte)] {
            Class::Plain => {}
            Class::Control => note(&mut scan.control, bytes, at),
            Class::Kana => scan.non_ascii = true,
            Class::Lead => {
                scan.non_ascii = true;
                if pair == Pair::Gaiji {
                    note(&mut scan.gaiji, bytes, at);
                    width = 2;
                } else {
                    note(&mut scan.bad, bytes, at);
                    // As readers do: an ASCII byte after a broken lead stands for itself.
                    width = if trail.is_some_and(|trail| !trail.is_ascii()) {
                        2
                    } else {
                        1
                    };
                }
            }
            Class::Bad => {
                scan.non_ascii = true;
                note(&mut scan.bad, bytes, at);
            }
        }
        at += width;
    }
    scan
}

/// Does a character of the user-defined area begin so?
fn is_gaiji(lead: u8) -> bool {
    (0xF0..=0xF9).contains(&lead)
}

/// How many of these, from the first on, are from 0x20 to 0x7E? Eight at once: no high bit, none below 0x20, none 0x7F.
fn plain(chunk: &[u8; 8]) -> usize {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(*chunk);
    // Borrow and carry go up, so the lowest mark is true.
    let below_space = word.wrapping_sub(0x2020_2020_2020_2020) & !word;
    let delete = word.wrapping_add(0x0101_0101_0101_0101);
    let others = (word | below_space | delete) & HIGH;
    (others.trailing_zeros() / 8) as usize
}

/// Physical line (from 1) of a byte position: line feeds before it, plus one.
pub(crate) fn line_of(bytes: &[u8], offset: usize) -> u32 {
    let before = bytes
        .get(..offset)
        .unwrap_or(bytes)
        .iter()
        .filter(|byte| **byte == b'\n')
        .count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}

/// Do these bytes read as UTF-8 with Japanese characters and nothing else beyond ASCII?
pub(crate) fn looks_utf8(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut others = text.chars().filter(|char| !char.is_ascii()).peekable();
    let japanese = |char: char| matches!(char, '\u{2010}'..='\u{2312}' | '\u{2460}'..='\u{25ff}' | '\u{3000}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}');
    others.peek().is_some() && others.all(japanese)
}

fn note(slot: &mut Option<(Place, u32)>, bytes: &[u8], offset: usize) {
    match slot {
        Some((_, count)) => *count = count.saturating_add(1),
        None => {
            *slot = Some((
                Place {
                    offset,
                    line: line_of(bytes, offset),
                },
                1,
            ))
        }
    }
}

#[derive(Clone, Copy)]
enum Class {
    Plain,
    Control,
    Kana,
    Lead,
    Bad,
}

const CLASS: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut table = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte {
            0x09 | 0x0A | 0x0D => Class::Plain,
            0x00..=0x1F | 0x7F => Class::Control,
            0x20..=0x7E => Class::Plain,
            0x81..=0x9F | 0xE0..=0xFC => Class::Lead,
            0xA1..=0xDF => Class::Kana,
            _ => Class::Bad,
        };
        byte += 1;
    }
    table
}

/// What two bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pair {
    None,
    Character,
    /// A character of the user-defined area.
    Gaiji,
}

/// What every two bytes are.
struct Pairs(Box<[[Pair; 256]; 256]>);

impl Pairs {
    #[inline]
    fn of(&self, lead: u8, trail: u8) -> Pair {
        self.0[usize::from(lead)][usize::from(trail)]
    }
}

static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let mut pairs = Box::new([[Pair::None; 256]; 256]);
    for lead in (0x81..=0x9F).chain(0xE0..=0xFC_u8) {
        for trail in 0x40..=0xFC_u8 {
            if SHIFT_JIS
                .decode_without_bom_handling_and_without_replacement(&[lead, trail])
                .is_some()
            {
                let gaiji = is_gaiji(lead);
                pairs[usize::from(lead)][usize::from(trail)] =
                    if gaiji { Pair::Gaiji } else { Pair::Character };
            }
        }
    }
    Pairs(pairs)
});

#[cfg(test)]
mod tests {
    use super::*;

    fn bad_at(bytes: &[u8]) -> Option<(usize, u32)> {
        scan(bytes).bad.map(|(place, _)| (place.offset, place.line))
    }

    #[test]
    fn only_ms932_passes() {
        for single in [0x80_u8, 0xA0, 0xFD, 0xFE, 0xFF] {
            assert_eq!(bad_at(&[b'a', b'\n', single]), Some((2, 2)), "{single:x}");
            assert_eq!(decode(&[single]), None);
        }
        assert_eq!(bad_at(b"\x81"), Some((0, 1)));
        assert_eq!(bad_at(b"\x81,"), Some((0, 1)));
        assert_eq!(bad_at(b"\x88\x9F\x81\x60\xB1\x87\x8A\xFB\xFC"), None);
        assert_eq!(
            decode(b"\x88\x9F\x81\x60\xB1\x87\x8A\xFB\xFC").as_deref(),
            Some("亜～ｱ㈱髙")
        );
        assert_eq!(
            encode("亜～ｱ㈱髙\\"),
            Some(b"\x88\x9F\x81\x60\xB1\x87\x8A\xFB\xFC\\".to_vec())
        );
        assert_eq!(encode("𠮷"), None);
        assert_eq!(encode("¥"), None);
    }

    #[test]
    fn the_scan_agrees_with_the_decoder_on_every_pair() {
        for first in 0..=255_u8 {
            for second in 0..=255_u8 {
                let bytes = [first, second];
                assert_eq!(scan(&bytes).bad.is_none(), decode(&bytes).is_some(), "{bytes:x?}");
            }
        }
    }

    #[test]
    fn eight_at_once_agrees_with_one_by_one() {
        for byte in 0..=255_u8 {
            for at in 0..8 {
                let mut chunk = *b"202407,~";
                chunk[at] = byte;
                let expected = if (0x20..0x7F).contains(&byte) { 8 } else { at };
                assert_eq!(plain(&chunk), expected, "{byte:x} at {at}");
            }
        }
    }

    #[test]
    fn gaiji_control_and_marks_are_told() {
        assert_eq!(
            scan(b"a\xF0\x40\xF9\xFC").gaiji,
            Some((Place { offset: 1, line: 1 }, 2))
        );
        assert_eq!(
            scan(b"a\t\r\n\x0b\x7f").control,
            Some((Place { offset: 4, line: 2 }, 2))
        );
        assert_eq!(bom(b"\xEF\xBB\xBFa"), Some(Bom::Utf8));
        assert_eq!(bom(b"\xFF\xFEa"), Some(Bom::Utf16));
        assert_eq!(bom(b"202407"), None);
        assert!(looks_utf8("202407,\"山田\"".as_bytes()));
        assert!(!looks_utf8(b"202407"));
        assert!(!looks_utf8(b"\xC3\xBD"));
    }

    proptest::proptest! {
        #[test]
        fn scan_and_decoder_agree(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            proptest::prop_assert_eq!(scan(&bytes).bad.is_none(), decode(&bytes).is_some());
        }
    }
}
