//! The console behind its real door: TLS with client certificates, a trust folder, an SQLite store.

#![expect(clippy::unwrap_used, reason = "tests")]

mod directory;
mod ground;
mod held;
mod notices;
mod pages;
mod parked;
mod products;
mod roles;
mod search;
mod webhooks;

use chassis::process::now;
use ground::{Desk, OFFICE, bind, issue};
use proto::{Holder, Right};
use reqwest::{Method, StatusCode};
use seal::authority::{Authority, Issued, Usage};
use seal::trust::{Role, fingerprint};
use serde_json::{Value, json};

#[tokio::test]
async fn only_operators_may_sit_at_the_desk() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let office = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    let stranger = issue(&desk.operators, "mallory", &[], Usage::ClientOnly);
    bind(&desk.store, &format!("office:{OFFICE}"), &office).await;
    let asked = async |who: Option<&Issued>| {
        let (status, body) = desk.ask(&desk.client(who), Method::GET, "/v1/books", None).await;
        (
            status.as_u16(),
            body["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(asked(Some(&desk.operator)).await, (200, String::new()));
    assert_eq!(asked(Some(&office)).await, (403, "auth.role".to_owned()));
    assert_eq!(
        asked(Some(&stranger)).await,
        (403, "auth.certificate_unbound".to_owned())
    );
    assert_eq!(asked(None).await, (401, "auth.certificate_missing".to_owned()));
}

#[tokio::test]
async fn an_office_is_enrolled_licensed_and_known_by_its_certificate() {
    let desk = Desk::open().await;
    desk.put_office().await;
    desk.put_office().await;
    let path = format!("/v1/offices/{OFFICE}");
    let licence = json!({ "applied_on": "2025-04-01" });
    let (status, view) = desk
        .act(Method::PUT, &format!("{path}/licence"), Some(licence))
        .await;
    assert_eq!(
        (status.as_u16(), &view["licence_until"]),
        (200, &json!("2026-04-01T00:00:00+09:00"))
    );

    let issued = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    let pem = String::from_utf8(issued.cert_pem.clone()).unwrap();
    let post = json!({ "holder": format!("office:{OFFICE}"), "certificate_pem": pem });
    for _ in 0..2 {
        let (status, bound) = desk
            .act(Method::POST, "/v1/certificates", Some(post.clone()))
            .await;
        assert_eq!(status, StatusCode::OK, "{bound}");
        assert_eq!(
            bound["certificate"]["fingerprint"],
            json!(fingerprint(&issued.cert_der))
        );
    }
    let end = format!("/v1/certificates/{}", fingerprint(&issued.cert_der));
    for _ in 0..2 {
        assert_eq!(
            desk.act(Method::DELETE, &end, None).await.0,
            StatusCode::NO_CONTENT
        );
    }
    // The entry is put again as a whole; its licence stays.
    let closed = json!({ "name": "見本", "services": ["43", "46"], "state": "closed" });
    let (_, view) = desk.act(Method::PUT, &path, Some(closed)).await;
    assert_eq!(
        (&view["state"], &view["licence_until"]),
        (&json!("closed"), &json!("2026-04-01T00:00:00+09:00"))
    );
    assert!(view["certificates"][0]["revoked_at"].is_string());
    // What changed nothing is no act.
    let acts = [
        "office.put",
        "licence.put",
        "certificate.bind",
        "certificate.end",
        "office.put",
    ];
    assert_eq!(desk.acts().await, acts);
}

#[tokio::test]
async fn a_certificate_is_bound_to_its_own_office_only() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let post = async |holder: &str, issued: &Issued| {
        let pem = String::from_utf8(issued.cert_pem.clone()).unwrap();
        let body = json!({ "holder": holder, "certificate_pem": pem });
        let (status, answer) = desk.act(Method::POST, "/v1/certificates", Some(body)).await;
        (
            status.as_u16(),
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let refused = |status: u16, code: &str| (status, code.to_owned());
    let own = issue(&desk.offices, "a", &[OFFICE], Usage::ClientAndSign);
    let others = issue(&desk.offices, "b", &["0300000005"], Usage::ClientAndSign);
    let two = issue(&desk.offices, "c", &[OFFICE, "0300000005"], Usage::ClientAndSign);
    let foreign = issue(
        &Authority::create("unknown", Role::Office).unwrap(),
        "d",
        &[OFFICE],
        Usage::ClientAndSign,
    );
    let holder = format!("office:{OFFICE}");
    assert_eq!(
        post(&holder, &others).await,
        refused(403, "auth.certificate_subject")
    );
    assert_eq!(
        post(&holder, &two).await,
        refused(403, "auth.certificate_subject")
    );
    assert_eq!(
        post(&holder, &foreign).await,
        refused(401, "auth.certificate_unknown_ca")
    );
    assert_eq!(post("operator:sato", &own).await, refused(403, "auth.role"));
    assert_eq!(
        post("office:0300000005", &others).await,
        refused(404, "http.not_found")
    );
    assert_eq!(post("queen:x", &own).await, refused(400, "http.bad_request"));
    assert_eq!(post(&holder, &own).await, (200, String::new()));
    assert_eq!(desk.acts().await, ["office.put", "certificate.bind"]);
}

#[tokio::test]
async fn delegations_and_notices_are_written() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let delegate: Holder = "vendor:abc".parse().unwrap();
    let may = async || {
        let office = OFFICE.parse().unwrap();
        desk.store
            .may_act(office, &delegate, Right::Sign, now())
            .await
            .unwrap()
    };
    let body = json!({ "office": OFFICE, "delegate": "vendor:abc", "rights": ["sign", "send"] });
    assert_eq!(
        desk.act(Method::POST, "/v1/delegations", Some(body)).await.0,
        StatusCode::OK
    );
    assert!(may().await);
    let path = format!("/v1/delegations/{OFFICE}/vendor:abc/sign");
    assert_eq!(
        desk.act(Method::DELETE, &path, None).await.0,
        StatusCode::NO_CONTENT
    );
    assert!(!may().await);
    assert_eq!(
        desk.act(Method::DELETE, &path, None).await.0,
        StatusCode::NOT_FOUND
    );

    let (status, notice) = desk
        .act(
            Method::POST,
            "/v1/notices",
            Some(json!({ "text": "保守のお知らせ" })),
        )
        .await;
    assert_eq!(
        (status.as_u16(), &notice["text"]),
        (200, &json!("保守のお知らせ"))
    );
    assert_eq!(
        desk.store
            .notices(OFFICE.parse().unwrap(), 0, 100)
            .await
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn wishes_that_make_no_sense_are_refused_with_every_reason() {
    let desk = Desk::open().await;
    let path = format!("/v1/offices/{OFFICE}");
    let fields = |answer: &Value| -> Vec<String> {
        let problems = answer["problems"].as_array().cloned().unwrap_or_default();
        problems
            .iter()
            .filter_map(|problem| problem["field"].as_str().map(str::to_owned))
            .collect()
    };
    let bad = json!({ "name": "", "services": ["x"], "state": "renumbered" });
    let (status, answer) = desk.act(Method::PUT, &path, Some(bad)).await;
    assert_eq!(
        (status.as_u16(), fields(&answer)),
        (
            400,
            vec!["name".into(), "services".into(), "renumbered_to".into()]
        )
    );
    let mistyped = json!({ "name": "A", "service": ["43"] });
    let (status, answer) = desk.act(Method::PUT, &path, Some(mistyped)).await;
    assert_eq!(status.as_u16(), 400);
    assert!(
        answer["problems"][0]["message_en"]
            .as_str()
            .unwrap()
            .contains("`service`"),
        "{answer}"
    );
    assert_eq!(desk.act(Method::GET, &path, None).await.0.as_u16(), 404);
    assert_eq!(
        desk.act(Method::GET, "/v1/offices/12", None).await.0.as_u16(),
        400
    );
    assert_eq!(
        desk.act(Method::PATCH, &path, None).await.1["code"],
        "http.method"
    );
    let large = json!({ "text": "x".repeat(300_000) });
    assert_eq!(
        desk.act(Method::POST, "/v1/notices", Some(large)).await.1["code"],
        "http.too_large"
    );
    let control = json!({ "text": "a\u{0}b" });
    assert_eq!(
        desk.act(Method::POST, "/v1/notices", Some(control))
            .await
            .0
            .as_u16(),
        400
    );
    assert_eq!(
        desk.act(Method::DELETE, "/v1/certificates/00%00", None)
            .await
            .0
            .as_u16(),
        404
    );
    assert_eq!(desk.acts().await, Vec::<String>::new());
    let (_, parked) = desk.act(Method::GET, "/v1/parked", None).await;
    assert_eq!(parked, json!({ "items": [] }));
}

#[tokio::test]
async fn what_never_reached_delivery_is_listed_page_by_page() {
    let desk = Desk::open().await;
    let now = chassis::process::now();
    let note = |n: u8| proto::AcceptanceNote {
        id: proto::EnvelopeId::of(&[n]),
        acceptance: proto::Acceptance::from_bytes([n; 16]),
        accepted_at: now.plus_seconds(-3_600 + i64::from(n)),
        sender: OFFICE.parse().unwrap(),
        destination: "0300000005".parse().unwrap(),
        submitter: format!("office:{OFFICE}"),
    };
    let notes = [note(1), note(2), note(3)];
    assert!(desk.store.take_notes(None, 1, &notes).await.unwrap());
    let (status, first) = desk.act(Method::GET, "/v1/missing?limit=2", None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(first["items"][0]["id"], json!(notes[0].id));
    assert_eq!(first["items"][1]["sender"], json!(OFFICE));
    let path = format!("/v1/missing?limit=2&after={}", first["next"].as_str().unwrap());
    let (_, second) = desk.act(Method::GET, &path, None).await;
    assert_eq!(second["items"].as_array().unwrap().len(), 1);
    assert_eq!(second["items"][0]["id"], json!(notes[2].id));
    assert_eq!(second["next"], Value::Null);
    let (_, old) = desk.act(Method::GET, "/v1/missing?seconds=7200", None).await;
    assert_eq!(old, json!({ "items": [] }));
    for bad in ["after=x", "limit=x", "seconds=-1"] {
        let (status, answer) = desk.act(Method::GET, &format!("/v1/missing?{bad}"), None).await;
        assert_eq!(
            (status.as_u16(), &answer["code"]),
            (400, &json!("http.bad_request")),
            "{bad}"
        );
    }
}
