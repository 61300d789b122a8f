//! The pages, asked as a browser asks: what they say, in which language, who may act, and that no other site can.

use chassis::process::now;
use proto::Station;
use proto::desk_roles::OperatorRole;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, ORIGIN, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Identity, StatusCode};
use seal::authority::{Issued, Usage};

use crate::ground::{Desk, OFFICE, bind, issue};
use crate::parked::{SECRET, park};

/// A browser with the cookie the desk gave it.
pub(crate) struct Browser<'a> {
    desk: &'a Desk,
    pub(crate) client: Client,
    pub(crate) cookie: String,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Page {
    /// The token of its forms.
    pub(crate) fn token(&self) -> String {
        let behind = self.text.split("name=\"token\" value=\"").nth(1).unwrap();
        behind.split('"').next().unwrap().to_owned()
    }

    pub(crate) fn place(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }
}

impl<'a> Browser<'a> {
    pub(crate) async fn open(desk: &'a Desk, who: &Issued) -> Self {
        let pem = [who.cert_pem.clone(), who.key_pem.clone()].concat();
        let client = Client::builder()
            .tls_certs_only([desk.ca()])
            .identity(Identity::from_pem(&pem).unwrap())
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let mut browser = Self {
            desk,
            client,
            cookie: String::new(),
        };
        let first = browser.get("/").await;
        let given = first.headers[SET_COOKIE].to_str().unwrap();
        for word in [
            "__Host-desk=",
            "; Path=/",
            "; Secure",
            "; HttpOnly",
            "; SameSite=Lax",
        ] {
            assert!(given.contains(word), "{given}");
        }
        browser.cookie = given.split(';').next().unwrap().to_owned();
        browser
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.desk.url));
        let request = request.header(COOKIE, &self.cookie).header(ACCEPT_LANGUAGE, "ja");
        read(request.send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)], origin: Option<&str>) -> Page {
        let encoded: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect();
        let mut request = self.client.post(format!("{}{path}", self.desk.url));
        request = request
            .header(COOKIE, &self.cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        read(request.body(encoded.join("&")).send().await.unwrap()).await
    }

    /// As a page of the desk would.
    pub(crate) async fn act(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get("/notices").await.token();
        let with_token: Vec<_> = fields
            .iter()
            .copied()
            .chain([("token", token.as_str())])
            .collect();
        self.post(path, &with_token, Some(&self.desk.url)).await
    }
}

pub(crate) async fn read(response: reqwest::Response) -> Page {
    Page {
        status: response.status(),
        headers: response.headers().clone(),
        text: response.text().await.unwrap(),
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

const PAGES: [&str; 16] = [
    "/",
    "/directory",
    "/licences",
    "/certificates",
    "/certificates?holder=operator%3A&within_days=30",
    "/delegations",
    "/vendors",
    "/webhooks",
    "/search",
    "/parked",
    "/offices",
    "/offices/0300000100",
    "/notices",
    "/maintenance",
    "/operators",
    "/audit",
];

#[tokio::test]
async fn every_page_is_whole_safe_and_in_both_languages() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let id = park(&desk.store, 1, Station::Routing, "<script>alert(1)</script>").await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let envelope = format!("/envelopes/{id}");
    for path in PAGES.iter().copied().chain([envelope.as_str()]) {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path} {}", page.text);
        let header = |name: &str| page.headers[name].to_str().unwrap();
        assert!(
            header("content-security-policy").starts_with("default-src 'none'; style-src 'self';"),
            "{path}"
        );
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert!(
            page.text.contains("<html lang=\"ja\">") && page.text.contains("封筒を探す"),
            "{path}"
        );
        // Nothing runs, nothing is fetched from elsewhere, and what was sent stays unsaid.
        for bad in ["<script", "http://", "https://", " style=", " onclick", SECRET] {
            assert!(!page.text.contains(bad), "{path}: {bad}");
        }
        let joint = if path.contains('?') { '&' } else { '?' };
        let english = browser.get(&format!("{path}{joint}lang=en")).await;
        assert!(
            english.text.contains("<html lang=\"en\">") && english.text.contains("Search"),
            "{path}"
        );
        let main = english.text.split("<main").nth(1).unwrap();
        let names = ["見本居宅介護支援事業所"];
        let left: String = names
            .iter()
            .fold(main.to_owned(), |text, name| text.replace(name, ""));
        let untold: Vec<_> = left
            .chars()
            .filter(|c| ('\u{3040}'..='\u{9fff}').contains(c))
            .collect();
        assert!(untold.is_empty(), "{path}: Japanese in English: {untold:?}");
    }
    assert!(browser.get(&envelope).await.text.contains("&lt;script&gt;"));
    let css = browser.get("/desk.css").await;
    assert_eq!(css.headers[CONTENT_TYPE], "text/css; charset=utf-8");
    // Whatever is refused is a page too, with its code.
    for (path, status, code) in [
        ("/envelopes/abc", 404, "http.not_found"),
        ("/offices/12", 400, "http.bad_request"),
        ("/search?office=12", 400, "http.bad_request"),
        ("/search?id=12", 400, "http.bad_request"),
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status.as_u16(), status, "{path}");
        assert!(
            page.text.starts_with("<!DOCTYPE html>") && page.text.contains(code),
            "{path} {}",
            page.text
        );
    }
}

#[tokio::test]
async fn who_is_no_operator_reads_a_page_that_says_so() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let office = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    bind(&desk.store, &format!("office:{OFFICE}"), &office).await;
    let response = desk.client(Some(&office)).get(&desk.url).send().await.unwrap();
    let page = read(response).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text.starts_with("<!DOCTYPE html>") && page.text.contains("auth.role"),
        "{}",
        page.text
    );
    let response = desk.client(None).get(&desk.url).send().await.unwrap();
    let page = read(response).await;
    assert_eq!(page.status, 401);
    assert!(page.text.contains("auth.certificate_missing"), "{}", page.text);
}

#[tokio::test]
async fn no_other_site_can_act_with_the_operators_certificate() {
    let desk = Desk::open().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let stranger = Browser::open(&desk, &desk.operator).await;
    let token = browser.get("/notices").await.token();
    let others = stranger.get("/notices").await.token();
    assert_ne!(token, others, "another browser has other tokens");
    let here = Some(desk.url.as_str());
    for (token, origin, why) in [
        ("", here, "no token"),
        (others.as_str(), here, "the token of another browser"),
        (token.as_str(), Some("https://evil.example"), "another site"),
        (token.as_str(), Some("null"), "a site that hides"),
        (token.as_str(), None, "nobody says where it comes from"),
    ] {
        let page = browser
            .post("/notices", &[("text", "x"), ("token", token)], origin)
            .await;
        assert_eq!(page.status, 403, "{why}");
        assert!(page.text.contains("desk.form"), "{why}: {}", page.text);
    }
    assert_eq!(desk.acts().await, Vec::<String>::new());
    let page = browser
        .post("/notices", &[("text", "お知らせ"), ("token", &token)], here)
        .await;
    assert_eq!((page.status.as_u16(), page.place()), (303, "/notices"));
    assert!(browser.get("/notices").await.text.contains("お知らせ"));
    assert_eq!(desk.acts().await, ["notice.publish"]);
}

#[tokio::test]
async fn parked_envelopes_are_sent_again_and_discarded_in_two_steps() {
    let desk = Desk::open().await;
    let one = park(&desk.store, 1, Station::Routing, "cause one")
        .await
        .to_string();
    let two = park(&desk.store, 2, Station::Routing, "cause two")
        .await
        .to_string();
    let browser = Browser::open(&desk, &desk.operator).await;
    let list = browser.get("/parked").await.text;
    assert!(list.contains(&one) && list.contains("cause two"), "{list}");
    let narrowed = browser.get("/parked?cause=two").await.text;
    assert!(!narrowed.contains(&one) && narrowed.contains(&two));

    let asked = browser
        .act("/parked/confirm", &[("act", "redrive"), ("id", &one)])
        .await;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(asked.text.contains("再送の確認") && asked.text.contains(&one) && !asked.text.contains(&two));
    assert_eq!(desk.acts().await, Vec::<String>::new(), "only asked");
    let done = browser
        .act("/parked/redrive", &[("id", &one), ("per_minute", "60")])
        .await;
    assert_eq!(
        (done.status.as_u16(), done.place()),
        (303, "/parked?done=redrive&count=1")
    );
    let stopped = browser.act("/parked/stop", &[]).await;
    assert_eq!(stopped.place(), "/parked?done=stop&count=1");

    let asked = browser
        .act("/parked/confirm", &[("act", "discard"), ("id", &two)])
        .await;
    assert!(
        asked.text.contains("破棄の確認") && asked.text.contains("name=\"reason\""),
        "{}",
        asked.text
    );
    let unsaid = browser.act("/parked/discard", &[("id", &two)]).await;
    assert_eq!(unsaid.status, 400, "without a reason");
    let done = browser
        .act("/parked/discard", &[("id", &two), ("reason", "確認済み")])
        .await;
    assert_eq!(done.place(), "/parked?done=discard&count=1");
    assert!(browser.get(done.place()).await.text.contains("件を破棄しました"));
    assert_eq!(
        browser.act("/parked/confirm", &[("act", "redrive")]).await.status,
        400,
        "nothing chosen"
    );
    assert_eq!(
        desk.acts().await,
        ["parked.redrive", "parked.stop", "parked.discard"]
    );
}

#[tokio::test]
async fn who_may_only_look_is_offered_no_act() {
    let desk = Desk::open().await;
    desk.put_office().await;
    park(&desk.store, 1, Station::Routing, "cause").await;
    let suzuki = issue(&desk.operators, "suzuki", &[], Usage::ClientOnly);
    bind(&desk.store, "operator:suzuki", &suzuki).await;
    let browser = Browser::open(&desk, &suzuki).await;
    for path in PAGES {
        let page = browser.get(path).await;
        assert!(!page.text.contains("method=\"post\""), "{path}");
        assert!(page.text.contains("閲覧"), "{path}");
    }
    let made = async |role| (desk.store.put_operator_role("suzuki", role, now()).await).unwrap();
    made(OperatorRole::Operate).await;
    let token = browser.get("/parked").await.token();
    made(OperatorRole::View).await;
    let fields = [("act", "discard"), ("id", "x"), ("token", token.as_str())];
    let page = browser.post("/parked/confirm", &fields, Some(&desk.url)).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("desk.role"), "{}", page.text);
    made(OperatorRole::Administer).await;
    let licence = browser
        .act(
            &format!("/offices/{OFFICE}/licence"),
            &[("applied_on", "2025-04-01")],
        )
        .await;
    assert_eq!(licence.status, 303, "{}", licence.text);
    assert!(
        browser
            .get(&format!("/offices/{OFFICE}"))
            .await
            .text
            .contains("2026-04-01")
    );
    let role = browser
        .act("/operators", &[("name", "ito"), ("role", "operate")])
        .await;
    assert_eq!(role.status, 303, "{}", role.text);
    assert!(browser.get("/operators").await.text.contains("ito"));
}

#[tokio::test]
async fn maintenance_is_announced_and_ended() {
    let desk = Desk::open().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let wrong = browser
        .act("/maintenance", &[("ends_at", "2020-01-01T00:00")])
        .await;
    assert_eq!(wrong.status, 400, "in the past");
    let until = now().plus_seconds(7_200).to_string();
    let minute = until.get(..16).unwrap();
    let done = browser
        .act("/maintenance", &[("ends_at", minute), ("words", "機器の交換")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    for page in ["/", "/maintenance"] {
        let page = browser.get(page).await;
        assert!(
            page.text.contains("保守作業中") && page.text.contains("機器の交換"),
            "{}",
            page.text
        );
    }
    assert_eq!(browser.act("/maintenance/end", &[]).await.status, 303);
    assert!(!browser.get("/").await.text.contains("保守作業中"));
    assert_eq!(browser.act("/maintenance/end", &[]).await.status, 404);
    assert_eq!(desk.acts().await, ["maintenance.start", "maintenance.end"]);
}
