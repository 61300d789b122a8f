//! Waking those who wait at an office's lists.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use proto::OfficeNumber;
use tokio::sync::Notify;

use crate::Store;

/// Another process may have written: nobody waits longer than this before looking again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

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
    /// Waits until something for that office may have changed, one second at most (another process may have written).
    /// Take it **before** looking at the list: what happens after this call wakes it, polled or not.
    pub fn changed(&self, office: OfficeNumber) -> impl Future<Output = ()> + Send + 'static {
        let notified = self.arrivals.of(office).notified_owned();
        async move {
            // Either way the caller looks again.
            let _ = tokio::time::timeout(LOOK_AGAIN, notified).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
