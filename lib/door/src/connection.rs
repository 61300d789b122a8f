//! One connection: handshake, requests, and its end at the age, at shutdown, or after a refused certificate.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode, Version, header};
use axum::response::Response;
use chassis::shutdown::Shutdown;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use rustls::ServerConfig;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::leftover::Leftover;
use crate::linger::Lingering;
use crate::{Closing, DoorConfig, Peer};

/// How long the answer under way may still take once a connection is asked to close: a long poll and a slow line.
const LAST_ANSWER: Duration = Duration::from_secs(120);
/// Bytes of a request's head.
const MOST_HEAD: u32 = 32 * 1024;
/// Between two pings of an HTTP/2 peer, and how long its answer may take.
const PING: Duration = Duration::from_secs(30);

/// What a connection needs to be served.
pub(crate) struct Connection {
    router: Router,
    shutdown: Shutdown,
    age: Duration,
    handshake: Duration,
    head: Duration,
    streams: u32,
}

/// What every request of a connection shares.
#[derive(Clone)]
struct Shared {
    router: Router,
    peer: Peer,
    /// The first request has come.
    spoke: CancellationToken,
    /// A certificate was refused: the next handshake may show a better one.
    refused: CancellationToken,
    /// It is to end after the answers under way.
    closing: Closing,
}

impl Connection {
    pub(crate) fn new(config: &DoorConfig, router: Router, shutdown: Shutdown) -> Self {
        Self {
            router,
            shutdown,
            age: config.age(),
            handshake: Duration::from_secs(config.handshake_timeout_seconds),
            head: Duration::from_secs(config.header_timeout_seconds),
            streams: config.max_streams,
        }
    }

    pub(crate) async fn serve(self, stream: TcpStream, tls: Arc<ServerConfig>) {
        // Answers are small; waiting for more of them costs a round trip.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "connection ended before its handshake");
            return;
        }
        let stream = match timeout(self.handshake, TlsAcceptor::from(tls).accept(stream)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(%error, "handshake failed");
                return;
            }
            Err(_) => {
                tracing::debug!("handshake took too long");
                return;
            }
        };
        let session = stream.get_ref().1;
        let speaks_h2 = session.alpn_protocol() == Some(b"h2");
        let shared = Shared {
            router: self.router.clone(),
            peer: Peer::of(session.peer_certificates()),
            spoke: CancellationToken::new(),
            refused: CancellationToken::new(),
            closing: Closing::default(),
        };
        let answering = shared.clone();
        let service = service_fn(move |request| answer(answering.clone(), request));
        let io = TokioIo::new(Lingering::new(stream));
        // The protocol is known from the handshake: nothing waits without a limit for a first byte that tells it.
        if speaks_h2 {
            let connection = http2::Builder::new(TokioExecutor::new())
                .timer(TokioTimer::new())
                .max_concurrent_streams(self.streams)
                .max_header_list_size(MOST_HEAD)
                .keep_alive_interval(PING)
                .keep_alive_timeout(PING)
                .serve_connection(io, service);
            self.run(&shared, connection, http2::Connection::graceful_shutdown)
                .await;
        } else {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(self.head)
                .max_header_size(MOST_HEAD as usize)
                .serve_connection(io, service);
            self.run(&shared, connection, http1::Connection::graceful_shutdown)
                .await;
        }
    }

    /// Runs a connection to its end; `close` asks it to end after the answers under way.
    async fn run<C>(&self, shared: &Shared, connection: C, close: fn(Pin<&mut C>))
    where
        C: Future<Output = Result<(), hyper::Error>>,
    {
        let mut connection = pin!(connection);
        let to_close = async {
            tokio::select! {
                () = sleep(self.age) => {}
                () = self.shutdown.wait() => {}
                () = shared.refused.cancelled() => {}
            }
        };
        let silent = async {
            tokio::select! {
                () = sleep(self.head) => {}
                () = shared.spoke.cancelled() => pending().await,
            }
        };
        tokio::select! {
            ended = connection.as_mut() => return note(ended),
            () = to_close => {}
            () = silent => {
                tracing::debug!("no request came in time");
                return;
            }
        }
        close(connection.as_mut());
        shared.closing.begin();
        match timeout(LAST_ANSWER, connection).await {
            Ok(ended) => note(ended),
            Err(_) => tracing::debug!("the last answer took too long"),
        }
    }
}

async fn answer(shared: Shared, request: Request<Incoming>) -> Result<Response, Infallible> {
    shared.spoke.cancel();
    let is_h2 = request.version() == Version::HTTP_2;
    let (head, body) = request.into_parts();
    // A client that asks first whether to send its body sends none before it is answered.
    let asks_first = head.headers.contains_key(header::EXPECT);
    let (body, seen) = Leftover::new(body, is_h2);
    let mut request = Request::from_parts(head, Body::new(body));
    request.extensions_mut().insert(shared.peer);
    request.extensions_mut().insert(shared.closing);
    let mut response = shared.router.oneshot(request).await?;
    if is_h2 && !asks_first {
        seen.quiet().await;
    }
    if !is_h2 && !seen.whole() {
        // hyper ends the connection then; told so, the client does not send its next request on it.
        response
            .headers_mut()
            .insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    if response.status() == StatusCode::UNAUTHORIZED {
        shared.refused.cancel();
    }
    Ok(response)
}

/// A connection that breaks is the peer's matter and the network's; it is no event of ours.
fn note(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}
