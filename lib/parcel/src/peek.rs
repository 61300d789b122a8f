//! All the door reads of an envelope: sender, destination and sequence of `manifest.json`.

use proto::{Code, Limits, ManifestHead, Problem, codes, manifest::MANIFEST_NAME};

use crate::inflate::{DEFLATED, STORED, inflate};
use crate::raw;
use crate::shape::Slot;

/// Finds `manifest.json` through the central directory, inflates at most 64 kB of it and reads its head. Nothing else is
/// judged; what is wrong elsewhere is found by [`crate::unpack`].
///
/// # Errors
/// `zip.unreadable`, `zip.manifest_missing`, `zip.manifest_size`, `zip.encrypted`, `zip.method`, `zip.corrupt`, or what
/// the manifest's head has (`manifest.not_json`, `.duplicate_key`, `.format`, `.office`).
pub fn peek(zip: &[u8]) -> Result<ManifestHead, Box<Problem>> {
    let refuse = |code: &Code| Box::new(Problem::new(code));
    let end = raw::end(zip).ok_or_else(|| refuse(&codes::ZIP_UNREADABLE))?;
    if end.zip64 {
        return Err(refuse(&codes::ZIP_ZIP64));
    }
    let mut at = end.directory.start;
    for _ in 0..end.entries {
        let (entry, next) = raw::central(zip, at).ok_or_else(|| refuse(&codes::ZIP_UNREADABLE))?;
        at = next;
        if entry.name != MANIFEST_NAME.as_bytes() {
            continue;
        }
        if u64::from(entry.unpacked) > Limits::MANIFEST_BYTES {
            return Err(refuse(&codes::ZIP_MANIFEST_SIZE));
        }
        if entry.flags & 1 != 0 {
            return Err(refuse(&codes::ZIP_ENCRYPTED));
        }
        if !matches!(entry.method, STORED | DEFLATED) {
            return Err(refuse(&codes::ZIP_METHOD));
        }
        let offset = usize::try_from(entry.offset).unwrap_or(usize::MAX);
        let local = raw::local(zip, offset).ok_or_else(|| refuse(&codes::ZIP_CORRUPT))?;
        let packed = usize::try_from(entry.packed).unwrap_or(usize::MAX);
        let data = zip
            .get(local.data..local.data.saturating_add(packed))
            .ok_or_else(|| refuse(&codes::ZIP_CORRUPT))?;
        let slot = Slot {
            name: MANIFEST_NAME.to_owned(),
            method: entry.method,
            crc: entry.crc,
            unpacked: entry.unpacked,
            data: Some(data),
        };
        let json = inflate(&slot).ok_or_else(|| refuse(&codes::ZIP_CORRUPT))?;
        return ManifestHead::peek(&json);
    }
    Err(refuse(&codes::ZIP_MANIFEST_MISSING))
}
