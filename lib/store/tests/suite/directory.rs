//! The directory.

use std::time::Duration;

use proto::{Holder, Right, Time};
use store::{CertificateFacts, Freshness, OfficeFacts, OfficeSearch, OfficeState, Snapshot};

use crate::Place;
use crate::samples::{at, destination, office, sender};

pub(crate) async fn an_office_comes_back_as_it_was_put(place: Place) {
    let store = &place.store;
    assert!(store.office(sender()).await.unwrap().is_none());
    let mut facts = OfficeFacts::open(sender(), "北上ケアプランセンター", &["43"]);
    store.put_office(&facts).await.unwrap();
    assert_eq!(store.office(sender()).await.unwrap(), Some(facts.clone()));
    facts.state = OfficeState::Renumbered(destination());
    facts.services = vec!["11".into(), "15".into()];
    facts.versions = vec!["202407".into()];
    (facts.grace_days, facts.max_bytes) = (30, Some(1_000_000));
    store.put_office(&facts).await.unwrap();
    assert_eq!(store.office(sender()).await.unwrap(), Some(facts.clone()));
    assert!(store.put_licence(sender(), at(0), at(1_000)).await.unwrap());
    assert!(store.put_licence(sender(), at(500), at(1_500)).await.unwrap());
    facts.licence_until = Some(at(1_500));
    facts.state = OfficeState::Closed;
    store.put_office(&facts).await.unwrap();
    assert_eq!(store.office(sender()).await.unwrap(), Some(facts));
    assert!(
        !store.put_licence(destination(), at(0), at(1_000)).await.unwrap(),
        "not known"
    );
}

pub(crate) async fn a_certificate_is_bound_to_one_holder(place: Place) {
    let store = &place.store;
    let facts = CertificateFacts {
        fingerprint: "ab".repeat(32),
        holder: Holder::Office(sender()),
        not_before: at(0),
        not_after: at(1_000),
        bound_at: at(5),
        revoked_at: None,
    };
    assert!(store.bind_certificate(&facts).await.unwrap());
    let mut thief = facts.clone();
    thief.holder = Holder::Vendor("abc".into());
    assert!(!store.bind_certificate(&thief).await.unwrap());
    assert_eq!(
        store.certificate(&facts.fingerprint).await.unwrap(),
        Some(facts.clone())
    );
    let bound = store.certificates_of(&facts.holder).await.unwrap();
    assert_eq!(bound, std::slice::from_ref(&facts));
    assert!(store.certificates_of(&thief.holder).await.unwrap().is_empty());
    assert!(store.end_binding(&facts.fingerprint, at(9)).await.unwrap());
    assert!(!store.end_binding(&facts.fingerprint, at(10)).await.unwrap());
    let ended = store.certificate(&facts.fingerprint).await.unwrap().unwrap();
    assert_eq!(ended.revoked_at, Some(at(9)));
    assert!(store.bind_certificate(&facts).await.unwrap(), "bound again");
}

pub(crate) async fn a_delegation_has_begin_end_and_revocation(place: Place) {
    let store = &place.store;
    let vendor = Holder::Vendor("abc".into());
    let may = async |right, at: Time| store.may_act(sender(), &vendor, right, at).await.unwrap();
    assert!(
        store
            .may_act(sender(), &Holder::Office(sender()), Right::Sign, at(0))
            .await
            .unwrap()
    );
    assert!(!may(Right::Send, at(5)).await);
    store
        .put_delegation(sender(), &vendor, Right::Send, at(5), at(100))
        .await
        .unwrap();
    for (second, expected) in [(4, false), (5, true), (99, true), (100, false)] {
        assert_eq!(may(Right::Send, at(second)).await, expected, "{second}");
    }
    assert!(!may(Right::Read, at(50)).await);
    assert!(
        !store
            .may_act(destination(), &vendor, Right::Send, at(50))
            .await
            .unwrap()
    );
    assert!(
        store
            .revoke_delegation(sender(), &vendor, Right::Send, at(50))
            .await
            .unwrap()
    );
    assert!(
        !store
            .revoke_delegation(sender(), &vendor, Right::Send, at(60))
            .await
            .unwrap()
    );
    assert!(may(Right::Send, at(49)).await, "judged at accepted_at");
    assert!(!may(Right::Send, at(50)).await);
}

pub(crate) async fn offices_are_found(place: Place) {
    let store = &place.store;
    for (number, name, services) in [
        ("0300000005", "北上ヘルパー_100%", &["11"][..]),
        ("0300000013", "北上デイ", &["15", "78"]),
        ("1300000021", "東京用具", &["17"]),
    ] {
        store
            .put_office(&OfficeFacts::open(office(number), name, services))
            .await
            .unwrap();
    }
    let mut closed = OfficeFacts::open(office("0300000021"), "北上閉鎖", &["11"]);
    closed.state = OfficeState::Closed;
    store.put_office(&closed).await.unwrap();
    let found = async |query: &str, prefecture: &str, service: &str| {
        let found = store
            .search_offices(
                &OfficeSearch {
                    words: query,
                    prefecture,
                    service,
                    after: "",
                },
                10,
            )
            .await
            .unwrap();
        found
            .iter()
            .map(|entry| entry.number.as_str()[7..].to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("", "", "").await, ["005", "013", "021"]);
    assert_eq!(found("北上", "", "").await, ["005", "013"]);
    assert_eq!(found("", "13", "").await, ["021"]);
    assert_eq!(found("", "", "78").await, ["013"]);
    assert_eq!(found("130000", "", "").await, ["021"]);
    assert_eq!(found("_100%", "", "").await, ["005"]);
    let behind = OfficeSearch {
        after: "0300000005",
        ..OfficeSearch::default()
    };
    let next = store.search_offices(&behind, 1).await.unwrap();
    assert_eq!(next[0].number, office("0300000013"));
    assert!(found("%", "13", "").await.is_empty());
    assert!(found("' OR 1=1 --", "", "").await.is_empty());
}

pub(crate) async fn notices_and_audit_are_numbered(place: Place) {
    let store = &place.store;
    assert_eq!(store.put_notice(None, "to all", at(1)).await.unwrap(), 1);
    assert_eq!(
        store.put_notice(Some(sender()), "to one", at(2)).await.unwrap(),
        2
    );
    assert_eq!(store.notices(sender(), 0, 100).await.unwrap().len(), 2);
    let notices = store.notices(destination(), 0, 100).await.unwrap();
    assert_eq!((notices.len(), notices[0].text.as_str()), (1, "to all"));
    for n in 1..=3 {
        store
            .audit("operator:sato", "office.put", "0300000005", at(n))
            .await
            .unwrap();
    }
    let trail = store.audit_trail(1, 10).await.unwrap();
    assert_eq!(trail.iter().map(|entry| entry.n).collect::<Vec<_>>(), [2, 3]);
}

pub(crate) async fn a_snapshot_is_as_fresh_as_asked(place: Place) {
    let store = &place.store;
    let snapshot = Snapshot::new(store.clone(), Duration::from_secs(60));
    let name = async |freshness| {
        let facts = snapshot.office(sender(), freshness).await.unwrap();
        facts.map(|facts| facts.name)
    };
    assert_eq!(name(Freshness::Cached).await, None);
    store
        .put_office(&OfficeFacts::open(sender(), "一", &[]))
        .await
        .unwrap();
    assert_eq!(
        name(Freshness::Cached).await,
        None,
        "kept; callers ask anew before they refuse"
    );
    assert_eq!(
        name(Freshness::NewerThan(at(0))).await,
        None,
        "read after 2025 already"
    );
    assert_eq!(name(Freshness::Now).await.as_deref(), Some("一"));
    store
        .put_office(&OfficeFacts::open(sender(), "二", &[]))
        .await
        .unwrap();
    assert_eq!(name(Freshness::Cached).await.as_deref(), Some("一"));
    let later = Time::from_micros(i64::MAX);
    assert_eq!(name(Freshness::NewerThan(later)).await.as_deref(), Some("二"));
    let none_kept = Snapshot::new(store.clone(), Duration::ZERO);
    assert!(
        none_kept
            .certificate(&"0".repeat(64), Freshness::Cached)
            .await
            .unwrap()
            .is_none()
    );
    let vendor = Holder::Vendor("abc".into());
    let may = async |freshness| {
        snapshot
            .may_act(sender(), &vendor, Right::Read, at(5), freshness)
            .await
            .unwrap()
    };
    assert!(!may(Freshness::Cached).await);
    store
        .put_delegation(sender(), &vendor, Right::Read, at(0), at(10))
        .await
        .unwrap();
    assert!(!may(Freshness::Cached).await);
    assert!(may(Freshness::Now).await);
}

pub(crate) async fn what_ends_is_counted_once_a_holder(place: Place) {
    let store = &place.store;
    let borders = [at(0), at(500)];
    assert_eq!(store.licences_ending(&borders).await.unwrap(), [0, 0, 0]);
    assert_eq!(store.certificates_ending(&borders).await.unwrap(), [0, 0, 0]);
    for (office, until) in [(sender(), at(-1)), (destination(), at(100))] {
        let facts = OfficeFacts::open(office, "事業所", &["43"]);
        store.put_office(&facts).await.unwrap();
        assert!(store.put_licence(office, at(-1_000), until).await.unwrap());
    }
    assert_eq!(store.licences_ending(&borders).await.unwrap(), [1, 2, 2]);
    let mut closed = OfficeFacts::open(sender(), "事業所", &["43"]);
    (closed.state, closed.licence_until) = (OfficeState::Closed, Some(at(-1)));
    store.put_office(&closed).await.unwrap();
    assert_eq!(
        store.licences_ending(&borders).await.unwrap(),
        [0, 1, 1],
        "closed"
    );

    // An old one, its successor, and one whose binding was ended.
    for (digits, office, until, revoked_at) in [
        ("aa", sender(), at(-5), None),
        ("bb", sender(), at(900), None),
        ("cc", destination(), at(100), None),
        ("dd", destination(), at(900), Some(at(1))),
    ] {
        let facts = CertificateFacts {
            fingerprint: digits.repeat(32),
            holder: Holder::Office(office),
            not_before: at(-900),
            not_after: until,
            bound_at: at(-900),
            revoked_at,
        };
        assert!(store.bind_certificate(&facts).await.unwrap());
    }
    assert_eq!(store.certificates_ending(&borders).await.unwrap(), [0, 1, 2]);
    store.answers().await.unwrap();
}
