//! The files a person names on the command line.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Name and bytes of every file named; a folder stands for the files in it (not for folders in it), hidden ones left out.
/// Files come in the order given, those of a folder by name.
///
/// # Errors
/// Something cannot be read, or there is no file at all.
pub fn read(paths: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            for inside in folder(path)? {
                files.push(file(&inside)?);
            }
        } else {
            files.push(file(path)?);
        }
    }
    if files.is_empty() {
        return Err(Failure::usage("ファイルがありません。", "there is no file"));
    }
    Ok(files)
}

fn folder(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path).map_err(Failure::read(path))? {
        let inside = entry.map_err(Failure::read(path))?.path();
        let hidden = inside
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if inside.is_file() && !hidden {
            files.push(inside);
        }
    }
    files.sort();
    Ok(files)
}

/// Name and bytes of a file.
pub(crate) fn file(path: &Path) -> Result<(String, Vec<u8>), Failure> {
    let name = name(path)?;
    let bytes = std::fs::read(path).map_err(Failure::read(path))?;
    Ok((name, bytes))
}

/// The name of a file without its path.
pub(crate) fn name(path: &Path) -> Result<String, Failure> {
    let name = path.file_name().and_then(|name| name.to_str());
    name.map(str::to_owned).ok_or_else(|| {
        Failure::usage(
            format!("ファイル名を読み取れません：{}", path.display()),
            format!("cannot read the file name of {}", path.display()),
        )
    })
}
