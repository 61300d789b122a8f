//! Notices and their drafts, by the API and by the page.

use reqwest::Method;
use serde_json::json;

use crate::ground::{Desk, OFFICE};
use crate::pages::Browser;

#[tokio::test]
async fn a_draft_is_kept_changed_and_published() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let drafts = "/v1/notices/drafts";
    let post = json!({ "prefecture": "13", "text": "保守" });
    let (status, draft) = desk.act(Method::POST, drafts, Some(post)).await;
    assert_eq!(
        (status.as_u16(), &draft["prefecture"]),
        (200, &json!("13")),
        "{draft}"
    );
    assert_eq!(draft["changed_by"], "operator:sato");
    let path = format!("{drafts}/{}", draft["id"]);
    let put = json!({ "prefecture": "03", "service": "43", "text": "4月10日の保守" });
    let (_, changed) = desk.act(Method::PUT, &path, Some(put)).await;
    assert_eq!(changed["service"], "43");
    let office = OFFICE.parse().unwrap();
    assert!(desk.store.notices(office, 0, 10).await.unwrap().is_empty());
    let (status, published) = desk.act(Method::POST, &format!("{path}/publish"), None).await;
    assert_eq!(
        (status.as_u16(), &published["text"]),
        (200, &json!("4月10日の保守"))
    );
    assert_eq!(desk.store.notices(office, 0, 10).await.unwrap().len(), 1);
    let other = "0300000005".parse().unwrap();
    assert!(
        desk.store.notices(other, 0, 10).await.unwrap().is_empty(),
        "of no such service"
    );
    let (_, list) = desk.act(Method::GET, "/v1/notices", None).await;
    assert_eq!(list["items"][0]["prefecture"], "03");
    for (method, path) in [
        (Method::POST, format!("{path}/publish")),
        (Method::DELETE, path.clone()),
        (Method::GET, path),
    ] {
        assert_eq!(desk.act(method, &path, None).await.0.as_u16(), 404, "{path}");
    }
    let wrong = json!({ "office": OFFICE, "prefecture": "03", "text": "x" });
    let (status, answer) = desk.act(Method::POST, drafts, Some(wrong)).await;
    assert_eq!(
        (status.as_u16(), &answer["problems"][0]["field"]),
        (400, &json!("prefecture"))
    );
    let acts = ["office.put", "notice.draft", "notice.draft", "notice.publish"];
    assert_eq!(desk.acts().await, acts);
}

#[tokio::test]
async fn a_draft_is_looked_at_before_it_is_published() {
    let desk = Desk::open().await;
    let browser = Browser::open(&desk, &desk.operator).await;
    let saved = browser
        .act(
            "/notices/drafts",
            &[("service", "43"), ("text", "一行目\r\n<b>二行目")],
        )
        .await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let place = saved.place().to_owned();
    let preview = browser.get(&place).await.text;
    assert!(
        preview.contains("まだ掲載していません") && preview.contains("一行目\n&lt;b&gt;二行目"),
        "{preview}"
    );
    let english = browser.get(&format!("{place}?lang=en")).await.text;
    assert!(
        english.contains("Not published yet") && english.contains("service kind 43"),
        "{english}"
    );
    let changed = browser.act(&place, &[("text", "直した")]).await;
    assert_eq!(changed.place(), place);
    assert!(browser.get(&place).await.text.contains("すべての事業所"));
    // What was changed after the page was drawn is shown again, not published.
    let publish = format!("{place}/publish");
    assert_eq!(browser.act(&publish, &[("read", "1")]).await.place(), place);
    let shown = browser.get(&place).await.text;
    let (_, read) = shown.split_once("name=\"read\" value=\"").unwrap();
    let (read, _) = read.split_once('"').unwrap();
    assert_eq!(browser.act(&publish, &[("read", read)]).await.place(), "/notices");
    assert!(browser.get("/notices").await.text.contains("直した"));
    let second = browser.act("/notices/drafts", &[("text", "要らない")]).await;
    let discarded = browser.act(&format!("{}/discard", second.place()), &[]).await;
    assert_eq!(discarded.status, 303);
    assert!(!browser.get("/notices").await.text.contains("要らない"));
    assert_eq!(browser.get(second.place()).await.status, 404);
    let acts = [
        "notice.draft",
        "notice.draft",
        "notice.publish",
        "notice.draft",
        "notice.discard",
    ];
    assert_eq!(desk.acts().await, acts);
}
