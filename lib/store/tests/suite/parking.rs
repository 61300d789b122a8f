//! Parked messages and their redrive.

use bytes::Bytes;
use proto::{Refusal, Status};
use store::{Entered, Learned, ParkedRow};

use crate::Place;
use crate::samples::{BY, at, enter, keys, parked, parked_outcome, sample, sender};

pub(crate) async fn a_parked_envelope_is_open_until_its_end(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.take_notes(None, 1, &[one.note()]).await.unwrap();
    assert!(store.park(&parked(&one), BY, at(5)).await.unwrap());
    assert!(
        store.park(&parked(&one), BY, at(6)).await.unwrap(),
        "delivered twice by the broker"
    );
    let list = store.parked_list(10).await.unwrap();
    assert_eq!(list.len(), 1);
    assert!(list[0].row.body.is_empty());
    assert_eq!(list[0].size, one.bytes.len() as u64);
    assert_eq!(
        store.parked(&one.id().to_string()).await.unwrap()[0].row,
        parked(&one)
    );
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.parked), (1, 1));
    let item = store.sent_item(sender(), one.id()).await.unwrap().unwrap();
    assert_eq!((item.status, item.history.len()), (Status::Parked, 2));
    assert_eq!(store.unaccounted(at(9_000), 900).await.unwrap(), 0);
    assert_eq!(
        enter(store, one.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    assert!(store.parked_list(10).await.unwrap().is_empty());
    assert!(store.books().await.unwrap().balance());
}

pub(crate) async fn a_redrive_is_closed_by_its_confirm(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.park(&parked(&one), BY, at(5)).await.unwrap();
    assert!(store.to_redrive(10).await.unwrap().is_empty());
    assert!(!store.redrive_waits().await.unwrap());
    assert!(
        !store.redriven(&parked(&one), BY, at(6)).await.unwrap(),
        "nobody asked for it"
    );
    let keys = keys(store).await;
    assert_eq!(store.mark_redrive(&keys, None, at(7)).await.unwrap(), 1);
    assert_eq!(store.mark_redrive(&keys, None, at(7)).await.unwrap(), 0, "once");
    assert_eq!(store.stop_redrive(at(7)).await.unwrap(), 1);
    assert_eq!(store.mark_redrive(&keys, Some(30), at(8)).await.unwrap(), 1);
    assert_eq!(store.to_redrive(10).await.unwrap()[0].per_minute, Some(30));
    assert!(store.unmark_redrive(&keys[0], at(8)).await.unwrap());
    assert_eq!(store.mark_redrive(&keys, None, at(8)).await.unwrap(), 1);
    assert!(store.redrive_waits().await.unwrap());
    let due = store.to_redrive(10).await.unwrap();
    assert_eq!(due[0].row, parked(&one));
    let again = due[0].row.message();
    assert_eq!(
        ParkedRow::of(&again),
        parked(&one),
        "nothing is lost on the table"
    );
    assert!(store.redriven(&due[0].row, BY, at(5_000)).await.unwrap());
    assert!(!store.redriven(&due[0].row, BY, at(5_000)).await.unwrap());
    let books = store.books().await.unwrap();
    assert_eq!((books.parked, books.under_way), (0, 1));
    assert_eq!(store.unaccounted(at(5_900), 900).await.unwrap(), 0);
    assert_eq!(
        store.unaccounted(at(5_901), 900).await.unwrap(),
        1,
        "waited for anew"
    );
    // Parked once more, then delivered.
    store.park(&parked(&one), BY, at(5_910)).await.unwrap();
    assert_eq!(store.parked_list(10).await.unwrap().len(), 1);
    assert_eq!(
        enter(store, one.learned()).await,
        Entered::Mailboxed { position: 1 }
    );
    assert_eq!(store.unaccounted(at(9_000), 900).await.unwrap(), 0);
}

pub(crate) async fn poison_is_kept_as_it_is(place: Place) {
    let mut row = parked(&sample(1));
    row.message_id = "not\0an id".into();
    row.acceptance = String::new();
    row.headers.clear();
    row.body = Bytes::from_static(b"\0\xff");
    assert!(place.store.park(&row, BY, at(5)).await.unwrap());
    let list = place.store.parked("not?an id").await.unwrap();
    assert_eq!(list[0].row.body, row.body);
    assert_eq!(place.store.books().await.unwrap().accepted, 0);
}

pub(crate) async fn nothing_a_row_holds_keeps_it_from_its_place(place: Place) {
    let store = &place.store;
    let mut acceptance = parked(&sample(1));
    acceptance.message_id = "poison".into();
    acceptance.acceptance = "\0".into();
    acceptance.message_type = "\0".into();
    assert!(store.park(&acceptance, BY, at(5)).await.unwrap());
    // The ledger would take this process's name, if it were one.
    let mut process = parked(&sample(2));
    process.headers.insert("accepted_by".into(), "ingest\0".into());
    assert!(store.park(&process, BY, at(6)).await.unwrap());
    let mut long = parked(&sample(3));
    long.message_id = "0123456789abcdef".repeat(1_000);
    assert!(store.park(&long, BY, at(7)).await.unwrap());
    let mut words = parked(&sample(4));
    words.message_id = "words".into();
    words.acceptance = (0..90_000_u32)
        .map(|n| char::from(b'!' + (n.wrapping_mul(2_654_435_761) >> 26) as u8))
        .collect();
    assert!(store.park(&words, BY, at(8)).await.unwrap());
    let list = store.parked_list(10).await.unwrap();
    assert_eq!(list.len(), 4);
    let kept = store.parked("words").await.unwrap();
    assert_eq!(kept[0].row.body, words.body);
}

pub(crate) async fn a_dead_letter_tells_its_queue(place: Place) {
    let mut message = parked(&sample(1)).message();
    message.headers.clear();
    message
        .headers
        .insert("x-first-death-queue".into(), "validation.03".into());
    message.headers.insert("foreign".into(), "1".into());
    message
        .headers
        .insert("accepted_by".into(), "ingest/test/1".into());
    let acceptance = sample(7).acceptance().to_string();
    message.headers.insert("acceptance".into(), acceptance.clone());
    message.routing_key = "03.0300000005".into();
    let row = ParkedRow::of(&message);
    assert_eq!(
        (row.station, row.office.as_str()),
        (proto::Station::Validation, "0300000005")
    );
    assert_eq!(row.acceptance, acceptance);
    assert!(row.cause.contains("validation.03"));
    let kept: Vec<_> = row.headers.keys().map(String::as_str).collect();
    assert_eq!(kept, ["acceptance", "accepted_by"]);
    assert!(place.store.park(&row, BY, at(5)).await.unwrap());
    let list = place.store.parked(&row.message_id).await.unwrap();
    assert_eq!(list[0].row, row);
}

pub(crate) async fn a_copy_of_an_ended_one_is_discarded(place: Place) {
    let (store, one, refused) = (&place.store, sample(1), sample(2));
    enter(store, one.learned()).await;
    assert!(!store.park(&parked(&one), BY, at(20)).await.unwrap());
    assert!(
        !store
            .park(&parked(&one.accepted_again(5)), BY, at(20))
            .await
            .unwrap()
    );
    enter(store, refused.outcome(Refusal::Rejected)).await;
    assert!(!store.park(&parked(&refused), BY, at(20)).await.unwrap());
    assert!(
        store
            .park(&parked(&refused.accepted_again(6)), BY, at(20))
            .await
            .unwrap()
    );
    let books = store.books().await.unwrap();
    assert_eq!((books.mailboxed, books.parked, books.rejected), (1, 1, 0));
    assert_eq!(store.unaccounted(at(9_000), 900).await.unwrap(), 0);
}

pub(crate) async fn a_parked_outcome_is_accounted_for(place: Place) {
    let (store, one) = (&place.store, sample(1));
    store.take_notes(None, 1, &[one.note()]).await.unwrap();
    let outcome = one.outcome(Refusal::Rejected);
    let row = match &outcome {
        Learned::Outcome(outcome) => parked_outcome(outcome),
        Learned::Routed(_) => panic!("not an outcome"),
    };
    assert_eq!(row.acceptance, one.acceptance().to_string());
    assert!(store.park(&row, BY, at(5)).await.unwrap());
    assert_eq!(store.unaccounted(at(9_000), 900).await.unwrap(), 0);
    assert_eq!(enter(store, outcome).await, Entered::Rejected);
    assert!(store.parked_list(10).await.unwrap().is_empty());
}
