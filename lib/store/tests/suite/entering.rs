//! One sending, one delivery; one end per acceptance.

use proto::{Refusal, Status, Step};
use store::{Cursor, Entered, InboxState, Learned};

use crate::Place;
use crate::samples::{BY, at, destination, enter, keys, office, parked, sample, sender};

pub(crate) async fn one_acceptance_has_one_end(place: Place) {
    let first = sample(1);
    assert_eq!(
        enter(&place.store, first.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    assert_eq!(enter(&place.store, first.learned()).await, Entered::Repeat);
    assert_eq!(
        enter(&place.store, first.outcome(Refusal::Rejected)).await,
        Entered::Repeat
    );
    let again = first.accepted_again(2);
    assert_eq!(enter(&place.store, again.learned()).await, Entered::Repeat);
    let books = place.store.books().await.unwrap();
    assert_eq!((books.accepted, books.mailboxed), (1, 1));
    assert_eq!(place.store.unaccounted(at(10_000), 900).await.unwrap(), 0);
    let item = place
        .store
        .sent_item(sender(), first.id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(item.status, Status::Delivered);
    assert_eq!(item.history.len(), 4, "{:?}", item.history);
}

pub(crate) async fn the_same_sending_is_delivered_once(place: Place) {
    let first = sample(1);
    let anew = first.sealed_anew(2);
    enter(&place.store, first.learned()).await;
    let same_as = first.id();
    assert_eq!(
        enter(&place.store, anew.learned()).await,
        Entered::Duplicate { same_as }
    );
    let item = place.store.sent_item(sender(), anew.id()).await.unwrap().unwrap();
    assert_eq!((item.status, item.same_as), (Status::Duplicate, Some(same_as)));
    assert!(
        place
            .store
            .inbox_item(destination(), anew.id())
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        enter(&place.store, anew.accepted_again(3).learned()).await,
        Entered::Repeat
    );
}

pub(crate) async fn the_same_bytes_an_hour_later_change_nothing(place: Place) {
    let (store, first) = (&place.store, sample(1));
    let mut later = first.accepted_again(2);
    later.accepted_at = at(3_600);
    enter(store, first.learned()).await;
    store.take_notes(None, 0, &[later.note()]).await.unwrap();
    assert_eq!(enter(store, later.learned()).await, Entered::Repeat);
    let item = store.sent_item(sender(), first.id()).await.unwrap().unwrap();
    assert_eq!((item.status, item.accepted_at), (Status::Delivered, at(0)));
    let receipt = store.receipt_facts(sender(), first.id(), Step::Accepted).await;
    assert_eq!(receipt.unwrap().unwrap().at, at(0), "the first acceptance's");
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.mailboxed, books.duplicate), (1, 1, 0));
}

pub(crate) async fn a_taken_name_with_other_contents_is_rejected(place: Place) {
    let first = sample(1);
    enter(&place.store, first.learned()).await;
    let mut contents = first.sealed_anew(2);
    contents.contents = "other".into();
    let mut message = first.sealed_anew(3);
    message.bytes.push(b'!');
    message.message = Some("other words".into());
    let mut more_names = first.sealed_anew(4);
    more_names.bytes.push(b'?');
    more_names.names.push("UPHOSOKU_202504_x.CSV".into());
    for other in [contents, message, more_names] {
        assert_eq!(enter(&place.store, other.learned()).await, Entered::Reused);
        let item = place
            .store
            .sent_item(sender(), other.id())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(item.status, Status::Rejected);
        assert_eq!(item.problems.len(), 1);
        assert_eq!(item.problems[0].code, "sequence.reused");
        assert_eq!(item.problems[0].file.as_ref(), Some(&first.names[0]));
    }
    let mut other_sender = first.sealed_anew(5);
    other_sender.bytes.push(b'5');
    other_sender.sender = office("1300000039");
    assert_eq!(
        enter(&place.store, other_sender.learned()).await,
        Entered::Mailboxed { position: 2 },
        "names are the sender's own"
    );
}

pub(crate) async fn a_mended_unit_takes_the_rejected_ones_names(place: Place) {
    let broken = sample(1);
    assert_eq!(
        enter(&place.store, broken.outcome(Refusal::Rejected)).await,
        Entered::Rejected
    );
    let item = place
        .store
        .sent_item(sender(), broken.id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(item.problems[0].code, "seal.signature");
    let mended = broken.sealed_anew(2);
    assert_eq!(
        enter(&place.store, mended.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
}

pub(crate) async fn a_sequence_it_was_refused_for_does_not_park_an_outcome(place: Place) {
    let mut one = sample(1).outcome(Refusal::Rejected);
    if let Learned::Outcome(outcome) = &mut one {
        outcome.sequence = Some("13 digits, no\0".into());
        outcome.report.problems[0].value = Some("\0".into());
    }
    assert_eq!(enter(&place.store, one).await, Entered::Rejected);
    let item = place
        .store
        .sent_item(sender(), sample(1).id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(item.sequence, None);
    assert_eq!(item.problems[0].value.as_deref(), Some("\0"));
}

pub(crate) async fn a_refused_id_may_try_again(place: Place) {
    let first = sample(1);
    assert_eq!(
        enter(&place.store, first.outcome(Refusal::Undeliverable)).await,
        Entered::Undeliverable
    );
    assert_eq!(enter(&place.store, first.learned()).await, Entered::Repeat);
    let again = first.accepted_again(2);
    assert_eq!(
        enter(&place.store, again.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    let item = place
        .store
        .sent_item(sender(), first.id())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((item.status, item.problems.len()), (Status::Delivered, 0));
    let story: Vec<_> = item.history.iter().map(|entry| entry.status.as_str()).collect();
    let words = "accepted undeliverable accepted validated routed delivered";
    assert_eq!(story.join(" "), words);
    let books = place.store.books().await.unwrap();
    assert_eq!((books.accepted, books.mailboxed, books.undeliverable), (1, 1, 0));
}

pub(crate) async fn a_new_attempt_has_facts_of_its_own(place: Place) {
    let store = &place.store;
    let first = sample(1);
    enter(store, first.outcome(Refusal::Undeliverable)).await;
    let id = first.id();
    let facts = async |step| store.receipt_facts(sender(), id, step).await.unwrap();
    assert_eq!(facts(Step::Accepted).await.unwrap().at, at(0));
    store
        .keep_receipt(id, Step::Accepted, b"of the first")
        .await
        .unwrap();
    let mut again = first.accepted_again(2);
    again.accepted_at = at(100);
    let mut note = again.note();
    note.submitter = "vendor:0123456789".into();
    assert!(store.take_notes(None, 1, &[note]).await.unwrap());
    let item = store.sent_item(sender(), id).await.unwrap().unwrap();
    assert_eq!(item.accepted_at, at(100));
    assert_eq!(item.receipts, [format!("/v1/receipts/{id}/accepted")]);
    assert_eq!(facts(Step::Accepted).await.unwrap().at, at(100));
    assert!(
        facts(Step::Validated).await.is_none(),
        "the first was, this one not yet"
    );
    assert!(store.kept_receipt(id, Step::Accepted).await.unwrap().is_none());
    // Parked and redriven it is the same attempt.
    store.park(&parked(&again), BY, at(110)).await.unwrap();
    let keys = keys(store).await;
    store.mark_redrive(&keys, None, at(120)).await.unwrap();
    let due = store.to_redrive(1).await.unwrap();
    assert!(store.redriven(&due[0].row, BY, at(130)).await.unwrap());
    assert_eq!(facts(Step::Accepted).await.unwrap().at, at(100));
    enter(store, again.learned()).await;
    assert_eq!(facts(Step::Validated).await.unwrap().at, at(101));
    let item = store.sent_item(sender(), id).await.unwrap().unwrap();
    assert_eq!(item.accepted_at, at(100));
    assert_eq!(item.receipts.len(), 3);
}

pub(crate) async fn attachments_alone_are_known_by_their_sequence(place: Place) {
    let mut first = sample(1);
    first.names.clear();
    enter(&place.store, first.learned()).await;
    let anew = first.sealed_anew(2);
    let same_as = first.id();
    assert_eq!(
        enter(&place.store, anew.learned()).await,
        Entered::Duplicate { same_as }
    );
    let mut elsewhere = first.sealed_anew(3);
    elsewhere.bytes.push(b'3');
    elsewhere.destination = office("0300000013");
    assert_eq!(
        enter(&place.store, elsewhere.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    let mut other = first.sealed_anew(4);
    other.bytes.push(b'4');
    other.message = Some("other words".into());
    assert_eq!(enter(&place.store, other.learned()).await, Entered::Reused);
}

pub(crate) async fn a_batch_is_decided_in_order(place: Place) {
    let (one, two) = (sample(1), sample(2));
    let anew = one.sealed_anew(3);
    let batch = [
        two.outcome(Refusal::Rejected),
        one.learned(),
        anew.learned(),
        one.learned(),
        two.learned(),
        two.accepted_again(4).learned(),
    ];
    let entered = place.store.enter(&batch, BY, at(10)).await.unwrap();
    let expected = [
        Entered::Rejected,
        Entered::Mailboxed { position: 1 },
        Entered::Duplicate { same_as: one.id() },
        Entered::Repeat,
        Entered::Repeat,
        Entered::Mailboxed { position: 2 },
    ];
    assert_eq!(entered, expected);
}

pub(crate) async fn one_unfit_row_does_not_stop_the_batch(place: Place) {
    let mut samples: Vec<_> = (1..=9).map(sample).collect();
    samples[6].sequence = "fifteen digits!".into();
    let batch: Vec<_> = samples.iter().map(crate::samples::Sample::learned).collect();
    let entered = place.store.enter(&batch, BY, at(10)).await.unwrap();
    assert_eq!(entered.len(), 9);
    for (n, entered) in entered.iter().enumerate() {
        match (n, entered) {
            (6, Entered::Unfit { cause }) => {
                assert!(cause.is_ascii() && cause.contains("refuses"), "{cause}")
            }
            (0..6, Entered::Mailboxed { position }) => assert_eq!(*position, n as i64 + 1),
            (7.., Entered::Mailboxed { position }) => assert_eq!(*position, n as i64),
            other => panic!("{other:?}"),
        }
    }
    let (items, _) = place
        .store
        .inbox(destination(), &Cursor::default(), 100, InboxState::All)
        .await
        .unwrap();
    assert_eq!(items.len(), 8);
    assert!(place.store.books().await.unwrap().balance());
}

pub(crate) async fn a_sender_that_contradicts_the_ledger_is_unfit(place: Place) {
    let first = sample(1);
    enter(&place.store, first.outcome(Refusal::Rejected)).await;
    let mut forged = first.accepted_again(2);
    forged.sender = office("1300000039");
    assert!(matches!(
        enter(&place.store, forged.learned()).await,
        Entered::Unfit { .. }
    ));
}

/// As another release may leave it behind.
pub(crate) async fn what_the_ledger_holds_unreadable_stops_one_id_alone(place: Place) {
    let notes: Vec<_> = (1..=4).map(|n| sample(n).note()).collect();
    place.store.take_notes(None, 1, &notes).await.unwrap();
    place
        .sql("UPDATE ledger SET status = 'teleported' WHERE sent_position = 3")
        .await;
    let batch: Vec<_> = (1..=4).map(|n| sample(n).learned()).collect();
    let entered = place.store.enter(&batch, BY, at(10)).await.unwrap();
    assert!(
        matches!(&entered[2], Entered::Unfit { cause } if cause.contains("unreadable status")),
        "{entered:?}"
    );
    for (n, position) in [(0, 1), (1, 2), (3, 3)] {
        assert_eq!(entered[n], Entered::Mailboxed { position });
    }
    let kept = place.store.park(&parked(&sample(3)), BY, at(11)).await.unwrap();
    assert!(kept, "it is set aside, whatever the ledger holds of it");
    assert_eq!(place.store.parked_list(10).await.unwrap().len(), 1);
}

pub(crate) async fn two_hundred_and_fifty_six_at_once(place: Place) {
    let batch: Vec<Learned> = (1..=256)
        .map(|n| {
            let mut one = sample(n);
            one.bytes.resize(5_000, 7);
            one.destination = office(&format!("03000{:05}", n % 40));
            one.learned()
        })
        .collect();
    let entered = place.store.enter(&batch, BY, at(10)).await.unwrap();
    let mailboxed = |entered: &&Entered| matches!(entered, Entered::Mailboxed { .. });
    assert_eq!(entered.iter().filter(mailboxed).count(), 256);
    let entered = place.store.enter(&batch, BY, at(11)).await.unwrap();
    assert!(entered.iter().all(|entered| *entered == Entered::Repeat));
}
