//! Real standard files of invented persons, and envelopes made of them.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::DateTime;
use parcel::Draft;
use proto::{EnvelopeId, OfficeNumber, Time};

use crate::raw_zip::{RawEntry, RawZip};
use standard::generate::{GenSpec, Size, UnitKind, generate};

/// A sending unit ready to be packed.
#[derive(Clone, Debug)]
pub struct Unit {
    /// Sender of the names.
    pub sender: OfficeNumber,
    /// Destination of the names.
    pub destination: OfficeNumber,
    /// 14 digits.
    pub sequence: String,
    /// Names and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

/// A new 14-digit sequence on every call: a second later each.
#[must_use]
pub fn next_sequence() -> String {
    static SECONDS: AtomicI64 = AtomicI64::new(0);
    let base = DateTime::constant(2025, 4, 1, 9, 30, 0, 0);
    let seconds = jiff::SignedDuration::from_secs(SECONDS.fetch_add(1, Ordering::Relaxed));
    base.checked_add(seconds)
        .unwrap_or(base)
        .strftime("%Y%m%d%H%M%S")
        .to_string()
}

impl Unit {
    /// Tables 6 and 7 of April 2025 from a care support office (43) to a provider of this kind.
    #[must_use]
    pub fn plan(sender: OfficeNumber, destination: OfficeNumber, destination_kind: &str, size: Size) -> Self {
        Self::make(
            UnitKind::Usage,
            (sender, "43"),
            (destination, destination_kind),
            size,
        )
    }

    /// Results of April 2025 from a provider of this kind back to the care support office.
    #[must_use]
    pub fn actuals(sender: OfficeNumber, sender_kind: &str, destination: OfficeNumber, size: Size) -> Self {
        Self::make(
            UnitKind::Results,
            (sender, sender_kind),
            (destination, "43"),
            size,
        )
    }

    /// Any unit.
    #[must_use]
    pub fn make(
        unit: UnitKind,
        sender: (OfficeNumber, &str),
        destination: (OfficeNumber, &str),
        size: Size,
    ) -> Self {
        let sequence = next_sequence();
        let spec = GenSpec {
            edition: standard::Edition::V41,
            sender: sender.0.to_string(),
            sender_kind: sender.1.to_owned(),
            destination: destination.0.to_string(),
            destination_kind: destination.1.to_owned(),
            unit,
            month: "202504".to_owned(),
            sequence: sequence.clone(),
            size,
            units: 1,
        };
        let seed = sequence.bytes().fold(7_u64, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(u64::from(byte))
        });
        let files = generate(seed, &spec)
            .into_iter()
            .flat_map(|unit| unit.files)
            .collect();
        Self {
            sender: sender.0,
            destination: destination.0,
            sequence,
            files,
        }
    }

    /// The envelope's draft, made now.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft {
            sender: self.sender,
            destination: self.destination,
            sequence: self.sequence.clone(),
            created_at: now(),
            message: None,
            software: None,
            files: self.files.clone(),
        }
    }
}

/// Now, in whole seconds.
#[must_use]
pub fn now() -> Time {
    let now = chassis::process::now();
    Time::from_micros(now.micros() / 1_000_000 * 1_000_000)
}

/// A ZIP of stored entries in this order, without any look at what they are.
#[must_use]
pub fn plain_zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    RawZip {
        entries: files
            .iter()
            .map(|(name, bytes)| RawEntry::stored(name, bytes))
            .collect(),
        ..RawZip::default()
    }
    .bytes()
}

/// The ZIP of a draft with a fitting manifest, whatever is wrong with the draft.
///
/// # Errors
/// When JSON cannot be written.
pub fn pack_unchecked(draft: &Draft) -> anyhow::Result<Vec<u8>> {
    let manifest = manifest(draft)?;
    let mut files: Vec<(&str, &[u8])> = vec![("manifest.json", &manifest)];
    files.extend(
        draft
            .files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    );
    Ok(plain_zip(&files))
}

/// Its files alone, as somebody zips them by hand: no manifest.
pub fn pack_bare(draft: &Draft) -> Vec<u8> {
    let files: Vec<(&str, &[u8])> = draft
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    plain_zip(&files)
}

fn manifest(draft: &Draft) -> anyhow::Result<Vec<u8>> {
    let files: Vec<_> = draft
        .files
        .iter()
        .map(|(name, bytes)| {
            let standard = standard::name::looks_standard(name);
            serde_json::json!({
                "name": name, "role": if standard { "standard" } else { "attachment" }, "size": bytes.len(),
                "sha256": EnvelopeId::of(bytes)
            })
        })
        .collect();
    let manifest = serde_json::json!({
        "format": "careplan-envelope/1", "sender": draft.sender, "destination": draft.destination,
        "sequence": draft.sequence, "created_at": draft.created_at, "message": draft.message, "software": draft.software, "files": files
    });
    Ok(serde_json::to_vec(&manifest)?)
}

/// Good drafts in ZIPs that each break one rule: what, code, bytes.
///
/// # Errors
/// When JSON cannot be written.
pub fn hostile_zips(draft: &Draft) -> anyhow::Result<Vec<(&'static str, &'static str, Vec<u8>)>> {
    let manifest = manifest(draft)?;
    let good = || {
        let mut entries = vec![RawEntry::stored("manifest.json", &manifest)];
        entries.extend(
            draft
                .files
                .iter()
                .map(|(name, bytes)| RawEntry::stored(name, bytes)),
        );
        RawZip {
            entries,
            ..RawZip::default()
        }
    };
    let change = |change: fn(&mut RawZip)| {
        let mut zip = good();
        change(&mut zip);
        zip.bytes()
    };
    let many = Draft {
        files: (0..51).map(|n| (format!("{n}.txt"), vec![b'a'])).collect(),
        ..draft.clone()
    };
    let path = Draft {
        files: vec![("a/b.txt".to_owned(), vec![b'a'])],
        ..draft.clone()
    };
    let twice = Draft {
        files: vec![("a.txt".to_owned(), vec![b'a']), ("A.txt".to_owned(), vec![b'b'])],
        ..draft.clone()
    };
    let bomb = Draft {
        files: vec![("a.txt".to_owned(), vec![b'a'; 3_000_000])],
        ..draft.clone()
    };
    let mut lied = draft.clone();
    lied.files[0].1[0] ^= 1;
    let mut digest = good();
    digest.entries[1] = RawEntry::stored(&lied.files[0].0, &lied.files[0].1);
    Ok(vec![
        (
            "manifest not first",
            "zip.manifest_first",
            change(|zip| zip.entries.swap(0, 1)),
        ),
        (
            "bytes before the ZIP",
            "zip.gap",
            change(|zip| zip.before = b"MZ".to_vec()),
        ),
        (
            "bytes between entries",
            "zip.gap",
            change(|zip| zip.entries[1].gap = b"xx".to_vec()),
        ),
        (
            "archive comment",
            "zip.comment",
            change(|zip| zip.comment = b"hi".to_vec()),
        ),
        (
            "encrypted flag",
            "zip.encrypted",
            change(|zip| zip.entries[1].flags |= 1),
        ),
        (
            "unknown method",
            "zip.method",
            change(|zip| zip.entries[1].method = 12),
        ),
        (
            "names differ",
            "zip.names_differ",
            change(|zip| zip.entries[1].local_name = Some("b.txt".to_owned())),
        ),
        (
            "a link",
            "zip.file_type",
            change(|zip| zip.entries[1].attributes = 0o120_777 << 16),
        ),
        (
            "not in the manifest",
            "manifest.files",
            change(|zip| zip.entries.push(RawEntry::stored("more.txt", b"a"))),
        ),
        (
            "not in the ZIP",
            "manifest.files",
            change(|zip| drop(zip.entries.pop())),
        ),
        ("damaged", "zip.corrupt", change(|zip| zip.entries[1].crc ^= 1)),
        ("digest differs", "manifest.digest", digest.bytes()),
        ("51 files", "zip.too_many", pack_unchecked(&many)?),
        ("path in a name", "zip.name", pack_unchecked(&path)?),
        ("names twice", "zip.name_twice", pack_unchecked(&twice)?),
        ("a bomb", "zip.ratio", deflated(&bomb)?),
    ])
}

fn deflated(draft: &Draft) -> anyhow::Result<Vec<u8>> {
    let manifest = manifest(draft)?;
    let mut entries = vec![RawEntry::stored("manifest.json", &manifest)];
    for (name, bytes) in &draft.files {
        entries.push(RawEntry::deflated(name, bytes)?);
    }
    Ok(RawZip {
        entries,
        ..RawZip::default()
    }
    .bytes())
}
