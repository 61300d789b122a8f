//! Envelopes' contents made and read by Info-ZIP's `zip` and `unzip`, as a vendor without our software does it.

use std::path::Path;
use std::process::Command;

use parcel::{pack, unpack};
use proto::Limits;

use crate::packing::draft;
use crate::support::{MANIFEST, manifest_of};

const FILES: &[(&str, &[u8])] = &[
    ("a.CSV", b"1,2,3\r\n1,2,3\r\n1,2,3\r\n1,2,3\r\n"),
    ("b.txt", b"text"),
    ("\u{5831}\u{544a}.txt", b"text in a file with a Japanese name"),
];

/// Writes manifest and files into a folder and runs a shell line there.
fn made_by(line: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    write(MANIFEST, manifest_of(FILES).to_string().as_bytes());
    FILES.iter().for_each(|(name, bytes)| write(name, bytes));
    run(folder.path(), line);
    std::fs::read(folder.path().join("envelope.zip")).unwrap()
}

fn run(folder: &Path, line: &str) -> String {
    let output = Command::new("sh")
        .args(["-euc", line])
        .current_dir(folder)
        .env("LC_ALL", "C.UTF-8")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {told}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn info_zip_is_understood() {
    let names = format!("{MANIFEST} a.CSV b.txt \u{5831}\u{544a}.txt");
    for line in [
        format!("zip -q -X envelope.zip {names}"),
        format!("zip -q envelope.zip {names}"),
        format!("zip -q -0 envelope.zip {names}"),
        format!("zip -q -9 -fd envelope.zip {names}"),
        format!("zip -q -UN=UTF8 envelope.zip {names}"),
        format!("zip -q -X - {names} | cat > envelope.zip"),
        format!("zip -q -0 - {names} | cat > envelope.zip"),
        format!("zip -q envelope.zip {MANIFEST} && zip -q -g envelope.zip {names}"),
    ] {
        let zip = made_by(&line);
        let content =
            unpack(&zip, &Limits::default()).unwrap_or_else(|problems| panic!("{line}: {problems:#?}"));
        let found: Vec<_> = content
            .files
            .iter()
            .map(|file| (file.name.as_str(), file.bytes.as_slice()))
            .collect();
        assert_eq!(found, FILES, "{line}");
    }
}

#[test]
fn what_other_lines_of_info_zip_make_is_refused() {
    let names = format!("{MANIFEST} a.CSV b.txt \u{5831}\u{544a}.txt");
    for (line, code) in [
        (format!("zip -q -P secret envelope.zip {names}"), "zip.encrypted"),
        (
            format!("echo words | zip -q -z envelope.zip {names}"),
            "zip.comment",
        ),
        (
            format!("mkdir d && zip -q envelope.zip {names} d"),
            "zip.file_type",
        ),
        (
            format!("ln -s a.CSV l && zip -q -y envelope.zip {names} l"),
            "zip.file_type",
        ),
        (format!("zip -q -fz envelope.zip {names}"), "zip.zip64"),
        (format!("zip -q envelope.zip a.CSV {names}"), "zip.manifest_first"),
        (
            format!("zip -q z.zip {names} && cat a.CSV z.zip > envelope.zip"),
            "zip.gap",
        ),
        (
            format!("zip -q z.zip {names} && cat a.CSV z.zip > envelope.zip && zip -q -A envelope.zip"),
            "zip.gap",
        ),
    ] {
        let zip = made_by(&line);
        let problems = unpack(&zip, &Limits::default()).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.code == code),
            "{line}: {problems:#?}"
        );
    }
}

#[test]
fn unzip_reads_what_we_pack() {
    let files = FILES
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
        .collect();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("envelope.zip"), pack(&draft(files)).unwrap()).unwrap();
    run(folder.path(), "unzip -q -t envelope.zip && unzip -q envelope.zip");
    for (name, bytes) in FILES {
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), *bytes);
    }
}
