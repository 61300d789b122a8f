//! What operators choose on the table, and discard.

use proto::{Station, Status};
use store::{Entered, ParkedFilter, ParkedKey};

use crate::Place;
use crate::samples::{BY, at, destination, enter, keys, parked, sample, sender};

pub(crate) async fn a_discarded_envelope_is_refused_and_its_sender_learns_of_it(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.take_notes(None, 1, &[one.note()]).await.unwrap();
    store.park(&parked(&one), BY, at(5)).await.unwrap();
    let key = keys(store).await.remove(0);
    assert!(store.discard(&key, "console/test/1", at(9)).await.unwrap());
    assert!(
        !store.discard(&key, "console/test/1", at(10)).await.unwrap(),
        "once"
    );
    assert!(store.parked_list(10).await.unwrap().is_empty());
    let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Rejected);
    assert_eq!(item.problems[0].code, "relay.discarded");
    assert_eq!(item.history.len(), 3, "accepted, parked, rejected");
    let books = store.books().await.unwrap();
    assert!(books.balance());
    assert_eq!((books.accepted, books.rejected, books.parked), (1, 1, 0));
    assert_eq!(store.unaccounted(at(90_000), 0).await.unwrap(), 0);
    // The same bytes once more are a new attempt.
    let again = one.accepted_again(2);
    assert_eq!(
        enter(store, again.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    assert!(store.books().await.unwrap().balance());
}

pub(crate) async fn what_was_sent_again_meanwhile_finds_the_end(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.park(&parked(&one), BY, at(5)).await.unwrap();
    let key = keys(store).await.remove(0);
    // Published again, but stopped before its row was closed.
    store
        .mark_redrive(std::slice::from_ref(&key), None, at(6))
        .await
        .unwrap();
    store.stop_redrive(at(7)).await.unwrap();
    assert!(!store.redriven(&parked(&one), BY, at(7)).await.unwrap());
    assert!(store.discard(&key, BY, at(8)).await.unwrap());
    assert_eq!(enter(store, one.learned()).await, Entered::Repeat);
    assert!(!store.park(&parked(&one), BY, at(20)).await.unwrap());
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.rejected), (1, 1));
}

pub(crate) async fn a_marked_one_is_not_discarded(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.park(&parked(&one), BY, at(5)).await.unwrap();
    let keys = keys(store).await;
    store.mark_redrive(&keys, None, at(6)).await.unwrap();
    assert!(!store.discard(&keys[0], BY, at(8)).await.unwrap());
    assert_eq!(store.books().await.unwrap().parked, 1);
}

pub(crate) async fn poison_of_no_acceptance_is_gone(place: Place) {
    let store = &place.store;
    let mut row = parked(&sample(1));
    row.message_id = "not an id".into();
    row.acceptance = String::new();
    row.headers.clear();
    store.park(&row, BY, at(5)).await.unwrap();
    let key = keys(store).await.remove(0);
    let other = ParkedKey {
        message_id: "another".into(),
        ..key.clone()
    };
    assert!(!store.discard(&other, BY, at(6)).await.unwrap());
    assert!(store.discard(&key, BY, at(6)).await.unwrap());
    assert!(store.parked_list(10).await.unwrap().is_empty());
    assert_eq!(store.books().await.unwrap().accepted, 0);
}

pub(crate) async fn unreadable_stamps_with_a_known_acceptance_are_accounted_for(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.take_notes(None, 1, &[one.note()]).await.unwrap();
    let mut row = parked(&one);
    row.headers.retain(|name, _| name == "acceptance");
    store.park(&row, BY, at(5)).await.unwrap();
    assert_eq!(store.unaccounted(at(90_000), 0).await.unwrap(), 0);
    assert_eq!(store.books().await.unwrap().parked, 1);
    let key = keys(store).await.remove(0);
    assert!(store.discard(&key, BY, at(6)).await.unwrap());
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.rejected), (1, 1));
}

pub(crate) async fn a_recalled_one_ends_recalled(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.park(&parked(&one), BY, at(5)).await.unwrap();
    store.recall(sender(), one.id(), BY, at(6)).await.unwrap();
    let key = keys(store).await.remove(0);
    assert!(store.discard(&key, BY, at(7)).await.unwrap());
    let books = store.books().await.unwrap();
    assert!(books.balance());
    assert_eq!((books.withdrawn, books.rejected), (1, 0));
}

pub(crate) async fn rows_are_chosen_by_what_is_known_of_them(place: Place) {
    let store = &place.store;
    for n in 1..=4 {
        let mut row = parked(&sample(n));
        if n == 2 {
            row.station = Station::Delivery;
        }
        if n == 3 {
            row.cause = "100% of_it".into();
        }
        if n == 4 {
            row.office = "unknown".into();
        }
        store.park(&row, BY, at(i64::try_from(n).unwrap())).await.unwrap();
    }
    let chosen = async |filter: ParkedFilter| {
        let list = store.parked_where(&filter, 3).await.unwrap();
        let ids: Vec<_> = (1..=4).map(|n| sample(n).id().to_string()).collect();
        list.iter()
            .filter_map(|parked| ids.iter().position(|id| *id == parked.row.message_id))
            .map(|at| at + 1)
            .collect::<Vec<_>>()
    };
    let all = ParkedFilter::default();
    assert_eq!(chosen(all.clone()).await, [1, 2, 3], "the oldest, so many");
    let station = Some(Station::Delivery);
    assert_eq!(
        chosen(ParkedFilter {
            station,
            ..all.clone()
        })
        .await,
        [2]
    );
    for (words, expected) in [
        ("FACTS differ", vec![1, 2, 4]),
        ("0% of_", vec![3]),
        ("0%f", vec![]),
        ("!", vec![]),
    ] {
        let cause = Some(words.to_owned());
        assert_eq!(
            chosen(ParkedFilter { cause, ..all.clone() }).await,
            expected,
            "{words}"
        );
    }
    let office = Some(destination().to_string());
    assert_eq!(
        chosen(ParkedFilter {
            office,
            ..all.clone()
        })
        .await,
        [1, 2, 3]
    );
    let office = Some("unknown".to_owned());
    assert_eq!(
        chosen(ParkedFilter {
            office,
            ..all.clone()
        })
        .await,
        [4]
    );
    let before = Some(at(3));
    assert_eq!(
        chosen(ParkedFilter {
            before,
            ..all.clone()
        })
        .await,
        [1, 2]
    );
    let ids: Vec<_> = [4, 1, 9].map(|n| sample(n).id().to_string()).into();
    assert_eq!(chosen(ParkedFilter { ids, ..all.clone() }).await, [4, 1]);
    let second = store
        .parked_where(
            &ParkedFilter {
                station,
                ..all.clone()
            },
            1,
        )
        .await
        .unwrap();
    store.mark_redrive(&[second[0].key()], None, at(9)).await.unwrap();
    let open_only = true;
    assert_eq!(chosen(ParkedFilter { open_only, ..all }).await, [1, 3, 4]);
}
