//! Leases, suspects, the probe.

use std::time::{Duration, Instant};

use store::{Cursor, InboxState};

use crate::Place;
use crate::samples::{at, destination, enter, sample};

/// A moment of the test's own clock, which never jumps.
struct Moments(Instant);

impl Moments {
    fn at(&self, seconds: u64) -> Instant {
        self.0 + Duration::from_secs(seconds)
    }
}

pub(crate) async fn a_lease_has_one_owner(place: Place) {
    let moments = Moments(Instant::now());
    let (a, b) = (
        place.store.lease("accepted", "a", 10),
        place.store.lease("accepted", "b", 10),
    );
    assert!(a.hold(at(0), moments.at(0)).await.unwrap());
    assert!(!b.hold(at(0), moments.at(0)).await.unwrap());
    assert!(!b.hold(at(9), moments.at(9)).await.unwrap());
    assert!(a.hold(at(9), moments.at(9)).await.unwrap(), "prolonged");
    assert!(!b.hold(at(10), moments.at(10)).await.unwrap(), "seen to move");
    assert!(!b.hold(at(19), moments.at(19)).await.unwrap());
    assert!(b.hold(at(20), moments.at(20)).await.unwrap(), "run out");
    a.release().await.unwrap();
    assert!(
        !a.hold(at(20), moments.at(20)).await.unwrap(),
        "not a's to release"
    );
    b.release().await.unwrap();
    assert!(a.hold(at(20), moments.at(20)).await.unwrap(), "given back");
    let other = place.store.lease("other", "b", 10);
    assert!(other.hold(at(20), moments.at(20)).await.unwrap());
}

pub(crate) async fn a_dead_owners_clock_does_not_keep_a_lease(place: Place) {
    let moments = Moments(Instant::now());
    let (dead, next) = (
        place.store.lease("accepted", "dead", 10),
        place.store.lease("accepted", "next", 10),
    );
    assert!(
        dead.hold(at(3_600), moments.at(0)).await.unwrap(),
        "an hour ahead"
    );
    assert!(!next.hold(at(1), moments.at(1)).await.unwrap());
    assert!(
        next.hold(at(11), moments.at(11)).await.unwrap(),
        "ten seconds are over"
    );
}

pub(crate) async fn a_candidates_clock_takes_no_lease_from_the_living(place: Place) {
    let moments = Moments(Instant::now());
    let (living, ahead) = (
        place.store.lease("accepted", "living", 10),
        place.store.lease("accepted", "ahead", 10),
    );
    // The holder's clock stands still, then goes back; it prolongs all the same, and that is seen.
    for (turn, wall) in [0, 0, 0, -3_600, -3_600, -3_600].into_iter().enumerate() {
        let moment = moments.at(u64::try_from(turn).unwrap() * 5);
        assert!(living.hold(at(wall), moment).await.unwrap(), "turn {turn}");
        assert!(!ahead.hold(at(3_600), moment).await.unwrap(), "turn {turn}");
    }
}

pub(crate) async fn of_two_candidates_one_takes_a_lease(place: Place) {
    let moments = Moments(Instant::now());
    let dead = place.store.lease("accepted", "dead", 10);
    assert!(dead.hold(at(0), moments.at(0)).await.unwrap());
    let another = place.another().await;
    let (one, two) = (
        place.store.lease("accepted", "one", 10),
        another.lease("accepted", "two", 10),
    );
    for candidate in [&one, &two] {
        assert!(!candidate.hold(at(0), moments.at(0)).await.unwrap());
    }
    let (first, second) = tokio::join!(one.hold(at(10), moments.at(10)), two.hold(at(10), moments.at(10)));
    assert!(first.unwrap() != second.unwrap(), "one of them holds it");
    assert!(
        !dead.hold(at(10), moments.at(10)).await.unwrap(),
        "it has lost it"
    );
}

pub(crate) async fn a_suspect_is_counted(place: Place) {
    let store = &place.store;
    for tries in 1..=5 {
        assert_eq!(store.suspect_begin("x", "routing").await.unwrap(), tries);
    }
    assert_eq!(store.suspect_begin("x", "delivery").await.unwrap(), 1);
    store.suspect_end("x", "routing").await.unwrap();
    assert_eq!(store.suspect_begin("x", "routing").await.unwrap(), 1);
}

pub(crate) async fn a_suspect_may_have_any_id(place: Place) {
    let store = &place.store;
    for tries in 1..=2 {
        assert_eq!(store.suspect_begin("\0", "routing").await.unwrap(), tries);
    }
    store.suspect_end("\0", "routing").await.unwrap();
    assert_eq!(store.suspect_begin("\0", "routing").await.unwrap(), 1);
}

pub(crate) async fn the_probe_writes(place: Place) {
    place.store.probe().await.unwrap();
    place.store.probe().await.unwrap();
}

/// Every station opens the store when it starts, and they start together.
pub(crate) async fn stations_open_it_at_once(place: Place) {
    let fresh = place.elsewhere();
    let opening: Vec<_> = (0..6)
        .map(|_| {
            let config = fresh.clone();
            tokio::spawn(async move { store::Store::open(&config).await })
        })
        .collect();
    for opened in opening {
        let store = opened.await.unwrap().unwrap();
        store.probe().await.unwrap();
        store.close().await;
        assert!(store.probe().await.unwrap_err().is_transient());
    }
}

pub(crate) async fn a_process_starts_beside_a_later_release(place: Place) {
    // What the next release's first process does to the tables: it adds, and notes that it did.
    place
        .sql("ALTER TABLE offices ADD COLUMN of_the_next_release BIGINT")
        .await;
    place
        .sql(
            "INSERT INTO _sqlx_migrations (version, description, installed_on, success, checksum, execution_time)
             SELECT 9999, 'of the next release', installed_on, success, checksum, execution_time
             FROM _sqlx_migrations WHERE version = 1",
        )
        .await;
    let again = place.another().await;
    let one = sample(1);
    enter(&again, one.learned()).await;
    enter(&place.store, sample(2).learned()).await;
    let start = Cursor::default();
    let (inbox, _) = again
        .inbox(destination(), &start, 10, InboxState::All)
        .await
        .unwrap();
    assert_eq!(inbox.len(), 2);
}
