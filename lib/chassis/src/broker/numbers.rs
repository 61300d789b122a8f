//! The broker's metrics.

use super::ages::Ages;
use crate::metrics::{CounterVec, GaugeVec, HistogramVec, Metrics, SECONDS};
use crate::process;

/// Handles of every metric of this module.
#[derive(Clone)]
pub(super) struct Numbers {
    /// By stage and outcome.
    pub(super) settled: CounterVec,
    /// By stage.
    pub(super) handle_seconds: HistogramVec,
    /// By stage.
    pub(super) in_flight: GaugeVec,
    /// By stage.
    pub(super) shards_held: GaugeVec,
    /// Without labels.
    pub(super) publish_returned: CounterVec,
    /// Without labels.
    pub(super) publish_nacked: CounterVec,
    /// By role.
    pub(super) connected: GaugeVec,
    /// By stage.
    oldest: GaugeVec,
    metrics: Metrics,
}

/// How a stage settles a message, as it stands in labels.
pub(super) const OUTCOMES: [&str; 5] = ["forward", "return", "done", "retry", "park"];

impl Numbers {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let numbers = Self {
            settled: metrics.counter(
                "relay_settled_total",
                "Messages a stage settled (parked: the table of what was set aside), by outcome; retry means given back to the queue, and rises only while the station \
                 cannot work.",
                &["stage", "outcome"],
            ),
            handle_seconds: metrics.histogram(
                "relay_handle_seconds",
                "Time a stage's handler took for a message or batch; near 60 s messages are parked.",
                &["stage"],
                SECONDS,
            ),
            in_flight: metrics.gauge(
                "relay_in_flight",
                "Messages a stage has begun and not settled; at the prefetch of all held shards it is the bottleneck.",
                &["stage"],
            ),
            shards_held: metrics.gauge(
                "relay_shards_held",
                "Shards from which this process gets messages; summed over replicas it is the number of shards under load.",
                &["stage"],
            ),
            publish_returned: metrics.counter(
                "relay_publish_returned_total",
                "Publishes the broker could route to no queue; anything but 0 means the topology was changed.",
                &[],
            ),
            publish_nacked: metrics.counter(
                "relay_publish_nacked_total",
                "Publishes the broker refused, most likely because a queue is full; they are repeated.",
                &[],
            ),
            connected: metrics.gauge(
                "relay_broker_connected",
                "1 while the connection of this role stands, else 0.",
                &["role"],
            ),
            oldest: metrics.gauge(
                "relay_stage_oldest_seconds",
                "Since the door took the oldest message this stage has received and not settled; 0 when it has none. Rising second by \
                 second: the stage or one destination's lane stands still. Says more than depth.",
                &["stage"],
            ),
            metrics: metrics.clone(),
        };
        // From the start at 0: what rises from nothing at all is not seen to rise.
        let _ = numbers.publish_returned.with(&[]);
        let _ = numbers.publish_nacked.with(&[]);
        numbers
    }

    /// Tells the age of a stage's oldest message whenever it is asked for.
    pub(super) fn tell_oldest(&self, stage: &str, ages: &Ages) {
        let (oldest, ages) = (self.oldest.with(&[stage]), ages.clone());
        self.metrics
            .at_render(move || oldest.set(ages.oldest_seconds(process::now())));
    }
}
