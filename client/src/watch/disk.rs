//! The agent's steps on the disk: each is one rename, nothing is overwritten, and what was done stays done when the power
//! fails.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::names;
use crate::failure::Failure;

/// That this process alone works on a folder; the system lets go of it with the process.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder, and makes the agent's own folder in it.
    ///
    /// # Errors
    /// The folder is not there or cannot be written, or another agent has it.
    pub fn take(folder: &Path) -> Result<Self, Failure> {
        std::fs::read_dir(folder).map_err(Failure::read(folder))?;
        let own = folder.join(names::OWN);
        make(&own)?;
        let path = own.join("lock");
        let file = File::create(&path).map_err(Failure::write(&path))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Failure::usage(
                format!(
                    "このフォルダでは、別の careplan watch が動いています：{}",
                    folder.display()
                ),
                format!("another careplan watch has the folder {}", folder.display()),
            )),
            Err(std::fs::TryLockError::Error(error)) => Err(Failure::write(&path)(error)),
        }
    }
}

/// Makes a folder and those above it.
pub(super) fn make(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(Failure::write(folder))
}

/// Names in a folder, sorted; those that are no text are left out, and a folder that is not there has none.
pub(super) fn list(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Failure::read(folder))?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(Failure::read(folder))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort();
    Ok(names)
}

/// Whether anything has this name, be it a link to nowhere.
pub(super) fn is_there(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok()
}

/// Writes a file of the agent's own: whole or not at all.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = folder.join(format!(".{name}.part"));
    let written = || -> std::io::Result<()> {
        let mut file = File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)
    };
    written().map_err(Failure::write(path))?;
    sync(folder)
}

/// Renames to a name that nothing has. There is one agent in a folder, so nothing comes between looking and renaming.
pub(super) fn rename(from: &Path, to: &Path) -> Result<(), Failure> {
    if is_there(to) {
        return Err(Failure::Exists(to.to_owned()));
    }
    std::fs::rename(from, to).map_err(Failure::write(to))?;
    sync(to.parent().unwrap_or(Path::new("")))?;
    sync(from.parent().unwrap_or(Path::new("")))
}

/// Moves a folder of the agent's to `base/day/name`, or the next free name; where it is then.
pub(super) fn put(from: &Path, base: &Path, day: &str, name: &str) -> Result<PathBuf, Failure> {
    let folder = base.join(day);
    make(&folder)?;
    sync(base)?;
    let to = folder.join(names::free(name, |name| is_there(&folder.join(name))));
    rename(from, &to)?;
    Ok(to)
}

/// Names of a folder onto the disk. Folders cannot be opened as files everywhere.
pub(super) fn sync(folder: &Path) -> Result<(), Failure> {
    File::open(folder)
        .map_or(Ok(()), |file| file.sync_all())
        .map_err(Failure::write(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_agent_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let second = Lock::take(folder.path()).unwrap_err();
        assert!(second.ja().contains("別の careplan watch"), "{second}");
        drop(first);
        Lock::take(folder.path()).unwrap();
        assert!(Lock::take(&folder.path().join("nowhere")).is_err());
    }

    #[test]
    fn nothing_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path().join("sent");
        let mut places = Vec::new();
        for text in ["1", "2"] {
            let from = folder.path().join("from");
            make(&from).unwrap();
            write(&from.join("a"), text.as_bytes()).unwrap();
            places.push(put(&from, &base, "20250401", "x").unwrap());
        }
        let texts = places.iter().map(|place| std::fs::read(place.join("a")).unwrap());
        assert_eq!(texts.collect::<Vec<_>>(), [b"1", b"2"]);
        assert!(matches!(rename(&places[0], &places[1]), Err(Failure::Exists(_))));
        assert_eq!(list(&base.join("20250401")).unwrap(), ["x", "x-2"]);
    }
}
