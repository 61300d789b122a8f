//! A ZIP written field by field, so that each field can be wrong.

use std::io::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const MANIFEST: &str = "manifest.json";

/// One entry; local and central header are written from it.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) local_name: Option<Vec<u8>>,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) packed: Vec<u8>,
    pub(crate) crc: u32,
    pub(crate) unpacked: u32,
    pub(crate) attributes: u32,
    pub(crate) local_extra: Vec<u8>,
    pub(crate) extra: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    pub(crate) descriptor: bool,
    pub(crate) before: Vec<u8>,
}

/// A whole ZIP.
#[derive(Clone, Default)]
pub(crate) struct Zip {
    pub(crate) entries: Vec<Entry>,
    pub(crate) before_directory: Vec<u8>,
    pub(crate) before_end: Vec<u8>,
    pub(crate) comment: Vec<u8>,
    pub(crate) after: Vec<u8>,
}

impl Entry {
    pub(crate) fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        Self {
            method: 8,
            packed: encoder.finish().unwrap(),
            ..Self::stored(name, bytes)
        }
    }

    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.into(),
            local_name: None,
            method: 0,
            flags: 0,
            packed: bytes.to_vec(),
            crc: crc32fast::hash(bytes),
            unpacked: u32::try_from(bytes.len()).unwrap(),
            attributes: 0o100_644 << 16,
            local_extra: Vec::new(),
            extra: Vec::new(),
            comment: Vec::new(),
            descriptor: false,
            before: Vec::new(),
        }
    }

    fn header(&self, local: bool) -> Vec<u8> {
        let flags = self.flags | if self.descriptor { 8 } else { 0 };
        let mut out = Vec::new();
        for half in [20, flags, self.method, 0x6000, 0x5a81] {
            out.extend_from_slice(&u16::to_le_bytes(half));
        }
        let packed = u32::try_from(self.packed.len()).unwrap();
        let facts = if local && self.descriptor {
            [0; 3]
        } else {
            [self.crc, packed, self.unpacked]
        };
        for whole in facts {
            out.extend_from_slice(&whole.to_le_bytes());
        }
        let name = if local {
            self.local_name.as_ref().unwrap_or(&self.name)
        } else {
            &self.name
        };
        let extra = if local { &self.local_extra } else { &self.extra };
        out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&u16::try_from(extra.len()).unwrap().to_le_bytes());
        out
    }
}

impl Zip {
    pub(crate) fn write(&self) -> Vec<u8> {
        let (mut out, mut directory) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            out.extend_from_slice(&entry.before);
            let offset = u32::try_from(out.len()).unwrap();
            out.extend_from_slice(b"PK\x03\x04");
            out.extend(entry.header(true));
            out.extend_from_slice(entry.local_name.as_ref().unwrap_or(&entry.name));
            out.extend_from_slice(&entry.local_extra);
            out.extend_from_slice(&entry.packed);
            if entry.descriptor {
                out.extend_from_slice(b"PK\x07\x08");
                let packed = u32::try_from(entry.packed.len()).unwrap();
                for whole in [entry.crc, packed, entry.unpacked] {
                    out.extend_from_slice(&whole.to_le_bytes());
                }
            }
            directory.extend_from_slice(b"PK\x01\x02\x14\x03");
            directory.extend(entry.header(false));
            directory.extend_from_slice(&u16::try_from(entry.comment.len()).unwrap().to_le_bytes());
            directory.extend_from_slice(&[0; 4]);
            directory.extend_from_slice(&entry.attributes.to_le_bytes());
            directory.extend_from_slice(&offset.to_le_bytes());
            directory.extend_from_slice(&entry.name);
            directory.extend_from_slice(&entry.extra);
            directory.extend_from_slice(&entry.comment);
        }
        out.extend_from_slice(&self.before_directory);
        let start = u32::try_from(out.len()).unwrap();
        out.extend_from_slice(&directory);
        out.extend_from_slice(&self.before_end);
        out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        let entries = u16::try_from(self.entries.len()).unwrap();
        out.extend_from_slice(&entries.to_le_bytes());
        out.extend_from_slice(&entries.to_le_bytes());
        out.extend_from_slice(&u32::try_from(directory.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&start.to_le_bytes());
        out.extend_from_slice(&u16::try_from(self.comment.len()).unwrap().to_le_bytes());
        out.extend_from_slice(&self.comment);
        out.extend_from_slice(&self.after);
        out
    }
}

pub(crate) fn role_of(name: &str) -> &'static str {
    if standard::looks_standard(name) {
        "standard"
    } else {
        "attachment"
    }
}

pub(crate) fn listed(name: &str, bytes: &[u8]) -> Value {
    let sha256 = hex::encode(Sha256::digest(bytes));
    json!({ "name": name, "role": role_of(name), "size": bytes.len(), "sha256": sha256 })
}

pub(crate) fn manifest_of(files: &[(&str, &[u8])]) -> Value {
    json!({
        "format": "careplan-envelope/1", "sender": "0300000100", "destination": "0300000005",
        "sequence": "20250401093000", "created_at": "2025-04-01T09:30:00+09:00", "message": "四月分です",
        "files": files.iter().map(|(name, bytes)| listed(name, bytes)).collect::<Vec<_>>(),
    })
}

/// A ZIP of these files, with this manifest first.
pub(crate) fn zip_with(manifest: &Value, files: &[(&str, &[u8])]) -> Zip {
    let mut entries = vec![Entry::deflated(MANIFEST, manifest.to_string().as_bytes())];
    entries.extend(files.iter().map(|(name, bytes)| Entry::deflated(name, bytes)));
    Zip {
        entries,
        ..Zip::default()
    }
}

/// A good ZIP of these files.
pub(crate) fn zip_of(files: &[(&str, &[u8])]) -> Zip {
    zip_with(&manifest_of(files), files)
}

/// A good ZIP of two attachments.
pub(crate) fn good() -> Zip {
    zip_of(&[
        ("報告.txt", "四月の報告です。\r\n".as_bytes()),
        ("sheet.pdf", b"%PDF-1.7\n1 0 obj"),
    ])
}
