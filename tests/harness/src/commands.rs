//! What the stories had the programs do, written down for `ops/dev/commands-run`, which compares it with the pages.
//!
//! The file is named by `COMMANDS_RUN`; without it nothing is written. A line is a command: program and arguments, with
//! tabs between. Written is what ended as its story wanted and was no wrong call; wrong calls are tried by stories too, and
//! show that a program refuses, not that it knows the command.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use anyhow::Context;

use crate::processes::program;

/// The file's name in the environment.
const COMMANDS_RUN: &str = "COMMANDS_RUN";

/// Runs a program and writes down what it was asked if it ended well: for shells, which know nothing of this crate.
const WRAPPER: &str = r#"#!/usr/bin/env bash
set -euo pipefail
status=0
'PROGRAM' "$@" || status=$?
if [ "$status" -eq 0 ] && [ -n "${COMMANDS_RUN:-}" ]; then
  words=("${@//[$'\t\n']/ }")
  line=$(IFS=$'\t'; printf '%s\t%s' 'NAME' "${words[*]}")
  printf '%s\n' "$line" >>"$COMMANDS_RUN"
fi
exit "$status"
"#;

/// Writes down a command that has ended as it should.
///
/// # Errors
/// When the file cannot be written.
pub fn ran<A: AsRef<OsStr>>(name: &str, arguments: impl IntoIterator<Item = A>) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os(COMMANDS_RUN).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let mut line = name.to_owned();
    for argument in arguments {
        let argument = argument.as_ref().to_string_lossy().replace(['\t', '\n'], " ");
        write!(line, "\t{argument}")?;
    }
    line.push('\n');
    // One write at the file's end: stories of several processes share it.
    let written = std::fs::File::options()
        .create(true)
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(line.as_bytes()));
    written.with_context(|| format!("write down `{name}` in {}", Path::new(&path).display()))
}

/// Makes a folder of the programs that write down by themselves what they were asked; `relay`, which is stopped by
/// signals, is the program itself.
///
/// # Errors
/// When a program is not built, or the folder cannot be written.
pub fn written_down(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    for name in ["relayctl", "careplan"] {
        let real = program(name)?.display().to_string();
        let wrapper = folder.join(name);
        std::fs::write(&wrapper, WRAPPER.replace("PROGRAM", &real).replace("NAME", name))?;
        std::fs::set_permissions(&wrapper, std::fs::Permissions::from_mode(0o755))?;
    }
    symlink(program("relay")?, folder.join("relay"))?;
    Ok(())
}
