//! What `careplan check` is to judge: sets of files that belong together.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Files that are judged together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The folder they lie in, as named; empty for files named one by one.
    pub place: String,
    /// The files.
    pub paths: Vec<PathBuf>,
}

/// The sets below these paths. Files named one by one are one set; every folder, and every folder in it, is a set of its
/// own. Hidden files and folders are passed over, and so are links to folders inside a folder. Names in a folder are sorted.
///
/// # Errors
/// A folder cannot be read, or there is no file at all.
pub fn find(paths: &[PathBuf]) -> Result<Vec<Subject>, Failure> {
    let (folders, files): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path.is_dir());
    let mut subjects = vec![Subject {
        place: String::new(),
        paths: files,
    }];
    for folder in &folders {
        below(folder, &mut subjects)?;
    }
    subjects.retain(|subject| !subject.paths.is_empty());
    if subjects.is_empty() {
        return Err(Failure::usage("ファイルがありません。", "there is no file"));
    }
    Ok(subjects)
}

fn below(folder: &Path, subjects: &mut Vec<Subject>) -> Result<(), Failure> {
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder).map_err(Failure::read(folder))? {
        let entry = entry.map_err(Failure::read(folder))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        // A link to a folder could lead round in a circle.
        if entry.file_type().map_err(Failure::read(&path))?.is_dir() {
            folders.push(path);
        } else if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    folders.sort();
    subjects.push(Subject {
        place: folder.display().to_string(),
        paths: files,
    });
    for inside in folders {
        below(&inside, subjects)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_folder_is_a_set_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        for name in [
            "b/deep/x.csv",
            "b/2.csv",
            "b/1.csv",
            "b/.hidden/y.csv",
            "one.csv",
            "two.csv",
        ] {
            std::fs::create_dir_all(at(name).parent().unwrap()).unwrap();
            std::fs::write(at(name), b"1").unwrap();
        }
        let found = find(&[at("one.csv"), at("b"), at("two.csv")]).unwrap();
        let shown: Vec<(String, usize)> = found
            .iter()
            .map(|subject| {
                (
                    subject.place.replace(&folder.path().display().to_string(), ""),
                    subject.paths.len(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [(String::new(), 2), ("/b".into(), 2), ("/b/deep".into(), 1)]
        );
        assert!(found[1].paths[0].ends_with("1.csv"));
        std::fs::create_dir(at("empty")).unwrap();
        assert!(find(&[at("empty")]).is_err());
    }
}
