//! Backup and restore.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use proto::api::InboxItem;
use proto::{OfficeNumber, Refusal, Status};
use store::{BackupError, Cursor, Entered, InboxState, Store};

use crate::Place;
use crate::samples::{Sample, at, destination, enter, office, parked, sample, sender};

/// When the backup is made, and when it is restored.
const MADE: i64 = 1_000;
const RESTORED: i64 = 5_000;

async fn back_up(place: &Place, path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    let (header, account) = store::backup(place.config(), &mut file, "1.2.3", at(MADE))
        .await
        .unwrap();
    assert_eq!((header.product.as_str(), header.taken_at), ("1.2.3", at(MADE)));
    let (same_header, same_account) = store::verify(path).unwrap();
    assert_eq!((same_header, same_account), (header, account));
}

async fn restored(place: &Place, path: &Path) -> Store {
    let elsewhere = place.elsewhere();
    store::restore(&elsewhere, path, false, "test", at(RESTORED))
        .await
        .unwrap();
    Store::open(&elsewhere).await.unwrap()
}

/// Everything behind a place in an inbox, and the place behind that.
async fn inbox(store: &Store, office: OfficeNumber, after: &Cursor) -> (Vec<InboxItem>, Cursor) {
    store.inbox(office, after, 100, InboxState::All).await.unwrap()
}

/// A store in which everything has happened.
async fn full(place: &Place) {
    let store = &place.store;
    let mut large = sample(2);
    // Larger than what is read at once, all bytes there are.
    large.bytes = (0..=255_u8).cycle().take(5 << 20).collect();
    let small = [1, 3, 4, 5, 6].map(|n| sample(n).note());
    let notes: Vec<_> = small.into_iter().chain([large.note()]).collect();
    assert!(store.take_notes(None, 7, &notes).await.unwrap());
    enter(store, sample(1).learned()).await;
    enter(store, large.learned()).await;
    enter(store, sample(3).outcome(Refusal::Rejected)).await;
    assert!(store.park(&parked(&sample(4)), "test", at(20)).await.unwrap());
    store
        .put_notice(None, "保守のお知らせ\n\"引用\"", at(30))
        .await
        .unwrap();
    for n in 10..400 {
        store
            .audit("operator:test", "office.put", &n.to_string(), at(40))
            .await
            .unwrap();
    }
}

pub(crate) async fn what_is_restored_is_what_was_there(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    full(&place).await;
    back_up(&place, &path).await;
    let copy = restored(&place, &path).await;
    assert_eq!(copy.books().await.unwrap(), place.store.books().await.unwrap());
    let (items, _) = inbox(&copy, destination(), &Cursor::default()).await;
    let (before, _) = inbox(&place.store, destination(), &Cursor::default()).await;
    assert_eq!(items, before);
    assert_eq!(items.len(), 2);
    for item in &items {
        let before = place
            .store
            .hand_out(destination(), item.id, at(60))
            .await
            .unwrap();
        assert_eq!(
            copy.hand_out(destination(), item.id, at(60)).await.unwrap(),
            before
        );
        assert!(before.is_some());
    }
    assert_eq!(
        copy.sent_item(sender(), sample(3).id()).await.unwrap(),
        place.store.sent_item(sender(), sample(3).id()).await.unwrap()
    );
    assert_eq!(
        copy.parked(&sample(4).id().to_string()).await.unwrap(),
        place.store.parked(&sample(4).id().to_string()).await.unwrap()
    );
    let (trail, before) = (
        copy.audit_trail(0, 1_000).await.unwrap(),
        place.store.audit_trail(0, 1_000).await.unwrap(),
    );
    assert_eq!(trail[..before.len()], before);
    assert_eq!(trail.len(), before.len() + 1);
    assert_eq!(trail.last().unwrap().act, "store.restore");
    // The notes are read again from the first.
    assert_eq!(copy.note_position().await.unwrap(), None);
}

/// Accepted, entered and listed after the backup, in the store that was lost.
pub(crate) async fn what_came_after_the_backup_is_missing_until_it_is_sent_again(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    let later = |n, seconds| Sample {
        accepted_at: at(seconds),
        ..sample(n)
    };
    let (kept, lost, refused) = (sample(1), later(2, MADE + 10), later(3, MADE + 11));
    assert!(place.store.take_notes(None, 1, &[kept.note()]).await.unwrap());
    enter(&place.store, kept.learned()).await;
    back_up(&place, &path).await;
    // The same bytes once more: discarded as a repeat in the lost store.
    let repeat = Sample {
        accepted_at: at(MADE + 12),
        ..kept.accepted_again(12)
    };
    for one in [
        lost.learned(),
        refused.outcome(Refusal::Rejected),
        repeat.learned(),
    ] {
        enter(&place.store, one).await;
    }
    let (_, seen) = inbox(&place.store, destination(), &Cursor::default()).await;

    let store = restored(&place, &path).await;
    let notes = [kept.note(), lost.note(), refused.note(), repeat.note()];
    assert!(store.take_notes(None, 1, &notes).await.unwrap());
    let now = at(RESTORED + 10_000);
    assert_eq!(store.unaccounted(now, 900).await.unwrap(), 2);
    let first = store.missing(now, 900, None, 1).await.unwrap();
    let second = store.missing(now, 900, first.next, 1).await.unwrap();
    let third = store.missing(now, 900, second.next, 1).await.unwrap();
    assert_eq!(
        (first.items, second.items),
        (vec![lost.note()], vec![refused.note()])
    );
    assert!(third.items.is_empty() && third.next.is_none());

    let again = |one: &Sample, acceptance| Sample {
        accepted_at: at(RESTORED + 5_000),
        ..one.accepted_again(acceptance)
    };
    let entered = enter(&store, again(&lost, 102).learned()).await;
    assert!(matches!(entered, Entered::Mailboxed { .. }), "{entered:?}");
    enter(&store, again(&refused, 103).outcome(Refusal::Rejected)).await;
    assert_eq!(enter(&store, again(&kept, 101).learned()).await, Entered::Repeat);
    assert_eq!(store.unaccounted(now, 900).await.unwrap(), 0);
    let books = store.books().await.unwrap();
    assert_eq!((books.accepted, books.mailboxed, books.rejected), (3, 2, 1));
    assert!(books.balance(), "{books:?}");
    // Who had read the lost inbox to its end sees what is delivered again.
    let (items, _) = inbox(&store, destination(), &seen).await;
    assert_eq!(items.iter().map(|item| item.id).collect::<Vec<_>>(), [lost.id()]);
    let item = store.sent_item(sender(), lost.id()).await.unwrap().unwrap();
    assert_eq!(item.status, Status::Delivered);
}

/// Positions and notices handed out in the lost store are not handed out again, not even to offices it got to know later.
pub(crate) async fn no_place_in_a_list_is_given_twice(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    back_up(&place, &path).await;
    let to = |n: u64, destination: OfficeNumber| Sample {
        destination,
        ..sample(n)
    };
    let newcomer = office("0300000013");
    enter(&place.store, to(1, newcomer).learned()).await;
    let (_, seen) = inbox(&place.store, newcomer, &Cursor::default()).await;
    let read = place.store.put_notice(None, "one", at(2)).await.unwrap();
    let store = restored(&place, &path).await;
    enter(&store, to(2, newcomer).learned()).await;
    let (items, _) = inbox(&store, newcomer, &seen).await;
    assert_eq!(items.len(), 1);
    let notices = store.notices(newcomer, read, 100).await.unwrap();
    assert_eq!(notices.len(), 1, "every office is told");
    assert!(notices[0].text.contains("careplan resend"), "{}", notices[0].text);
}

pub(crate) async fn what_is_no_whole_backup_changes_nothing(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    full(&place).await;
    back_up(&place, &path).await;
    let whole = std::fs::read(&path).unwrap();
    let spoiled = folder.path().join("spoiled");
    let mut altered = whole.clone();
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let cut = &whole[..whole.len() - 200];
    let newer = String::from_utf8(whole.clone())
        .unwrap()
        .replacen("\"schema\":", "\"schema\":9", 1);
    for bytes in [&altered[..], cut, b"", b"{}\n", newer.as_bytes()] {
        std::fs::write(&spoiled, bytes).unwrap();
        let error = store::restore(place.config(), &spoiled, true, "test", at(RESTORED)).await;
        assert!(matches!(error, Err(BackupError::Broken(_))), "{error:?}");
    }
    let error = store::restore(place.config(), &path, false, "test", at(RESTORED)).await;
    assert!(matches!(error, Err(BackupError::NotEmpty(_))), "{error:?}");
    let error = store::restore(
        place.config(),
        Path::new("/no/such/file"),
        true,
        "test",
        at(RESTORED),
    )
    .await;
    assert!(matches!(error, Err(BackupError::File(_))), "{error:?}");
    assert_eq!(place.store.books().await.unwrap().mailboxed, 2);
    // Somebody works on it.
    assert!(
        place
            .store
            .lease("accepted", "delivery/1", 60)
            .hold(at(RESTORED), Instant::now())
            .await
            .unwrap()
    );
    let error = store::restore(place.config(), &path, true, "test", at(RESTORED + 59)).await;
    assert!(matches!(error, Err(BackupError::InUse(_))), "{error:?}");
    place
        .store
        .lease("accepted", "delivery/1", 60)
        .release()
        .await
        .unwrap();
    // Told to, it takes the place of what is there.
    enter(&place.store, sample(7).learned()).await;
    store::restore(place.config(), &path, true, "test", at(RESTORED))
        .await
        .unwrap();
    let store = place.another().await;
    assert_eq!(store.books().await.unwrap().mailboxed, 2);
}

/// The writer goes on while the copy is made, and the copy holds what was there at one moment.
pub(crate) async fn a_copy_is_of_one_moment(place: Place) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup");
    for n in 0..300 {
        enter(&place.store, sample(n).learned()).await;
    }
    let store = place.store.clone();
    let writing = tokio::spawn(async move {
        for n in 300..400 {
            enter(&store, sample(n).learned()).await;
        }
    });
    let mut slow = Slow(std::fs::File::create(&path).unwrap());
    let (_, account) = store::backup(place.config(), &mut slow, "1.2.3", at(MADE))
        .await
        .unwrap();
    writing.await.unwrap();
    let rows = |table: &str| account.rows[table];
    assert!((300..=400).contains(&rows("mailbox")), "{account:?}");
    assert_eq!(rows("mailbox"), rows("contents"));
    assert_eq!(rows("mailbox"), rows("ledger"));
    assert_eq!(rows("mailbox"), rows("names"));
    let copy = restored(&place, &path).await;
    let books = copy.books().await.unwrap();
    assert_eq!(u64::try_from(books.mailboxed).unwrap(), rows("mailbox"));
    assert!(books.balance(), "{books:?}");
}

/// Lets others work between two lines.
struct Slow(std::fs::File);

impl Write for Slow {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::thread::yield_now();
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
