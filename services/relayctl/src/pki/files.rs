//! Writing files so that nobody ever sees half of one, and keys so that nobody else sees them at all.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use crate::exit::Failure;

/// One file of a folder that is written as a whole.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    /// Readable by the owner alone.
    pub(crate) secret: bool,
}

impl<'a> Entry<'a> {
    pub(crate) fn open(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes,
            secret: false,
        }
    }

    pub(crate) fn secret(name: &'a str, bytes: &'a [u8]) -> Self {
        Self {
            name,
            bytes,
            secret: true,
        }
    }
}

/// Makes a folder (and those above it) that only its owner may enter; one that is there stays as it is.
pub(crate) fn make_folder(path: &Path) -> Result<(), Failure> {
    (DirBuilder::new().recursive(true).mode(0o700).create(path))
        .map_err(|error| Failure::cannot(&format!("make the folder {}", path.display()), &error))
}

/// Writes a new folder with all its files at once: either it is there with all of them, or not at all.
pub(crate) fn new_folder(path: &Path, entries: &[Entry<'_>]) -> Result<(), Failure> {
    let cannot =
        |error: std::io::Error| Failure::cannot(&format!("write the folder {}", path.display()), &error);
    let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(Failure::Usage(format!(
            "{}: not the name of a folder",
            path.display()
        )));
    };
    make_folder(parent)?;
    let unfinished = parent.join(format!(".{}.{}.new", name.display(), std::process::id()));
    make_folder(&unfinished)?;
    let written = (entries.iter().try_for_each(|entry| write_new(&unfinished, entry)))
        .and_then(|()| std::fs::rename(&unfinished, path));
    if written.is_err() {
        // What is left of an attempt that failed is of no use to anybody.
        drop(std::fs::remove_dir_all(&unfinished));
    }
    written.map_err(cannot)
}

/// Writes a file anew, in one step for whoever reads it.
pub(crate) fn replace(folder: &Path, entry: &Entry<'_>) -> Result<(), Failure> {
    let path = folder.join(entry.name);
    let name = format!(".{}.{}.new", entry.name, std::process::id());
    let unfinished = Entry {
        name: &name,
        bytes: entry.bytes,
        secret: entry.secret,
    };
    write_new(folder, &unfinished)
        .and_then(|()| std::fs::rename(folder.join(&name), &path))
        .map_err(|error| Failure::cannot(&format!("write {}", path.display()), &error))
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))
}

/// Reads a text file; one that is not there is empty.
pub(crate) fn read_text_or_empty(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        result => result.map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error)),
    }
}

fn write_new(folder: &Path, entry: &Entry<'_>) -> std::io::Result<()> {
    let mode = if entry.secret { 0o600 } else { 0o644 };
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(folder.join(entry.name))?;
    file.write_all(entry.bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_folder_is_whole_or_not_there_and_keys_are_private() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        new_folder(
            &folder,
            &[Entry::open("cert.pem", b"c"), Entry::secret("key.pem", b"k")],
        )
        .unwrap();
        let mode = |name: &str| folder.join(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("cert.pem") & 0o044, mode("key.pem")), (0o044, 0o600));

        // An existing folder is never replaced, and the attempt leaves nothing behind.
        assert!(new_folder(&folder, &[Entry::open("cert.pem", b"other")]).is_err());
        assert_eq!(std::fs::read(folder.join("cert.pem")).unwrap(), b"c");
        assert_eq!(std::fs::read_dir(root.path().join("a")).unwrap().count(), 1);

        replace(&folder, &Entry::open("cert.pem", b"d")).unwrap();
        assert_eq!(std::fs::read(folder.join("cert.pem")).unwrap(), b"d");
    }
}
