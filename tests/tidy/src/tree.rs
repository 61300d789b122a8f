//! The repository's files, as the rules see them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::lex::{Lexed, lex};

/// What is built or downloaded, never written by us.
const SKIPPED: &[&str] = &["target", ".git", ".run", ".images", "secrets"];

/// A file of the repository.
#[derive(Debug)]
pub struct File {
    /// Path from the repository's root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// Whether it holds tests only: in a `tests` folder of a crate, or a `tests.rs` beside the code.
    #[must_use]
    pub fn is_test(&self) -> bool {
        self.path.starts_with("tests/") || self.path.contains("/tests/") || self.path.ends_with("/tests.rs")
    }

    /// Its Rust view.
    #[must_use]
    pub fn lexed(&self) -> Lexed {
        lex(&self.text)
    }

    /// The lines of program code: number (from 1) and text without comments, literals and test modules.
    #[must_use]
    pub fn program(&self) -> Vec<(usize, String)> {
        let lexed = self.lexed();
        let kept = lexed.code.into_iter().zip(lexed.in_test).enumerate();
        kept.filter(|(_, (_, test))| !test)
            .map(|(index, (line, _))| (index + 1, line))
            .collect()
    }

    /// The string literals of program code: line (from 1) and text.
    #[must_use]
    pub fn program_literals(&self) -> Vec<(usize, String)> {
        let lexed = self.lexed();
        let in_test = lexed.in_test;
        let of_program = |line: usize| !in_test.get(line - 1).copied().unwrap_or(false);
        lexed
            .literals
            .into_iter()
            .filter(|(line, _)| of_program(*line))
            .collect()
    }
}

/// The repository's root.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every readable text file below a folder of the repository (`""`: all of it), in order of path.
///
/// # Errors
/// A folder or file cannot be read.
pub fn files(below: &str) -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    walk(&root().join(below), below.trim_end_matches('/'), &mut found)?;
    found.sort_by(|left, right| left.path.cmp(&right.path));
    Ok(found)
}

/// Every Rust file below these folders.
///
/// # Errors
/// A folder or file cannot be read.
pub fn rust(below: &[&str]) -> io::Result<Vec<File>> {
    let mut found = Vec::new();
    for folder in below {
        found.extend(
            files(folder)?
                .into_iter()
                .filter(|file| file.path.ends_with(".rs")),
        );
    }
    Ok(found)
}

fn walk(folder: &Path, path: &str, found: &mut Vec<File>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}/{name}")
        };
        let kind = entry.file_type()?;
        // In a worktree `.git` is a file.
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        if kind.is_dir() {
            walk(&entry.path(), &path, found)?;
        } else if kind.is_file()
            && let Ok(text) = String::from_utf8(fs::read(entry.path())?)
        {
            found.push(File { path, text });
        }
    }
    Ok(())
}
