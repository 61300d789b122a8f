//! Inbox and sent list as their offices read them.

use proto::{Refusal, Status};
use store::{Cursor, InboxState};

use crate::Place;
use crate::samples::{BY, at, destination, enter, office, sample, sender};

pub(crate) async fn an_inbox_is_read_to_its_end(place: Place) {
    let store = &place.store;
    let (none, start) = store
        .inbox(destination(), &Cursor::default(), 2, InboxState::All)
        .await
        .unwrap();
    assert!(none.is_empty());
    assert_eq!(start, Cursor::default(), "an empty page repeats next");
    for n in 1..=5 {
        let mut one = sample(n);
        one.message = Some("四月分です".into());
        enter(store, one.learned()).await;
    }
    let (mut cursor, mut seen) = (start, Vec::new());
    loop {
        let (items, next) = store
            .inbox(destination(), &cursor, 2, InboxState::All)
            .await
            .unwrap();
        if items.is_empty() {
            assert_eq!(next, cursor);
            break;
        }
        assert!(cursor < next);
        seen.extend(items);
        cursor = next.to_string().parse().unwrap();
    }
    let ids: Vec<_> = seen.iter().map(|item| item.id).collect();
    assert_eq!(ids, (1..=5).map(|n| sample(n).id()).collect::<Vec<_>>());
    let item = &seen[0];
    assert_eq!(
        (item.sender, item.size, item.arrived_at),
        (sender(), sample(1).bytes.len() as u64, at(10))
    );
    assert_eq!(item.kinds, ["UPPLAN"]);
    assert_eq!(item.month.as_deref(), Some("202504"));
    assert_eq!(item.message.as_deref(), Some("四月分です"));
    assert_eq!(item.sequence, sample(1).sequence);
    let (others, _) = store
        .inbox(sender(), &Cursor::default(), 10, InboxState::All)
        .await
        .unwrap();
    assert!(others.is_empty());
    assert!(
        store
            .inbox_item(sender(), sample(1).id())
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn an_inbox_tells_new_from_collected(place: Place) {
    let store = &place.store;
    for n in 1..=3 {
        enter(store, sample(n).learned()).await;
    }
    store
        .collected(destination(), sample(2).id(), BY, at(20))
        .await
        .unwrap()
        .unwrap();
    let ids = async |state| {
        let (items, _) = store
            .inbox(destination(), &Cursor::default(), 10, state)
            .await
            .unwrap();
        items.into_iter().map(|item| item.id).collect::<Vec<_>>()
    };
    assert_eq!(ids(InboxState::New).await, [sample(1).id(), sample(3).id()]);
    assert_eq!(ids(InboxState::Collected).await, [sample(2).id()]);
    assert_eq!(ids(InboxState::All).await.len(), 3);
}

pub(crate) async fn the_sent_list_is_a_change_feed(place: Place) {
    let store = &place.store;
    let (one, two) = (sample(1), sample(2));
    store
        .take_notes(None, 1, &[one.note(), two.note()])
        .await
        .unwrap();
    let (items, read) = store.sent(sender(), &Cursor::default(), 10, None).await.unwrap();
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| item.status == Status::Accepted));
    enter(store, one.learned()).await;
    let (items, read_on) = store.sent(sender(), &read, 10, None).await.unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!((items[0].id, items[0].status), (one.id(), Status::Delivered));
    enter(store, two.outcome(Refusal::Rejected)).await;
    store
        .collected(destination(), one.id(), BY, at(20))
        .await
        .unwrap();
    let (items, read_on) = store.sent(sender(), &read_on, 10, None).await.unwrap();
    let changes: Vec<_> = items.iter().map(|item| (item.id, item.status)).collect();
    assert_eq!(
        changes,
        [(two.id(), Status::Rejected), (one.id(), Status::Collected)]
    );
    let (items, same) = store.sent(sender(), &read_on, 10, None).await.unwrap();
    assert!(items.is_empty());
    assert_eq!(same, read_on);
    let rejected = Some(Status::Rejected);
    let (items, _) = store
        .sent(sender(), &Cursor::default(), 10, rejected)
        .await
        .unwrap();
    assert_eq!(items.len(), 1);
}

pub(crate) async fn a_sent_item_tells_its_whole_story(place: Place) {
    let store = &place.store;
    let one = sample(1);
    enter(store, one.learned()).await;
    let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    let story: Vec<_> = item
        .history
        .iter()
        .map(|entry| (entry.status, entry.at, entry.by.as_str()))
        .collect();
    assert_eq!(
        story,
        [
            (Status::Accepted, at(0), "ingest/test/1"),
            (Status::Validated, at(1), "validation/test/1"),
            (Status::Routed, at(2), "routing/test/1"),
            (Status::Delivered, at(10), BY),
        ]
    );
    let path = |step: &str| format!("/v1/receipts/{}/{step}", one.id());
    assert_eq!(
        item.receipts,
        [path("accepted"), path("validated"), path("delivered")]
    );
    assert_eq!((item.accepted_at, item.changed_at), (at(0), at(10)));
    assert!(store.sent_item(destination(), one.id()).await.unwrap().is_none());
    assert!(
        store
            .sent_item(office("1300000039"), one.id())
            .await
            .unwrap()
            .is_none()
    );
}

pub(crate) async fn waiting_ends_when_mail_arrives(place: Place) {
    let waiting = place.store.changed(destination());
    let sender_waiting = place.store.changed(sender());
    enter(&place.store, sample(1).learned()).await;
    let began = std::time::Instant::now();
    waiting.await;
    sender_waiting.await;
    assert!(began.elapsed().as_millis() < 900, "woken, not timed out");
}
