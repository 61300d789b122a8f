//! Acceptance notes.

use proto::{Refusal, Status};
use store::Entered;

use crate::Place;
use crate::samples::{Sample, at, enter, sample, sender};

pub(crate) async fn a_note_is_taken_once(place: Place) {
    let (one, two) = (sample(1), sample(2));
    assert_eq!(place.store.note_position().await.unwrap(), None);
    assert!(
        place
            .store
            .take_notes(None, 7, &[one.note(), two.note()])
            .await
            .unwrap()
    );
    assert_eq!(place.store.note_position().await.unwrap(), Some(7));
    let books = place.store.books().await.unwrap();
    assert_eq!((books.accepted, books.under_way), (2, 2));
    enter(&place.store, one.learned()).await;
    // Read again from the first: nothing changes but the position.
    assert!(
        place
            .store
            .take_notes(Some(7), 3, &[one.note(), two.note()])
            .await
            .unwrap()
    );
    assert_eq!(place.store.note_position().await.unwrap(), Some(3));
    let item = place.store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    assert_eq!((item.status, item.history.len()), (Status::Delivered, 4));
    let books = place.store.books().await.unwrap();
    assert_eq!((books.accepted, books.under_way, books.mailboxed), (2, 1, 1));
}

pub(crate) async fn only_one_reader_moves_the_position(place: Place) {
    assert!(
        place
            .store
            .take_notes(None, 5, &[sample(1).note()])
            .await
            .unwrap()
    );
    assert!(
        !place
            .store
            .take_notes(None, 9, &[sample(2).note()])
            .await
            .unwrap()
    );
    assert!(
        !place
            .store
            .take_notes(Some(4), 9, &[sample(2).note()])
            .await
            .unwrap()
    );
    assert_eq!(place.store.books().await.unwrap().accepted, 1);
    assert!(
        place
            .store
            .take_notes(Some(5), 9, &[sample(2).note()])
            .await
            .unwrap()
    );
    assert_eq!(place.store.books().await.unwrap().accepted, 2);
}

pub(crate) async fn what_is_dropped_is_unaccounted(place: Place) {
    let (arrives, refused, dropped) = (sample(1), sample(2), sample(3));
    let notes = [arrives.note(), refused.note(), dropped.note()];
    assert!(place.store.take_notes(None, 3, &notes).await.unwrap());
    assert_eq!(
        place.store.unaccounted(at(900), 900).await.unwrap(),
        0,
        "not older yet"
    );
    assert_eq!(place.store.unaccounted(at(901), 900).await.unwrap(), 3);
    enter(&place.store, arrives.learned()).await;
    enter(&place.store, refused.outcome(Refusal::Rejected)).await;
    assert_eq!(place.store.unaccounted(at(901), 900).await.unwrap(), 1);
}

pub(crate) async fn a_note_of_a_second_acceptance_begins_a_new_attempt_only_after_a_refusal(place: Place) {
    let first = sample(1);
    let status = async || {
        place
            .store
            .sent_item(sender(), first.id())
            .await
            .unwrap()
            .unwrap()
            .status
    };
    enter(&place.store, first.outcome(Refusal::Rejected)).await;
    let second = first.accepted_again(2);
    assert!(
        place
            .store
            .take_notes(None, 1, &[first.note(), second.note()])
            .await
            .unwrap()
    );
    assert_eq!(status().await, Status::Accepted);
    let mailboxed = Entered::Mailboxed { position: 1 };
    assert_eq!(enter(&place.store, second.learned()).await, mailboxed);
    let third = first.accepted_again(3);
    assert!(place.store.take_notes(Some(1), 2, &[third.note()]).await.unwrap());
    assert_eq!(status().await, Status::Delivered);
    assert_eq!(place.store.unaccounted(at(9_000), 900).await.unwrap(), 1);
    assert_eq!(enter(&place.store, third.learned()).await, Entered::Repeat);
    assert_eq!(place.store.unaccounted(at(9_000), 900).await.unwrap(), 0);
}

/// Its sender missed it and sent the same bytes again.
pub(crate) async fn what_was_dropped_is_accounted_for_when_it_is_sent_again(place: Place) {
    let store = &place.store;
    let (delivered, refused) = (sample(1), sample(2));
    let notes = [delivered.note(), refused.note()];
    assert!(store.take_notes(None, 1, &notes).await.unwrap());
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 2);
    let again = |one: &Sample, acceptance, seconds| Sample {
        accepted_at: at(seconds),
        ..one.accepted_again(acceptance)
    };
    let (third, fourth) = (again(&delivered, 3, 1_000), again(&refused, 4, 1_000));
    let notes = [third.note(), fourth.note()];
    assert!(store.take_notes(Some(1), 2, &notes).await.unwrap());
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 4);
    enter(store, third.learned()).await;
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 2);
    enter(store, fourth.outcome(Refusal::Rejected)).await;
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 0);
    // Not the other way round: what is accepted after the end has to arrive as well.
    let late = again(&delivered, 5, 1_050);
    assert!(store.take_notes(Some(2), 3, &[late.note()]).await.unwrap());
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 1);
    assert_eq!(enter(store, late.learned()).await, Entered::Repeat);
    assert_eq!(store.unaccounted(at(2_000), 900).await.unwrap(), 0);
}
