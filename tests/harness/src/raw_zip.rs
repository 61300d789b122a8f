//! ZIPs written byte by byte (PKWARE APPNOTE 4.3), so that every rule can be broken.

use std::io::Write;

/// One entry, as it is to be written.
#[derive(Clone, Debug)]
pub struct RawEntry {
    /// Name in the central directory.
    pub name: String,
    /// Name in the local header, if it is to be another.
    pub local_name: Option<String>,
    /// Bytes as stored.
    pub data: Vec<u8>,
    /// Size unpacked.
    pub size: u32,
    /// CRC-32 as written.
    pub crc: u32,
    /// General purpose flags; bit 11 says UTF-8.
    pub flags: u16,
    /// 0 stored, 8 deflated.
    pub method: u16,
    /// External attributes.
    pub attributes: u32,
    /// Bytes written before this entry.
    pub gap: Vec<u8>,
}

/// A whole ZIP.
#[derive(Clone, Debug, Default)]
pub struct RawZip {
    /// Bytes before the first entry.
    pub before: Vec<u8>,
    /// The entries.
    pub entries: Vec<RawEntry>,
    /// The archive's comment.
    pub comment: Vec<u8>,
}

impl RawEntry {
    /// A stored entry.
    #[must_use]
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            local_name: None,
            data: bytes.to_vec(),
            size: length(bytes.len()),
            crc: crc32fast::hash(bytes),
            flags: 1 << 11,
            method: 0,
            attributes: 0,
            gap: Vec::new(),
        }
    }

    /// A deflated entry.
    ///
    /// # Errors
    /// Never in practice: it is written to memory.
    pub fn deflated(name: &str, bytes: &[u8]) -> std::io::Result<Self> {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes)?;
        Ok(Self {
            data: encoder.finish()?,
            method: 8,
            ..Self::stored(name, bytes)
        })
    }

    fn common(&self, name: &str) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [20, self.flags, self.method, 0, 0x21] {
            out.extend(u16::to_le_bytes(number));
        }
        for number in [self.crc, length(self.data.len()), self.size] {
            out.extend(number.to_le_bytes());
        }
        out.extend(short(name.len()));
        out.extend(short(0));
        out
    }
}

impl RawZip {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.before.clone();
        let mut central = Vec::new();
        for entry in &self.entries {
            out.extend(&entry.gap);
            let offset = length(out.len());
            let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
            out.extend(b"PK\x03\x04");
            out.extend(entry.common(local_name));
            out.extend(local_name.as_bytes());
            out.extend(&entry.data);
            central.extend(b"PK\x01\x02");
            central.extend(short(0x031e));
            central.extend(entry.common(&entry.name));
            // Comment length, disk, internal attributes.
            central.extend([0; 6]);
            central.extend(entry.attributes.to_le_bytes());
            central.extend(offset.to_le_bytes());
            central.extend(entry.name.as_bytes());
        }
        let start = length(out.len());
        out.extend(&central);
        out.extend(b"PK\x05\x06");
        out.extend([0; 4]);
        for _ in 0..2 {
            out.extend(short(self.entries.len()));
        }
        out.extend(length(central.len()).to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend(short(self.comment.len()));
        out.extend(&self.comment);
        out
    }
}

/// Test ZIPs are far below 4 GiB.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn short(number: usize) -> [u8; 2] {
    u16::try_from(number).unwrap_or(u16::MAX).to_le_bytes()
}
