//! Writing the ZIP of an envelope: manifest first, fixed times, deflated where that helps. The same draft gives the same
//! bytes.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};
use proto::manifest::{MANIFEST_FORMAT, MANIFEST_NAME, ManifestFile};
use proto::{FileRole, Limits, Manifest, OfficeNumber, Problem, Time};
use sha2::{Digest, Sha256};

use crate::inflate::{DEFLATED, STORED};

/// 1980-01-01, the oldest day a ZIP can write.
const DATE: u16 = (1 << 5) | 1;
const VERSION: u16 = 20;
/// Written as by Unix: `unzip` takes names and their UTF-8 as they are only then.
const MADE_BY: u16 = (3 << 8) | VERSION;
/// A regular file its owner may write and all may read.
const ATTRIBUTES: u32 = 0o100_644 << 16;
const FLAG_UTF8: u16 = 1 << 11;

/// What an envelope is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The sending office.
    pub sender: OfficeNumber,
    /// The office it is for.
    pub destination: OfficeNumber,
    /// 連番, 14 digits, the one in the names of the standard files.
    pub sequence: String,
    /// When the envelope is made.
    pub created_at: Time,
    /// Some words to the destination.
    pub message: Option<String>,
    /// The software that made the files, name and version.
    pub software: Option<String>,
    /// Plain name and bytes of every file; the role follows from the name.
    pub files: Vec<(String, Vec<u8>)>,
}

/// No envelope can be made of a draft.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The relay would refuse it for these problems.
    #[error("the relay would refuse this envelope ({} problems)", .0.len())]
    Refused(Vec<Problem>),
    /// Something is too large for the fields of a ZIP.
    #[error("a file is too large for a ZIP")]
    TooLarge,
    /// The manifest cannot be written as JSON.
    #[error("cannot write the manifest")]
    Manifest(#[source] serde_json::Error),
    /// The packer failed.
    #[error("cannot deflate a file")]
    Deflate(#[source] std::io::Error),
}

/// Packs a draft and reads the result back by the relay's rules with their usual limits.
///
/// # Errors
/// What [`crate::unpack`] would say, or a file too large for a ZIP.
pub fn pack(draft: &Draft) -> Result<Vec<u8>, PackError> {
    let manifest = Manifest {
        format: MANIFEST_FORMAT.to_owned(),
        sender: draft.sender,
        destination: draft.destination,
        sequence: draft.sequence.clone(),
        created_at: draft.created_at,
        message: draft.message.clone(),
        software: draft.software.clone(),
        files: draft
            .files
            .iter()
            .map(|(name, bytes)| listed(name, bytes))
            .collect(),
    };
    let json = serde_json::to_vec_pretty(&manifest).map_err(PackError::Manifest)?;
    let zip = write(
        std::iter::once((MANIFEST_NAME, json.as_slice())).chain(
            draft
                .files
                .iter()
                .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
        ),
    )?;
    match crate::unpack(&zip, &Limits::default()) {
        Ok(_) => Ok(zip),
        Err(problems) => Err(PackError::Refused(problems)),
    }
}

fn listed(name: &str, bytes: &[u8]) -> ManifestFile {
    ManifestFile {
        name: name.to_owned(),
        role: if standard::looks_standard(name) {
            FileRole::Standard
        } else {
            FileRole::Attachment
        },
        size: bytes.len() as u64,
        sha256: hex::encode(Sha256::digest(bytes)),
    }
}

fn write<'a>(files: impl Iterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, PackError> {
    let mut zip = Vec::new();
    let mut directory = Vec::new();
    let mut entries: u16 = 0;
    for (name, bytes) in files {
        let (method, packed) = shrink(bytes)?;
        let offset = narrow(zip.len())?;
        let common = common(name, bytes, method, packed.len())?;
        zip.extend_from_slice(b"PK\x03\x04");
        zip.extend_from_slice(&common);
        zip.extend_from_slice(name.as_bytes());
        zip.extend_from_slice(&packed);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&MADE_BY.to_le_bytes());
        directory.extend_from_slice(&common);
        // No comment, disk 0, not marked as text.
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&ATTRIBUTES.to_le_bytes());
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
        entries = entries.checked_add(1).ok_or(PackError::TooLarge)?;
    }
    let (start, size) = (narrow(zip.len())?, narrow(directory.len())?);
    zip.extend_from_slice(&directory);
    zip.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    zip.extend_from_slice(&entries.to_le_bytes());
    zip.extend_from_slice(&entries.to_le_bytes());
    zip.extend_from_slice(&size.to_le_bytes());
    zip.extend_from_slice(&start.to_le_bytes());
    zip.extend_from_slice(&[0; 2]);
    Ok(zip)
}

/// The fields local and central header share, from "version needed" to "extra field length".
fn common(name: &str, bytes: &[u8], method: u16, packed: usize) -> Result<Vec<u8>, PackError> {
    let flags = if name.is_ascii() { 0 } else { FLAG_UTF8 };
    let length = u16::try_from(name.len()).map_err(|_| PackError::TooLarge)?;
    let mut fields = Vec::with_capacity(26);
    for half in [VERSION, flags, method, 0, DATE] {
        fields.extend_from_slice(&half.to_le_bytes());
    }
    for whole in [crc32fast::hash(bytes), narrow(packed)?, narrow(bytes.len())?] {
        fields.extend_from_slice(&whole.to_le_bytes());
    }
    fields.extend_from_slice(&length.to_le_bytes());
    fields.extend_from_slice(&[0; 2]);
    Ok(fields)
}

/// Deflated if that is smaller and not so small that the relay would take it for a bomb; else stored.
fn shrink(bytes: &[u8]) -> Result<(u16, Vec<u8>), PackError> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).map_err(PackError::Deflate)?;
    let packed = encoder.finish().map_err(PackError::Deflate)?;
    let ratio = Limits::default().ratio as usize;
    let helps = packed.len() < bytes.len() && bytes.len() <= packed.len().saturating_mul(ratio);
    Ok(if helps {
        (DEFLATED, packed)
    } else {
        (STORED, bytes.to_vec())
    })
}

fn narrow(length: usize) -> Result<u32, PackError> {
    u32::try_from(length)
        .ok()
        .filter(|length| *length < u32::MAX)
        .ok_or(PackError::TooLarge)
}
