//! Conformance results at the desk: what is taken, what is refused and why, and the page of products.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chassis::process::now;
use proto::api::{ImportResult, Imported};
use proto::desk_roles::OperatorRole;
use reqwest::Method;
use seal::Sealer;
use seal::authority::{Authority, Issued, Usage};
use seal::trust::Role;
use serde_json::{Value, json};

use crate::ground::{Desk, OFFICE, bind, issue};
use crate::parked::mailboxed;

const RESULTS: &str = "/v1/products/results";

fn result() -> Value {
    json!({
        "format": "careplan-conformance/1", "product": "Kaigo & Co", "version": "3.1", "tool": "careplan 0.1.0",
        "catalogue": 1, "office": OFFICE, "product_office": "0300000005", "relay": "https://relay.example:8444",
        "began_at": now().plus_seconds(-60), "ended_at": now(),
        "cases": [
            { "case": "sends.usage", "outcome": "passed" },
            { "case": "sends.plan", "outcome": "failed", "findings": [{ "ja": "誤り", "en": "wrong" }] },
        ],
    })
}

fn signed(by: &Issued, content: &[u8]) -> Vec<u8> {
    Sealer::from_pem(&by.cert_pem, &by.key_pem)
        .unwrap()
        .seal(content)
        .unwrap()
}

async fn add(desk: &Desk, signed: &[u8]) -> (u16, Value) {
    let body = json!({ "signed": STANDARD.encode(signed) });
    let (status, answer) = desk.act(Method::POST, RESULTS, Some(body)).await;
    (status.as_u16(), answer)
}

#[tokio::test]
async fn a_result_is_taken_when_seal_signer_and_content_are_right() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let office = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    let good = signed(&office, result().to_string().as_bytes());
    let (status, answer) = add(&desk, &good).await;
    assert_eq!(
        (status, &answer["code"]),
        (403, &json!("conformance.signer")),
        "bound to nobody yet"
    );
    bind(&desk.store, &format!("office:{OFFICE}"), &office).await;

    for _ in 0..2 {
        let (status, entry) = add(&desk, &good).await;
        assert_eq!(status, 200, "{entry}");
        assert_eq!(
            (&entry["product"], &entry["passed"], &entry["failed_cases"]),
            (&json!("Kaigo & Co"), &json!(1), &json!(["sends.plan"]))
        );
    }
    let (_, list) = desk.act(Method::GET, "/v1/products", None).await;
    assert_eq!(
        (
            &list["items"][0]["results"],
            list["items"].as_array().unwrap().len()
        ),
        (&json!(1), 1)
    );

    let mut altered = good.clone();
    let at = altered
        .windows(9)
        .position(|bytes| bytes == b"Kaigo & C")
        .unwrap();
    altered[at] = b'M';
    let stranger = issue(
        &Authority::create("unknown", Role::Office).unwrap(),
        "x",
        &[OFFICE],
        Usage::ClientAndSign,
    );
    let others = issue(
        &desk.offices,
        "KJ000300000005",
        &["0300000005"],
        Usage::ClientAndSign,
    );
    bind(&desk.store, "office:0300000005", &others).await;
    let with = |pointer: &str, value: Value| {
        let mut result = result();
        *result.pointer_mut(pointer).unwrap() = value;
        signed(&office, result.to_string().as_bytes())
    };
    let large = vec![b' '; 150_000];
    let text = result().to_string();
    for (what, bytes, status, code, words) in [
        (
            "altered by one byte",
            altered,
            422,
            "seal.signature",
            "does not fit",
        ),
        (
            "of an unknown authority",
            signed(&stranger, text.as_bytes()),
            422,
            "seal.untrusted",
            "does not trust",
        ),
        (
            "of another office",
            signed(&others, text.as_bytes()),
            403,
            "conformance.signer",
            "bound",
        ),
        ("no CMS", b"hello".to_vec(), 400, "seal.not_cms", "CMS"),
        (
            "no JSON",
            signed(&office, b"hello"),
            422,
            "conformance.result",
            "not JSON at line 1",
        ),
        (
            "too large",
            signed(&office, &large),
            422,
            "conformance.result",
            "larger than 131072 bytes",
        ),
        (
            "far too large",
            vec![0; 300_000],
            413,
            "http.too_large",
            "too large",
        ),
        (
            "another format",
            with("/format", json!("x")),
            422,
            "conformance.result",
            "format has a value",
        ),
        (
            "of tomorrow",
            with("/ended_at", json!(now().plus_seconds(86_400))),
            422,
            "conformance.result",
            "in the future",
        ),
    ] {
        let (got, answer) = add(&desk, &bytes).await;
        assert_eq!((got, &answer["code"]), (status, &json!(code)), "{what}: {answer}");
        let title = answer["title"].as_str().unwrap();
        assert!(title.contains(words), "{what}: {title}");
    }
    assert_eq!(
        desk.acts().await,
        ["office.put", "product.result", "product.result"]
    );

    let role = OperatorRole::View;
    desk.store.put_operator_role("sato", role, now()).await.unwrap();
    assert_eq!(add(&desk, &good).await.1["code"], "desk.role");
}

#[tokio::test]
async fn the_page_shows_results_and_the_matrix_as_text() {
    let desk = Desk::open().await;
    desk.put_office().await;
    let page = async |lang: &str| {
        let client = desk.client(Some(&desk.operator));
        let request = client.get(format!("{}/products?lang={lang}", desk.url));
        request.send().await.unwrap().text().await.unwrap()
    };
    let empty = page("en").await;
    assert!(empty.contains("No product is registered.") && empty.contains("No import was reported yet."));
    let office = issue(&desk.offices, "KJ000300000100", &[OFFICE], Usage::ClientAndSign);
    bind(&desk.store, &format!("office:{OFFICE}"), &office).await;
    add(&desk, &signed(&office, result().to_string().as_bytes())).await;
    let (id, destination) = mailboxed(&desk, "kaigo & co 3.1").await;
    let imported = Imported {
        result: ImportResult::Failed,
        problems: vec![proto::Problem::new(&proto::codes::HTTP_BAD_REQUEST)],
        software: Some("山田太郎".to_owned()),
    };
    let told = desk
        .store
        .imported(destination, id, &imported, "delivery/test/1", now())
        .await;
    assert!(told.unwrap().is_some());
    let (_, matrix) = desk.act(Method::GET, "/v1/products/imports", None).await;
    let pair = &matrix["items"][0];
    assert_eq!(
        (&pair["made_with"], &pair["failed"]),
        (&json!("Kaigo & Co"), &json!(1)),
        "{matrix}"
    );
    let shown = page("ja").await;
    for words in [
        "Kaigo &amp; Co",
        "sends.plan",
        "0 / 1",
        "未登録のソフト",
        "http.bad_request",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("山田"), "{shown}");
}
