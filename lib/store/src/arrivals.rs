//! Waking those who wait at an office's lists.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use proto::OfficeNumber;
use tokio::sync::Notify;

use crate::Store;
use crate::sql::Pool;

/// PostgreSQL: another process may have written, so nobody waits longer than this before looking again.
const OTHERS_WRITE: Duration = Duration::from_secs(1);

/// SQLite: this process writes and wakes; looking again is for another one on the same file.
const ALONE: Duration = Duration::from_secs(30);

/// Who waits for which office.
#[derive(Default)]
pub(crate) struct Arrivals {
    waiting: Mutex<HashMap<OfficeNumber, Arc<Notify>>>,
}

impl Arrivals {
    fn of(&self, office: OfficeNumber) -> Arc<Notify> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(waiting.entry(office).or_default())
    }

    /// Something committed may show in these offices' lists.
    pub(crate) fn wake<'a>(&self, offices: impl Iterator<Item = &'a OfficeNumber>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for office in offices {
            if let Some(notify) = waiting.remove(office) {
                notify.notify_waiters();
            }
        }
    }
}

impl Store {
    /// Waits until something for that office may have changed, about one second at most on PostgreSQL (another process may
    /// have written), half a minute on SQLite.
    /// Take it **before** looking at the list: what happens after this call wakes it, polled or not.
    pub fn changed(&self, office: OfficeNumber) -> impl Future<Output = ()> + Send + 'static {
        let notified = self.arrivals.of(office).notified_owned();
        let patience = self.patience();
        async move {
            // Either way the caller looks again.
            let _ = tokio::time::timeout(patience, notified).await;
        }
    }

    fn patience(&self) -> Duration {
        jittered(match self.pool {
            Pool::Sqlite(..) => ALONE,
            Pool::Postgres(_) => OTHERS_WRITE,
        })
    }
}

/// Three quarters of it to the whole, so that those who came together do not look again together.
fn jittered(longest: Duration) -> Duration {
    // A new hasher has new keys: a number nobody expects, without a generator.
    let random = RandomState::new().build_hasher().finish();
    let part = u32::try_from(random % 256).unwrap_or(0);
    longest - longest * part / 1_024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_wait_do_not_look_again_together() {
        let waits: Vec<_> = (0..100).map(|_| jittered(ALONE)).collect();
        let shortest = Duration::from_millis(22_500);
        assert!(
            waits.iter().all(|wait| (shortest..=ALONE).contains(wait)),
            "{waits:?}"
        );
        assert!(waits.iter().any(|wait| *wait != waits[0]));
    }

    /// Ten thousand who wait must not ask the file ten thousand times a second.
    #[tokio::test]
    async fn alone_on_its_file_nobody_looks_again_each_second() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("store.db").display());
        let store = Store::open(&crate::StoreConfig::at(url)).await.unwrap();
        assert!(Duration::from_secs(20) < store.patience());
    }

    #[tokio::test]
    async fn a_change_after_asking_is_never_missed() {
        let arrivals = Arrivals::default();
        let office: OfficeNumber = "0300000005".parse().unwrap();
        let before = arrivals.of(office).notified_owned();
        arrivals.wake([office].iter());
        before.await;
        assert!(arrivals.waiting.lock().unwrap().is_empty());
    }
}
