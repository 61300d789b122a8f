//! Parked envelopes at the desk: looked at, marked, stopped, discarded, each act in the audit log.

use bytes::Bytes;
use chassis::process::now;
use proto::{
    Acceptance, Envelope, EnvelopeId, Holder, Message, OfficeNumber, Sending, Stamps, Station, Status,
    StepStamp, Validated,
};
use reqwest::Method;
use serde_json::{Value, json};
use store::{Entered, Learned, ParkedRow, Store};

use crate::ground::{Desk, OFFICE};

const DESTINATION: &str = "0300000005";
pub(crate) const SECRET: &str = "山田様の予定です";

/// An envelope of this number, made with this software.
fn validated(n: u8, software: Option<&str>) -> Envelope<Validated> {
    let bytes = Bytes::from(vec![n; 16]);
    let id = EnvelopeId::of(&bytes);
    let stamp = StepStamp {
        at: now(),
        by: "test/host/1".to_owned(),
    };
    let stamps = Stamps {
        acceptance: Acceptance::from_bytes([n; 16]),
        accepted: stamp.clone(),
        submitter: Holder::Office(OFFICE.parse().unwrap()),
        sender: OFFICE.parse().unwrap(),
        destination: DESTINATION.parse().unwrap(),
        validated: None,
        sending: None,
        routed: None,
        traceparent: None,
        parked: None,
    };
    let sending = Sending {
        sequence: "20250401093000".to_owned(),
        kinds: vec!["UPPLAN".to_owned()],
        month: None,
        version: None,
        message: Some(SECRET.to_owned()),
        names: vec!["UPPLAN.CSV".to_owned()],
        digest: "0".repeat(64),
        signer: format!("office:{OFFICE}"),
        software: software.map(str::to_owned),
        versions: None,
    };
    Envelope::accepted(id, stamps, bytes).validated(stamp, sending)
}

/// Delivers an envelope made with this software; its id, and for whom it is.
pub(crate) async fn mailboxed(desk: &Desk, software: &str) -> (EnvelopeId, OfficeNumber) {
    let routed = validated(1, Some(software)).routed(StepStamp {
        at: now(),
        by: "test/host/1".to_owned(),
    });
    let (id, destination) = (routed.id, routed.stamps.destination);
    let learned = Learned::Routed(Box::new(routed));
    let entered = desk
        .store
        .enter(&[learned], "delivery/test/1", now())
        .await
        .unwrap();
    assert!(
        matches!(entered.as_slice(), [Entered::Mailboxed { .. }]),
        "{entered:?}"
    );
    (id, destination)
}

/// Parks an envelope of this number at this station; its id.
pub(crate) async fn park(store: &Store, n: u8, station: Station, cause: &str) -> EnvelopeId {
    let validated = validated(n, None);
    let id = validated.id;
    let sent = validated.publication_to_routing(16);
    let message = Message {
        queue: "test".to_owned(),
        routing_key: sent.routing_key,
        message_id: sent.message_id,
        message_type: Some(sent.message_type),
        user_id: None,
        headers: sent.headers,
        delivery_count: 0,
        body: sent.body,
    };
    let set_aside = message.parked(station, cause);
    let row = ParkedRow::of(&Message {
        routing_key: set_aside.routing_key,
        headers: set_aside.headers,
        ..message
    });
    assert!(store.park(&row, "delivery/test/1", now()).await.unwrap());
    id
}

async fn post(desk: &Desk, act: &str, body: Value) -> (u16, Value) {
    let path = format!("/v1/parked/{act}");
    let (status, answer) = desk.act(Method::POST, &path, Some(body)).await;
    (status.as_u16(), answer)
}

fn ids(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().cloned().unwrap_or_default();
    let id = |item: &Value| item["id"].as_str().map(str::to_owned);
    items.iter().filter_map(id).collect()
}

#[tokio::test]
async fn what_is_parked_is_shown_without_what_is_in_it() {
    let desk = Desk::open().await;
    let first = park(&desk.store, 1, Station::Routing, "facts differ").await;
    let second = park(&desk.store, 2, Station::Ingest, "dead").await;
    let (_, list) = desk.act(Method::GET, "/v1/parked", None).await;
    assert_eq!(ids(&list), [first.to_string(), second.to_string()]);
    for (query, expected) in [
        ("station=routing", vec![first]),
        ("cause=FACTS", vec![first]),
        ("office=0300000005", vec![first, second]),
        ("office=unknown", vec![]),
        ("older_than_seconds=3600", vec![]),
    ] {
        let (_, list) = desk.act(Method::GET, &format!("/v1/parked?{query}"), None).await;
        let expected: Vec<_> = expected.iter().map(EnvelopeId::to_string).collect();
        assert_eq!(ids(&list), expected, "{query}");
    }
    let (status, answer) = desk.act(Method::GET, "/v1/parked?station=kitchen", None).await;
    assert_eq!(
        (status.as_u16(), &answer["code"]),
        (400, &json!("http.bad_request"))
    );

    let (status, view) = desk.act(Method::GET, &format!("/v1/parked/{first}"), None).await;
    let item = &view["items"][0];
    assert_eq!(status.as_u16(), 200, "{view}");
    assert_eq!(
        (
            &item["entry"]["cause"],
            &item["sender"],
            &item["sequence"],
            &item["obstacle"]
        ),
        (
            &json!("facts differ"),
            &json!(OFFICE),
            &json!("20250401093000"),
            &Value::Null
        )
    );
    let told = view.to_string();
    assert!(!told.contains(SECRET) && !told.contains("UPPLAN.CSV"), "{told}");
    let (_, view) = desk.act(Method::GET, &format!("/v1/parked/{second}"), None).await;
    let obstacle = view["items"][0]["obstacle"].as_str().unwrap_or_default();
    assert!(obstacle.contains("ingest"), "{view}");
    let (status, _) = desk.act(Method::GET, "/v1/parked/nothing%2Fsuch", None).await;
    assert_eq!(status.as_u16(), 404);
    assert_eq!(desk.acts().await, Vec::<String>::new(), "to look is no act");
}

#[tokio::test]
async fn a_redrive_is_marked_once_and_stopped() {
    let desk = Desk::open().await;
    let first = park(&desk.store, 1, Station::Routing, "facts differ").await;
    park(&desk.store, 2, Station::Routing, "else").await;
    let wish = |dry_run: bool| json!({ "selection": { "ids": [first, first] }, "dry_run": dry_run, "per_minute": 6 });
    let (_, answer) = post(&desk, "redrive", wish(true)).await;
    assert_eq!(
        (ids(&answer), &answer["done"]),
        (vec![first.to_string()], &json!(0))
    );
    assert_eq!(desk.acts().await, Vec::<String>::new(), "a dry run is no act");
    let (_, answer) = post(&desk, "redrive", wish(false)).await;
    assert_eq!((&answer["done"], &answer["more"]), (&json!(1), &json!(false)));
    let (_, answer) = post(&desk, "redrive", wish(false)).await;
    assert_eq!(
        (ids(&answer), &answer["done"]),
        (vec![], &json!(0)),
        "marked already"
    );
    let marked = desk.store.to_redrive(10).await.unwrap();
    assert_eq!((marked.len(), marked[0].per_minute), (1, Some(6)));
    let (_, answer) = post(&desk, "stop", json!({})).await;
    assert_eq!(answer, json!({ "stopped": 1 }));
    assert!(!desk.store.redrive_waits().await.unwrap());
    assert_eq!(desk.acts().await, ["parked.redrive", "parked.stop"]);
    let trail = desk.store.audit_trail(0, 10).await.unwrap();
    assert!(
        trail[0].subject.starts_with(&first.to_string()),
        "{}",
        trail[0].subject
    );
    assert!(trail[0].subject.ends_with("at most 6 a minute"));
}

#[tokio::test]
async fn a_discarded_one_is_refused_to_its_sender() {
    let desk = Desk::open().await;
    let first = park(&desk.store, 1, Station::Routing, "facts differ").await;
    let second = park(&desk.store, 2, Station::Delivery, "unfit").await;
    let reason = "told the office by telephone";
    let wish =
        |dry_run: bool| json!({ "selection": { "cause": "facts" }, "dry_run": dry_run, "reason": reason });
    post(&desk, "discard", wish(true)).await;
    assert_eq!(desk.store.books().await.unwrap().parked, 2);
    let (_, answer) = post(&desk, "discard", wish(false)).await;
    assert_eq!(
        (ids(&answer), &answer["done"]),
        (vec![first.to_string()], &json!(1))
    );
    let item = desk
        .store
        .sent_item(OFFICE.parse().unwrap(), first)
        .await
        .unwrap();
    let item = item.unwrap();
    assert_eq!(
        (item.status, item.problems[0].code.as_str()),
        (Status::Rejected, "relay.discarded")
    );
    let books = desk.store.books().await.unwrap();
    assert!(books.balance());
    assert_eq!((books.parked, books.rejected), (1, 1));
    let trail = desk.store.audit_trail(0, 10).await.unwrap();
    assert_eq!(trail.len(), 1);
    assert!(
        trail[0].act == "parked.discard" && trail[0].subject.ends_with(reason),
        "{}",
        trail[0].subject
    );
    assert_eq!(desk.store.parked(&second.to_string()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn acts_without_sense_are_refused_and_do_nothing() {
    let desk = Desk::open().await;
    park(&desk.store, 1, Station::Routing, "facts differ").await;
    for (act, body, field) in [
        ("redrive", json!({ "selection": {} }), "selection.all"),
        (
            "redrive",
            json!({ "selection": { "all": true, "station": "routing" } }),
            "selection.all",
        ),
        (
            "redrive",
            json!({ "selection": { "all": true }, "per_minute": 0 }),
            "per_minute",
        ),
        (
            "discard",
            json!({ "selection": { "all": true }, "reason": " " }),
            "reason",
        ),
        (
            "discard",
            json!({ "selection": {}, "reason": "x" }),
            "selection.all",
        ),
    ] {
        let (status, answer) = post(&desk, act, body).await;
        assert_eq!(
            (status, &answer["problems"][0]["field"]),
            (400, &json!(field)),
            "{answer}"
        );
    }
    let mistyped = json!({ "selection": { "stations": "routing" } });
    assert_eq!(post(&desk, "redrive", mistyped).await.0, 400);
    assert_eq!(desk.store.books().await.unwrap().parked, 1);
    assert!(!desk.store.redrive_waits().await.unwrap());
    assert_eq!(desk.acts().await, Vec::<String>::new());
}
