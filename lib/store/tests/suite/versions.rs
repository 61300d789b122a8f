//! The version chain as both lists show it.

use proto::EnvelopeId;
use proto::api::{InboxItem, SentItem};
use store::{Entered, Store};

use crate::Place;
use crate::samples::{BY, Sample, at, destination, enter, office, sample, sender};

/// Holds records of these persons; the number is the order of the sequences.
fn of(n: u64, persons: &[u32]) -> Sample {
    Sample {
        persons: persons.to_vec(),
        ..sample(n)
    }
}

/// Withdraws records of these persons.
fn deletion(n: u64, persons: &[u32]) -> Sample {
    Sample {
        withdraws: true,
        ..of(n, persons)
    }
}

async fn arrive(store: &Store, one: &Sample) -> EnvelopeId {
    let entered = enter(store, one.learned()).await;
    assert!(matches!(entered, Entered::Mailboxed { .. }), "{entered:?}");
    one.id()
}

async fn items(store: &Store, one: &Sample) -> (InboxItem, SentItem) {
    let got = store
        .inbox_item(one.destination, one.id())
        .await
        .unwrap()
        .unwrap();
    let sent = store.sent_item(one.sender, one.id()).await.unwrap().unwrap();
    (got, sent)
}

/// Both lists say so: whole, in part, withdrawn.
async fn superseded(
    store: &Store,
    one: &Sample,
    whole: Option<EnvelopeId>,
    partly: Option<EnvelopeId>,
    withdrawn: Option<EnvelopeId>,
) {
    let (got, sent) = items(store, one).await;
    let said = (got.superseded_by, got.partly_superseded_by, got.withdrawn_by);
    assert_eq!(said, (whole, partly, withdrawn), "{}", one.sequence);
    let said = (sent.superseded_by, sent.partly_superseded_by, sent.withdrawn_by);
    assert_eq!(said, (whole, partly, withdrawn), "{}", one.sequence);
    assert_eq!(got.records, u32::try_from(one.persons.len()).ok());
    assert_eq!(sent.records, got.records);
}

pub(crate) async fn a_later_one_takes_the_place_of_an_earlier(place: Place) {
    let store = &place.store;
    let (one, two, three) = (of(1, &[1, 2]), of(2, &[2, 3]), of(3, &[1, 2, 3]));
    arrive(store, &one).await;
    superseded(store, &one, None, None, None).await;
    let second = arrive(store, &two).await;
    superseded(store, &one, None, Some(second), None).await;
    superseded(store, &two, None, None, None).await;
    let third = arrive(store, &three).await;
    superseded(store, &one, Some(third), None, None).await;
    superseded(store, &two, Some(third), None, None).await;
    superseded(store, &three, None, None, None).await;
}

pub(crate) async fn one_that_comes_late_is_superseded_already(place: Place) {
    let store = &place.store;
    let (one, two, three) = (of(1, &[1]), of(2, &[1, 2]), of(3, &[1]));
    let third = arrive(store, &three).await;
    // In one batch, and the later sequence first.
    let batch = [two.learned(), one.learned()];
    store.enter(&batch, BY, at(10)).await.unwrap();
    superseded(store, &one, Some(third), None, None).await;
    superseded(store, &two, None, Some(third), None).await;
    superseded(store, &three, None, None, None).await;
}

pub(crate) async fn other_offices_and_files_have_chains_of_their_own(place: Place) {
    let store = &place.store;
    let one = of(1, &[1]);
    let mut elsewhere = of(2, &[1]);
    elsewhere.destination = office("0300000013");
    arrive(store, &one).await;
    arrive(store, &elsewhere).await;
    superseded(store, &one, None, None, None).await;
    // Attachments alone, or an envelope validated by an earlier release: nothing is said.
    let unknown = sample(3);
    arrive(store, &unknown).await;
    let (got, sent) = items(store, &unknown).await;
    assert_eq!((got.records, got.superseded_by, sent.records), (None, None, None));
}

pub(crate) async fn a_deletion_is_linked_to_what_it_withdraws(place: Place) {
    let store = &place.store;
    let (one, two, gone, again) = (of(1, &[1, 2]), of(2, &[3]), deletion(3, &[2, 3]), of(4, &[3]));
    let first = arrive(store, &one).await;
    let second = arrive(store, &two).await;
    let withdrawn = arrive(store, &gone).await;
    superseded(store, &one, None, Some(withdrawn), Some(withdrawn)).await;
    superseded(store, &two, Some(withdrawn), None, Some(withdrawn)).await;
    let (got, sent) = items(store, &gone).await;
    let mut expected = [first, second];
    expected.sort_unstable();
    for mut withdraws in [got.withdraws, sent.withdraws] {
        withdraws.sort_unstable();
        assert_eq!(withdraws, expected);
    }
    let listed = store.sent(sender(), &store::Cursor::default(), 10, None).await;
    let listed = listed.unwrap().0.into_iter().find(|item| item.id == withdrawn);
    assert_eq!(listed.unwrap().withdraws.len(), 2);
    // Sent again after it: the deletion's word no longer holds for that record.
    let fourth = arrive(store, &again).await;
    superseded(store, &gone, None, Some(fourth), None).await;
    superseded(store, &two, Some(withdrawn), None, Some(withdrawn)).await;
    superseded(store, &again, None, None, None).await;
}

pub(crate) async fn a_recall_lets_the_one_before_stand_again(place: Place) {
    let store = &place.store;
    let (one, two, three) = (of(1, &[1, 2]), of(2, &[1]), deletion(3, &[1, 2]));
    arrive(store, &one).await;
    let second = arrive(store, &two).await;
    let third = arrive(store, &three).await;
    superseded(store, &one, Some(third), None, Some(third)).await;
    superseded(store, &two, Some(third), None, Some(third)).await;
    store.recall(sender(), third, BY, at(20)).await.unwrap();
    superseded(store, &one, None, Some(second), None).await;
    superseded(store, &two, None, None, None).await;
    store.recall(sender(), second, BY, at(20)).await.unwrap();
    superseded(store, &one, None, None, None).await;
    // As if they had never been there: the next one finds the first.
    let four = of(4, &[1, 2]);
    let fourth = arrive(store, &four).await;
    superseded(store, &one, Some(fourth), None, None).await;
}

pub(crate) async fn one_in_between_is_recalled(place: Place) {
    let store = &place.store;
    let (one, two, three) = (of(1, &[1, 2]), of(2, &[1, 2]), of(3, &[1]));
    arrive(store, &one).await;
    let second = arrive(store, &two).await;
    let third = arrive(store, &three).await;
    superseded(store, &two, None, Some(third), None).await;
    store.recall(sender(), second, BY, at(20)).await.unwrap();
    assert!(store.inbox_item(destination(), second).await.unwrap().is_none());
    superseded(store, &one, None, Some(third), None).await;
}

/// Sequences of four envelopes in every order of arrival, from two replicas at once: the end is always the same.
pub(crate) async fn whatever_the_order_the_end_is_the_same(place: Place) {
    let other = place.another().await;
    for round in 0..24_u64 {
        let all: Vec<_> = (0..4)
            .map(|n| of(round * 4 + n, &[u32::try_from(round).unwrap()]))
            .collect();
        let mut order: Vec<_> = all.iter().collect();
        order.rotate_left(usize::try_from(round % 4).unwrap());
        if round % 2 == 1 {
            order.reverse();
        }
        let (first, second) = order.split_at(2);
        let batch = |samples: &[&Sample]| samples.iter().map(|one| one.learned()).collect::<Vec<_>>();
        let (first, second) = (batch(first), batch(second));
        let (here, there) = tokio::join!(
            place.store.enter(&first, BY, at(10)),
            other.enter(&second, BY, at(10))
        );
        assert_eq!((here.unwrap().len(), there.unwrap().len()), (2, 2));
        let last = all.last().unwrap();
        superseded(&other, last, None, None, None).await;
        for one in &all[..3] {
            let (got, _) = items(&place.store, one).await;
            assert!(
                got.superseded_by.is_some() && got.partly_superseded_by.is_none(),
                "{round}"
            );
        }
    }
}
