//! Many offices at once, and the imports they come with.

use proto::desk_directory::{ImportCounts, ImportState};
use proto::{OfficeNumber, Problem, codes};
use store::{OfficeFacts, OfficeState, OfficeWish};

use crate::Place;
use crate::samples::at;

fn number(n: u32) -> OfficeNumber {
    format!("{n:010}").parse().unwrap()
}

fn wish(n: u32) -> OfficeWish {
    OfficeWish {
        number: number(n),
        name: format!("事業所{n}"),
        services: Some(vec!["43".to_owned(), "11".to_owned()]),
        state: None,
        versions: None,
        max_bytes: None,
        licence: None,
    }
}

fn counts(new: u64, changed: u64, unchanged: u64, closed: u64) -> ImportCounts {
    ImportCounts {
        new,
        changed,
        unchanged,
        closed,
        absent: 0,
    }
}

pub(crate) async fn offices_are_entered_once(place: Place) {
    let store = &place.store;
    // Not in order, and more than one statement takes.
    let mut wishes: Vec<_> = (1..=300).rev().map(wish).collect();
    assert_eq!(
        store.compare_offices(&wishes).await.unwrap(),
        counts(300, 0, 0, 0)
    );
    assert_eq!(store.count_offices().await.unwrap(), 0, "only compared");
    assert_eq!(store.enter_offices(&wishes).await.unwrap(), counts(300, 0, 0, 0));
    assert_eq!(store.enter_offices(&wishes).await.unwrap(), counts(0, 0, 300, 0));
    let expected = OfficeFacts::open(number(7), "事業所7", &["43", "11"]);
    assert_eq!(store.office(number(7)).await.unwrap(), Some(expected.clone()));

    // What the file does not say stays; what it says counts.
    let mut known = expected;
    (known.grace_days, known.max_bytes, known.licence_until) = (30, Some(5), Some(at(9)));
    store.put_office(&known).await.unwrap();
    assert_eq!(store.enter_offices(&wishes).await.unwrap(), counts(0, 0, 300, 0));
    wishes.truncate(3);
    wishes[0].state = Some(OfficeState::Closed);
    wishes[1].state = Some(OfficeState::Renumbered(number(7)));
    wishes[2].name = "別の名".to_owned();
    assert_eq!(store.compare_offices(&wishes).await.unwrap(), counts(0, 3, 0, 2));
    assert_eq!(store.enter_offices(&wishes).await.unwrap(), counts(0, 3, 0, 2));
    assert_eq!(store.enter_offices(&wishes).await.unwrap(), counts(0, 0, 3, 0));
    let state = store.office(number(299)).await.unwrap().unwrap().state;
    assert_eq!(state, OfficeState::Renumbered(number(7)));
    assert_eq!(store.office(number(7)).await.unwrap(), Some(known));
    assert_eq!(store.enter_offices(&[]).await.unwrap(), ImportCounts::default());
}

pub(crate) async fn a_file_gives_licences_and_takes_none(place: Place) {
    let store = &place.store;
    let day = |n: i64| at(n * 86_400);
    let licensed = |from, until| OfficeWish {
        licence: Some((day(from), day(until))),
        ..wish(1)
    };
    let until = async || store.office(number(1)).await.unwrap().unwrap().licence_until;
    let first = [licensed(0, 100)];
    assert_eq!(store.enter_offices(&first).await.unwrap(), counts(1, 0, 0, 0));
    assert_eq!(store.enter_offices(&first).await.unwrap(), counts(0, 0, 1, 0));
    assert_eq!(until().await, Some(day(100)));
    assert_eq!(
        store.enter_offices(&[licensed(50, 150)]).await.unwrap(),
        counts(0, 1, 0, 0)
    );
    assert_eq!(until().await, Some(day(150)));
    assert_eq!(
        store.enter_offices(&first).await.unwrap(),
        counts(0, 0, 1, 0),
        "it has that one too"
    );
    // A file tells days: the hour is no change.
    let hours = OfficeWish {
        licence: Some((at(3_600), at(100 * 86_400 - 3_600))),
        ..wish(1)
    };
    assert_eq!(store.enter_offices(&[hours]).await.unwrap(), counts(0, 0, 1, 0));
    assert_eq!(store.enter_offices(&[wish(1)]).await.unwrap(), counts(0, 0, 1, 0));
    assert_eq!(until().await, Some(day(150)));
    let offices = store.offices_after(None, 10).await.unwrap();
    assert_eq!(offices[0].1, Some((day(50), day(150))), "the last one");
    store.enter_offices(&[wish(2), wish(3)]).await.unwrap();
    let numbers = async |after, limit| {
        let found = store.offices_after(after, limit).await.unwrap();
        found
            .into_iter()
            .map(|(facts, _)| facts.number)
            .collect::<Vec<_>>()
    };
    assert_eq!(numbers(None, 2).await, [number(1), number(2)]);
    assert_eq!(numbers(Some(number(2)), 2).await, [number(3)]);
    assert_eq!(numbers(Some(number(3)), 2).await, []);
}

pub(crate) async fn one_import_goes_on_at_a_time(place: Place) {
    let store = &place.store;
    let begin = async |now| store.begin_import("operator:sato", false, at(now)).await.unwrap();
    assert_eq!(begin(0).await, Some(1));
    let other = place.another().await;
    assert_eq!(
        other.begin_import("operator:ito", true, at(60)).await.unwrap(),
        None
    );
    for (n, bytes) in [(0, &b"abc"[..]), (1, b"de")] {
        store.put_import_part(1, n, bytes).await.unwrap();
    }
    assert_eq!(
        store.import_part(1, 1).await.unwrap().as_deref(),
        Some(&b"de"[..])
    );
    assert_eq!(store.import_part(1, 2).await.unwrap(), None);
    let mut import = store.import(1, at(60)).await.unwrap().unwrap();
    assert_eq!(
        (import.state, import.actor.as_str(), import.dry_run),
        (ImportState::Arriving, "operator:sato", false)
    );
    (import.state, import.done, import.total) = (ImportState::Entering, 5, 10);
    (import.report.counts.new, import.changed_at) = (3, at(100));
    assert!(store.tell_import(&import).await.unwrap());
    assert_eq!(other.import(1, at(110)).await.unwrap(), Some(import.clone()));
    assert_eq!(begin(110).await, None, "it has just given a sign of life");
    // Whoever ran it is gone.
    let state = store.import(1, at(221)).await.unwrap().unwrap().state;
    assert_eq!(state, ImportState::Interrupted);
    assert_eq!(begin(221).await, Some(2));
    assert_eq!(store.import_part(1, 0).await.unwrap(), None, "its file too");
    assert!(!store.tell_import(&import).await.unwrap(), "and it hears of it");
    store.put_import_part(2, 0, b"x").await.unwrap();
    let mut second = store.import(2, at(222)).await.unwrap().unwrap();
    second.state = ImportState::Refused;
    second.changed_at = at(222);
    second.report.problems.push(Problem::new(&codes::DIRECTORY_EMPTY));
    assert!(store.tell_import(&second).await.unwrap());
    assert_eq!(store.import_part(2, 0).await.unwrap(), None);
    assert_eq!(begin(223).await, Some(3));
    let all = store.imports(2, at(223)).await.unwrap();
    let ids: Vec<_> = all.iter().map(|import| import.id).collect();
    assert_eq!((ids, &all[1]), (vec![3, 2], &second));
    assert_eq!(store.import(9, at(0)).await.unwrap(), None);
}
