//! What happens at the door: each event is one log line and one count.

use chassis::broker::Waiting;
use chassis::metrics::{CounterVec, GaugeVec, HistogramVec, Metrics};
use door::Refused;
use proto::{Channel, Code, OfficeNumber};

/// Counters of the door.
#[derive(Clone)]
pub struct Events {
    accepted: CounterVec,
    refused: CounterVec,
    accept_seconds: HistogramVec,
    dropped: CounterVec,
}

impl Events {
    /// Registers the door's metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let events = Self {
            accepted: metrics.counter(
                "relay_ingest_accepted_total",
                "Submissions accepted, by HTTPS or AMQP, repeats included. Compare with relay_delivery_entered_total: what was accepted must arrive.",
                &[],
            ),
            refused: metrics.counter(
                "relay_ingest_refused_total",
                "Submissions refused at the door, by problem code. 5xx codes are ours, all others the submitter's.",
                &["code"],
            ),
            accept_seconds: metrics.histogram(
                "relay_ingest_accept_seconds",
                "From the whole body to the acceptance: peek, broker's confirm of envelope and note, receipt. Slow means a slow broker.",
                &[],
                &[0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
            ),
            dropped: metrics.counter(
                "relay_ingest_dropped_total",
                "Of submissions by AMQP: user, came without the user-id of a channel and were dropped; answer, were refused and the submitter's queue took no answer. Rising user: a vendor's software does not set user_id; rising answer: a vendor does not read its queue.",
                &["what"],
            ),
        };
        for what in ["user", "answer"] {
            let _ = events.dropped.with(&[what]);
        }
        events
    }

    /// An envelope was accepted; its id and trace stand around the event.
    pub fn accepted(&self, sender: OfficeNumber, destination: OfficeNumber, seconds: f64) {
        self.accepted.with(&[]).inc();
        self.accept_seconds.with(&[]).observe(seconds);
        tracing::info!(%sender, %destination, "envelope accepted");
    }

    /// A submission was refused.
    pub fn refused(&self, refused: &Refused) {
        // Only codes of the closed list become labels.
        let code = Code::find(&refused.document.code).map_or("unlisted", |code| code.code);
        self.refused.with(&[code]).inc();
        tracing::info!(code, "submission refused");
    }

    /// A submission by AMQP names no submitter: nobody could be answered.
    pub fn without_user(&self) {
        self.dropped.with(&["user"]).inc();
        tracing::warn!("a submission by AMQP without the user-id of a channel was dropped");
    }

    /// The submitter's queue did not take the answer to a refused submission.
    pub fn unanswered(&self, channel: &Channel, id: &str, cause: &str) {
        self.dropped.with(&["answer"]).inc();
        tracing::warn!(%channel, envelope.id = id, cause, "refusal not told: the channel did not take it");
    }
}

/// What is seen of the backlog.
pub struct Backlog {
    waiting: GaugeVec,
    full: GaugeVec,
}

impl Backlog {
    /// Registers the backlog's metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let backlog = Self {
            waiting: metrics.gauge(
                "relay_backlog_messages",
                "Messages waiting in front of a stage, all shards together, as this door saw them last. Rising without end means the stage is too slow or stands still.",
                &["stage"],
            ),
            full: metrics.gauge(
                "relay_backlog_full",
                "1 while this door refuses submissions because too much waits in front of the stages, else 0.",
                &[],
            ),
        };
        backlog.full.with(&[]).set(0.0);
        backlog
    }

    /// The queues were counted.
    pub fn read(&self, backlog: &[Waiting]) {
        for stage in backlog {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a gauge is a float; counts stay far below 2^53"
            )]
            self.waiting
                .with(&[stage.queue.stage()])
                .set(stage.messages as f64);
        }
    }

    /// The door was shut or opened.
    pub fn turned(&self, full: bool, waiting: u64) {
        self.full.with(&[]).set(if full { 1.0 } else { 0.0 });
        if full {
            tracing::error!(
                waiting,
                "too much waits in front of the stages: submissions are refused"
            );
        } else {
            tracing::info!(waiting, "the backlog is worked off: submissions are taken again");
        }
    }
}
