//! A disk so small that a test can fill it.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use tempfile::TempDir;

/// A file system of its own in memory; dropped, it is unmounted and gone.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// One of so many bytes. Mounting is the administrator's: root does it, anybody else by `sudo`.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn mount(bytes: u64) -> anyhow::Result<Self> {
        let folder = TempDir::with_prefix("careplan-relay-disk-")?;
        let options = format!("size={bytes},mode=1777");
        let arguments = ["mount", "-t", "tmpfs", "-o", &options, "tmpfs"];
        as_root(&arguments, folder.path())?;
        Ok(Self(folder))
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: whoever still has a file open keeps it until its end, and the folder can go.
        let _ = as_root(&["umount", "--lazy"], self.path());
    }
}

fn as_root(command: &[&str], folder: &Path) -> anyhow::Result<()> {
    let prefix: &[&str] = if is_root()? { &[] } else { &["sudo", "-n"] };
    let words = [prefix, command].concat();
    let (program, arguments) = words.split_first().context("a command")?;
    let output = Command::new(program).args(arguments).arg(folder).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{words:?}: {said}");
    Ok(())
}

fn is_root() -> anyhow::Result<bool> {
    let output = Command::new("id").arg("-u").output()?;
    Ok(output.stdout.trim_ascii() == b"0")
}
