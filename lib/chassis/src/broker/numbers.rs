//! The broker's metrics.

use crate::metrics::{CounterVec, GaugeVec, HistogramVec, Metrics, SECONDS};

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
}

impl Numbers {
    pub(super) fn new(metrics: &Metrics) -> Self {
        Self {
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
        }
    }
}
