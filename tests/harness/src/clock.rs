//! A wall clock of a process's own, which a test sets while it runs: libfaketime reads it from a file at each look. The
//! monotonic clock stays the machine's, as it does when an operator or NTP steps the wall clock.

use std::path::PathBuf;

/// One process's wall clock.
pub(crate) struct Clock {
    file: PathBuf,
}

impl Clock {
    /// A clock that agrees with the machine's so far.
    pub(crate) fn new(file: PathBuf) -> anyhow::Result<Self> {
        let clock = Self { file };
        clock.set(0)?;
        Ok(clock)
    }

    pub(crate) fn set(&self, ahead_seconds: i64) -> anyhow::Result<()> {
        let fresh = self.file.with_extension("new");
        std::fs::write(&fresh, format!("{ahead_seconds:+}\n"))?;
        // Renamed into place: a look finds the old offset or the new one.
        std::fs::rename(fresh, &self.file)?;
        Ok(())
    }

    /// What the process is started with. The dynamic linker puts the architecture's folder where `$LIB` stands.
    pub(crate) fn environment(&self) -> [(&'static str, String); 6] {
        [
            ("LD_PRELOAD", "/usr/$LIB/faketime/libfaketimeMT.so.1".to_owned()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
            ("NO_FAKE_STAT", "1".to_owned()),
        ]
    }
}
