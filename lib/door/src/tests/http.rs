//! Every refusal is a problem document; HTTP/1.1 and HTTP/2.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt, Channel};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::world::World;

#[tokio::test]
async fn no_route_no_method_and_a_panic_are_problem_documents() {
    let open = World::new().await.open().await;
    let missing = open.get(None, "/nowhere").await;
    assert_eq!(
        (missing.status(), missing.code().as_str()),
        (404, "http.not_found")
    );
    let method = open.get(None, "/take").await;
    assert_eq!((method.status(), method.code().as_str()), (405, "http.method"));
    assert_eq!(method.header("allow").unwrap(), "POST");
    let fault = open.get(None, "/panic").await;
    assert_eq!((fault.status(), fault.code().as_str()), (500, "http.internal"));
}

#[tokio::test]
async fn a_body_too_large_is_told_so_even_while_it_is_still_coming() {
    let open = World::new().await.open().await;
    let length = 3_000_000;
    let mut request = format!("POST /take HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
    request.push_str(&"x".repeat(length));
    let answer = open
        .ask(Arc::new(open.client(None)), request.as_bytes())
        .await
        .unwrap();
    assert_eq!((answer.status(), answer.code().as_str()), (413, "http.too_large"));
}

#[tokio::test]
async fn a_body_of_unknown_length_is_cut_at_the_limit() {
    let open = World::new().await.open().await;
    let head = "POST /take HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
    let chunk = format!("3e8\r\n{}\r\n", "x".repeat(1_000));
    let fits = format!("{head}Connection: close\r\n\r\n{chunk}0\r\n\r\n");
    let answer = open
        .ask(Arc::new(open.client(None)), fits.as_bytes())
        .await
        .unwrap();
    assert_eq!((answer.status(), answer.body.as_str()), (200, "1000 bytes"));
    let large = format!("{head}Connection: close\r\n\r\n{chunk}1\r\nx\r\n0\r\n\r\n");
    let answer = open
        .ask(Arc::new(open.client(None)), large.as_bytes())
        .await
        .unwrap();
    assert_eq!((answer.status(), answer.code().as_str()), (413, "http.too_large"));
}

#[tokio::test]
async fn who_asks_too_often_reads_when_to_come_back() {
    let mut world = World::new().await;
    world.config.requests_per_minute = 2;
    let office = world.office().await;
    let open = world.open().await;
    for _ in 0..2 {
        assert_eq!(open.get(Some(&office), "/who").await.status(), 200);
    }
    let answer = open.get(Some(&office), "/who").await;
    assert_eq!((answer.status(), answer.code().as_str()), (429, "http.too_many"));
    let seconds: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=31).contains(&seconds), "{seconds}");
}

#[tokio::test]
async fn an_ordinary_http_2_client_comes_in() {
    let world = World::new().await;
    let office = world.office().await;
    let open = world.open().await;
    let mut pair = office.key_pem.clone();
    pair.extend_from_slice(&office.cert_pem);
    let client = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&open.world.servers.cert_pem()).unwrap()])
        .identity(reqwest::Identity::from_pem(&pair).unwrap())
        .resolve("localhost", open.address)
        .build()
        .unwrap();
    let url = format!("https://localhost:{}", open.address.port());
    let answer = client.get(format!("{url}/who")).send().await.unwrap();
    assert_eq!(answer.version(), axum::http::Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "office:0300000100");
    let missing = client.get(format!("{url}/nowhere")).send().await.unwrap();
    assert_eq!(missing.status(), 404);
    assert_eq!(missing.headers()["content-type"], "application/problem+json");
}

/// curl before 8 ends its body when it sees the head of a refusal, shorter than it announced: an error of the protocol
/// whose reset would overtake the refusal's text. So nothing is answered while a body comes.
#[tokio::test]
async fn an_http_2_client_is_refused_when_its_body_has_come() {
    let open = World::new().await.open().await;
    let mut client = open.client(None);
    client.alpn_protocols = vec![b"h2".to_vec()];
    let stream = open.connect(Arc::new(client)).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let (mut frames, body) = Channel::<Bytes>::new(1);
    let request = axum::http::Request::post("https://localhost/take")
        .header("content-length", 3_000)
        .body(body)
        .unwrap();
    let mut answer = pin!(sender.send_request(request));
    for _ in 0..3 {
        let early = tokio::time::timeout(Duration::from_millis(200), &mut answer).await;
        assert!(early.is_err(), "answered while the body comes");
        frames.send_data(Bytes::from(vec![b'x'; 1_000])).await.unwrap();
    }
    drop(frames);
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 413);
    let text = answer.into_body().collect().await.unwrap().to_bytes();
    assert!(
        text.starts_with(b"{") && text.ends_with(b"}"),
        "the whole of it: {text:?}"
    );
}

#[tokio::test]
async fn requests_are_counted_by_route_and_status() {
    use tower::ServiceExt;
    let metrics = chassis::metrics::Metrics::new();
    let router = axum::Router::new().route("/v1/inbox/{id}", axum::routing::get(|| async { "ok" }));
    let router = crate::measured(crate::finish(router), &metrics);
    for path in ["/v1/inbox/secret", "/elsewhere"] {
        let request = axum::http::Request::get(path)
            .body(axum::body::Body::empty())
            .unwrap();
        router.clone().oneshot(request).await.unwrap();
    }
    let text = metrics.render();
    let line = r#"relay_door_requests_total{method="GET",route="/v1/inbox/{id}",status="200"} 1"#;
    assert!(text.contains(line), "{text}");
    assert!(text.contains(r#"route="none",status="404"} 1"#), "{text}");
    assert!(!text.contains("secret"), "{text}");
}

#[tokio::test]
async fn a_page_tells_its_refusal_itself() {
    use axum::http::{Request, StatusCode};
    use axum::response::Html;
    use axum::routing::get;
    use tower::ServiceExt;
    let router = axum::Router::new()
        .route("/page", get(|| async { (StatusCode::FORBIDDEN, Html("<p>no")) }))
        .route("/words", get(|| async { (StatusCode::NOT_FOUND, "no") }));
    let router = crate::finish(router);
    for (path, kind) in [("/page", "text/html"), ("/words", "application/problem+json")] {
        let request = Request::get(path).body(axum::body::Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let told = answer.headers()["content-type"].to_str().unwrap();
        assert!(told.starts_with(kind), "{path}: {told}");
    }
}
