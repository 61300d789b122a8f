//! Webhooks by the pages: made, called, changed, removed; the secret is shown once; who may do what; what is to be mended.

use std::time::Duration;

use chassis::process::now;
use proto::desk_roles::OperatorRole;
use proto::desk_webhooks::WebhookTested;
use proto::webhook::CallOutcome;
use reqwest::Method;
use reqwest::header::SET_COOKIE;
use seal::authority::Usage;
use serde_json::json;
use store::Store;

use crate::ground::{Desk, OFFICE, bind, issue};
use crate::pages::{Browser, Page};

const URL: &str = "https://care.example/hook?token=abc";

/// The secret a page shows, if it shows one.
fn secret(page: &Page) -> Option<String> {
    let behind = page.text.split("whsec_").nth(1)?;
    Some(format!("whsec_{}", behind.split('<').next().unwrap()))
}

/// Answers the next test call in delivery's place.
async fn answer(store: &Store, tested: &WebhookTested) {
    let waiting = async {
        loop {
            if let Some((target, number)) = store.webhook_tests(now()).await.unwrap().pop() {
                let text = serde_json::to_string(tested).unwrap();
                store
                    .webhook_test_done(&target.name, number, &text)
                    .await
                    .unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_webhook_is_made_called_changed_and_removed_on_the_pages() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    assert!(browser.get("/webhooks").await.text.contains("ありません"));
    let fields = [("name", "vendor.abc"), ("url", URL), ("offices", OFFICE)];
    let new = [&fields[..], &[("new", "1")]].concat();
    let made = browser.act("/webhooks", &new).await;
    assert_eq!(made.status, 200, "{}", made.text);
    let first = secret(&made).unwrap();
    assert_eq!(made.headers["cache-control"], "no-store");
    assert!(made.text.contains("一度だけ") && !made.headers.contains_key(SET_COOKIE));
    // Made once more by a second click: nothing changes, and it is said what to do if the secret was not seen.
    let again = browser.act("/webhooks", &new).await;
    assert_eq!(again.status, 409, "{}", again.text);
    assert!(again.text.contains("すでにあります") && secret(&again).is_none());
    // Changed it keeps its secret, which no page shows again.
    let changed = browser.act("/webhooks", &fields).await;
    assert_eq!(
        (changed.status.as_u16(), changed.place()),
        (303, "/webhooks/vendor.abc")
    );
    for path in ["/webhooks", "/webhooks/vendor.abc"] {
        let page = browser.get(path).await;
        for word in ["vendor.abc", URL, OFFICE, "委任していません"] {
            assert!(page.text.contains(word), "{path}: {word} is not in {}", page.text);
        }
        assert!(!page.text.contains("whsec_"), "{path}");
        let english = browser.get(&format!("{path}?lang=en")).await.text;
        let main = english.split("<main").nth(1).unwrap();
        assert!(
            !main.chars().any(|c| ('\u{3040}'..='\u{9fff}').contains(&c)),
            "{main}"
        );
    }

    let mut tested = WebhookTested {
        outcome: Some(CallOutcome::Taken),
        status: Some(204),
        milliseconds: 12,
        words: String::new(),
    };
    let (page, ()) = tokio::join!(
        browser.act("/webhooks/vendor.abc/test", &[]),
        answer(&desk.store, &tested)
    );
    assert!(
        page.text.contains("✓ ") && page.text.contains("HTTP 204"),
        "{}",
        page.text
    );
    (tested.outcome, tested.status) = (Some(CallOutcome::Forbidden), None);
    tested.words = "<b>127.0.0.1".to_owned();
    let (page, ()) = tokio::join!(
        browser.act("/webhooks/vendor.abc/test", &[]),
        answer(&desk.store, &tested)
    );
    for word in ["✕ ", "forbidden", "&lt;b&gt;127.0.0.1"] {
        assert!(page.text.contains(word), "{word} is not in {}", page.text);
    }
    let enabled = browser.act("/webhooks/vendor.abc/enable", &[]).await;
    assert_eq!(enabled.place(), "/webhooks/vendor.abc");

    let confirm = "/webhooks/vendor.abc/confirm";
    let asked = browser.act(confirm, &[("act", "rotate")]).await;
    assert!(asked.text.contains("秘密を替える前の確認"), "{}", asked.text);
    let shown = asked.text.split("name=\"shown\" value=\"").nth(1).unwrap();
    let shown = [("shown", shown.split('"').next().unwrap())];
    let rotated = browser.act("/webhooks/vendor.abc/rotate", &shown).await;
    let second = secret(&rotated).unwrap();
    assert!(
        first != second && rotated.text.contains("前の秘密でも署名する期限"),
        "{}",
        rotated.text
    );
    // The same form sent twice does not end the secret the receiver still uses.
    let twice = browser.act("/webhooks/vendor.abc/rotate", &shown).await;
    assert_eq!(twice.status, 409, "{}", twice.text);
    assert!(secret(&twice).is_none());
    let leaves = [("act", "leave"), ("office", OFFICE)];
    let asked = browser.act(confirm, &leaves).await;
    assert!(
        asked.text.contains("事業所を外す前の確認") && asked.text.contains(OFFICE),
        "{}",
        asked.text
    );
    let left = browser
        .act("/webhooks/vendor.abc/leave", &[("office", OFFICE)])
        .await;
    assert_eq!(left.place(), "/webhooks/vendor.abc");
    let asked = browser.act(confirm, &[("act", "remove")]).await;
    assert!(asked.text.contains("取り除く前の確認"), "{}", asked.text);
    let removed = browser.act("/webhooks/vendor.abc/remove", &[]).await;
    assert_eq!(removed.place(), "/webhooks");
    assert_eq!(browser.get("/webhooks/vendor.abc").await.status, 404);
    let acts = [
        "put", "put", "test", "test", "enable", "rotate", "leave", "remove",
    ];
    let acts = acts.map(|act| format!("webhook.{act}"));
    assert_eq!(desk.acts().await[1..], acts);
    // No audit entry bears the URL, which may have a token in it, or a secret.
    let trail = desk.store.audit_trail(0, 100).await.unwrap();
    let told = |word: &str| trail.iter().any(|entry| entry.subject.contains(word));
    assert!(!told("token") && !told("whsec_"));
}

#[tokio::test]
async fn what_is_to_be_mended_is_said_in_both_languages() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let own = format!("office.{OFFICE}");
    for (name, url, offices, status, japanese, english) in [
        ("abc", URL, "", 400, "vendor.&lt;名前&gt;", "A webhook is named"),
        (
            "vendor.abc",
            "http://care.example/",
            "",
            400,
            "利用者名と",
            "without a user",
        ),
        (
            "vendor.abc",
            URL,
            "12",
            400,
            "10桁の数字",
            "An office number has 10 digits",
        ),
        (
            "vendor.abc",
            URL,
            "0300000100, 0300000005",
            404,
            "事業所 0300000005 は台帳にありません",
            "Office 0300000005 is not in the directory",
        ),
        (
            own.as_str(),
            URL,
            OFFICE,
            400,
            "空にしてください",
            "Leave the offices empty",
        ),
    ] {
        let fields = [("name", name), ("url", url), ("offices", offices)];
        let page = browser.act("/webhooks", &fields).await;
        assert_eq!(page.status.as_u16(), status, "{name} {url} {offices}");
        assert!(page.text.contains(japanese), "{japanese} is not in {}", page.text);
        let page = browser.act("/webhooks?lang=en", &fields).await;
        assert!(page.text.contains(english), "{english} is not in {}", page.text);
    }
    // By the API the same words stand in the problem document.
    let wish = json!({ "url": "ftp://care.example/" });
    let (status, answer) = desk.act(Method::PUT, "/v1/webhooks/vendor.abc", Some(wish)).await;
    assert_eq!(
        (status.as_u16(), &answer["problems"][0]["field"]),
        (400, &json!("url"))
    );
    assert!(desk.store.webhooks().await.unwrap().is_empty());
    // An office's own is made without a list; another office cannot be taken from it.
    let made = browser.act("/webhooks", &[("name", &own), ("url", URL)]).await;
    assert!(secret(&made).is_some(), "{}", made.text);
    let page = browser.get(&format!("/webhooks/{own}")).await.text;
    assert!(!page.contains("name=\"offices\"") && !page.contains("name=\"office\""));
    let confirm = format!("/webhooks/{own}/confirm");
    let unknown = browser
        .act(&confirm, &[("act", "leave"), ("office", "0300000005")])
        .await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("伝えていません"), "{}", unknown.text);
    assert_eq!(browser.act(&confirm, &[("act", "burn")]).await.status, 400);
    assert_eq!(browser.get("/webhooks/vendor.nobody").await.status, 404);
    assert_eq!(browser.get("/webhooks/nobody").await.status, 400);
}

#[tokio::test]
async fn who_looks_is_offered_no_act_and_who_operates_calls_and_enables() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let own = format!("office.{OFFICE}");
    let put = Some(json!({ "url": URL }));
    let (status, _) = desk.act(Method::PUT, &format!("/v1/webhooks/{own}"), put).await;
    assert_eq!(status, 200);
    let suzuki = issue(&desk.operators, "suzuki", &[], Usage::ClientOnly);
    bind(&desk.store, "operator:suzuki", &suzuki).await;
    let made = async |role| (desk.store.put_operator_role("suzuki", role, now()).await).unwrap();
    let browser = Browser::open(&desk, &suzuki).await;
    let path = |act: &str| format!("/webhooks/{own}{act}");
    for place in ["/webhooks".to_owned(), path("")] {
        let page = browser.get(&place).await.text;
        assert!(page.contains(URL) && !page.contains("method=\"post\""), "{page}");
    }
    made(OperatorRole::Operate).await;
    let page = browser.get(&path("")).await.text;
    assert!(page.contains(&path("/test")) && page.contains(&path("/enable")));
    assert!(!page.contains(&path("/confirm")) && !page.contains("name=\"url\""));
    assert_eq!(browser.act(&path("/enable"), &[]).await.status, 303);
    for (act, fields) in [
        ("/confirm", [("act", "rotate")]),
        ("/confirm", [("act", "remove")]),
        ("/rotate", [("act", "")]),
        ("/remove", [("act", "")]),
    ] {
        let page = browser.act(&path(act), &fields).await;
        assert_eq!(page.status, 403, "{act} {fields:?}");
        assert!(
            page.text.contains("desk.role") && secret(&page).is_none(),
            "{}",
            page.text
        );
    }
    let page = browser
        .act("/webhooks", &[("name", "vendor.abc"), ("url", URL)])
        .await;
    assert_eq!(page.status, 403);
    // The form was on the page a moment ago, and the role is gone.
    let token = browser.get(&path("")).await.token();
    made(OperatorRole::View).await;
    let fields = [("token", token.as_str())];
    let page = browser.post(&path("/test"), &fields, Some(&desk.url)).await;
    assert_eq!(page.status, 403, "{}", page.text);
    let trail = desk.store.audit_trail(0, 100).await.unwrap();
    let refused = trail.iter().filter(|entry| entry.act == "refused").count();
    assert_eq!(refused, 6);
}
