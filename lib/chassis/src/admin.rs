//! The admin port of every station: `/live`, `/ready`, `/metrics`. Loopback unless configured otherwise; it knows no
//! envelope, no office and no secret.

use std::net::SocketAddr;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::health::Health;
use crate::metrics::Metrics;
use crate::shutdown::Shutdown;

/// The admin keys of a program's configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdminConfig {
    /// Address and port of the admin port, such as `127.0.0.1:9100`; port 0 takes a free one.
    pub listen: SocketAddr,
}

#[derive(Clone)]
struct Parts {
    metrics: Metrics,
    health: Health,
    shutdown: Shutdown,
}

/// Opens the admin port and serves it for the rest of the process, drain included, so that the drain can be watched;
/// `/ready` is 503 from the moment shutdown begins. Returns the address it listens on.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    listen: SocketAddr,
    metrics: Metrics,
    health: Health,
    shutdown: Shutdown,
) -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind(listen).await?;
    let bound = listener.local_addr()?;
    tell_readiness(&metrics, health.clone());
    let app = app(metrics, health, shutdown);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, app).await {
            tracing::error!(%error, "the admin port closed");
        }
    });
    Ok(bound)
}

/// The parts of `/ready` as numbers, as they stand when they are asked for.
fn tell_readiness(metrics: &Metrics, health: Health) {
    let ready = metrics.gauge(
        "relay_ready",
        "1 while this part of the process can work, else 0; /ready tells the reason. A stage at 0 is probing what failed it and loses nothing.",
        &["part"],
    );
    metrics.at_render(move || {
        for (part, is_ready) in health.parts() {
            ready.with(&[&part]).set(if is_ready { 1.0 } else { 0.0 });
        }
    });
}

/// The routes of the admin port.
fn app(metrics: Metrics, health: Health, shutdown: Shutdown) -> Router {
    Router::new()
        .route("/live", get(|| async { "ok" }))
        .route("/ready", get(ready))
        .route("/metrics", get(render))
        .with_state(Parts {
            metrics,
            health,
            shutdown,
        })
}

async fn ready(State(parts): State<Parts>) -> Response {
    let mut readiness = parts.health.ready();
    if parts.shutdown.begun() {
        readiness.ready = false;
        readiness
            .reasons
            .insert("shutdown".to_owned(), "shutting down".to_owned());
    }
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness)).into_response()
}

async fn render(State(parts): State<Parts>) -> Response {
    let kind = (header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
    ([kind], parts.metrics.render()).into_response()
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    async fn get(address: SocketAddr, path: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: admin\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn live_ready_and_metrics_answer() {
        let metrics = Metrics::new();
        metrics
            .counter("relay_tests_total", "Tests run.", &[])
            .with(&[])
            .inc();
        let health = Health::new();
        let broker = health.part("broker");
        let shutdown = Shutdown::new();
        let listen = "127.0.0.1:0".parse().unwrap();
        let address = serve(listen, metrics, health, shutdown.clone()).await.unwrap();

        assert!(get(address, "/live").await.ends_with("\r\n\r\nok"));
        let starting = get(address, "/ready").await;
        assert!(starting.starts_with("HTTP/1.1 503"), "{starting}");
        assert!(
            starting.contains(r#"{"ready":false,"reasons":{"broker":"starting"}}"#),
            "{starting}"
        );
        broker.set_ready(true, "");
        assert!(get(address, "/ready").await.starts_with("HTTP/1.1 200"));
        let text = get(address, "/metrics").await;
        assert!(text.contains("relay_tests_total 1"), "{text}");
        assert!(text.contains("process_resident_memory_bytes"), "{text}");
        assert!(text.contains(r#"relay_ready{part="broker"} 1"#), "{text}");
        shutdown.begin();
        let ending = get(address, "/ready").await;
        assert!(
            ending.starts_with("HTTP/1.1 503") && ending.contains("shutting down"),
            "{ending}"
        );
    }
}
