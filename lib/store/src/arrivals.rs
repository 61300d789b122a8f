//! Waking those who wait at an office's lists.

use std::collections::HashMap;
use std::future::Future;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use proto::OfficeNumber;
use tokio::sync::Notify;

use crate::sql::{Pool, Value};
use crate::{Store, StoreError};

/// PostgreSQL: another process may have written, so one look a second is made for all who wait in this one.
const OTHERS_WRITE: Duration = Duration::from_secs(1);

/// Nobody waits longer than this before looking again: on SQLite for another process on the same file, on PostgreSQL for
/// what moves no list's end.
const ALONE: Duration = Duration::from_secs(30);

/// Who waits for which office.
#[derive(Default)]
pub(crate) struct Arrivals {
    waiting: Mutex<HashMap<OfficeNumber, Arc<Notify>>>,
    /// Somebody looks for all of them.
    looked_for: AtomicBool,
}

/// The ends of an office's lists, inbox and sent.
type Ends = (i64, i64);

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

    /// Those for whom somebody still waits; who gave up is forgotten.
    fn awaited(&self) -> Vec<OfficeNumber> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, notify| 1 < Arc::strong_count(notify));
        if waiting.is_empty() {
            // Under the lock: whoever comes now finds that nobody looks.
            self.looked_for.store(false, Ordering::Release);
        }
        waiting.keys().copied().collect()
    }

    /// Looks each second where the lists of those who wait end, as long as anybody waits: one question for five hundred
    /// offices, where each would have asked for itself.
    async fn look_for_all(self: Arc<Self>, pool: Pool) {
        let mut known: HashMap<OfficeNumber, Ends> = HashMap::new();
        loop {
            tokio::time::sleep(OTHERS_WRITE).await;
            let awaited = self.awaited();
            if awaited.is_empty() {
                return;
            }
            match ends(&pool, &awaited).await {
                Ok(ends) => {
                    let moved = moved(&known, &awaited, &ends);
                    known = ends;
                    self.wake(moved.iter());
                }
                // They look themselves, and say what they find.
                Err(_) => self.wake(awaited.iter()),
            }
        }
    }
}

async fn ends(pool: &Pool, offices: &[OfficeNumber]) -> Result<HashMap<OfficeNumber, Ends>, StoreError> {
    let keys: Vec<Value<'_>> = offices.iter().map(Value::from).collect();
    let sql = "SELECT office, inbox, sent FROM counters WHERE office";
    let rows = pool.select_in(sql, &keys, "").await?;
    rows.iter()
        .map(|row| Ok((row.word(0, "office number")?, (row.int(1)?, row.int(2)?))))
        .collect()
}

/// Whose lists may have moved: their ends differ from those seen before, or none were.
fn moved(
    before: &HashMap<OfficeNumber, Ends>,
    awaited: &[OfficeNumber],
    now: &HashMap<OfficeNumber, Ends>,
) -> Vec<OfficeNumber> {
    // An office without a row has lists without an item.
    let end = |ends: Option<&Ends>| ends.copied().unwrap_or_default();
    let differs = |office: &&OfficeNumber| {
        let seen = before.get(office);
        seen.is_none() && now.contains_key(*office) || end(seen) != end(now.get(*office))
    };
    awaited.iter().filter(differs).copied().collect()
}

impl Store {
    /// Waits until something for that office may have changed: at once for what this process writes, within about a second
    /// for what another one writes (PostgreSQL), half a minute at most.
    /// Take it **before** looking at the list: what happens after this call wakes it, polled or not.
    pub fn changed(&self, office: OfficeNumber) -> impl Future<Output = ()> + Send + 'static {
        let notified = self.arrivals.of(office).notified_owned();
        if let Pool::Postgres(_) = self.pool
            && !self.arrivals.looked_for.swap(true, Ordering::AcqRel)
        {
            tokio::spawn(Arc::clone(&self.arrivals).look_for_all(self.pool.clone()));
        }
        let patience = jittered(ALONE);
        async move {
            // Either way the caller looks again.
            let _ = tokio::time::timeout(patience, notified).await;
        }
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

    #[test]
    fn who_waits_is_woken_when_an_end_moved_or_was_never_seen() {
        let offices: Vec<OfficeNumber> = ["0300000005", "0300000013", "0300000021", "0300000039"]
            .map(|number| number.parse().unwrap())
            .to_vec();
        let before = HashMap::from([(offices[0], (1, 1)), (offices[1], (1, 1))]);
        let now = HashMap::from([(offices[0], (1, 1)), (offices[1], (1, 2)), (offices[2], (7, 0))]);
        assert_eq!(moved(&before, &offices, &now), offices[1..3]);
    }

    #[tokio::test]
    async fn who_gave_up_is_not_looked_for() {
        let arrivals = Arrivals::default();
        let office: OfficeNumber = "0300000005".parse().unwrap();
        let waits = arrivals.of(office).notified_owned();
        drop(arrivals.of("0300000013".parse().unwrap()).notified_owned());
        arrivals.looked_for.store(true, Ordering::Release);
        assert_eq!(arrivals.awaited(), [office]);
        assert!(arrivals.looked_for.load(Ordering::Acquire));
        drop(waits);
        assert!(arrivals.awaited().is_empty() && !arrivals.looked_for.load(Ordering::Acquire));
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
