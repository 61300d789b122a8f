//! Certificates and trust change while the door is open: their files are looked at again and again.
//!
//! Polled, not watched: a mounted secret is changed by swapping a symbolic link above the file.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use arc_swap::ArcSwap;
use chassis::shutdown::Shutdown;
use seal::trust::SharedTrust;
use tokio::time::sleep;

use crate::DoorConfig;
use crate::certificate::{self, Server};

/// Between two looks at the trust folder.
const TRUST: Duration = Duration::from_secs(10);

/// What a file looks like from outside: where it is, when it changed, how long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Face {
    path: PathBuf,
    inode: u64,
    changed: (i64, i64),
    bytes: u64,
}

/// Reads the trust folder again whenever its files change, until shutdown ends; run it beside the door. What cannot be
/// read leaves the old trust in use, is told, and tried again.
pub async fn keep_trust_fresh(trust: SharedTrust, folder: PathBuf, shutdown: Shutdown) {
    keep(
        TRUST,
        &shutdown,
        || faces_in(&folder),
        || match trust.reload() {
            Ok(()) => {
                tracing::info!(generation = trust.generation(), "trust read again");
                true
            }
            Err(error) => {
                tracing::error!(%error, "the trust folder cannot be read; the old trust stays in use");
                false
            }
        },
    )
    .await;
}

/// Reads the server's certificate again whenever its files change, for connections to come.
pub(crate) async fn keep_certificate_fresh(
    config: &DoorConfig,
    server: &ArcSwap<Server>,
    shutdown: &Shutdown,
) {
    let paths = [config.certificate.as_path(), config.key.as_path()];
    let every = Duration::from_secs(config.reload_seconds.max(1));
    keep(every, shutdown, || paths.iter().filter_map(|path| face(path)).collect(), || {
        match certificate::read(&config.certificate, &config.key) {
            Ok(new) => {
                server.store(new);
                tracing::info!("the server's certificate was read again");
                true
            }
            Err(error) => {
                // Certificate and key are two files: for a moment they may not fit.
                tracing::warn!(%error, "the server's certificate cannot be read; the old one stays in use");
                false
            }
        }
    })
    .await;
}

/// Calls `reload` when `look` sees other faces than at the last success; the first time always, for what changed while
/// the process started. Ends when shutdown begins.
async fn keep(every: Duration, shutdown: &Shutdown, look: impl Fn() -> Vec<Face>, reload: impl Fn() -> bool) {
    let mut seen = Vec::new();
    loop {
        tokio::select! {
            () = shutdown.wait() => return,
            () = sleep(every) => {}
        }
        let now = look();
        if now != seen && reload() {
            seen = now;
        }
    }
}

fn faces_in(folder: &Path) -> Vec<Face> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut faces: Vec<Face> = entries
        .flatten()
        .filter_map(|entry| face(&entry.path()))
        .collect();
    faces.sort_by(|one, other| one.path.cmp(&other.path));
    faces
}

fn face(path: &Path) -> Option<Face> {
    let data = std::fs::metadata(path).ok()?;
    Some(Face {
        path: path.to_owned(),
        inode: data.ino(),
        changed: (data.ctime(), data.ctime_nsec()),
        bytes: data.len(),
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_change_is_read_once_and_what_cannot_be_read_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let shutdown = Shutdown::new();
        let (tries, reads) = (Cell::new(0), Cell::new(0));
        let reload = || {
            tries.set(tries.get() + 1);
            match tries.get() {
                // The first look; then a file that is only half there.
                1 => std::fs::write(folder.path().join("office.pem"), "half").unwrap(),
                2 => return false,
                _ => shutdown.begin(),
            }
            reads.set(reads.get() + 1);
            true
        };
        std::fs::write(folder.path().join("office.crl"), "").unwrap();
        let look = || faces_in(folder.path());
        let kept = keep(Duration::from_millis(5), &shutdown, look, reload);
        tokio::time::timeout(Duration::from_secs(10), kept).await.unwrap();
        assert_eq!((tries.get(), reads.get()), (3, 2));
    }
}
