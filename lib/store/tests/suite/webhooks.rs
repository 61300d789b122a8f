//! Webhooks: whom they tell of, what waits to be told, and what becomes of calls in vain.

use proto::webhook::{CallOutcome, SECRET_BYTES, WebhookSecret};
use proto::{Channel, HappeningKind, OfficeNumber, Right};
use store::{InVain, Marks, Store, WebhookDue};

use crate::Place;
use crate::samples::{BY, at, destination, enter, sample, sender};

fn webhook(name: &str) -> Channel {
    name.parse().unwrap()
}

fn secret(n: u8) -> WebhookSecret {
    WebhookSecret::of([n; SECRET_BYTES])
}

async fn put(store: &Store, name: &Channel, url: &str, offices: &[OfficeNumber]) -> bool {
    store
        .put_webhook(name, url, offices, &secret(1), at(50))
        .await
        .unwrap()
}

async fn due(store: &Store, seconds: i64) -> Vec<WebhookDue> {
    store.webhooks_due(None, 10, at(seconds)).await.unwrap()
}

pub(crate) async fn what_happened_is_told_in_order_and_once(place: Place) {
    let store = &place.store;
    let begin = store.list_ends(sender()).await.unwrap();
    for n in 1..=3 {
        enter(store, sample(n).learned()).await;
    }
    let arrived = store.happened(destination(), Marks::default(), 2).await.unwrap();
    let ids: Vec<_> = arrived
        .items
        .iter()
        .map(|(item, _)| (item.id, item.kind))
        .collect();
    let envelope = HappeningKind::Envelope;
    assert_eq!(ids, [(sample(1).id(), envelope), (sample(2).id(), envelope)]);
    // A full page ends at its last; the next one behind everything.
    assert_eq!(arrived.end.inbox, 2);
    assert_eq!(arrived.items[0].1.inbox, 1);
    let rest = store.happened(destination(), arrived.end, 2).await.unwrap();
    assert_eq!(rest.items.len(), 1);
    let none = store.happened(destination(), rest.end, 2).await.unwrap();
    assert!(none.items.is_empty() && none.end == rest.end);

    // The sender is told where they stand: delivered, and then collected at a new position.
    let sent = store.happened(sender(), begin, 10).await.unwrap();
    assert_eq!(sent.items.len(), 3, "{sent:?}");
    assert!(
        sent.items
            .iter()
            .all(|(item, _)| item.kind == HappeningKind::Status)
    );
    store
        .collected(destination(), sample(1).id(), BY, at(90))
        .await
        .unwrap()
        .unwrap();
    let later = store.happened(sender(), sent.end, 10).await.unwrap();
    assert_eq!(later.items[0].0.id, sample(1).id());
    assert_eq!(store.list_ends(sender()).await.unwrap(), later.end);
}

pub(crate) async fn a_webhook_tells_what_its_holder_may_read(place: Place) {
    let store = &place.store;
    for n in 1..=2 {
        enter(store, sample(n).learned()).await;
    }
    let (vendor, own) = (webhook("vendor.abc"), webhook("office.0300000005"));
    assert!(put(store, &vendor, "https://a.example/", &[destination()]).await);
    assert!(put(store, &own, "https://b.example/", &[]).await);
    // Its own needs nobody's leave, a vendor's does.
    let waiting = due(store, 100).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].target.name, own);
    assert_eq!((waiting[0].office, waiting[0].marks.inbox), (destination(), 0));
    let read = (vendor.holder(), Right::Read);
    store
        .put_delegation(destination(), read.0, read.1, at(0), at(1_000))
        .await
        .unwrap();
    assert_eq!(due(store, 100).await.len(), 2);
    // Page by page, by name and office.
    let first = due(store, 100).await.remove(0);
    let after = Some((&first.target.name, first.office));
    let next = store.webhooks_due(after, 10, at(100)).await.unwrap();
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].target.name, first.target.name);
    assert!(due(store, 2_000).await.iter().all(|due| due.target.name == own));

    // Told it moves on, from where it stood and only from there.
    let end = store.list_ends(destination()).await.unwrap();
    let from = first.marks;
    assert!(
        store
            .webhook_told(&first.target.name, destination(), from, end)
            .await
            .unwrap()
    );
    assert!(
        !store
            .webhook_told(&first.target.name, destination(), from, end)
            .await
            .unwrap()
    );
    assert_eq!(due(store, 100).await.len(), 1);
    // Both secrets sign while the old one counts.
    let rotate = async |new, until, seen| {
        let secret = secret(new);
        let rotated = store.rotate_webhook(&vendor, &secret, until, seen, at(100));
        rotated.await.unwrap()
    };
    assert!(rotate(2, at(200), None).await);
    // The same wish once more does not end the only secret the receiver knows.
    assert!(!rotate(3, at(200), None).await);
    let secrets = |due: Vec<WebhookDue>| {
        let found = due.into_iter().find(|due| due.target.name == vendor);
        found.map(|due| due.target.secrets)
    };
    assert_eq!(secrets(due(store, 199).await), Some(vec![secret(2), secret(1)]));
    assert_eq!(secrets(due(store, 200).await), Some(vec![secret(2)]));
    assert!(store.leave_webhook(&vendor, destination()).await.unwrap());
    assert!(!store.leave_webhook(&vendor, destination()).await.unwrap());
    assert!(store.remove_webhook(&own).await.unwrap());
    assert!(!store.remove_webhook(&own).await.unwrap());
    assert!(due(store, 100).await.is_empty());
}

pub(crate) async fn a_call_in_vain_waits_is_given_up_and_goes_on(place: Place) {
    let store = &place.store;
    enter(store, sample(1).learned()).await;
    let own = webhook("office.0300000005");
    put(store, &own, "https://a.example/", &[]).await;
    let vain = |tries, seconds, next, disabled| InVain {
        outcome: CallOutcome::Silent,
        tries,
        at: at(seconds),
        next_at: at(next),
        disabled,
    };
    let in_vain = async |call: InVain| {
        store
            .webhook_in_vain(&own, destination(), &call, "station:delivery")
            .await
            .unwrap()
    };
    assert!(in_vain(vain(0, 100, 104, false)).await);
    assert!(
        !in_vain(vain(0, 101, 900, true)).await,
        "of a caller who knows less"
    );
    assert!(due(store, 103).await.is_empty(), "not before its time");
    let again = due(store, 104).await;
    assert_eq!((again[0].failing_since, again[0].tries), (Some(at(100)), 1));
    assert!(in_vain(vain(1, 104, 112, true)).await);
    assert!(due(store, 10_000).await.is_empty(), "given up");
    let line = store.webhook_lines(&own, at(200)).await.unwrap().remove(0);
    assert_eq!((line.tries, line.outcome), (2, Some(CallOutcome::Silent)));
    assert_eq!(
        (line.failing_since, line.disabled_at),
        (Some(at(100)), Some(at(104)))
    );
    assert!(line.waits && line.may_read);
    let health = store.webhook_health(at(200)).await.unwrap();
    assert_eq!((health.len(), health[0].disabled), (1, 1));
    let trail = store.audit_trail(0, 10).await.unwrap();
    assert_eq!(trail[0].act, "webhook.disable");
    assert_eq!(trail[0].subject, "office.0300000005 0300000005 silent");
    // It goes on with what it had not told.
    assert!(store.enable_webhook(&own).await.unwrap());
    assert!(!store.enable_webhook(&webhook("vendor.no")).await.unwrap());
    let enabled = due(store, 200).await;
    assert_eq!((enabled[0].tries, enabled[0].marks.inbox), (0, 0));
    assert!(store.webhook_health(at(200)).await.unwrap().is_empty());
    // Another URL does the same; the same one changes nothing.
    assert!(in_vain(vain(0, 200, 900, false)).await);
    assert!(!put(store, &own, "https://a.example/", &[]).await);
    assert!(due(store, 300).await.is_empty());
    assert!(!put(store, &own, "https://b.example/", &[]).await);
    assert_eq!(due(store, 300).await[0].target.url, "https://b.example/");
}

pub(crate) async fn a_test_is_asked_for_and_answered(place: Place) {
    let store = &place.store;
    let own = webhook("office.0300000005");
    assert_eq!(store.ask_webhook_test(&own).await.unwrap(), None);
    put(store, &own, "https://a.example/", &[]).await;
    assert!(store.webhook_tests(at(60)).await.unwrap().is_empty());
    let number = store.ask_webhook_test(&own).await.unwrap().unwrap();
    let asked = store.webhook_tests(at(60)).await.unwrap();
    assert_eq!(
        (asked[0].0.url.as_str(), asked[0].1),
        ("https://a.example/", number)
    );
    assert_eq!(store.webhook_test_answer(&own, number).await.unwrap(), None);
    store.webhook_test_done(&own, number, "{}").await.unwrap();
    assert_eq!(
        store.webhook_test_answer(&own, number).await.unwrap().as_deref(),
        Some("{}")
    );
    assert!(store.webhook_tests(at(60)).await.unwrap().is_empty());
    let next = store.ask_webhook_test(&own).await.unwrap().unwrap();
    assert_eq!(store.webhook_test_answer(&own, next).await.unwrap(), None);
}
