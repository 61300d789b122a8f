//! Search and trace at the door of the desk.

use chassis::process::now;
use proto::api::{ImportResult, Imported};
use reqwest::Method;
use serde_json::json;

use crate::ground::{Desk, OFFICE};
use crate::pages::Browser;
use crate::parked::{SECRET, mailboxed, park};

#[tokio::test]
async fn the_software_that_imported_is_told_by_api_and_page() {
    let desk = Desk::open().await;
    let (id, destination) = mailboxed(&desk, "Sender 1.0").await;
    let page = async || {
        let browser = Browser::open(&desk, &desk.operator).await;
        browser.get(&format!("/envelopes/{id}")).await.text
    };
    assert!(!page().await.contains("Kaigo"));
    let imported = Imported {
        result: ImportResult::Failed,
        problems: Vec::new(),
        software: Some("Kaigo <Pro> 3.1".to_owned()),
    };
    let done = desk
        .store
        .imported(destination, id, &imported, "delivery/test/1", now());
    assert!(done.await.unwrap().is_some());
    let (_, trace) = desk.act(Method::GET, &format!("/v1/envelopes/{id}"), None).await;
    assert_eq!(trace["software"], "Kaigo <Pro> 3.1");
    let page = page().await;
    assert!(page.contains("Kaigo &lt;Pro&gt; 3.1"), "{page}");
}

#[tokio::test]
async fn an_envelope_is_found_and_traced_without_a_word_of_it() {
    let desk = Desk::open().await;
    let id = park(&desk.store, 1, proto::Station::Routing, "no reason").await;
    for query in [
        format!("office={OFFICE}"),
        "office=0300000005".to_owned(),
        "status=parked&from=2025-01-01T00:00:00%2B09:00".to_owned(),
        String::new(),
    ] {
        let (status, list) = desk
            .act(Method::GET, &format!("/v1/envelopes?{query}"), None)
            .await;
        assert_eq!(status, 200, "{list}");
        assert_eq!(list["items"][0]["id"], json!(id), "{query}");
    }
    let (_, none) = desk
        .act(Method::GET, "/v1/envelopes?office=1300000039", None)
        .await;
    assert_eq!(none["items"], json!([]));
    let (status, trace) = desk.act(Method::GET, &format!("/v1/envelopes/{id}"), None).await;
    assert_eq!(status, 200, "{trace}");
    assert_eq!(trace["envelope"]["status"], "parked");
    assert_eq!(trace["parked"][0]["cause"], "no reason");
    assert!(!trace.to_string().contains(SECRET), "{trace}");
    for (path, wanted) in [
        ("/v1/envelopes/abc".to_owned(), 404),
        (format!("/v1/envelopes/{}", "0".repeat(64)), 404),
        ("/v1/envelopes?office=12".to_owned(), 400),
        ("/v1/envelopes?colour=red".to_owned(), 400),
        ("/v1/envelopes?after=p1".to_owned(), 400),
    ] {
        assert_eq!(
            desk.act(Method::GET, &path, None).await.0.as_u16(),
            wanted,
            "{path}"
        );
    }
}
