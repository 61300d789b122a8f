//! The records of a ZIP as they stand in the bytes (APPNOTE.TXT 6.3.10, §4.3 and §4.4); no rule is judged here.

use std::ops::Range;

const END: u32 = 0x0605_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const ZIP64_LOCATOR: u32 = 0x0706_4b50;
const END_LENGTH: usize = 22;
const CENTRAL_LENGTH: usize = 46;
const LOCAL_LENGTH: usize = 30;

/// A field of 32 bits that says "see the ZIP64 record".
pub(crate) const ELSEWHERE: u32 = u32::MAX;

/// The end of central directory record (§4.3.16).
#[derive(Debug)]
pub(crate) struct End {
    /// Where it begins.
    pub(crate) start: usize,
    /// The central directory as the record tells it.
    pub(crate) directory: Range<usize>,
    /// Entries it tells.
    pub(crate) entries: u16,
    /// It has a comment.
    pub(crate) comment: bool,
    /// There are bytes after it and its comment.
    pub(crate) trailing: bool,
    /// It refers to ZIP64 records.
    pub(crate) zip64: bool,
}

/// One central directory header (§4.3.12).
#[derive(Debug)]
pub(crate) struct Central<'a> {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) unpacked: u32,
    pub(crate) attributes: u32,
    pub(crate) offset: u32,
    pub(crate) name: &'a [u8],
    pub(crate) extra: &'a [u8],
    pub(crate) comment: &'a [u8],
}

/// One local file header (§4.3.7) and what follows it.
#[derive(Debug)]
pub(crate) struct Local<'a> {
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) unpacked: u32,
    pub(crate) name: &'a [u8],
    pub(crate) extra: &'a [u8],
    /// Where the data begins.
    pub(crate) data: usize,
}

/// The last end record in the bytes, if there is any whose directory lies before it.
pub(crate) fn end(zip: &[u8]) -> Option<End> {
    let last = zip.len().checked_sub(END_LENGTH)?;
    let first = last.saturating_sub(usize::from(u16::MAX));
    (first..=last).rev().find_map(|at| end_at(zip, at))
}

fn end_at(zip: &[u8], at: usize) -> Option<End> {
    if u32_at(zip, at)? != END {
        return None;
    }
    let (disk, directory_disk) = (u16_at(zip, at + 4)?, u16_at(zip, at + 6)?);
    let (here, entries) = (u16_at(zip, at + 8)?, u16_at(zip, at + 10)?);
    let (size, offset) = (u32_at(zip, at + 12)?, u32_at(zip, at + 16)?);
    let comment = usize::from(u16_at(zip, at + 20)?);
    let located = at
        .checked_sub(20)
        .is_some_and(|locator| u32_at(zip, locator) == Some(ZIP64_LOCATOR));
    let zip64 = located || entries == u16::MAX || size == ELSEWHERE || offset == ELSEWHERE;
    let begin = usize::try_from(offset).ok()?;
    let directory = begin..begin.checked_add(usize::try_from(size).ok()?)?;
    let after = (at + END_LENGTH).checked_add(comment)?;
    if after > zip.len() || !zip64 && (disk, directory_disk, here) != (0, 0, entries) {
        return None;
    }
    (zip64 || directory.end <= at).then_some(End {
        start: at,
        directory,
        entries,
        comment: comment > 0,
        trailing: after < zip.len(),
        zip64,
    })
}

/// The central header at this position, and where the next one begins.
pub(crate) fn central(zip: &[u8], at: usize) -> Option<(Central<'_>, usize)> {
    if u32_at(zip, at)? != CENTRAL {
        return None;
    }
    let mut rest = at.checked_add(CENTRAL_LENGTH)?;
    let name = slice(zip, &mut rest, usize::from(u16_at(zip, at + 28)?))?;
    let extra = slice(zip, &mut rest, usize::from(u16_at(zip, at + 30)?))?;
    let comment = slice(zip, &mut rest, usize::from(u16_at(zip, at + 32)?))?;
    let header = Central {
        flags: u16_at(zip, at + 8)?,
        method: u16_at(zip, at + 10)?,
        crc: u32_at(zip, at + 16)?,
        packed: u32_at(zip, at + 20)?,
        unpacked: u32_at(zip, at + 24)?,
        attributes: u32_at(zip, at + 38)?,
        offset: u32_at(zip, at + 42)?,
        name,
        extra,
        comment,
    };
    Some((header, rest))
}

/// The local header at this position.
pub(crate) fn local(zip: &[u8], at: usize) -> Option<Local<'_>> {
    if u32_at(zip, at)? != LOCAL {
        return None;
    }
    let mut data = at.checked_add(LOCAL_LENGTH)?;
    let name = slice(zip, &mut data, usize::from(u16_at(zip, at + 26)?))?;
    let extra = slice(zip, &mut data, usize::from(u16_at(zip, at + 28)?))?;
    Some(Local {
        flags: u16_at(zip, at + 6)?,
        method: u16_at(zip, at + 8)?,
        crc: u32_at(zip, at + 14)?,
        packed: u32_at(zip, at + 18)?,
        unpacked: u32_at(zip, at + 22)?,
        name,
        extra,
        data,
    })
}

/// Whether these bytes are exactly the data descriptor (§4.3.9) of such an entry, with its signature or without.
pub(crate) fn is_descriptor(bytes: &[u8], entry: &Central<'_>) -> bool {
    let fields = match bytes.len() {
        12 => bytes,
        16 if u32_at(bytes, 0) == Some(DESCRIPTOR) => bytes.get(4..).unwrap_or_default(),
        _ => return false,
    };
    let found = (u32_at(fields, 0), u32_at(fields, 4), u32_at(fields, 8));
    found == (Some(entry.crc), Some(entry.packed), Some(entry.unpacked))
}

/// The extra fields of a header: id and data; `None` when they do not fill their place.
pub(crate) fn extras(mut bytes: &[u8]) -> Option<Vec<(u16, &[u8])>> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let (id, length) = (u16_at(bytes, 0)?, usize::from(u16_at(bytes, 2)?));
        fields.push((id, bytes.get(4..4 + length)?));
        bytes = bytes.get(4 + length..)?;
    }
    Some(fields)
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    field.try_into().ok().map(u16::from_le_bytes)
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    field.try_into().ok().map(u32::from_le_bytes)
}

fn slice<'a>(bytes: &'a [u8], at: &mut usize, length: usize) -> Option<&'a [u8]> {
    let end = at.checked_add(length)?;
    let found = bytes.get(*at..end)?;
    *at = end;
    Some(found)
}
