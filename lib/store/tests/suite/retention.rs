//! Expiry, retention and reminders, by a given clock.

use proto::{Refusal, Status};
use store::{Cursor, Entered, InboxState, slice_of};

use crate::Place;
use crate::samples::{BY, Sample, at, destination, enter, office, sample, sender};

const DAY: i64 = 86_400;

fn of(n: u64, persons: &[u32]) -> Sample {
    Sample {
        persons: persons.to_vec(),
        message: Some("四月分です".into()),
        ..sample(n)
    }
}

pub(crate) async fn a_sandbox_forgets_every_envelope(place: Place) {
    let store = &place.store;
    let one = of(1, &[1]);
    enter(store, one.learned()).await;
    let (_, before) = inbox_of(store).await;
    store.forget_envelopes().await.unwrap();
    assert_eq!(store.books().await.unwrap(), store::Books::default());
    assert!(store.sent_item(sender(), one.id()).await.unwrap().is_none());
    assert!(inbox_of(store).await.0.is_empty());
    assert_eq!(
        enter(store, one.learned()).await,
        Entered::Mailboxed { position: 2 },
        "its names are free again"
    );
    let (items, _) = store
        .inbox(destination(), &before, 10, InboxState::All)
        .await
        .unwrap();
    assert_eq!(items.len(), 1, "a `next` from before stays good");
}

async fn inbox_of(store: &store::Store) -> (Vec<proto::api::InboxItem>, Cursor) {
    store
        .inbox(destination(), &Cursor::default(), 10, InboxState::All)
        .await
        .unwrap()
}

pub(crate) async fn what_is_never_collected_expires(place: Place) {
    let store = &place.store;
    let (left, handed, done, young) = (of(1, &[1]), of(2, &[2]), of(3, &[3]), of(4, &[1]));
    for one in [&left, &handed, &done] {
        enter(store, one.learned()).await;
    }
    // Handed out is not collected.
    store.hand_out(destination(), handed.id(), at(20)).await.unwrap();
    store
        .collected(destination(), done.id(), BY, at(20))
        .await
        .unwrap();
    let later = at(90 * DAY);
    store.enter(&[young.learned()], BY, later).await.unwrap();
    let expired = store.expire(at(100), BY, later).await.unwrap();
    let mut ids: Vec<_> = expired.done.iter().map(|one| one.id).collect();
    ids.sort_unstable();
    let mut expected = [left.id(), handed.id()];
    expected.sort_unstable();
    assert_eq!((ids, expired.more), (expected.to_vec(), false));
    let again = store.expire(at(100), BY, later).await.unwrap();
    assert!(again.done.is_empty(), "once");
    for one in [&left, &handed] {
        let id = one.id();
        let item = store.sent_item(sender(), id).await.unwrap().unwrap();
        assert_eq!((item.status, item.changed_at), (Status::Expired, later));
        assert!(store.hand_out(destination(), id, later).await.unwrap().is_none());
        assert!(store.inbox_item(destination(), id).await.unwrap().is_none());
        let collected = store.collected(destination(), id, BY, later).await.unwrap();
        assert!(collected.is_none());
        for side in [sender(), destination()] {
            let notices = store.notices(side, 0, 10).await.unwrap();
            assert_eq!(notices.len(), 1, "one notice a side, whatever the number");
            assert!(notices[0].text.contains(&id.to_string()));
        }
    }
    let (items, _) = store
        .inbox(destination(), &Cursor::default(), 10, InboxState::New)
        .await
        .unwrap();
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [young.id()]);
    let books = store.books().await.unwrap();
    assert_eq!((books.mailboxed, books.expired, books.collected), (4, 2, 1));
    assert!(books.balance());
    // The same sending sealed anew is still known.
    let same_as = left.id();
    assert_eq!(
        enter(store, left.sealed_anew(9).learned()).await,
        Entered::Duplicate { same_as }
    );
    // What came later had taken its place before, and nothing of that is forgotten; what comes now is the first.
    let next = of(5, &[2]);
    enter(store, next.learned()).await;
    assert!(
        store
            .inbox_item(destination(), next.id())
            .await
            .unwrap()
            .is_some()
    );
    let item = store.sent_item(sender(), handed.id()).await.unwrap().unwrap();
    assert_eq!(item.superseded_by, None, "its records went with its contents");
    let item = store.sent_item(sender(), left.id()).await.unwrap().unwrap();
    assert_eq!(item.superseded_by, Some(young.id()));
}

pub(crate) async fn contents_go_by_month(place: Place) {
    let store = &place.store;
    let (april, may, open) = (of(1, &[1]), of(2, &[2]), of(3, &[3]));
    store
        .enter(&[april.learned(), open.learned()], BY, at(0))
        .await
        .unwrap();
    store.enter(&[may.learned()], BY, at(31 * DAY)).await.unwrap();
    for one in [&april, &may] {
        store
            .collected(destination(), one.id(), BY, at(40 * DAY))
            .await
            .unwrap();
    }
    let deleted = store.delete_contents("202504").await.unwrap();
    assert_eq!((deleted.done, deleted.more), (0, false), "its month is not over");
    assert_eq!(store.delete_contents("202505").await.unwrap().done, 1);
    let size = async |one: &Sample| store.head(destination(), one.id()).await.unwrap();
    assert_eq!(size(&april).await, None);
    assert!(size(&may).await.is_some());
    assert!(size(&open).await.is_some(), "it may still be collected");
    let item = store
        .inbox_item(destination(), april.id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.status, item.message), (Status::Collected, None));
    let kept = store.inbox_item(destination(), may.id()).await.unwrap().unwrap();
    assert!(kept.message.is_some());
}

pub(crate) async fn more_than_a_batch_is_done_in_several(place: Place) {
    let store = &place.store;
    let all: Vec<_> = (0..130)
        .map(|n| of(n, &[u32::try_from(n).unwrap()]).learned())
        .collect();
    store.enter(&all, BY, at(0)).await.unwrap();
    let first = store.expire(at(1), BY, at(90 * DAY)).await.unwrap();
    assert_eq!((first.done.len(), first.more), (100, true));
    let second = store.expire(at(1), BY, at(90 * DAY)).await.unwrap();
    assert_eq!((second.done.len(), second.more), (30, false));
    assert_eq!(store.notices(sender(), 0, 10).await.unwrap().len(), 2);
}

pub(crate) async fn metadata_goes_before_evidence(place: Place) {
    let store = &place.store;
    let (old, refused, open, parked) = (of(1, &[1]), sample(2), sample(3), sample(4));
    enter(store, old.learned()).await;
    store
        .collected(destination(), old.id(), BY, at(20))
        .await
        .unwrap();
    enter(store, refused.outcome(Refusal::Rejected)).await;
    store.take_notes(None, 1, &[open.note()]).await.unwrap();
    store
        .park(&crate::samples::parked(&parked), BY, at(10))
        .await
        .unwrap();
    let all = [&old, &refused, &open, &parked];
    let sweep = async |metadata, evidence| {
        let (mut metadata_rows, mut evidence_rows) = (0, 0);
        let slices: std::collections::BTreeSet<_> = all.iter().map(|one| slice_of(one.id())).collect();
        for slice in slices {
            let swept = store.sweep(slice, metadata, evidence).await.unwrap().done;
            metadata_rows += swept.metadata;
            evidence_rows += swept.evidence;
        }
        (metadata_rows, evidence_rows)
    };
    assert_eq!(sweep(at(20), at(0)).await, (0, 0), "nothing is old enough");
    assert_eq!(sweep(at(21), at(0)).await, (1, 0));
    assert!(store.inbox_item(destination(), old.id()).await.unwrap().is_none());
    let item = store.sent_item(sender(), old.id()).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Collected);
    assert_eq!(item.receipts.len(), 4, "the evidence is still there");
    // Its name is free.
    let mut anew = old.sealed_anew(9);
    anew.contents = "other".into();
    assert!(matches!(
        enter(store, anew.learned()).await,
        Entered::Mailboxed { .. }
    ));
    assert_eq!(sweep(at(21), at(21)).await, (0, 2));
    for one in [&old, &refused] {
        assert!(store.sent_item(sender(), one.id()).await.unwrap().is_none());
    }
    let item = store.sent_item(sender(), open.id()).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Accepted, "what has no end is never deleted");
    let books = store.books().await.unwrap();
    assert!(books.balance());
    assert_eq!((books.accepted, books.parked, books.under_way), (3, 1, 1));
}

pub(crate) async fn old_words_go(place: Place) {
    let store = &place.store;
    store.put_notice(None, "old", at(0)).await.unwrap();
    store.put_notice(None, "new", at(100)).await.unwrap();
    let waiting = sample(1);
    store.recall(sender(), waiting.id(), BY, at(50)).await.unwrap();
    store.sweep_words(at(50), at(50)).await.unwrap();
    let notices = store.notices(sender(), 0, 10).await.unwrap();
    assert_eq!(
        notices
            .iter()
            .map(|notice| notice.text.as_str())
            .collect::<Vec<_>>(),
        ["new"]
    );
    store.sweep_words(at(50), at(51)).await.unwrap();
    assert!(matches!(
        enter(store, waiting.learned()).await,
        Entered::Mailboxed { .. }
    ));
}

pub(crate) async fn each_office_is_reminded_once_a_day(place: Place) {
    let (store, other) = (&place.store, place.another().await);
    let (one, two, mut three) = (sample(1), sample(2), sample(3));
    three.destination = office("0300000013");
    let batch = [one.learned(), two.learned(), three.learned()];
    store.enter(&batch, BY, at(10)).await.unwrap();
    store
        .collected(destination(), two.id(), BY, at(20))
        .await
        .unwrap();
    assert_eq!(store.uncollected_before(&[at(10), at(11)]).await.unwrap(), [0, 2]);
    assert!(
        store
            .uncollected_by_office(at(10), None)
            .await
            .unwrap()
            .is_empty()
    );
    let due = store.uncollected_by_office(at(11), None).await.unwrap();
    let told: Vec<_> = due
        .iter()
        .map(|one| (one.office, one.count, one.oldest))
        .collect();
    assert_eq!(
        told,
        [(destination(), 1, at(10)), (office("0300000013"), 1, at(10))]
    );
    let rest = store
        .uncollected_by_office(at(11), Some(destination()))
        .await
        .unwrap();
    assert_eq!(rest.len(), 1);
    let texts: Vec<_> = due
        .iter()
        .map(|one| (one.office, "受取待ち".to_owned()))
        .collect();
    let today = 20_250_402;
    let (here, there) = tokio::join!(
        store.remind(today, &texts, at(DAY)),
        other.remind(today, &texts, at(DAY))
    );
    assert_eq!(here.unwrap() + there.unwrap(), 2, "not one of them twice");
    assert_eq!(
        store.reminded_to(today).await.unwrap(),
        Some(office("0300000013"))
    );
    assert_eq!(store.reminded_to(today + 1).await.unwrap(), None);
    assert_eq!(
        store.remind(today + 1, &texts[..1], at(2 * DAY)).await.unwrap(),
        1
    );
    assert_eq!(store.remind(today + 1, &texts, at(2 * DAY)).await.unwrap(), 1);
    for office in [destination(), office("0300000013")] {
        assert_eq!(store.notices(office, 0, 10).await.unwrap().len(), 2);
    }
    assert!(store.notices(sender(), 0, 10).await.unwrap().is_empty());
}
