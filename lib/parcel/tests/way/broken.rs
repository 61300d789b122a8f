//! The broken envelopes: one rule each, and the codes it must get.

use serde_json::{Value, json};

use crate::support::{Entry, MANIFEST, Zip, good, manifest_of, zip_of, zip_with};

pub(crate) fn change(edit: impl Fn(&mut Zip)) -> Vec<u8> {
    let mut zip = good();
    edit(&mut zip);
    zip.write()
}

fn last(edit: impl Fn(&mut Entry)) -> Vec<u8> {
    change(|zip| edit(zip.entries.last_mut().unwrap()))
}

fn manifest(edit: impl Fn(&mut Value)) -> Vec<u8> {
    let files: &[(&str, &[u8])] = &[("a.txt", b"abc")];
    let mut manifest = manifest_of(files);
    edit(&mut manifest);
    zip_with(&manifest, files).write()
}

fn raw_manifest(json: &[u8]) -> Vec<u8> {
    change(|zip| zip.entries[0] = Entry::deflated(MANIFEST, json))
}

/// Name of the case, the ZIP, every code it must get.
pub(crate) fn cases() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let extra = |id: u16, data: &[u8]| {
        let mut field = id.to_le_bytes().to_vec();
        field.extend_from_slice(&u16::try_from(data.len()).unwrap().to_le_bytes());
        field.extend_from_slice(data);
        field
    };
    let named = |name: &'static str| zip_of(&[(name, b"abc")]).write();
    let zeros: &[u8] = &[b'0'; 50_000];
    vec![
        ("good", good().write(), &[]),
        ("nothing", Vec::new(), &["zip.unreadable"]),
        (
            "not a ZIP",
            b"hello, world; this is no archive".to_vec(),
            &["zip.unreadable"],
        ),
        ("cut off", good().write()[..200].to_vec(), &["zip.unreadable"]),
        (
            "manifest second",
            change(|zip| zip.entries.swap(0, 1)),
            &["zip.manifest_first"],
        ),
        (
            "no manifest",
            change(|zip| drop(zip.entries.remove(0))),
            &["zip.manifest_missing"],
        ),
        (
            "manifest too large",
            raw_manifest(&[b' '; 65_537]),
            &["zip.manifest_size"],
        ),
        (
            "bytes before",
            change(|zip| zip.entries[0].before = b"MZ".to_vec()),
            &["zip.gap"],
        ),
        (
            "bytes between",
            last(|entry| entry.before = b"x".to_vec()),
            &["zip.gap"],
        ),
        (
            "bytes before the directory",
            change(|zip| zip.before_directory = b"x".to_vec()),
            &["zip.gap"],
        ),
        (
            "bytes before the end record",
            change(|zip| zip.before_end = b"x".to_vec()),
            &["zip.gap"],
        ),
        (
            "bytes after",
            change(|zip| zip.after = b"x".to_vec()),
            &["zip.gap"],
        ),
        (
            "ZIP64 extra",
            last(|entry| entry.extra = extra(1, &[0; 8])),
            &["zip.zip64"],
        ),
        (
            "ZIP64 extra in the local header",
            last(|entry| entry.local_extra = extra(1, &[0; 16])),
            &["zip.zip64"],
        ),
        (
            "ZIP64 locator",
            change(|zip| {
                zip.before_end = [b"PK\x06\x07".as_slice(), &[0; 16]].concat();
            }),
            &["zip.zip64"],
        ),
        ("encrypted", last(|entry| entry.flags |= 1), &["zip.encrypted"]),
        ("AES", last(|entry| entry.method = 99), &["zip.encrypted"]),
        (
            "comment",
            change(|zip| zip.comment = b"hello".to_vec()),
            &["zip.comment"],
        ),
        (
            "comment of an entry",
            last(|entry| entry.comment = b"hello".to_vec()),
            &["zip.comment"],
        ),
        ("bzip2", last(|entry| entry.method = 12), &["zip.method"]),
        (
            "other local name",
            last(|entry| entry.local_name = Some(b"sheet.exe".to_vec())),
            &["zip.names_differ"],
        ),
        (
            "other Unicode name",
            last(|entry| entry.extra = extra(0x7075, b"\x01\0\0\0\0sheet.exe")),
            &["zip.names_differ"],
        ),
        ("path", named("../a.txt"), &["zip.name"]),
        ("backslash", named("a\\b.txt"), &["zip.name"]),
        ("bidirectional", named("a\u{202e}txt.exe"), &["zip.name"]),
        (
            "not UTF-8",
            last(|entry| entry.name = b"\x95\xf1.txt".to_vec()),
            &["zip.name", "manifest.files", "manifest.files"],
        ),
        (
            "same name",
            zip_of(&[("a.txt", b"abc"), ("A.TXT", b"abd")]).write(),
            &["zip.name_twice"],
        ),
        (
            "same name in another form",
            zip_of(&[("が.txt", b"abc"), ("か\u{3099}.txt", b"abd")]).write(),
            &["zip.name_twice"],
        ),
        (
            "link",
            last(|entry| entry.attributes = 0o120_777 << 16),
            &["zip.file_type"],
        ),
        (
            "device",
            last(|entry| entry.attributes = 0o060_644 << 16),
            &["zip.file_type"],
        ),
        (
            "folder by attribute",
            last(|entry| entry.attributes = 0x10),
            &["zip.file_type"],
        ),
        (
            "folder by name",
            zip_of(&[("a/", b"")]).write(),
            &["zip.file_type"],
        ),
        (
            "too many",
            zip_of(&[("1", b""), ("2", b""), ("3", b""), ("4", b"")]).write(),
            &["zip.too_many"],
        ),
        (
            "too large",
            zip_of(&[("a.txt", zeros), ("b.txt", zeros), ("c", b"1")]).write(),
            &["zip.unpacked"],
        ),
        ("bomb", zip_of(&[("a.txt", zeros)]).write(), &["zip.ratio"]),
        ("wrong checksum", last(|entry| entry.crc ^= 1), &["zip.corrupt"]),
        (
            "larger than told",
            last(|entry| entry.unpacked -= 1),
            &["zip.corrupt"],
        ),
        (
            "smaller than told",
            last(|entry| entry.unpacked += 1),
            &["zip.corrupt"],
        ),
        (
            "hidden bytes after the deflated ones",
            last(|entry| entry.packed.push(0)),
            &["zip.corrupt"],
        ),
        ("not JSON", raw_manifest(b"{"), &["manifest.not_json"]),
        (
            "not UTF-8 JSON",
            raw_manifest(b"\"\xff\""),
            &["manifest.not_json"],
        ),
        (
            "key twice",
            raw_manifest(br#"{"format":1,"format":2}"#),
            &["manifest.duplicate_key"],
        ),
        (
            "unknown format",
            manifest(|m| m["format"] = json!("careplan-envelope/2")),
            &["manifest.format"],
        ),
        (
            "9 digits",
            manifest(|m| m["sender"] = json!("030000010")),
            &["manifest.office"],
        ),
        (
            "no files",
            manifest(|m| m["files"] = json!(null)),
            &["manifest.field"],
        ),
        (
            "to itself",
            manifest(|m| m["destination"] = m["sender"].clone()),
            &["manifest.self"],
        ),
        (
            "sequence",
            manifest(|m| m["sequence"] = json!("20250431093000")),
            &["manifest.sequence"],
        ),
        (
            "31 days old",
            manifest(|m| m["created_at"] = json!("2025-03-01T09:30:00+09:00")),
            &["manifest.created_at"],
        ),
        (
            "of tomorrow",
            manifest(|m| m["created_at"] = json!("2025-04-01T09:41:01+09:00")),
            &["manifest.created_at"],
        ),
        (
            "NUL in the message",
            manifest(|m| m["message"] = json!("a\u{0}b")),
            &["manifest.message"],
        ),
        (
            "not in the ZIP",
            manifest(|m| {
                let file = crate::support::listed("b.txt", b"");
                m["files"].as_array_mut().unwrap().push(file);
            }),
            &["manifest.files"],
        ),
        (
            "not in the manifest",
            change(|zip| zip.entries.push(Entry::stored("b", b""))),
            &["manifest.files"],
        ),
        (
            "listed twice",
            manifest(|m| {
                let file = m["files"][0].clone();
                m["files"].as_array_mut().unwrap().push(file);
            }),
            &["manifest.files"],
        ),
        (
            "size",
            manifest(|m| m["files"][0]["size"] = json!(4)),
            &["manifest.size"],
        ),
        (
            "digest",
            manifest(|m| m["files"][0]["sha256"] = json!("0".repeat(64))),
            &["manifest.digest"],
        ),
        (
            "role",
            manifest(|m| m["files"][0]["role"] = json!("standard")),
            &["manifest.role"],
        ),
        (
            "program",
            zip_of(&[("a.pdf", b"MZ\x90\0\x03\0")]).write(),
            &["attachment.type"],
        ),
        (
            "several at once",
            {
                let mut zip = zip_of(&[("../a.txt", b"abc"), ("b.pdf", b"MZ\x90\0")]);
                zip.comment = b"c".to_vec();
                zip.write()
            },
            &["zip.comment", "zip.name", "attachment.type"],
        ),
    ]
}
