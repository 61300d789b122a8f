//! What holds for any input: claimed by the fuzz targets and by the replay of their corpus, in the same words.

use standard::finding::MAX_FINDINGS;
use standard::{Context, File, FileKind, FileName, Report, Severity, check, looks_standard};

/// A line that begins so is followed by a name; the file's bytes are all behind that line up to the next of its kind.
const FILE: &[u8] = b"=== ";

/// What parses as a name looks standard, and reads the same again.
pub(crate) fn name(bytes: &[u8]) {
    let Ok(name) = std::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(parsed) = FileName::parse(name) {
        assert!(looks_standard(name), "{name}");
        assert_eq!(FileName::parse(name).as_ref(), Ok(&parsed));
    }
}

/// Bytes as the content of a file of each kind.
pub(crate) fn csv(bytes: &[u8]) {
    for kind in FileKind::ALL {
        for month in ["", "202504_", "000000_"] {
            let name = format!("{kind}_{month}0300000100_43_0300000005_11_20250425093000.CSV");
            bounded(&check(&[File { name: &name, bytes }], &Context::default()));
        }
    }
}

/// A whole set of files with their names.
pub(crate) fn unit(bytes: &[u8]) {
    let files = files(bytes);
    let files: Vec<File<'_>> = files.iter().map(|(name, bytes)| File { name, bytes }).collect();
    let report = check(&files, &Context::default());
    bounded(&report);
    for finding in &report.findings {
        let known = finding.file.is_empty() || files.iter().any(|file| file.name == finding.file);
        assert!(
            known,
            "{} speaks of no file that is there: {}",
            finding.code, finding.file
        );
    }
}

/// The files of a set; what stands before the first name is nobody's.
pub(crate) fn files(bytes: &[u8]) -> Vec<(String, &[u8])> {
    let mut begins: Vec<usize> = bytes
        .windows(FILE.len())
        .enumerate()
        .filter(|(at, window)| *window == FILE && (*at == 0 || bytes[*at - 1] == b'\n'))
        .map(|(at, _)| at)
        .collect();
    begins.push(bytes.len());
    begins
        .windows(2)
        .map(|pair| {
            let part = &bytes[pair[0] + FILE.len()..pair[1]];
            let end = part.iter().position(|byte| *byte == b'\n').unwrap_or(part.len());
            let name = String::from_utf8_lossy(&part[..end]).into_owned();
            (name, part.get(end + 1..).unwrap_or_default())
        })
        .collect()
}

/// A report is within its bounds and true to itself.
pub(crate) fn bounded(report: &Report) {
    assert!(report.findings.len() <= MAX_FINDINGS);
    let kept = report.of(Severity::Error).count() as u64;
    let counted: u64 = report.truncated.values().sum();
    assert!(kept <= report.errors && report.errors <= kept + counted);
    for finding in &report.findings {
        assert!(
            standard::codes::find(finding.code).is_some(),
            "{} is not listed",
            finding.code
        );
        assert!(!finding.message_ja.is_empty() && !finding.message_en.is_empty());
        assert_ne!(finding.line, Some(0));
    }
}
