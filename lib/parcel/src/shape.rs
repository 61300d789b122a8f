//! The rules of the ZIP's shape: nothing but entries, directory and end record, and no two readings of the same bytes.

use std::collections::HashSet;

use proto::{Code, Limits, Problem, codes, manifest::MANIFEST_NAME};

use crate::inflate::{DEFLATED, STORED};
use crate::name::{folded, is_plain_name, shown};
use crate::raw::{self, Central, ELSEWHERE, Local};

const FLAG_ENCRYPTED: u16 = 1;
const FLAG_DESCRIPTOR: u16 = 1 << 3;
const FLAG_PATCH: u16 = 1 << 5;
const FLAG_STRONG: u16 = 1 << 6;
const FLAG_UTF8: u16 = 1 << 11;
const FLAG_MASKED: u16 = 1 << 13;
const ENCRYPTED: u16 = FLAG_ENCRYPTED | FLAG_STRONG | FLAG_MASKED;
const METHOD_AES: u16 = 99;
const EXTRA_ZIP64: u16 = 0x0001;
const EXTRA_AES: u16 = 0x9901;
const EXTRA_UNICODE_PATH: u16 = 0x7075;
const EXTRA_ASI_UNIX: u16 = 0x756e;
const DOS_VOLUME_OR_FOLDER: u32 = 0x18;

/// One entry.
#[derive(Debug)]
pub(crate) struct Slot<'a> {
    /// Its name as it may be shown.
    pub(crate) name: String,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) unpacked: u32,
    /// The packed bytes, if they can be had and read.
    pub(crate) data: Option<&'a [u8]>,
}

/// The entries in the order of the bytes; every fault of the shape goes into `problems`.
pub(crate) fn slots<'a>(zip: &'a [u8], limits: &Limits, problems: &mut Vec<Problem>) -> Vec<Slot<'a>> {
    let Some(entries) = directory(zip, limits, problems) else {
        return Vec::new();
    };
    names(&entries, problems);
    let mut ordered: Vec<&Central<'_>> = entries.iter().collect();
    ordered.sort_by_key(|entry| entry.offset);
    let directory_start = raw::end(zip).map_or(0, |end| end.directory.start);
    if ordered
        .first()
        .map_or(directory_start, |first| position(first.offset))
        > 0
    {
        once(&codes::ZIP_GAP, problems);
    }
    let mut slots = Vec::with_capacity(ordered.len());
    for (index, entry) in ordered.iter().enumerate() {
        let next = ordered
            .get(index + 1)
            .map_or(directory_start, |next| position(next.offset));
        rules(entry, problems);
        let data = data(zip, entry, next, problems);
        let readable = matches!(entry.method, STORED | DEFLATED) && entry.flags & ENCRYPTED == 0;
        slots.push(slot(entry, data.filter(|_| readable)));
    }
    slots
}

/// The packed bytes of an entry that ends where the next one begins.
fn data<'a>(
    zip: &'a [u8],
    entry: &Central<'_>,
    next: usize,
    problems: &mut Vec<Problem>,
) -> Option<&'a [u8]> {
    let Some(local) = raw::local(zip, position(entry.offset)) else {
        problems.push(about(&codes::ZIP_CORRUPT, entry));
        return None;
    };
    agree(entry, &local, problems);
    let end = local.data.saturating_add(position(entry.packed));
    let Some(data) = zip.get(local.data..end).filter(|_| end <= next) else {
        // Runs into the next entry or out of the bytes.
        problems.push(about(&codes::ZIP_CORRUPT, entry));
        return None;
    };
    let between = zip.get(end..next).unwrap_or_default();
    let whole = if entry.flags & FLAG_DESCRIPTOR == 0 {
        between.is_empty()
    } else {
        raw::is_descriptor(between, entry)
    };
    if !whole {
        once(&codes::ZIP_GAP, problems);
    }
    Some(data)
}

/// The directory's entries; `None` when there is no use in reading on.
fn directory<'a>(zip: &'a [u8], limits: &Limits, problems: &mut Vec<Problem>) -> Option<Vec<Central<'a>>> {
    let Some(end) = raw::end(zip) else {
        problems.push(Problem::new(&codes::ZIP_UNREADABLE));
        return None;
    };
    if end.zip64 {
        problems.push(Problem::new(&codes::ZIP_ZIP64));
        return None;
    }
    if end.comment {
        problems.push(Problem::new(&codes::ZIP_COMMENT));
    }
    if end.trailing || end.directory.end != end.start {
        once(&codes::ZIP_GAP, problems);
    }
    if u32::from(end.entries) > limits.files.saturating_add(1) {
        let files = u32::from(end.entries) - 1;
        problems.push(Problem::new(&codes::ZIP_TOO_MANY).with_value(files.to_string()));
        return None;
    }
    let mut entries = Vec::with_capacity(usize::from(end.entries));
    let mut at = end.directory.start;
    for _ in 0..end.entries {
        let Some((entry, next)) = raw::central(zip, at).filter(|(_, next)| *next <= end.start) else {
            problems.push(Problem::new(&codes::ZIP_UNREADABLE));
            return None;
        };
        entries.push(entry);
        at = next;
    }
    if at != end.directory.end {
        once(&codes::ZIP_GAP, problems);
    }
    Some(entries)
}

/// Rules over all names: the manifest first, no two alike.
fn names(entries: &[Central<'_>], problems: &mut Vec<Problem>) {
    let manifest = entries
        .iter()
        .position(|entry| entry.name == MANIFEST_NAME.as_bytes());
    match manifest {
        None => problems.push(Problem::new(&codes::ZIP_MANIFEST_MISSING)),
        Some(0) if entries.iter().all(|entry| entries[0].offset <= entry.offset) => {}
        Some(_) => problems.push(Problem::new(&codes::ZIP_MANIFEST_FIRST)),
    }
    let mut seen = HashSet::new();
    for entry in entries {
        if !seen.insert(folded(&String::from_utf8_lossy(entry.name))) {
            problems.push(about(&codes::ZIP_NAME_TWICE, entry));
        }
    }
}

/// Rules of one entry by its central header alone.
fn rules(entry: &Central<'_>, problems: &mut Vec<Problem>) {
    let extras = raw::extras(entry.extra);
    let has = |wanted: u16| extras.iter().flatten().any(|(id, _)| *id == wanted);
    if [entry.packed, entry.unpacked, entry.offset].contains(&ELSEWHERE) || has(EXTRA_ZIP64) {
        problems.push(about(&codes::ZIP_ZIP64, entry));
    }
    if entry.flags & ENCRYPTED != 0 || entry.method == METHOD_AES || has(EXTRA_AES) {
        problems.push(about(&codes::ZIP_ENCRYPTED, entry));
    } else if !matches!(entry.method, STORED | DEFLATED) || entry.flags & FLAG_PATCH != 0 {
        problems.push(about(&codes::ZIP_METHOD, entry));
    }
    if !entry.comment.is_empty() {
        problems.push(about(&codes::ZIP_COMMENT, entry));
    }
    let regular = |mode: u32| matches!(mode & 0xf000, 0 | 0x8000);
    let asi_mode = extras.iter().flatten().find(|(id, _)| *id == EXTRA_ASI_UNIX);
    let asi_mode = asi_mode.map_or(0, |(_, data)| raw::u16_at(data, 4).unwrap_or(0));
    let folder = entry.name.ends_with(b"/") || entry.attributes & DOS_VOLUME_OR_FOLDER != 0;
    if folder || !regular(entry.attributes >> 16) || !regular(u32::from(asi_mode)) {
        problems.push(about(&codes::ZIP_FILE_TYPE, entry));
    } else if !std::str::from_utf8(entry.name).is_ok_and(is_plain_name) {
        problems.push(about(&codes::ZIP_NAME, entry));
    }
    if extras.is_none() {
        problems.push(about(&codes::ZIP_CORRUPT, entry));
    }
}

/// Local and central header must say the same.
fn agree(entry: &Central<'_>, local: &Local<'_>, problems: &mut Vec<Problem>) {
    // With a data descriptor behind the data, Info-ZIP writes a size it knows beforehand, others zeros.
    let unknown = entry.flags & FLAG_DESCRIPTOR != 0;
    let same_facts = [
        (local.crc, entry.crc),
        (local.packed, entry.packed),
        (local.unpacked, entry.unpacked),
    ]
    .iter()
    .all(|(here, there)| here == there || unknown && *here == 0);
    // The other flags tell how hard the packer tried, and nothing about how to read.
    let telling = ENCRYPTED | FLAG_DESCRIPTOR | FLAG_PATCH | FLAG_UTF8;
    let same_flags = entry.flags & telling == local.flags & telling;
    let extras = raw::extras(local.extra);
    if extras.iter().flatten().any(|(id, _)| *id == EXTRA_ZIP64) {
        once_about(&codes::ZIP_ZIP64, entry, problems);
    }
    let other_name = |extra: &[u8]| {
        raw::extras(extra)
            .into_iter()
            .flatten()
            .any(|(id, data)| id == EXTRA_UNICODE_PATH && data.get(5..) != Some(entry.name))
    };
    let same_name = local.name == entry.name && !other_name(entry.extra) && !other_name(local.extra);
    if !same_facts || !same_flags || !same_name || local.method != entry.method {
        problems.push(about(&codes::ZIP_NAMES_DIFFER, entry));
    }
    if extras.is_none() {
        problems.push(about(&codes::ZIP_CORRUPT, entry));
    }
}

fn slot<'a>(entry: &Central<'_>, data: Option<&'a [u8]>) -> Slot<'a> {
    Slot {
        name: std::str::from_utf8(entry.name).map_or_else(|_| shown(entry.name), str::to_owned),
        method: entry.method,
        crc: entry.crc,
        unpacked: entry.unpacked,
        data,
    }
}

fn about(code: &Code, entry: &Central<'_>) -> Problem {
    Problem::new(code).in_file(shown(entry.name))
}

fn once(code: &Code, problems: &mut Vec<Problem>) {
    if !problems.iter().any(|problem| problem.code == code.code) {
        problems.push(Problem::new(code));
    }
}

fn once_about(code: &Code, entry: &Central<'_>, problems: &mut Vec<Problem>) {
    let problem = about(code, entry);
    if !problems.contains(&problem) {
        problems.push(problem);
    }
}

fn position(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
