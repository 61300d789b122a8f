//! From ended spans to the collector: a bounded queue, batches, a few tries. Whatever does not fit is dropped and counted.

use std::time::Duration;

use proto::otlp::{self, Span};
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, StatusCode, Url};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::metrics::Counter;

/// Most spans waiting for the collector; about a megabyte.
const WAITING: usize = 4096;

/// Most spans of a request.
const BATCH: usize = 512;

/// How long a span waits for others to share its request.
const LINGER: Duration = Duration::from_secs(1);

/// How long a request may take.
const WITHIN: Duration = Duration::from_secs(5);

/// How often a batch is tried.
const TRIES: u32 = 3;

/// Before it is tried again, the second time twice as long.
const AGAIN: Duration = Duration::from_millis(500);

/// Where spans wait.
#[derive(Clone)]
pub(super) struct Queue {
    jobs: mpsc::Sender<Job>,
    dropped: Counter,
}

enum Job {
    Span(Box<Span>),
    /// Everything before it is to be sent, and then said so.
    Flush(oneshot::Sender<()>),
}

/// The way to the collector.
pub(super) struct Exporter {
    client: Client,
    url: Url,
    instance: String,
    sent: Counter,
    dropped: Counter,
    /// The collector did not take the last batch; that is logged once.
    away: bool,
}

/// The receiver's address for traces below this base.
///
/// # Errors
/// Why it is none.
pub(super) fn address(endpoint: &str) -> Result<Url, String> {
    let url = Url::parse(&otlp::address(endpoint)).map_err(|error| format!("is no address: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err("must begin with http:// or https://, as in http://127.0.0.1:4318".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must be without user and password; put a collector of your own in between".to_owned());
    }
    Ok(url)
}

impl Queue {
    /// Never waits.
    pub(super) fn put(&self, span: Span) {
        if self.jobs.try_send(Job::Span(Box::new(span))).is_err() {
            self.dropped.inc();
        }
    }

    pub(super) async fn flush(&self, within: Duration) {
        let (told, done) = oneshot::channel();
        let flushing = async {
            if self.jobs.send(Job::Flush(told)).await.is_ok() {
                let _ = done.await;
            }
        };
        if timeout(within, flushing).await.is_err() {
            tracing::info!("the collector did not take the last spans in time");
        }
    }
}

impl Exporter {
    pub(super) fn to(
        endpoint: &str,
        instance: &str,
        sent: Counter,
        dropped: Counter,
    ) -> Result<Self, String> {
        let url = address(endpoint)?;
        let client = Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(WITHIN)
            .build()
            .map_err(|error| format!("cannot be reached from here: {}", error.without_url()))?;
        Ok(Self {
            client,
            url,
            instance: instance.to_owned(),
            sent,
            dropped,
            away: false,
        })
    }

    /// Sends for the rest of the process.
    pub(super) fn start(mut self) -> Queue {
        let (sender, mut jobs) = mpsc::channel(WAITING);
        let queue = Queue {
            jobs: sender,
            dropped: self.dropped.clone(),
        };
        tokio::spawn(async move {
            while let Some(first) = jobs.recv().await {
                let (batch, flushed) = collect(first, &mut jobs).await;
                self.send(&batch).await;
                if let Some(flushed) = flushed {
                    let _ = flushed.send(());
                }
            }
        });
        queue
    }

    async fn send(&mut self, batch: &[Span]) {
        if batch.is_empty() {
            return;
        }
        let count = batch.len() as u64;
        let request = otlp::request(&self.instance, env!("CARGO_PKG_VERSION"), batch);
        let body = bytes::Bytes::from(request.to_string());
        for attempt in 1..=TRIES {
            let failed = match self.once(body.clone()).await {
                Ok(()) => {
                    self.sent.inc_by(count);
                    if std::mem::take(&mut self.away) {
                        tracing::info!("the collector takes spans again");
                    }
                    return;
                }
                Err(failed) => failed,
            };
            if !failed.again || attempt == TRIES {
                self.dropped.inc_by(count);
                if !std::mem::replace(&mut self.away, true) {
                    tracing::warn!(
                        cause = failed.cause,
                        "the collector does not take spans; they are dropped until it does"
                    );
                }
                return;
            }
            sleep(AGAIN * attempt).await;
        }
    }

    async fn once(&self, body: bytes::Bytes) -> Result<(), Failed> {
        let request = self.client.post(self.url.clone());
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        match request.send().await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(Failed {
                // OTLP 1.x, "Failures": these and no others are tried again.
                again: matches!(
                    answer.status(),
                    StatusCode::TOO_MANY_REQUESTS
                        | StatusCode::BAD_GATEWAY
                        | StatusCode::SERVICE_UNAVAILABLE
                        | StatusCode::GATEWAY_TIMEOUT
                ),
                cause: answer.status().to_string(),
            }),
            Err(error) => Err(Failed {
                again: true,
                cause: error.without_url().to_string(),
            }),
        }
    }
}

/// A batch that was not taken.
struct Failed {
    again: bool,
    cause: String,
}

/// The first and what comes soon after it.
async fn collect(first: Job, jobs: &mut mpsc::Receiver<Job>) -> (Vec<Span>, Option<oneshot::Sender<()>>) {
    let until = Instant::now() + LINGER;
    let mut batch = Vec::new();
    let mut next = Some(first);
    while let Some(job) = next {
        match job {
            Job::Span(span) => batch.push(*span),
            Job::Flush(flushed) => return (batch, Some(flushed)),
        }
        if BATCH <= batch.len() {
            break;
        }
        next = timeout_at(until, jobs.recv()).await.ok().flatten();
    }
    (batch, None)
}

#[cfg(test)]
mod tests {
    use proto::Traceparent;
    use proto::otlp::Kind;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;
    use crate::metrics::Metrics;

    fn span() -> Span {
        Span {
            context: Traceparent {
                trace_id: [1; 16],
                span_id: [2; 8],
                flags: 1,
            },
            parent: None,
            links: Vec::new(),
            service: "validation",
            name: "process validation".into(),
            kind: Kind::Consumer,
            begin: 1,
            end: 2,
            attributes: Vec::new(),
            error: None,
        }
    }

    fn exporter(endpoint: &str) -> (Exporter, Counter, Counter) {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let counts = Metrics::new().counter("relay_trace_spans_total", "Spans.", &["outcome"]);
        let (sent, dropped) = (counts.with(&["sent"]), counts.with(&["dropped"]));
        let exporter = Exporter::to(endpoint, "a/b/1", sent.clone(), dropped.clone()).unwrap();
        (exporter, sent, dropped)
    }

    /// Answers each request with the next of these status lines; then no more.
    async fn collector(answers: &'static [&'static str]) -> (String, tokio::task::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let taking = tokio::spawn(async move {
            let mut requests = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = String::new();
                while !request.ends_with("]}]}]}") {
                    let mut part = [0; 4096];
                    let read = stream.read(&mut part).await.unwrap();
                    assert_ne!(read, 0);
                    request.push_str(std::str::from_utf8(&part[..read]).unwrap());
                }
                let answer =
                    format!("HTTP/1.1 {answer}\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}");
                stream.write_all(answer.as_bytes()).await.unwrap();
                requests.push(request);
            }
            requests
        });
        (endpoint, taking)
    }

    #[tokio::test]
    async fn a_busy_collector_is_asked_again_with_the_same_batch() {
        let (endpoint, taking) = collector(&["503 Service Unavailable", "200 OK"]).await;
        let (exporter, sent, dropped) = exporter(&endpoint);
        let queue = exporter.start();
        queue.put(span());
        queue.put(span());
        queue.flush(Duration::from_secs(20)).await;
        let requests = taking.await.unwrap();
        assert!(
            requests[1].starts_with("POST /v1/traces HTTP/1.1"),
            "{}",
            requests[1]
        );
        assert!(requests[1].contains("application/json"));
        assert_eq!(requests[1].matches("spanId").count(), 2);
        assert_eq!((sent.get(), dropped.get()), (2, 0));
    }

    #[tokio::test]
    async fn a_collector_that_refuses_is_not_asked_again() {
        let (endpoint, taking) = collector(&["400 Bad Request"]).await;
        let (exporter, sent, dropped) = exporter(&endpoint);
        let queue = exporter.start();
        queue.put(span());
        queue.flush(Duration::from_secs(20)).await;
        assert_eq!(taking.await.unwrap().len(), 1);
        assert_eq!((sent.get(), dropped.get()), (0, 1));
    }

    #[tokio::test]
    async fn what_finds_no_room_is_dropped_and_counted_at_once() {
        // Takes connections and never answers.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let (exporter, sent, dropped) = exporter(&endpoint);
        let queue = exporter.start();
        let begun = Instant::now();
        for _ in 0..WAITING + BATCH + 10 {
            queue.put(span());
        }
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert!(10 <= dropped.get(), "{}", dropped.get());
        assert_eq!(sent.get(), 0);
    }
}
