//! The office's end of a trace: where the trace of an envelope begins, and, if the settings name a collector, its first span.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proto::otlp::{self, Kind, Span};
use proto::{EnvelopeId, Traceparent};

use crate::failure::Failure;
use crate::settings::Settings;

/// How long the collector may take; sending is not held up longer, and only once.
const WITHIN: Duration = Duration::from_millis(500);

/// The collector did not take a span: no other is tried by this process.
static AWAY: AtomicBool = AtomicBool::new(false);

/// One envelope's sending.
#[derive(Debug)]
pub(crate) struct Traced<'a> {
    settings: &'a Settings,
    id: EnvelopeId,
    /// The one of the environment.
    given: Option<Traceparent>,
    context: Traceparent,
    begin: u64,
}

impl<'a> Traced<'a> {
    /// Goes on with the trace the environment names (`TRACEPARENT`), or begins the envelope's own.
    pub(crate) fn begin(settings: &'a Settings, id: EnvelopeId) -> Self {
        let given = settings.traceparent();
        let recorded = settings.traces_url().is_some() && !AWAY.load(Ordering::Relaxed);
        let trace = given.unwrap_or(Traceparent::of(id));
        let context = if recorded {
            // All zeros would be no id.
            let span_id = rand::random_range(1..=u64::MAX).to_be_bytes();
            trace.child(span_id).sampled(true)
        } else {
            // Without a span of our own the relay's goes on right behind the given one.
            trace
        };
        Self {
            settings,
            id,
            given,
            context,
            begin: now(),
        }
    }

    /// What the relay is told.
    pub(crate) fn context(&self) -> Traceparent {
        self.context
    }

    /// Hands the span to the collector, if there is one.
    pub(crate) async fn end(self, failure: Option<&Failure>) {
        let Some(url) = self.settings.traces_url() else {
            return;
        };
        if AWAY.load(Ordering::Relaxed) || !self.context.is_sampled() {
            return;
        }
        let mut attributes = vec![
            ("envelope.id", self.id.to_string()),
            ("http.request.method", "POST".to_owned()),
        ];
        if let Ok(office) = self.settings.office() {
            attributes.push(("office.sender", office.to_string()));
        }
        let span = Span {
            context: self.context,
            // One that nobody records would be a parent that is nowhere.
            parent: self
                .given
                .filter(|given| given.is_sampled())
                .map(|given| given.span_id),
            links: Vec::new(),
            service: "careplan",
            name: "POST /v1/envelopes".to_owned(),
            kind: Kind::Client,
            begin: self.begin,
            end: now().max(self.begin),
            attributes,
            error: failure.map(|failure| format!("exit {}", failure.exit() as u8)),
        };
        let instance = format!("careplan/{}", std::process::id());
        let request = otlp::request(&instance, env!("CARGO_PKG_VERSION"), &[span]);
        let url = otlp::address(url);
        let sending = async {
            let client = reqwest::Client::builder().no_proxy().timeout(WITHIN).build()?;
            client.post(url).json(&request).send().await?.error_for_status()
        };
        if sending.await.is_err() {
            AWAY.store(true, Ordering::Relaxed);
        }
    }
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}
