//! A collector of traces: a small HTTP server that decodes OTLP/HTTP JSON strictly, and can be slow or refuse.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A receiver of OTLP over HTTP on a port of its own.
pub struct Collector {
    /// Its base address.
    pub url: String,
    kept: Arc<Kept>,
    serving: JoinHandle<()>,
}

/// How it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes everything.
    Takes,
    /// Reads and never answers.
    Silent,
    /// Says 503.
    Busy,
}

#[derive(Default)]
struct Kept {
    mood: AtomicU8,
    spans: Mutex<Vec<TracedSpan>>,
    bodies: Mutex<Vec<String>>,
    faults: Mutex<Vec<String>>,
}

/// A span as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedSpan {
    /// `service.name`.
    pub service: String,
    /// `service.instance.id`.
    pub instance: String,
    /// What was done.
    pub name: String,
    /// OTLP's number of its kind.
    pub kind: u8,
    /// 32 hexadecimal digits.
    pub trace: String,
    /// 16 hexadecimal digits.
    pub id: String,
    /// The span above it.
    pub parent: Option<String>,
    /// Trace and span of each link.
    pub links: Vec<(String, String)>,
    /// Nanoseconds since 1970.
    pub begin: u64,
    /// Nanoseconds since 1970.
    pub end: u64,
    /// Its facts.
    pub attributes: BTreeMap<String, String>,
    /// What failed.
    pub error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Request {
    resource_spans: Vec<ResourceSpans>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResourceSpans {
    resource: Resource,
    scope_spans: Vec<ScopeSpans>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Resource {
    attributes: Vec<Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScopeSpans {
    #[serde(rename = "scope")]
    _scope: Scope,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Scope {
    #[serde(rename = "name")]
    _name: String,
    #[serde(rename = "version")]
    _version: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Span {
    trace_id: String,
    span_id: String,
    parent_span_id: Option<String>,
    flags: u32,
    name: String,
    kind: u8,
    start_time_unix_nano: String,
    end_time_unix_nano: String,
    attributes: Vec<Attribute>,
    links: Vec<Link>,
    status: Option<Status>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Link {
    trace_id: String,
    span_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Status {
    code: u8,
    message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Attribute {
    key: String,
    value: Text,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Text {
    string_value: String,
}

impl Collector {
    /// Opens it on a free port.
    ///
    /// # Errors
    /// When there is none.
    pub async fn open() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let kept = Arc::new(Kept::default());
        let keeping = kept.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let kept = keeping.clone();
                tokio::spawn(async move {
                    if let Err(error) = kept.serve(stream).await {
                        let mut faults = kept.faults.lock().unwrap_or_else(PoisonError::into_inner);
                        faults.push(format!("{error:#}"));
                    }
                });
            }
        });
        Ok(Self { url, kept, serving })
    }

    /// From now on it answers like this.
    pub fn be(&self, mood: Mood) {
        self.kept.mood.store(mood as u8, Ordering::Relaxed);
    }

    /// Closes its port: connections are refused from now on.
    pub fn close(&self) {
        self.serving.abort();
    }

    /// Every span received.
    ///
    /// # Errors
    /// When anything received was not OTLP.
    pub fn spans(&self) -> anyhow::Result<Vec<TracedSpan>> {
        let faults = self.kept.faults.lock().unwrap_or_else(PoisonError::into_inner);
        ensure!(faults.is_empty(), "not OTLP: {faults:?}");
        let spans = self.kept.spans.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(spans.clone())
    }

    /// Everything received, as it was.
    #[must_use]
    pub fn bodies(&self) -> Vec<String> {
        let bodies = self.kept.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.close();
    }
}

impl Kept {
    /// One request; the connection is closed behind it.
    async fn serve(&self, mut stream: TcpStream) -> anyhow::Result<()> {
        let Some((head, body)) = read(&mut stream).await? else {
            return Ok(());
        };
        let answer = match self.mood.load(Ordering::Relaxed) {
            mood if mood == Mood::Silent as u8 => std::future::pending().await,
            mood if mood == Mood::Busy as u8 => "503 Service Unavailable",
            _ => {
                self.take(&head, &body)?;
                "200 OK"
            }
        };
        let answer = format!(
            "HTTP/1.1 {answer}\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}"
        );
        stream.write_all(answer.as_bytes()).await?;
        Ok(())
    }

    fn take(&self, head: &str, body: &str) -> anyhow::Result<()> {
        ensure!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
        let json = head
            .to_lowercase()
            .contains("\r\ncontent-type: application/json\r\n");
        ensure!(json, "not JSON: {head}");
        let spans = decode(body).with_context(|| body.to_owned())?;
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        bodies.push(body.to_owned());
        let mut kept = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend(spans);
        Ok(())
    }
}

/// Head and body of a request; none: the connection was only closed.
async fn read(stream: &mut TcpStream) -> anyhow::Result<Option<(String, String)>> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 4].to_vec())?;
            let length = head.to_lowercase();
            let length = length
                .split("\r\n")
                .find_map(|line| line.strip_prefix("content-length: "))
                .context("a request without its length")?
                .parse::<usize>()?;
            if end + 4 + length <= bytes.len() {
                let body = String::from_utf8(bytes[end + 4..].to_vec())?;
                return Ok(Some((head, body)));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            ensure!(bytes.is_empty(), "cut off after {} bytes", bytes.len());
            return Ok(None);
        }
    }
}

fn decode(body: &str) -> anyhow::Result<Vec<TracedSpan>> {
    let request: Request = serde_json::from_str(body)?;
    let mut found = Vec::new();
    for group in request.resource_spans {
        let resource = texts(group.resource.attributes)?;
        let of = |key: &str| resource.get(key).cloned().with_context(|| format!("no {key}"));
        ensure!(of("service.namespace")? == "careplan-relay");
        for span in group.scope_spans.into_iter().flat_map(|scope| scope.spans) {
            hexadecimal(&span.trace_id, 32)?;
            hexadecimal(&span.span_id, 16)?;
            if let Some(id) = &span.parent_span_id {
                hexadecimal(id, 16)?;
            }
            ensure!(span.flags == 1, "a span that is not sampled");
            ensure!((1..=5).contains(&span.kind), "kind {}", span.kind);
            let error = match span.status {
                None => None,
                Some(status) if status.code == 2 => Some(status.message),
                Some(status) => bail!("status {}", status.code),
            };
            found.push(TracedSpan {
                service: of("service.name")?,
                instance: of("service.instance.id")?,
                name: span.name,
                kind: span.kind,
                trace: span.trace_id,
                id: span.span_id,
                parent: span.parent_span_id,
                links: span
                    .links
                    .into_iter()
                    .map(|link| (link.trace_id, link.span_id))
                    .collect(),
                begin: span.start_time_unix_nano.parse()?,
                end: span.end_time_unix_nano.parse()?,
                attributes: texts(span.attributes)?,
                error,
            });
        }
    }
    Ok(found)
}

fn texts(attributes: Vec<Attribute>) -> anyhow::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for attribute in attributes {
        let before = found.insert(attribute.key.clone(), attribute.value.string_value);
        ensure!(before.is_none(), "{} twice", attribute.key);
    }
    Ok(found)
}

fn hexadecimal(id: &str, digits: usize) -> anyhow::Result<()> {
    let fits = id.len() == digits
        && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        && id.bytes().any(|byte| byte != b'0');
    ensure!(fits, "no id of {digits} digits: {id}");
    Ok(())
}
