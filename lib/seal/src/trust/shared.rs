//! The trust of a running process, reloaded without restart.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwap;

use super::{Trust, TrustError};

/// A handle to the current [`Trust`]; clones share it.
#[derive(Clone, Debug)]
pub struct SharedTrust(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    dir: PathBuf,
    current: ArcSwap<Trust>,
    generation: AtomicU64,
}

impl SharedTrust {
    /// Reads the folder for the first time; see [`Trust::load`].
    ///
    /// # Errors
    /// As [`Trust::load`].
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, TrustError> {
        let dir = dir.as_ref().to_path_buf();
        let current = ArcSwap::from_pointee(Trust::load(&dir)?);
        Ok(Self(Arc::new(Inner {
            dir,
            current,
            generation: AtomicU64::new(1),
        })))
    }

    /// The trust as last read.
    #[must_use]
    pub fn current(&self) -> Arc<Trust> {
        self.0.current.load_full()
    }

    /// Reads the folder again.
    ///
    /// # Errors
    /// As [`Trust::load`]; the old trust stays in use.
    pub fn reload(&self) -> Result<(), TrustError> {
        let trust = Trust::load(&self.0.dir)?;
        self.0.current.store(Arc::new(trust));
        self.0.generation.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }

    /// How many times the folder was read with success.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }
}
