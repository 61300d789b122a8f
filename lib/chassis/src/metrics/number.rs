//! The handles stations count with. A handle without a metric behind it, which only a fault of the program makes, does
//! nothing.

use super::check;

/// A number that only rises, by labels.
#[derive(Clone)]
pub struct CounterVec(pub(super) Option<prometheus::IntCounterVec>);

/// A number that rises and falls, by labels.
#[derive(Clone)]
pub struct GaugeVec(pub(super) Option<prometheus::GaugeVec>);

/// Observations in buckets, by labels.
#[derive(Clone)]
pub struct HistogramVec(pub(super) Option<prometheus::HistogramVec>);

/// One counter.
#[derive(Clone)]
pub struct Counter(Option<prometheus::IntCounter>);

/// One gauge.
#[derive(Clone)]
pub struct Gauge(Option<prometheus::Gauge>);

/// One histogram.
#[derive(Clone)]
pub struct Histogram(Option<prometheus::Histogram>);

impl CounterVec {
    /// The counter of these label values, in the order of the labels.
    #[must_use]
    pub fn with(&self, values: &[&str]) -> Counter {
        Counter(
            self.0
                .as_ref()
                .and_then(|vec| found(vec.get_metric_with_label_values(values))),
        )
    }
}

impl GaugeVec {
    /// The gauge of these label values, in the order of the labels.
    #[must_use]
    pub fn with(&self, values: &[&str]) -> Gauge {
        Gauge(
            self.0
                .as_ref()
                .and_then(|vec| found(vec.get_metric_with_label_values(values))),
        )
    }
}

impl HistogramVec {
    /// The histogram of these label values, in the order of the labels.
    #[must_use]
    pub fn with(&self, values: &[&str]) -> Histogram {
        Histogram(
            self.0
                .as_ref()
                .and_then(|vec| found(vec.get_metric_with_label_values(values))),
        )
    }
}

impl Counter {
    /// One more.
    pub fn inc(&self) {
        self.inc_by(1);
    }

    /// So many more.
    pub fn inc_by(&self, more: u64) {
        if let Some(counter) = &self.0 {
            counter.inc_by(more);
        }
    }

    /// How many by now.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.as_ref().map_or(0, prometheus::IntCounter::get)
    }
}

impl Gauge {
    /// Sets it.
    pub fn set(&self, value: f64) {
        if let Some(gauge) = &self.0 {
            gauge.set(value);
        }
    }

    /// One more.
    pub fn inc(&self) {
        self.add(1.0);
    }

    /// One less.
    pub fn dec(&self) {
        self.add(-1.0);
    }

    /// So much more; less, when negative.
    pub fn add(&self, more: f64) {
        if let Some(gauge) = &self.0 {
            gauge.add(more);
        }
    }

    /// Its value now.
    #[must_use]
    pub fn get(&self) -> f64 {
        self.0.as_ref().map_or(0.0, prometheus::Gauge::get)
    }
}

impl Histogram {
    /// One observation, in the unit of the name.
    pub fn observe(&self, value: f64) {
        if let Some(histogram) = &self.0 {
            histogram.observe(value);
        }
    }

    /// How many observations by now.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, prometheus::Histogram::get_sample_count)
    }
}

fn found<T>(metric: prometheus::Result<T>) -> Option<T> {
    check(metric.is_ok(), "with", "as many values as the metric has labels");
    metric.ok()
}
