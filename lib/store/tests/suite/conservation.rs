//! Every story closes its accounts.

use proto::Refusal;
use store::Learned;

use crate::Place;
use crate::samples::{BY, Sample, at, destination, sample, sender};

/// Notes, messages, repeats, refusals, recalls and parkings in an order drawn from a fixed seed.
pub(crate) async fn every_acceptance_stands_in_one_account(place: Place) {
    let store = &place.store;
    let mut seed = 7_u64;
    let mut draw = move |below: u64| {
        // Numbers of a linear congruential generator (Knuth, MMIX): the same every run.
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut position = None;
    let mut touched = std::collections::BTreeSet::new();
    for turn in 0..120_u64 {
        let n = draw(40);
        let mut one = sample(n);
        if draw(6) == 0 {
            one = one.sealed_anew(0);
        }
        one.acceptance = acceptance_of(&one, draw(3));
        let mut anew = one.sealed_anew(0);
        anew.acceptance = acceptance_of(&anew, 0);
        match draw(7) {
            0 | 1 => {
                assert!(store.take_notes(position, turn, &[one.note()]).await.unwrap());
                position = Some(turn);
            }
            2 => drop(
                store
                    .enter(&[one.outcome(Refusal::Rejected)], BY, at(10))
                    .await
                    .unwrap(),
            ),
            3 => {
                let row = crate::samples::parked(&one);
                store.park(&row, BY, at(10)).await.unwrap();
            }
            4 if touched.contains(&one.id()) => {
                store.recall(sender(), one.id(), BY, at(20)).await.unwrap();
                continue;
            }
            4 => continue,
            5 if touched.contains(&one.id()) => {
                store
                    .collected(destination(), one.id(), BY, at(30))
                    .await
                    .unwrap();
                continue;
            }
            5 => continue,
            _ => {
                let batch: Vec<Learned> = vec![one.learned(), anew.learned()];
                store.enter(&batch, BY, at(10)).await.unwrap();
                touched.insert(anew.id());
            }
        }
        touched.insert(one.id());
        let books = store.books().await.unwrap();
        assert!(books.balance(), "turn {turn}: {books:?}");
        assert_eq!(books.accepted, touched.len() as i64, "turn {turn}: {books:?}");
    }
    let books = store.books().await.unwrap();
    for (account, count) in [
        ("mailboxed", books.mailboxed),
        ("rejected", books.rejected),
        ("duplicate", books.duplicate),
        ("collected", books.collected),
    ] {
        assert!(0 < count, "{account} was never met: {books:?}");
    }
}

/// The n-th acceptance of an id; no other id has it.
fn acceptance_of(one: &Sample, n: u64) -> u64 {
    let id = one.id();
    let first = id.as_bytes().first_chunk::<8>().unwrap();
    u64::from_be_bytes(*first).wrapping_add(n)
}
