//! What happens on channels.

use chassis::broker::PublishError;
use chassis::metrics::{CounterVec, Metrics};
use proto::{Channel, MessageType};

use crate::worst::Worst;

/// Counters of the channels.
#[derive(Clone)]
pub struct ChannelEvents {
    published: CounterVec,
    blocked: Worst,
    acks: CounterVec,
}

/// How a publish to a channel ended, one of a closed set.
fn word(outcome: Result<(), PublishError>) -> &'static str {
    match outcome {
        Ok(()) => "confirmed",
        Err(PublishError::Nacked) => "full",
        Err(PublishError::Returned) => "missing",
        Err(_) => "failed",
    }
}

impl ChannelEvents {
    /// Registers their metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let events = Self {
            published: metrics.counter(
                "relay_channel_published_total",
                "Messages published to vendors' and offices' own queues, by type and outcome: confirmed; full, the queue took no more; missing, there was no queue; failed, the broker did not answer. Everything but confirmed is tried again.",
                &["type", "outcome"],
            ),
            blocked: Worst::of(metrics.gauge(
                "relay_channel_blocked_seconds",
                "How long a channel has taken nothing although something waits for it; 0 when all is well. Told by the replica that drives the channel. All offices' own channels are one, the worst. Rising: the vendor does not read its queue; the mailbox keeps everything.",
                &["channel"],
            )),
            acks: metrics.counter(
                "relay_channel_acks_total",
                "Acknowledgements by AMQP: taken; refused and told so; untold, the channel took no answer; dropped, without the user-id of a channel. Anything but taken: the vendor's software is wrong.",
                &["outcome"],
            ),
        };
        for kind in [MessageType::Envelope, MessageType::Status, MessageType::Notice] {
            for outcome in ["confirmed", "full", "missing", "failed"] {
                let _ = events.published.with(&[kind.as_str(), outcome]);
            }
        }
        for outcome in ["taken", "refused", "untold", "dropped"] {
            let _ = events.acks.with(&[outcome]);
        }
        events
    }

    /// One publish ended.
    pub(super) fn published(
        &self,
        channel: &Channel,
        kind: MessageType,
        id: &str,
        outcome: Result<(), PublishError>,
    ) {
        let word = word(outcome);
        self.published.with(&[kind.as_str(), word]).inc();
        match outcome {
            Ok(()) => tracing::info!(%channel, id, kind = kind.as_str(), "published on a channel"),
            Err(_) => {
                tracing::warn!(%channel, id, kind = kind.as_str(), outcome = word, "not taken by a channel yet")
            }
        }
    }

    /// How long each channel has been blocked, those that are not named any more included.
    pub(super) fn blocked<'a>(&self, channels: impl Iterator<Item = (&'a Channel, f64)>) {
        self.blocked.tell(channels);
    }

    /// An acknowledgement was settled.
    pub(crate) fn acknowledgement(&self, user: Option<&str>, outcome: &'static str) {
        self.acks.with(&[outcome]).inc();
        if outcome != "taken" {
            tracing::warn!(user, outcome, "acknowledgement not taken");
        }
    }
}
