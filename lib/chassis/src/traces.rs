//! Traces: spans of this process, sampled, and handed to a collector by OTLP. Off unless [`start`] was called with an address.
//!
//! Nothing here waits, fails or tells anyone off: a span that finds no room is dropped and counted. What a span says is ids,
//! office numbers, stages, outcomes and codes, never anything a person wrote.

mod export;

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use proto::otlp::{Kind, Span};
use proto::{EnvelopeId, Traceparent};
use serde::Deserialize;

use crate::config::ConfigError;
use crate::metrics::Metrics;
use export::{Exporter, Queue};

/// The keys under `traces`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TracesConfig {
    /// Base address of an OTLP receiver over HTTP, such as `http://127.0.0.1:4318`; empty: no traces.
    pub endpoint: String,
    /// Part of all traces that is recorded, 0 to 1.
    pub ratio: f64,
}

impl Default for TracesConfig {
    fn default() -> Self {
        Self {
            endpoint: String::new(),
            ratio: 1.0,
        }
    }
}

impl TracesConfig {
    /// # Errors
    /// The key that cannot be used.
    pub fn check(&self) -> Result<(), ConfigError> {
        if !self.endpoint.is_empty() {
            export::address(&self.endpoint).map_err(|detail| ConfigError::rule("traces.endpoint", detail))?;
        }
        if !(0.0..=1.0).contains(&self.ratio) {
            return Err(ConfigError::rule("traces.ratio", "must be from 0 to 1"));
        }
        Ok(())
    }
}

/// This process's recorder. One a process, as there is one log: spans begin in places no handle reaches.
static RECORDER: OnceLock<Recorder> = OnceLock::new();

struct Recorder {
    queue: Queue,
    ratio: f64,
}

/// Below what a span begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Under {
    /// A span that is recorded.
    Span(Traceparent),
    /// None: the span is the first of this trace.
    Root(Traceparent),
}

impl Under {
    /// The trace as it stands in headers.
    #[must_use]
    pub fn context(self) -> Traceparent {
        match self {
            Self::Span(context) | Self::Root(context) => context,
        }
    }
}

/// Starts recording; again does nothing. `instance` names the process.
///
/// # Errors
/// When the endpoint cannot be used.
pub fn start(config: &TracesConfig, instance: &str, metrics: &Metrics) -> Result<(), ConfigError> {
    config.check()?;
    let counts = metrics.counter(
        "relay_trace_spans_total",
        "Spans of traces: sent, the collector has taken them; dropped, it was away or slow and there was no more room. Rising dropped: \
         traces have holes, envelopes do not.",
        &["outcome"],
    );
    let (sent, dropped) = (counts.with(&["sent"]), counts.with(&["dropped"]));
    if config.endpoint.is_empty() || RECORDER.get().is_some() {
        return Ok(());
    }
    let unusable = |detail: String| ConfigError::rule("traces.endpoint", detail);
    let exporter = Exporter::to(&config.endpoint, instance, sent, dropped).map_err(unusable)?;
    let recorder = Recorder {
        queue: exporter.start(),
        ratio: config.ratio,
    };
    // An error only says that another recorder is already there: the first call counts.
    let _ = RECORDER.set(recorder);
    tracing::info!(
        endpoint = config.endpoint,
        ratio = config.ratio,
        "traces are recorded"
    );
    Ok(())
}

/// Whether any span is recorded in this process.
pub(crate) fn are_recorded() -> bool {
    RECORDER.get().is_some()
}

/// Hands over what was recorded, as far as the collector takes it within this time: for the end of the process.
pub async fn flush(within: Duration) {
    if let Some(recorder) = RECORDER.get() {
        recorder.queue.flush(within).await;
    }
}

/// Where the trace of a submission goes on: at the client's span if the client records it, else at the beginning of the
/// trace it named, else at the beginning of the envelope's own. Whether it is recorded is decided here and not by the client: what
/// somebody outside writes into a header puts no load on the operators' collector.
#[must_use]
pub fn accept(given: Option<Traceparent>, id: EnvelopeId) -> Under {
    match given {
        Some(given) if given.is_sampled() => Under::Span(decided(given)),
        Some(given) => Under::Root(decided(given)),
        None => Under::Root(decided(Traceparent::of(id))),
    }
}

/// The span of the envelope's entry into the mailbox, for those who come later: collection, channels, acknowledgements.
#[must_use]
pub fn of(id: EnvelopeId) -> Under {
    Under::Span(decided(Traceparent::of(id)))
}

fn decided(context: Traceparent) -> Traceparent {
    let recorded = RECORDER
        .get()
        .is_some_and(|recorder| context.is_within(recorder.ratio));
    context.sampled(recorded)
}

/// Begins a span; none when its trace is not recorded.
#[must_use]
pub fn begin(service: &'static str, kind: Kind, name: impl Into<String>, under: Under) -> Option<Recording> {
    let recorder = RECORDER.get()?;
    let context = under.context();
    if !context.is_sampled() {
        return None;
    }
    let parent = match under {
        Under::Span(parent) => Some(parent.span_id),
        Under::Root(_) => None,
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let begin = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
    Some(Recording {
        span: Some(Span {
            // All zeros would be no id.
            context: context.child(rand::random_range(1..=u64::MAX).to_be_bytes()),
            parent,
            links: Vec::new(),
            service,
            name: name.into(),
            kind,
            begin,
            end: begin,
            attributes: Vec::with_capacity(8),
            error: None,
        }),
        begun: Instant::now(),
        queue: recorder.queue.clone(),
    })
}

/// A span that goes on until it is dropped.
pub struct Recording {
    span: Option<Span>,
    begun: Instant,
    queue: Queue,
}

impl Recording {
    /// Its place in the trace, for headers and for what begins below it.
    #[must_use]
    pub fn context(&self) -> Option<Traceparent> {
        self.span.as_ref().map(|span| span.context)
    }

    /// Where something begins below it.
    #[must_use]
    pub fn below(&self) -> Option<Under> {
        self.context().map(Under::Span)
    }

    /// A fact about it: an id, a number of an office, a word of a closed set.
    pub fn note(&mut self, name: &'static str, value: impl ToString) {
        if let Some(span) = &mut self.span {
            span.attributes.push((name, value.to_string()));
        }
    }

    /// It belongs with this span too.
    pub fn link(&mut self, to: Traceparent) {
        if let Some(span) = &mut self.span {
            span.links.push(to);
        }
    }

    /// It failed, in words of our own.
    pub fn fail(&mut self, error: impl ToString) {
        if let Some(span) = &mut self.span {
            span.error = Some(error.to_string());
        }
    }

    /// It began so long ago.
    pub fn since(&mut self, ago: Duration) {
        if let Some(span) = &mut self.span {
            let ago = u64::try_from(ago.as_nanos()).unwrap_or(0);
            span.begin = span.begin.saturating_sub(ago);
            span.end = span.begin;
            self.begun = self
                .begun
                .checked_sub(Duration::from_nanos(ago))
                .unwrap_or(self.begun);
        }
    }

    /// Nobody is to see it.
    pub fn forget(mut self) {
        self.span = None;
    }

    /// It has this id, by which those who come later find it.
    pub fn known_as(&mut self, span_id: [u8; 8]) {
        if let Some(span) = &mut self.span {
            span.context.span_id = span_id;
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(mut span) = self.span.take() {
            let lasted = u64::try_from(self.begun.elapsed().as_nanos()).unwrap_or(0);
            span.end = span.begin.saturating_add(lasted);
            self.queue.put(span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_the_keys_is_named() {
        let slip = |endpoint: &str, ratio| {
            let config = TracesConfig {
                endpoint: endpoint.to_owned(),
                ratio,
            };
            config.check().map_err(|error| error.to_string())
        };
        assert!(slip("", 1.0).is_ok() && slip("http://127.0.0.1:4318/", 0.0).is_ok());
        for bad in ["127.0.0.1:4318", "ftp://a", "http://user:word@a:4318"] {
            assert!(slip(bad, 1.0).unwrap_err().contains("traces.endpoint"), "{bad}");
        }
        for bad in [-0.1, 1.1, f64::NAN] {
            assert!(slip("", bad).unwrap_err().contains("traces.ratio"), "{bad}");
        }
    }

    #[test]
    fn without_a_collector_nothing_is_recorded_and_traces_are_still_carried() {
        let given: Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
            .parse()
            .unwrap();
        let id = EnvelopeId::of(b"x");
        assert_eq!(accept(Some(given), id).context(), given.sampled(false));
        assert_eq!(accept(None, id), Under::Root(Traceparent::of(id)));
        let under = accept(Some(given), id);
        assert!(begin("ingest", Kind::Server, "POST", under).is_none());
    }
}
