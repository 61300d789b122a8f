//! Who may do what: each act by each role, refusals in the audit log, and the last administrator.

use proto::desk_roles::OperatorRole;
use reqwest::{Method, StatusCode};
use seal::authority::Usage;
use serde_json::{Value, json};

use crate::ground::{Desk, OFFICE, bind, issue};

#[tokio::test]
async fn each_act_takes_its_role() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let suzuki = issue(&desk.operators, "suzuki", &[], Usage::ClientOnly);
    bind(&desk.store, "operator:suzuki", &suzuki).await;
    let client = desk.client(Some(&suzuki));
    let selection = json!({ "selection": { "all": true } });
    let acts: [(Method, String, Option<Value>, bool); 6] = [
        (
            Method::PUT,
            format!("/v1/offices/{OFFICE}"),
            Some(json!({ "name": "x" })),
            false,
        ),
        (
            Method::PUT,
            format!("/v1/offices/{OFFICE}/licence"),
            Some(json!({ "applied_on": "2025-04-01" })),
            false,
        ),
        (
            Method::PUT,
            "/v1/operators/suzuki".to_owned(),
            Some(json!({ "role": "administer" })),
            false,
        ),
        (
            Method::POST,
            "/v1/notices".to_owned(),
            Some(json!({ "text": "保守のお知らせ" })),
            true,
        ),
        (
            Method::POST,
            "/v1/parked/redrive".to_owned(),
            Some(selection),
            true,
        ),
        (Method::POST, "/v1/parked/stop".to_owned(), None, true),
    ];
    for role in ["view", "operate"] {
        let put = json!({ "role": role });
        let (status, entry) = desk.act(Method::PUT, "/v1/operators/suzuki", Some(put)).await;
        assert_eq!((status, &entry["role"]), (StatusCode::OK, &json!(role)));
        for (method, path, body, operates) in &acts {
            let (status, answer) = desk.ask(&client, method.clone(), path, body.clone()).await;
            if role == "operate" && *operates {
                assert_eq!(status, StatusCode::OK, "{role} {path} {answer}");
            } else {
                assert_eq!(
                    (status.as_u16(), &answer["code"]),
                    (403, &json!("desk.role")),
                    "{role} {path}"
                );
            }
        }
        for path in [
            "/v1/books",
            "/v1/way",
            "/v1/parked",
            "/v1/operators",
            "/v1/audit",
            "/v1/envelopes",
        ] {
            assert_eq!(
                desk.ask(&client, Method::GET, path, None).await.0,
                StatusCode::OK,
                "{path}"
            );
        }
    }
    let trail = desk.store.audit_trail(0, 100).await.unwrap();
    let refused = trail
        .iter()
        .filter(|entry| entry.actor == "operator:suzuki" && entry.act == "refused");
    let subjects: Vec<_> = refused.map(|entry| entry.subject.as_str()).collect();
    assert_eq!(subjects.len(), 6 + 3, "{subjects:?}");
    assert_eq!(subjects[0], "office.put needs administer");
}

#[tokio::test]
async fn a_desk_is_never_left_without_an_administrator() {
    let desk = Desk::open().await;
    let put = async |name: &str, role: &str| {
        let path = format!("/v1/operators/{name}");
        let (status, answer) = desk.act(Method::PUT, &path, Some(json!({ "role": role }))).await;
        (
            status.as_u16(),
            answer["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    let last = (409, "desk.last_administrator".to_owned());
    assert_eq!(put("sato", "view").await, last);
    // One who has a role and no certificate cannot come in.
    assert_eq!(put("ito", "administer").await.0, 200);
    assert_eq!(put("sato", "operate").await, last);
    let ito = issue(&desk.operators, "ito", &[], Usage::ClientOnly);
    bind(&desk.store, "operator:ito", &ito).await;
    assert_eq!(put("Queen", "view").await.0, 400);
    assert_eq!(put("sato", "operate").await.0, 200);
    assert_eq!(put("sato", "administer").await, (403, "desk.role".to_owned()));
    assert_eq!(
        desk.store.operator_role("sato").await.unwrap(),
        OperatorRole::Operate
    );
}
