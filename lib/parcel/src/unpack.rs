//! Everything out of the ZIP, or every problem of ZIP and manifest.

use std::collections::HashSet;

use proto::manifest::{MANIFEST_NAME, ManifestFile};
use proto::{FileRole, Limits, Manifest, Problem, codes};
use sha2::{Digest, Sha256};

use crate::inflate::inflate;
use crate::shape::{self, Slot};

/// The content of an envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked {
    /// What the manifest says.
    pub manifest: Manifest,
    /// The manifest as it was signed.
    pub manifest_bytes: Vec<u8>,
    /// The files in the manifest's order.
    pub files: Vec<UnpackedFile>,
}

/// One file of the envelope, its digest checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpackedFile {
    /// Its plain name.
    pub name: String,
    /// What the manifest calls it.
    pub role: FileRole,
    /// SHA-256 of its bytes, 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// What can be read of a ZIP that need not be an envelope's content: to judge its files one by one, or to show them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// It has a `manifest.json`, so it is meant as an envelope's content.
    pub has_manifest: bool,
    /// Names and bytes of the files, the manifest left out.
    pub files: Vec<(String, Vec<u8>)>,
    /// What is wrong with it as a ZIP; of the manifest nothing is said.
    pub problems: Vec<Problem>,
}

impl Found {
    /// Its files without the folders they lie in.
    #[must_use]
    pub fn loose(self) -> Vec<(String, Vec<u8>)> {
        let plain = |(name, bytes): (String, Vec<u8>)| {
            let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
            (last.to_owned(), bytes)
        };
        self.files
            .into_iter()
            .map(plain)
            .filter(|(name, _)| !name.is_empty())
            .collect()
    }
}

/// What could be read, with all that is wrong.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) manifest: Option<Manifest>,
    pub(crate) manifest_bytes: Vec<u8>,
    /// Files that stand in the manifest and are what it says.
    pub(crate) files: Vec<UnpackedFile>,
    pub(crate) problems: Vec<Problem>,
}

/// Unpacks a ZIP by every rule of its shape, its limits and its manifest. Times and the files' contents are not judged.
/// Holds at most `limits.unpacked_bytes` of unpacked files.
///
/// # Errors
/// Every problem found (`zip.*`, `manifest.*`).
pub fn unpack(zip: &[u8], limits: &Limits) -> Result<Unpacked, Vec<Problem>> {
    let reading = read(zip, limits);
    match reading.manifest {
        Some(manifest) if reading.problems.is_empty() => Ok(Unpacked {
            manifest,
            manifest_bytes: reading.manifest_bytes,
            files: reading.files,
        }),
        _ => Err(reading.problems),
    }
}

/// Whatever can be read of a ZIP, within the limits.
#[must_use]
pub fn found(zip: &[u8], limits: &Limits) -> Found {
    let mut problems = Vec::new();
    let slots = shape::slots(zip, limits, &mut problems);
    problems.retain(|problem| {
        ![codes::ZIP_MANIFEST_MISSING.code, codes::ZIP_MANIFEST_FIRST.code].contains(&problem.code.as_str())
    });
    let (manifests, slots): (Vec<_>, Vec<_>) = slots.iter().partition(|slot| slot.name == MANIFEST_NAME);
    let total: u64 = slots.iter().map(|slot| u64::from(slot.unpacked)).sum();
    let mut files = Vec::new();
    if total > limits.unpacked_bytes {
        problems.push(Problem::new(&codes::ZIP_UNPACKED).with_value(total.to_string()));
    } else {
        for slot in slots {
            files.extend(whole(slot, limits, &mut problems).map(|bytes| (slot.name.clone(), bytes)));
        }
    }
    Found {
        has_manifest: !manifests.is_empty(),
        files,
        problems,
    }
}

pub(crate) fn read(zip: &[u8], limits: &Limits) -> Reading {
    let mut reading = Reading::default();
    let problems = &mut reading.problems;
    let slots = shape::slots(zip, limits, problems);
    let (manifests, files): (Vec<_>, Vec<_>) = slots.iter().partition(|slot| slot.name == MANIFEST_NAME);
    if let Some(bytes) = manifests.first().and_then(|slot| manifest_bytes(slot, problems)) {
        match Manifest::parse(&bytes) {
            Ok(manifest) => reading.manifest = Some(manifest),
            Err(found) => problems.extend(found),
        }
        reading.manifest_bytes = bytes;
    }
    let total: u64 = files.iter().map(|slot| u64::from(slot.unpacked)).sum();
    if total > limits.unpacked_bytes {
        problems.push(Problem::new(&codes::ZIP_UNPACKED).with_value(total.to_string()));
        return reading;
    }
    let listed = reading
        .manifest
        .as_ref()
        .map(|manifest| manifest.files.as_slice());
    if let Some(listed) = listed {
        list(listed, &files, problems);
    }
    for slot in files {
        let Some(bytes) = whole(slot, limits, problems) else {
            continue;
        };
        let Some(entry) = listed.and_then(|listed| listed.iter().find(|file| file.name == slot.name)) else {
            continue;
        };
        let sha256 = hex::encode(Sha256::digest(&bytes));
        if bytes.len() as u64 != entry.size {
            problems.push(Problem::new(&codes::MANIFEST_SIZE).in_file(&entry.name));
        } else if sha256 != entry.sha256 {
            problems.push(Problem::new(&codes::MANIFEST_DIGEST).in_file(&entry.name));
        }
        reading.files.push(UnpackedFile {
            name: entry.name.clone(),
            role: entry.role,
            sha256,
            bytes,
        });
    }
    let place = |name: &str| listed.into_iter().flatten().position(|file| file.name == name);
    reading.files.sort_by_key(|file| place(&file.name));
    reading
}

fn manifest_bytes(slot: &Slot<'_>, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    if u64::from(slot.unpacked) > Limits::MANIFEST_BYTES {
        problems.push(Problem::new(&codes::ZIP_MANIFEST_SIZE));
        return None;
    }
    slot.data?;
    let bytes = inflate(slot);
    if bytes.is_none() {
        problems.push(Problem::new(&codes::ZIP_CORRUPT).in_file(MANIFEST_NAME));
    }
    bytes
}

/// Every entry in the manifest and the reverse, each once.
fn list(listed: &[ManifestFile], slots: &[&Slot<'_>], problems: &mut Vec<Problem>) {
    let refuse =
        |name: &str| Problem::new(&codes::MANIFEST_FILES).in_file(crate::name::shown(name.as_bytes()));
    let mut seen = HashSet::new();
    for file in listed {
        let is_there = slots.iter().any(|slot| slot.name == file.name);
        if !seen.insert(file.name.as_str()) || !is_there {
            problems.push(refuse(&file.name));
        }
    }
    for slot in slots.iter().filter(|slot| !seen.contains(slot.name.as_str())) {
        problems.push(refuse(&slot.name));
    }
}

fn whole(slot: &Slot<'_>, limits: &Limits, problems: &mut Vec<Problem>) -> Option<Vec<u8>> {
    // What cannot be read has its problem already.
    let packed = slot.data?.len().max(1) as u64;
    if u64::from(slot.unpacked) > packed.saturating_mul(u64::from(limits.ratio)) {
        problems.push(Problem::new(&codes::ZIP_RATIO).in_file(&slot.name));
        return None;
    }
    let bytes = inflate(slot);
    if bytes.is_none() {
        problems.push(Problem::new(&codes::ZIP_CORRUPT).in_file(&slot.name));
    }
    bytes
}
