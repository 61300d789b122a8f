//! Connections that are slow, silent, old or in the way.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::world::{Open, PATIENCE, World};

const KEPT: &[u8] = b"GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// Reads until the server closes, whichever way.
async fn until_closed(stream: &mut TlsStream<TcpStream>) -> String {
    let mut bytes = Vec::new();
    let read = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes));
    // Cut without a farewell is an error of TLS, and closed all the same.
    let _ = read.await.expect("the server closes");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Waits for one whole answer on a kept connection.
async fn one_answer(stream: &mut TlsStream<TcpStream>, end: &str) {
    let mut text = String::new();
    let mut space = [0; 4_096];
    while !text.ends_with(end) {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut space))
            .await
            .unwrap()
            .unwrap();
        assert_ne!(read, 0, "closed after {text}");
        text.push_str(std::str::from_utf8(&space[..read]).unwrap());
    }
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
}

async fn open_with_office(change: impl FnOnce(&mut World)) -> (Open, TlsStream<TcpStream>) {
    let mut world = World::new().await;
    change(&mut world);
    let office = world.office().await;
    let open = world.open().await;
    let stream = open.connect(Arc::new(open.client(Some(&office)))).await.unwrap();
    (open, stream)
}

#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_cut() {
    let (_open, mut stream) = open_with_office(|world| world.config.header_timeout_seconds = 1).await;
    stream.write_all(b"GET /who HTTP/1.1\r\nHost: loc").await.unwrap();
    let text = until_closed(&mut stream).await;
    assert!(!text.contains("200 OK"), "{text}");
}

#[tokio::test]
async fn a_silent_http_2_connection_is_cut() {
    let mut world = World::new().await;
    world.config.header_timeout_seconds = 1;
    let open = world.open().await;
    let mut client = open.client(None);
    client.alpn_protocols = vec![b"h2".to_vec()];
    let mut stream = open.connect(Arc::new(client)).await.unwrap();
    until_closed(&mut stream).await;
}

#[tokio::test]
async fn a_handshake_that_does_not_come_is_cut() {
    let mut world = World::new().await;
    world.config.handshake_timeout_seconds = 1;
    let open = world.open().await;
    let mut stream = TcpStream::connect(open.address).await.unwrap();
    let mut bytes = Vec::new();
    tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(bytes, b"");
}

#[tokio::test]
async fn a_connection_is_closed_at_its_age() {
    let (_open, mut stream) = open_with_office(|world| world.config.max_connection_age_seconds = 1).await;
    stream.write_all(KEPT).await.unwrap();
    one_answer(&mut stream, "office:0300000100").await;
    assert_eq!(until_closed(&mut stream).await, "");
}

#[tokio::test]
async fn a_connection_with_a_refused_certificate_is_closed() {
    let open = World::new().await.open().await;
    let mut stream = open.connect(Arc::new(open.client(None))).await.unwrap();
    stream.write_all(KEPT).await.unwrap();
    let text = until_closed(&mut stream).await;
    assert!(
        text.starts_with("HTTP/1.1 401") && text.contains("connection: close"),
        "{text}"
    );
}

#[tokio::test]
async fn at_shutdown_idle_connections_are_closed_and_serving_ends() {
    let (open, mut stream) = open_with_office(|_| {}).await;
    stream.write_all(KEPT).await.unwrap();
    one_answer(&mut stream, "office:0300000100").await;
    open.shutdown.begin();
    assert_eq!(until_closed(&mut stream).await, "");
    drop(stream);
    tokio::time::timeout(PATIENCE, open.serving)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(open.address).await.is_err());
}

#[tokio::test]
async fn more_connections_than_there_is_room_for_wait_their_turn() {
    let (open, first) = open_with_office(|world| world.config.max_connections = 1).await;
    let second = open.get(None, "/nowhere");
    tokio::pin!(second);
    let early = tokio::time::timeout(std::time::Duration::from_millis(200), &mut second).await;
    assert!(early.is_err(), "served beside the first");
    drop(first);
    assert_eq!(second.await.status(), 404);
}
