//! What the destination says, and the receipts of it.

use proto::api::{ImportResult, Imported};
use proto::{Problem, Refusal, Status, Step};

use crate::Place;
use crate::samples::{BY, at, destination, enter, sample, sender};

fn imported(result: ImportResult) -> Imported {
    Imported {
        result,
        problems: vec![Problem::new(&proto::codes::HTTP_BAD_REQUEST)],
        software: Some("ケアソフト 1.0".into()),
    }
}

pub(crate) async fn collected_implies_handed_out(place: Place) {
    let (store, one) = (&place.store, sample(1));
    assert!(
        store
            .collected(destination(), one.id(), BY, at(20))
            .await
            .unwrap()
            .is_none()
    );
    enter(store, one.learned()).await;
    assert!(
        store
            .collected(sender(), one.id(), BY, at(20))
            .await
            .unwrap()
            .is_none()
    );
    let first = store
        .collected(destination(), one.id(), BY, at(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((first.status, first.at), (Status::Collected, at(20)));
    let again = store
        .collected(destination(), one.id(), BY, at(30))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again, first, "the first time stands");
    store.recall(sender(), one.id(), BY, at(40)).await.unwrap();
    let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Collected, "too late to withdraw");
    assert_eq!(item.history.len(), 5);
}

pub(crate) async fn imported_implies_collected(place: Place) {
    let (store, one) = (&place.store, sample(1));
    enter(store, one.learned()).await;
    let ok = imported(ImportResult::Ok);
    let done = store
        .imported(destination(), one.id(), &ok, BY, at(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((done.status, done.at), (Status::Imported, at(20)));
    let again = store
        .imported(destination(), one.id(), &ok, BY, at(30))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(again, done);
    let item = store.inbox_item(destination(), one.id()).await.unwrap().unwrap();
    assert_eq!((item.collected_at, item.status), (Some(at(20)), Status::Imported));
    let late = store
        .collected(destination(), one.id(), BY, at(40))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((late.status, late.at), (Status::Imported, at(20)));
    let story = store
        .sent_item(sender(), one.id())
        .await
        .unwrap()
        .unwrap()
        .history;
    let words: Vec<_> = story.iter().map(|entry| entry.status.as_str()).collect();
    assert_eq!(
        words.join(" "),
        "accepted validated routed delivered collected imported"
    );
}

pub(crate) async fn a_failed_import_may_be_mended(place: Place) {
    let (store, one) = (&place.store, sample(1));
    enter(store, one.learned()).await;
    let failed = imported(ImportResult::Failed);
    let ok = imported(ImportResult::Ok);
    let answer = store
        .imported(destination(), one.id(), &failed, BY, at(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(answer.status, Status::ImportFailed);
    let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    assert_eq!(item.problems, failed.problems);
    assert_eq!(store.books().await.unwrap().import_failed, 1);
    let answer = store
        .imported(destination(), one.id(), &ok, BY, at(30))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((answer.status, answer.at), (Status::Imported, at(30)));
    let answer = store
        .imported(destination(), one.id(), &failed, BY, at(40))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((answer.status, answer.at), (Status::Imported, at(30)));
    let books = store.books().await.unwrap();
    assert_eq!((books.imported, books.import_failed, books.mailboxed), (1, 0, 1));
}

pub(crate) async fn receipts_have_facts_and_are_kept(place: Place) {
    let (store, one, refused) = (&place.store, sample(1), sample(2));
    enter(store, one.learned()).await;
    enter(store, refused.outcome(Refusal::Rejected)).await;
    let facts = async |office, id, step| store.receipt_facts(office, id, step).await.unwrap();
    let delivered = facts(sender(), one.id(), Step::Delivered).await.unwrap();
    assert_eq!(
        (delivered.at, delivered.sender, delivered.destination),
        (at(10), sender(), destination())
    );
    assert_eq!(
        facts(sender(), one.id(), Step::Validated).await.unwrap().at,
        at(1)
    );
    assert!(facts(sender(), one.id(), Step::Collected).await.is_none());
    assert!(facts(destination(), one.id(), Step::Delivered).await.is_some());
    assert!(facts(destination(), one.id(), Step::Accepted).await.is_none());
    assert!(facts(destination(), refused.id(), Step::Accepted).await.is_none());
    assert!(facts(sender(), refused.id(), Step::Delivered).await.is_none());
    assert!(
        store
            .kept_receipt(one.id(), Step::Delivered)
            .await
            .unwrap()
            .is_none()
    );
    let kept = store
        .keep_receipt(one.id(), Step::Delivered, b"first")
        .await
        .unwrap();
    assert_eq!(kept, b"first");
    let kept = store
        .keep_receipt(one.id(), Step::Delivered, b"second")
        .await
        .unwrap();
    assert_eq!(kept, b"first");
}

pub(crate) async fn the_oldest_uncollected_is_told(place: Place) {
    let (store, one) = (&place.store, sample(1));
    assert_eq!(store.oldest().await.unwrap(), store::Oldest::default());
    enter(store, one.learned()).await;
    let oldest = store.oldest().await.unwrap();
    assert!(oldest.uncollected.is_some(), "{oldest:?}");
    assert_eq!((oldest.under_way, oldest.parked), (None, None));
    store
        .collected(destination(), one.id(), BY, at(20))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(store.oldest().await.unwrap(), store::Oldest::default());
}
