//! Several replicas write and read at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::{Cursor, InboxState, Store};

use crate::Place;
use crate::samples::{BY, at, destination, office, sample};

const TASKS: u64 = 4;
const BATCHES: u64 = 6;
const BATCH: u64 = 8;

pub(crate) async fn positions_are_gap_free_and_seen_in_order(place: Place) {
    let other = place.another().await;
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read(other.clone(), Arc::clone(&done)));
    let writers: Vec<_> = (0..TASKS)
        .map(|task| {
            let store = if task.is_multiple_of(2) {
                &place.store
            } else {
                &other
            };
            tokio::spawn(write(store.clone(), task))
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::Release);
    let seen = reader.await.unwrap();
    assert_eq!(seen, (1..=TASKS * BATCHES * BATCH / 2).collect::<Vec<_>>());
}

async fn write(store: Store, task: u64) {
    for batch in 0..BATCHES {
        let learned: Vec<_> = (0..BATCH)
            .map(|n| {
                let mut one = sample((task * BATCHES + batch) * BATCH + n);
                // Writers meet at two destinations, in different orders.
                if (n + task).is_multiple_of(2) {
                    one.destination = office("0200000001");
                }
                one.learned()
            })
            .collect();
        store.enter(&learned, BY, at(10)).await.unwrap();
    }
}

/// Positions one after another as a client sees them with its cursor.
async fn read(store: Store, done: Arc<AtomicBool>) -> Vec<u64> {
    let (mut cursor, mut seen) = (Cursor::default(), Vec::new());
    loop {
        let last_round = done.load(Ordering::Acquire);
        let changed = store.changed(destination());
        let (items, next) = store
            .inbox(destination(), &cursor, 500, InboxState::All)
            .await
            .unwrap();
        let position = |cursor: Cursor| u64::from_str_radix(&cursor.to_string()[1..], 16).unwrap();
        let (before, after) = (position(cursor), position(next));
        assert_eq!(
            after - before,
            items.len() as u64,
            "a gap, or one that comes later"
        );
        seen.extend(before + 1..=after);
        cursor = next;
        if last_round && items.is_empty() {
            return seen;
        }
        if items.is_empty() {
            changed.await;
        }
    }
}
