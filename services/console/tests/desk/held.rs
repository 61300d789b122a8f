//! Lists of what is held, and acts on it, by the API and by the pages.

use chassis::process::now;
use proto::{Channel, Holder, Right, Time};
use reqwest::{Method, StatusCode};
use seal::authority::Usage;
use seal::trust::fingerprint;
use serde_json::{Value, json};
use store::CertificateFacts;

use crate::ground::{Desk, OFFICE, issue};
use crate::pages::Browser;

const DAY: i64 = 86_400;

async fn bound(desk: &Desk, n: u32, holder: &str, not_after: Time) {
    let facts = CertificateFacts {
        fingerprint: format!("{n:064x}"),
        holder: holder.parse::<Holder>().unwrap(),
        not_before: now().plus_seconds(-DAY),
        not_after,
        bound_at: now(),
        revoked_at: None,
    };
    assert!(desk.store.bind_certificate(&facts).await.unwrap());
}

async fn listed(desk: &Desk, path: &str, field: &str) -> (Vec<String>, Option<String>) {
    let (status, page) = desk.act(Method::GET, path, None).await;
    assert_eq!(status, StatusCode::OK, "{path} {page}");
    let items = page["items"].as_array().unwrap();
    let told = items.iter().map(|item| match &item[field] {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    (told.collect(), page["next"].as_str().map(str::to_owned))
}

#[tokio::test]
async fn certificates_are_listed_by_days_left() {
    let desk = Desk::open().await;
    let soon = now().plus_seconds(10 * DAY + 60);
    bound(&desk, 1, "office:0300000005", now().plus_seconds(-60)).await;
    bound(&desk, 2, "vendor:abc", soon).await;
    bound(&desk, 3, "office:0300000100", soon).await;
    bound(&desk, 4, "office:0300000100", now().plus_seconds(50 * DAY)).await;
    desk.store
        .end_binding(&format!("{:064x}", 4), now())
        .await
        .unwrap();
    let of = async |query: &str| listed(&desk, &format!("/v1/certificates?{query}"), "holder").await;
    // The operator's own is good for a day.
    assert_eq!(
        of("").await.0,
        [
            "office:0300000005",
            "operator:sato",
            "vendor:abc",
            "office:0300000100"
        ]
    );
    assert_eq!(of("within_days=0").await.0, ["office:0300000005"]);
    assert_eq!(
        of("holder=office:&within_days=30").await.0,
        ["office:0300000005", "office:0300000100"]
    );
    assert_eq!(of("holder=office:0300000100").await.0, ["office:0300000100"]);
    assert_eq!(of("holder=office").await.0, Vec::<String>::new());
    let (first, next) = of("limit=2").await;
    let (second, last) = of(&format!("limit=2&after={}", next.unwrap())).await;
    assert_eq!([first, second].concat(), of("").await.0);
    let (rest, end) = of(&format!("limit=2&after={}", last.unwrap())).await;
    assert_eq!((rest.len(), end), (0, None));
    let days = listed(
        &desk,
        "/v1/certificates?within_days=30&holder=office:",
        "days_left",
    )
    .await
    .0;
    assert_eq!(days, ["-1", "10"]);
    for bad in [
        "after=x",
        "after=1~2~3",
        "within_days=x",
        "holder=%00",
        "color=red",
    ] {
        let (status, _) = desk
            .act(Method::GET, &format!("/v1/certificates?{bad}"), None)
            .await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{bad}");
    }
}

#[tokio::test]
async fn a_certificate_is_bound_and_ended_on_the_page() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let issued = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    let pem = String::from_utf8(issued.cert_pem.clone())
        .unwrap()
        .replace('\n', "\r\n");
    let holder = format!("office:{OFFICE}");
    let done = browser
        .act("/certificates", &[("holder", &holder), ("certificate_pem", &pem)])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    let fingerprint = fingerprint(&issued.cert_der);
    assert!(browser.get(done.place()).await.text.contains(&fingerprint));
    let wrong = browser
        .act(
            "/certificates",
            &[("holder", "office:0300000005"), ("certificate_pem", &pem)],
        )
        .await;
    assert_eq!(wrong.status, 403, "{}", wrong.text);
    let fields = [("holder", holder.as_str()), ("fingerprint", fingerprint.as_str())];
    let asked = browser.act("/certificates/confirm", &fields).await;
    assert!(
        asked.text.contains("登録を終える前の確認") && asked.text.contains(&fingerprint),
        "{}",
        asked.text
    );
    let ended = browser
        .act(&format!("/certificates/{fingerprint}/end"), &[])
        .await;
    assert_eq!(ended.status, 303);
    assert!(!browser.get("/certificates").await.text.contains(&fingerprint));
    assert_eq!(
        desk.acts().await,
        ["office.put", "certificate.bind", "certificate.end"]
    );
}

#[tokio::test]
async fn licences_are_listed_by_days_left() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let path = "/v1/offices/0300000005";
    let other = json!({ "name": "見本訪問介護", "services": ["11"] });
    desk.act(Method::PUT, path, Some(other)).await;
    assert_eq!(
        listed(&desk, "/v1/licences", "office").await.0,
        Vec::<String>::new()
    );
    let office = "0300000005".parse().unwrap();
    let begun = now().plus_seconds(-300 * DAY);
    desk.store
        .put_licence(office, begun, now().plus_seconds(20 * DAY + 60))
        .await
        .unwrap();
    desk.store
        .put_licence(OFFICE.parse().unwrap(), begun, now().plus_seconds(-60))
        .await
        .unwrap();
    assert_eq!(
        listed(&desk, "/v1/licences", "office").await.0,
        [OFFICE, "0300000005"]
    );
    assert_eq!(
        listed(&desk, "/v1/licences?within_days=7", "days_left").await.0,
        ["-1"]
    );
    let (_, next) = listed(&desk, "/v1/licences?limit=1", "office").await;
    let path = format!("/v1/licences?limit=1&after={}", next.unwrap());
    assert_eq!(listed(&desk, &path, "office").await.0, ["0300000005"]);
    let browser = Browser::open(&desk, &desk.operator).await;
    let page = browser.get("/licences?within_days=30").await.text;
    assert!(page.contains("期限切れ") && page.contains("▲ 20"), "{page}");
}

#[tokio::test]
async fn delegations_are_listed_and_ended() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    for right in ["read", "send"] {
        let fields = [
            ("office", OFFICE),
            ("delegate", "vendor:abc"),
            ("right", right),
            ("until", ""),
        ];
        let done = browser.act("/delegations", &fields).await;
        assert_eq!(done.status, 303, "{}", done.text);
    }
    let fields = [
        ("office", OFFICE),
        ("delegate", "office:0300000005"),
        ("right", "sign"),
        ("until", "2999-04-01"),
    ];
    assert_eq!(browser.act("/delegations", &fields).await.status, 303);
    let over = "vendor:old".parse().unwrap();
    let (from, until) = (now().plus_seconds(-100), now().plus_seconds(-50));
    desk.store
        .put_delegation(OFFICE.parse().unwrap(), &over, Right::Read, from, until)
        .await
        .unwrap();
    let rights = async |query: &str| listed(&desk, &format!("/v1/delegations?{query}"), "right").await;
    assert_eq!(rights("").await.0, ["sign", "read", "send"]);
    assert_eq!(rights("delegate=vendor:abc").await.0, ["read", "send"]);
    assert_eq!(rights("office=0300000005").await.0, Vec::<String>::new());
    let (_, next) = rights("limit=2").await;
    assert_eq!(rights(&format!("after={}", next.unwrap())).await.0, ["send"]);
    let (_, page) = desk.act(Method::GET, "/v1/delegations", None).await;
    assert_eq!(page["items"][1]["until"], Value::Null, "without end");
    let ended = browser
        .act(
            "/delegations/end",
            &[("office", OFFICE), ("delegate", "vendor:abc"), ("right", "read")],
        )
        .await;
    assert_eq!(ended.status, 303, "{}", ended.text);
    assert_eq!(rights("").await.0, ["sign", "send"]);
    assert_eq!(desk.acts().await.last().unwrap(), "delegation.revoke");
}

#[tokio::test]
async fn vendors_are_shown_without_the_brokers_management_too() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let channel: Channel = "vendor.abc".parse().unwrap();
    desk.store
        .put_channel(&channel, &[OFFICE.parse().unwrap()], now())
        .await
        .unwrap();
    let browser = Browser::open(&desk, &desk.operator).await;
    let page = browser.get("/vendors").await.text;
    for word in ["vendor.abc", OFFICE, "尋ねられない", "–"] {
        assert!(page.contains(word), "{word} is not in {page}");
    }
    let asked = browser.act("/vendors/confirm", &[("name", "vendor.abc")]).await;
    assert!(asked.text.contains("取り除く前の確認"), "{}", asked.text);
    // Without the management nothing is removed by halves.
    let removed = browser.act("/vendors/remove", &[("name", "vendor.abc")]).await;
    assert_eq!(removed.status, 503, "{}", removed.text);
    assert!(browser.get("/vendors").await.text.contains("vendor.abc"));
}
