//! Recall and handing out: one of them wins.

use proto::Status;
use store::{Cursor, Entered, InboxState, RecallAnswer, Store};

use crate::Place;
use crate::samples::{BY, Sample, at, destination, enter, office, sample, sender};

async fn recall(store: &Store, one: &Sample) -> (Status, proto::Time) {
    match store.recall(sender(), one.id(), BY, at(20)).await.unwrap() {
        RecallAnswer::Recalled(answer) => (answer.status, answer.recall_requested_at),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn in_the_mailbox_it_is_withdrawn(place: Place) {
    let (store, one) = (&place.store, sample(1));
    enter(store, one.learned()).await;
    assert!(store.head(destination(), one.id()).await.unwrap().is_some());
    assert_eq!(recall(store, &one).await, (Status::Recalled, at(20)));
    assert_eq!(recall(store, &one).await, (Status::Recalled, at(20)));
    assert!(
        store
            .hand_out(destination(), one.id(), at(30))
            .await
            .unwrap()
            .is_none()
    );
    assert!(store.head(destination(), one.id()).await.unwrap().is_none());
    assert!(
        store
            .collected(destination(), one.id(), BY, at(30))
            .await
            .unwrap()
            .is_none()
    );
    let (items, _) = store
        .inbox(destination(), &Cursor::default(), 10, InboxState::All)
        .await
        .unwrap();
    assert!(items.is_empty());
    assert_eq!(
        enter(store, one.accepted_again(2).learned()).await,
        Entered::Repeat
    );
    let books = store.books().await.unwrap();
    assert_eq!((books.mailboxed, books.recalled, books.withdrawn), (1, 1, 0));
    // Its names are free again.
    let mut other = one.sealed_anew(3);
    other.contents = "other".into();
    assert_eq!(
        enter(store, other.learned()).await,
        Entered::Mailboxed { position: 2 }
    );
}

pub(crate) async fn handed_out_it_is_only_noted(place: Place) {
    let (store, one) = (&place.store, sample(1));
    enter(store, one.learned()).await;
    let bytes = store
        .hand_out(destination(), one.id(), at(15))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bytes, one.bytes);
    assert!(
        store
            .hand_out(sender(), one.id(), at(15))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(recall(store, &one).await, (Status::Delivered, at(20)));
    let item = store.inbox_item(destination(), one.id()).await.unwrap().unwrap();
    assert_eq!(item.recall_requested_at, Some(at(20)));
    recall(store, &one).await;
    let notices = store.notices(destination(), 0, 100).await.unwrap();
    assert_eq!(notices.len(), 1, "told once");
    assert!(notices[0].text.contains(&one.id().to_string()));
    assert!(store.notices(sender(), 0, 100).await.unwrap().is_empty());
    let bytes = store
        .hand_out(destination(), one.id(), at(30))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bytes, one.bytes);
}

pub(crate) async fn under_way_it_ends_on_arrival(place: Place) {
    let store = &place.store;
    let (known, unknown) = (sample(1), sample(2));
    store.take_notes(None, 1, &[known.note()]).await.unwrap();
    for one in [&known, &unknown] {
        assert_eq!(recall(store, one).await, (Status::Accepted, at(20)));
        assert_eq!(enter(store, one.learned()).await, Entered::Recalled);
        assert_eq!(recall(store, one).await.0, Status::Recalled);
        let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
        assert_eq!(
            (item.status, item.recall_requested_at),
            (Status::Recalled, Some(at(20)))
        );
    }
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.withdrawn, books.mailboxed), (2, 2, 0));
    let anew = known.sealed_anew(7);
    assert_eq!(
        enter(store, anew.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
}

pub(crate) async fn of_another_office_it_is_unknown(place: Place) {
    let (store, one, two) = (&place.store, sample(1), sample(2));
    enter(store, one.learned()).await;
    let other = office("1300000039");
    let answer = store.recall(other, one.id(), BY, at(20)).await.unwrap();
    assert_eq!(answer, RecallAnswer::Unknown);
    // A stranger's word about an id not there yet counts for nothing.
    store.recall(other, two.id(), BY, at(20)).await.unwrap();
    assert_eq!(
        enter(store, two.learned()).await,
        Entered::Mailboxed { position: 2 }
    );
    assert!(store.inbox_item(destination(), two.id()).await.unwrap().is_some());
}

pub(crate) async fn of_what_is_not_there_only_so_many(place: Place) {
    let store = &place.store;
    let ask = async |n: u64, seconds| {
        let id = sample(n).id();
        store.recall(sender(), id, BY, at(seconds)).await.unwrap()
    };
    for n in 0..1_000 {
        assert!(matches!(ask(n, 20).await, RecallAnswer::Recalled(_)), "{n}");
    }
    assert_eq!(ask(1_000, 21).await, RecallAnswer::TooMany);
    assert!(
        matches!(ask(999, 21).await, RecallAnswer::Recalled(_)),
        "asked again"
    );
    let other = store.recall(destination(), sample(1_000).id(), BY, at(21)).await;
    assert!(
        matches!(other.unwrap(), RecallAnswer::Recalled(_)),
        "each office has its own"
    );
    // One arrives, and its place is free.
    assert_eq!(enter(store, sample(5).learned()).await, Entered::Recalled);
    assert!(matches!(ask(1_000, 22).await, RecallAnswer::Recalled(_)));
    assert_eq!(ask(1_001, 22).await, RecallAnswer::TooMany);
    // None waits for longer than an envelope may be old.
    let month = 31 * 86_400;
    assert!(matches!(ask(1_001, month + 21).await, RecallAnswer::Recalled(_)));
    assert_eq!(
        enter(store, sample(6).learned()).await,
        Entered::Mailboxed { position: 1 }
    );
}

pub(crate) async fn either_recall_or_hand_out_wins(place: Place) {
    let store = &place.store;
    let other = place.another().await;
    for n in 1..=30 {
        let one = sample(n);
        enter(store, one.learned()).await;
        let handing = tokio::spawn({
            let (store, id) = (other.clone(), one.id());
            async move { store.hand_out(destination(), id, at(20)).await.unwrap() }
        });
        let (status, _) = recall(store, &one).await;
        let handed_out = handing.await.unwrap().is_some();
        assert_ne!(status == Status::Recalled, handed_out, "{n}");
    }
}

/// Recall and arrival at the same moment, from two replicas: it is withdrawn either way, and the books say where.
pub(crate) async fn either_order_of_recall_and_arrival_withdraws(place: Place) {
    let store = &place.store;
    let other = place.another().await;
    let mut arrived = 0;
    for n in 1..=30 {
        let one = sample(n);
        if n % 2 == 0 {
            store
                .take_notes(Some(n - 2).filter(|at| *at != 0), n, &[one.note()])
                .await
                .unwrap();
        }
        let entering = tokio::spawn({
            let (store, learned) = (other.clone(), one.learned());
            async move { enter(&store, learned).await }
        });
        let (answered, _) = recall(store, &one).await;
        let entered = entering.await.unwrap();
        let expected = match entered {
            Entered::Mailboxed { .. } => Status::Recalled,
            Entered::Recalled => Status::Accepted,
            other => panic!("{other:?}"),
        };
        assert_eq!(answered, expected, "{n}");
        arrived += i64::from(expected == Status::Recalled);
        let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
        assert_eq!(
            (item.status, item.recall_requested_at),
            (Status::Recalled, Some(at(20)))
        );
        assert!(
            store
                .hand_out(destination(), one.id(), at(30))
                .await
                .unwrap()
                .is_none()
        );
    }
    let books = store.books().await.unwrap();
    assert_eq!(
        (books.mailboxed, books.recalled, books.withdrawn),
        (arrived, arrived, 30 - arrived)
    );
    let (items, _) = store
        .inbox(destination(), &Cursor::default(), 100, InboxState::All)
        .await
        .unwrap();
    assert!(items.is_empty());
}

pub(crate) async fn either_recall_or_collecting_wins(place: Place) {
    let store = &place.store;
    let other = place.another().await;
    for n in 1..=20 {
        let one = sample(n);
        enter(store, one.learned()).await;
        let collecting = tokio::spawn({
            let (store, id) = (other.clone(), one.id());
            async move { store.collected(destination(), id, BY, at(20)).await.unwrap() }
        });
        let (status, _) = recall(store, &one).await;
        let collected = collecting.await.unwrap().is_some();
        assert_ne!(status == Status::Recalled, collected, "{n}");
        let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
        let expected = if collected {
            Status::Collected
        } else {
            Status::Recalled
        };
        assert_eq!((item.status, item.recall_requested_at), (expected, Some(at(20))));
    }
}

/// A recall is of an id. Clocks of two machines differ, so its time against that of the acceptance says nothing of an
/// envelope that had no end yet.
pub(crate) async fn a_clock_that_is_ahead_does_not_undo_a_recall(place: Place) {
    let store = &place.store;
    let (noted, unknown) = (sample(1), sample(2));
    for one in [noted, unknown] {
        let mut ahead = one.clone();
        ahead.accepted_at = at(3_600);
        if one.acceptance == 1 {
            store.take_notes(None, 1, &[ahead.note()]).await.unwrap();
        }
        assert_eq!(recall(store, &ahead).await, (Status::Accepted, at(20)));
        assert_eq!(enter(store, ahead.learned()).await, Entered::Recalled);
        let again = ahead.accepted_again(9 + one.acceptance);
        assert_eq!(enter(store, again.learned()).await, Entered::Repeat);
    }
}
