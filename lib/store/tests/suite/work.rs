//! Leases, suspects, the probe.

use crate::Place;
use crate::samples::at;

pub(crate) async fn a_lease_has_one_owner(place: Place) {
    let store = &place.store;
    assert!(store.lease("accepted", "a", 10, at(0)).await.unwrap());
    assert!(!store.lease("accepted", "b", 10, at(9)).await.unwrap());
    assert!(
        store.lease("accepted", "a", 10, at(9)).await.unwrap(),
        "prolonged"
    );
    assert!(!store.lease("accepted", "b", 10, at(18)).await.unwrap());
    assert!(store.lease("accepted", "b", 10, at(19)).await.unwrap(), "run out");
    store.release("accepted", "a").await.unwrap();
    assert!(
        !store.lease("accepted", "a", 10, at(20)).await.unwrap(),
        "not a's to release"
    );
    store.release("accepted", "b").await.unwrap();
    assert!(store.lease("accepted", "a", 10, at(20)).await.unwrap());
    assert!(store.lease("other", "b", 10, at(20)).await.unwrap());
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
