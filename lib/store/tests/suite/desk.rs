//! What the operators' desk asks: envelopes found and traced, operators and their roles.

use proto::api::{ImportResult, Imported};
use proto::desk_roles::OperatorRole;
use proto::maintenance::Maintenance;
use proto::{EnvelopeId, Holder, Refusal, Severity, Status};
use store::{CertificateFacts, EnvelopeSearch};

use crate::Place;
use crate::samples::{BY, at, destination, enter, office, sample, sender};

fn search() -> EnvelopeSearch<'static> {
    EnvelopeSearch {
        limit: 10,
        ..EnvelopeSearch::default()
    }
}

pub(crate) async fn envelopes_are_found_by_what_is_known_of_them(place: Place) {
    let store = &place.store;
    let mut samples: Vec<_> = (1..=5).map(sample).collect();
    for (n, one) in (0..).zip(&mut samples) {
        one.accepted_at = at(n);
    }
    samples[4].destination = office("1300000039");
    for one in &samples[..3] {
        enter(store, one.learned()).await;
    }
    enter(store, samples[3].outcome(Refusal::Rejected)).await;
    enter(store, samples[4].learned()).await;
    let ids = async |search: EnvelopeSearch<'_>| {
        let (items, next) = store.envelopes(&search).await.unwrap();
        let found: Vec<_> = items.iter().map(|item| item.id).collect();
        (found, next)
    };
    let of = |places: &[usize]| -> Vec<EnvelopeId> { places.iter().map(|n| samples[*n].id()).collect() };

    assert_eq!(ids(search()).await, (of(&[4, 3, 2, 1, 0]), None));
    let by_office = |number| EnvelopeSearch {
        office: Some(number),
        ..search()
    };
    assert_eq!(ids(by_office(sender())).await.0, of(&[4, 3, 2, 1, 0]));
    assert_eq!(ids(by_office(destination())).await.0, of(&[3, 2, 1, 0]));
    assert_eq!(ids(by_office(office("1300000039"))).await.0, of(&[4]));
    assert_eq!(ids(by_office(office("2700000008"))).await.0, of(&[]));
    let by_sequence = EnvelopeSearch {
        sequence: Some(&samples[1].sequence),
        ..search()
    };
    assert_eq!(ids(by_sequence).await.0, of(&[1]));
    let by_status = EnvelopeSearch {
        status: Some(Status::Rejected),
        ..search()
    };
    assert_eq!(ids(by_status).await.0, of(&[3]));
    let by_time = EnvelopeSearch {
        from: Some(at(1)),
        to: Some(at(3)),
        ..search()
    };
    assert_eq!(ids(by_time).await.0, of(&[2, 1]));
    // Page by page it is the same list.
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = EnvelopeSearch {
            after,
            limit: 2,
            ..by_office(sender())
        };
        let (mut found, next) = ids(page).await;
        all.append(&mut found);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all, of(&[4, 3, 2, 1, 0]));
}

pub(crate) async fn a_trace_tells_everything_but_the_contents(place: Place) {
    let store = &place.store;
    let mut one = sample(1);
    one.message = Some("山田様の予定です".to_owned());
    assert_eq!(store.trace(one.id()).await.unwrap(), None);
    enter(store, one.learned()).await;
    enter(store, one.accepted_again(20).learned()).await;
    store
        .collected(destination(), one.id(), BY, at(20))
        .await
        .unwrap();
    let trace = store.trace(one.id()).await.unwrap().unwrap();
    let steps: Vec<_> = trace.history.iter().map(|step| step.status).collect();
    let way = [
        Status::Accepted,
        Status::Validated,
        Status::Routed,
        Status::Delivered,
        Status::Collected,
    ];
    assert_eq!(steps, way);
    assert_eq!(trace.envelope.sequence.as_deref(), Some(one.sequence.as_str()));
    assert_eq!(
        (trace.arrived_at, trace.collected_at),
        (Some(at(10)), Some(at(20)))
    );
    assert_eq!(trace.size, Some(one.bytes.len() as u64));
    assert_eq!(trace.acceptances.len(), 2, "the repeat was an acceptance too");
    assert!(trace.acceptances.iter().all(|one| one.ended_at.is_some()));
    let told = serde_json::to_string(&trace).unwrap();
    assert!(!told.contains("山田"), "{told}");
    assert!(!told.contains("UPPLAN_"), "{told}");

    // Whose software took it in is told, and a line of its own cannot be made of it.
    assert_eq!(trace.software, None);
    let imported = Imported {
        result: ImportResult::Ok,
        problems: Vec::new(),
        software: Some("ケアソフト 1.0\n\u{202e}x".to_owned()),
    };
    store
        .imported(destination(), one.id(), &imported, BY, at(30))
        .await
        .unwrap();
    let trace = store.trace(one.id()).await.unwrap().unwrap();
    assert_eq!(trace.imported_at, Some(at(30)));
    assert_eq!(trace.software.as_deref(), Some("ケアソフト 1.0\u{fffd}\u{fffd}x"));

    let refused = sample(2);
    enter(store, refused.outcome(Refusal::Rejected)).await;
    let trace = store.trace(refused.id()).await.unwrap().unwrap();
    let problem = &trace.problems[0];
    assert_eq!(
        (problem.code.as_str(), problem.severity),
        ("seal.signature", Severity::Error)
    );
    assert_eq!((trace.arrived_at, trace.size), (None, None));

    let mut later = sample(3);
    (one.persons, later.persons) = (vec![1], vec![1]);
    let mut earlier = sample(4);
    earlier.persons = vec![1];
    enter(store, later.learned()).await;
    enter(store, earlier.learned()).await;
    let (newer, older) = if later.sequence < earlier.sequence {
        (&earlier, &later)
    } else {
        (&later, &earlier)
    };
    assert_eq!(
        store.trace(newer.id()).await.unwrap().unwrap().older,
        [older.id()]
    );
    assert_eq!(
        store.trace(older.id()).await.unwrap().unwrap().newer,
        [newer.id()]
    );
}

pub(crate) async fn what_moved_is_counted(place: Place) {
    let store = &place.store;
    enter(store, sample(1).learned()).await;
    enter(store, sample(2).outcome(Refusal::Rejected)).await;
    let moved = store.moved_since(at(0)).await.unwrap();
    assert_eq!((moved.accepted, moved.delivered, moved.returned), (2, 1, 1));
    let later = store.moved_since(at(11)).await.unwrap();
    assert_eq!((later.accepted, later.delivered, later.returned), (0, 0, 0));
}

pub(crate) async fn an_operator_has_one_role(place: Place) {
    let store = &place.store;
    assert_eq!(store.operator_role("sato").await.unwrap(), OperatorRole::View);
    for role in OperatorRole::ALL {
        store.put_operator_role("sato", role, at(1)).await.unwrap();
        assert_eq!(store.operator_role("sato").await.unwrap(), role);
    }
    for (n, holder, revoked_at) in [
        (1, "operator:sato", None),
        (2, "operator:ito", Some(at(5))),
        (3, "office:0300000100", None),
    ] {
        let facts = CertificateFacts {
            fingerprint: format!("{n:064x}"),
            holder: holder.parse::<Holder>().unwrap(),
            not_before: at(0),
            not_after: at(9),
            bound_at: at(0),
            revoked_at,
        };
        store.bind_certificate(&facts).await.unwrap();
    }
    let operators = store.operators().await.unwrap();
    let told: Vec<_> = operators
        .iter()
        .map(|one| (one.name.as_str(), one.role, one.certificates))
        .collect();
    assert_eq!(
        told,
        [
            ("ito", OperatorRole::View, 0),
            ("sato", OperatorRole::Administer, 1)
        ]
    );
    // Nothing else is a role.
    let audit = store.audit_before(None, 10).await.unwrap();
    assert!(audit.is_empty());
    for n in 1..=3 {
        store
            .audit("operator:sato", "x", &n.to_string(), at(n))
            .await
            .unwrap();
    }
    let subjects = async |before| {
        let entries = store.audit_before(before, 2).await.unwrap();
        entries.into_iter().map(|entry| entry.subject).collect::<Vec<_>>()
    };
    assert_eq!(subjects(None).await, ["3", "2"]);
    assert_eq!(subjects(Some(2)).await, ["1"]);
}

pub(crate) async fn maintenance_ends_by_itself_or_is_ended(place: Place) {
    let store = &place.store;
    let announced = |from, until| Maintenance {
        begins_at: at(from),
        ends_at: at(until),
        words: "機器の交換".to_owned(),
        announced_by: "operator:sato".to_owned(),
    };
    assert_eq!(store.maintenance(at(0)).await.unwrap(), None);
    assert!(!store.end_maintenance(at(0)).await.unwrap());
    store
        .announce_maintenance(&announced(10, 100), at(0))
        .await
        .unwrap();
    assert_eq!(store.maintenance(at(0)).await.unwrap(), Some(announced(10, 100)));
    // The later word counts.
    store
        .announce_maintenance(&announced(20, 50), at(5))
        .await
        .unwrap();
    assert_eq!(store.maintenance(at(30)).await.unwrap(), Some(announced(20, 50)));
    assert_eq!(store.maintenance(at(50)).await.unwrap(), None, "over by itself");
    assert!(!store.end_maintenance(at(60)).await.unwrap());
    store
        .announce_maintenance(&announced(60, 100), at(60))
        .await
        .unwrap();
    assert!(store.end_maintenance(at(70)).await.unwrap());
    assert_eq!(store.maintenance(at(80)).await.unwrap(), None);
}
