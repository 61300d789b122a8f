//! Received files onto the disk: never outside the folder, never over a file that is there, never half a file under its
//! own name.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use proto::EnvelopeId;

use crate::failure::Failure;

/// Where a file of this name goes: directly into the folder.
///
/// # Errors
/// The name is no plain file name here.
pub fn place(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let mut components = Path::new(name).components();
    let only = matches!(components.next(), Some(Component::Normal(part)) if part == name);
    let plain = parcel::is_plain_name(name) && only && components.next().is_none();
    if plain && !(cfg!(windows) && is_device(name)) {
        Ok(folder.join(name))
    } else {
        Err(Failure::usage(
            format!("このファイル名では保存できません：{}", name.escape_debug()),
            format!("a file of this name cannot be written: {}", name.escape_debug()),
        ))
    }
}

/// Writes all files of an envelope. Files already there with the same contents are left as they are, so that a second try
/// after an interruption goes through.
///
/// # Errors
/// A name is not plain, a file with other contents is there (nothing is written then), or the disk refuses.
pub fn write(folder: &Path, id: EnvelopeId, files: &[(&str, &[u8])]) -> Result<Vec<PathBuf>, Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::write(folder))?;
    let mut targets = Vec::with_capacity(files.len());
    let mut missing = Vec::new();
    for (name, bytes) in files {
        let target = place(folder, name)?;
        if !is_there(&target, bytes)? {
            missing.push((target.clone(), *bytes));
        }
        targets.push(target);
    }
    let short: String = id.to_string().chars().take(12).collect();
    for (number, (target, bytes)) in missing.iter().enumerate() {
        let part = folder.join(format!(".careplan-{short}-{number}.part"));
        let written = write_part(&part, bytes).map_err(Failure::write(target));
        let named = written.and_then(|()| give_name(&part, target, bytes));
        // A part is ours alone; one that stays is overwritten by the next try.
        let _ = std::fs::remove_file(&part);
        named?;
    }
    Ok(targets)
}

/// Whether exactly this file is there.
fn is_there(target: &Path, bytes: &[u8]) -> Result<bool, Failure> {
    match std::fs::symlink_metadata(target) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Failure::read(target)(error)),
        Ok(facts) if facts.is_file() && facts.len() == bytes.len() as u64 => {
            let same = std::fs::read(target).map_err(Failure::read(target))? == bytes;
            if same {
                Ok(true)
            } else {
                Err(Failure::Exists(target.to_owned()))
            }
        }
        Ok(_) => Err(Failure::Exists(target.to_owned())),
    }
}

fn write_part(part: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match std::fs::remove_file(part) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_new(part, bytes)
}

/// A hard link fails where a file is, and appears whole. File systems without links get a new file.
fn give_name(part: &Path, target: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let linked = match std::fs::hard_link(part, target) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => write_new(target, bytes),
        other => other,
    };
    linked.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::Exists(target.to_owned()),
        _ => Failure::write(target)(error),
    })
}

/// Writes a file that must not be there yet.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Names that mean a device on Windows, and those it silently changes.
fn is_device(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| matches!(rest, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9"))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || numbered("COM")
        || numbered("LPT")
        || name.ends_with(['.', ' '])
        || name.contains(['<', '>', '"', '|', '?', '*'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id() -> EnvelopeId {
        EnvelopeId::of(b"x")
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_are_written_once_and_a_second_try_is_fine() {
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("new/inbox");
        let files: &[(&str, &[u8])] = &[("a.CSV", b"1"), ("報告.pdf", b"2")];
        for _ in 0..2 {
            let written = write(&into, id(), files).unwrap();
            assert_eq!(written.len(), 2);
            assert_eq!(names(&into), ["a.CSV", "報告.pdf"]);
        }
    }

    #[test]
    fn nothing_is_ever_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b.CSV"), "mine").unwrap();
        let failure = write(folder.path(), id(), &[("a.CSV", b"1"), ("b.CSV", b"them")]).unwrap_err();
        assert!(matches!(failure, Failure::Exists(_)), "{failure}");
        assert_eq!(std::fs::read(folder.path().join("b.CSV")).unwrap(), b"mine");
        assert_eq!(names(folder.path()), ["b.CSV"], "nothing else was written either");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let target = outside.path().join("stolen");
        std::os::unix::fs::symlink(&target, folder.path().join("a.CSV")).unwrap();
        assert!(write(folder.path(), id(), &[("a.CSV", b"1")]).is_err());
        assert!(!target.exists());
    }

    #[test]
    fn windows_devices_are_known() {
        for bad in ["CON", "con.txt", "LPT1.pdf", "nul .csv", "a.", "a ", "a?b"] {
            assert!(is_device(bad), "{bad}");
        }
        for good in ["CONTRACT.pdf", "COM10.txt", "a.b.c"] {
            assert!(!is_device(good), "{good}");
        }
    }

    proptest! {
        #[test]
        fn a_name_never_leaves_the_folder(name in "(\\.\\./|/|\\\\|C:|\\.|[a-zあ]|\u{0}|\u{202e}){0,6}") {
            let folder = Path::new("/srv/inbox");
            if let Ok(path) = place(folder, &name) {
                prop_assert_eq!(path.parent(), Some(folder));
                prop_assert_eq!(path.file_name().and_then(|found| found.to_str()), Some(name.as_str()));
            }
        }

        #[test]
        fn any_name_at_all(name in any::<String>()) {
            let folder = Path::new("/srv/inbox");
            if let Ok(path) = place(folder, &name) {
                prop_assert_eq!(path.parent(), Some(folder));
            }
        }
    }
}
