//! Numbers of this process, in a registry of its own, as Prometheus text. Labels are closed sets: stages, outcomes,
//! codes; never envelope ids, offices or persons.
//!
//! Names follow one grammar, checked at registration: `relay_`, then lower-case words joined by `_`; counters end in
//! `_total`; times are `_seconds`, sizes `_bytes`. The help text says what to conclude from the number.

mod number;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus::{HistogramOpts, Opts, Registry, TextEncoder};

pub use number::{Counter, CounterVec, Gauge, GaugeVec, Histogram, HistogramVec};

/// The process's metrics. Clones share the registry.
#[derive(Clone)]
pub struct Metrics {
    registry: Registry,
    known: Arc<Mutex<BTreeMap<String, Known>>>,
    at_render: Arc<Mutex<Vec<Refresh>>>,
}

/// Brings a number up to date.
type Refresh = Box<dyn Fn() + Send + Sync>;

/// Buckets for waits and handling times of a station, in seconds: 1 ms to a minute.
pub const SECONDS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0,
];

/// Buckets for sizes of bodies, in bytes: 1 kB to 16 MiB.
pub const BYTES: &[f64] = &[
    1_024.0,
    4_096.0,
    16_384.0,
    65_536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
];

#[derive(Clone)]
struct Known {
    help: String,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Counter(prometheus::IntCounterVec),
    Gauge(prometheus::GaugeVec),
    Histogram(prometheus::HistogramVec),
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// A new registry with the process's own numbers (`process_*`: CPU, memory, file descriptors, start).
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new();
        let process = prometheus::process_collector::ProcessCollector::for_self();
        if let Err(error) = registry.register(Box::new(process)) {
            tracing::error!(%error, "the process's own metrics are missing");
        }
        Self {
            registry,
            known: Arc::default(),
            at_render: Arc::default(),
        }
    }

    /// A counter; its name ends in `_total`. Registering a name again gives the same metric.
    #[must_use]
    pub fn counter(&self, name: &str, help: &str, labels: &[&str]) -> CounterVec {
        check(name.ends_with("_total"), name, "a counter ends in _total");
        let made = prometheus::IntCounterVec::new(Opts::new(name, help), labels);
        match self.register(name, help, made, Kind::Counter) {
            Some(Kind::Counter(vec)) => CounterVec(Some(vec)),
            _ => CounterVec(None),
        }
    }

    /// A gauge; its name does not end in `_total`. Registering a name again gives the same metric.
    #[must_use]
    pub fn gauge(&self, name: &str, help: &str, labels: &[&str]) -> GaugeVec {
        check(!name.ends_with("_total"), name, "only a counter ends in _total");
        let made = prometheus::GaugeVec::new(Opts::new(name, help), labels);
        match self.register(name, help, made, Kind::Gauge) {
            Some(Kind::Gauge(vec)) => GaugeVec(Some(vec)),
            _ => GaugeVec(None),
        }
    }

    /// A histogram; its name ends in `_seconds` or `_bytes`. Registering a name again gives the same metric.
    #[must_use]
    pub fn histogram(&self, name: &str, help: &str, labels: &[&str], buckets: &[f64]) -> HistogramVec {
        let unit = name.ends_with("_seconds") || name.ends_with("_bytes");
        check(unit, name, "a histogram ends in its unit, _seconds or _bytes");
        let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        let made = prometheus::HistogramVec::new(opts, labels);
        match self.register(name, help, made, Kind::Histogram) {
            Some(Kind::Histogram(vec)) => HistogramVec(Some(vec)),
            _ => HistogramVec(None),
        }
    }

    /// Calls this before each rendering: for numbers that change by the mere passing of time.
    pub fn at_render(&self, refresh: impl Fn() + Send + Sync + 'static) {
        let mut at_render = self.at_render.lock().unwrap_or_else(PoisonError::into_inner);
        at_render.push(Box::new(refresh));
    }

    /// Everything as Prometheus text (version 0.0.4).
    #[must_use]
    pub fn render(&self) -> String {
        for refresh in &*self.at_render.lock().unwrap_or_else(PoisonError::into_inner) {
            refresh();
        }
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap_or_else(|error| {
                tracing::error!(%error, "metrics cannot be written");
                String::new()
            })
    }

    /// Name and help of every metric registered here, in order of names; the process's own are not among them.
    #[must_use]
    pub fn names(&self) -> Vec<(String, String)> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .map(|(name, known)| (name.clone(), known.help.clone()))
            .collect()
    }

    fn register<V>(
        &self,
        name: &str,
        help: &str,
        made: prometheus::Result<V>,
        kind: fn(V) -> Kind,
    ) -> Option<Kind>
    where
        V: prometheus::core::Collector + Clone + 'static,
    {
        check(is_plain(name), name, "relay_, then lower-case words joined by _");
        check(!help.is_empty(), name, "a metric needs a help text");
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(name) {
            check(
                known.help == help,
                name,
                "registered before with another help text",
            );
            return Some(known.kind.clone());
        }
        let registered = made.and_then(|vec| {
            self.registry.register(Box::new(vec.clone()))?;
            Ok(kind(vec))
        });
        match registered {
            Ok(kind) => {
                let entry = Known {
                    help: help.to_owned(),
                    kind: kind.clone(),
                };
                known.insert(name.to_owned(), entry);
                Some(kind)
            }
            Err(error) => {
                check(false, name, &error.to_string());
                None
            }
        }
    }
}

fn is_plain(name: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.starts_with("relay_") && name.split('_').all(word)
}

/// A fault of the program, found by its first test; in production it is an event and costs a metric, not the process.
fn check(holds: bool, name: &str, rule: &str) {
    debug_assert!(holds, "metric {name}: {rule}");
    if !holds {
        tracing::error!(name, rule, "a metric breaks its rule");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rendered_with_help_and_labels() {
        let metrics = Metrics::new();
        let settled = metrics.counter("relay_settled_total", "Envelopes settled.", &["stage", "outcome"]);
        settled.with(&["routing", "forward"]).inc_by(2);
        let depth = metrics.gauge(
            "relay_in_flight",
            "Envelopes between receipt and confirm.",
            &["stage"],
        );
        depth.with(&["routing"]).inc();
        let handle = metrics.histogram("relay_handle_seconds", "Own work.", &["stage"], SECONDS);
        handle.with(&["routing"]).observe(0.003);
        let text = metrics.render();
        for line in [
            "# HELP relay_settled_total Envelopes settled.",
            r#"relay_settled_total{outcome="forward",stage="routing"} 2"#,
            r#"relay_in_flight{stage="routing"} 1"#,
            r#"relay_handle_seconds_bucket{stage="routing",le="0.005"} 1"#,
        ] {
            assert!(text.contains(line), "{line} in\n{text}");
        }
        let names: Vec<_> = metrics.names().into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            ["relay_handle_seconds", "relay_in_flight", "relay_settled_total"]
        );
    }

    #[test]
    fn what_time_changes_is_refreshed_at_each_rendering() {
        let metrics = Metrics::new();
        let age = metrics.gauge("relay_a_seconds", "A.", &[]).with(&[]);
        metrics.at_render(move || age.add(1.0));
        assert!(metrics.render().contains("relay_a_seconds 1"));
        assert!(metrics.render().contains("relay_a_seconds 2"));
    }

    #[test]
    fn registering_again_gives_the_same_metric() {
        let metrics = Metrics::new();
        metrics.counter("relay_a_total", "A.", &["b"]).with(&["c"]).inc();
        let again = metrics.clone().counter("relay_a_total", "A.", &["b"]);
        assert_eq!(again.with(&["c"]).get(), 1);
    }

    #[test]
    fn names_keep_the_grammar() {
        for good in ["relay_a_total", "relay_handle_seconds", "relay_v2_bytes"] {
            assert!(is_plain(good), "{good}");
        }
        for bad in [
            "a_total",
            "relay_",
            "relay__a",
            "relay_A",
            "relay_a-b",
            "relay_a_",
        ] {
            assert!(!is_plain(bad), "{bad}");
        }
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "a counter ends in _total")]
    fn a_counter_without_total_is_found_by_its_first_test() {
        let _ = Metrics::new().counter("relay_a", "A.", &[]);
    }
}
