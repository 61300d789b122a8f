//! What a station gives to the broker: how it names its lanes, handles its messages and tries again.

use std::time::Duration;

use async_trait::async_trait;
use proto::stamps::header;
use proto::topology::ShardedQueue;
use proto::{Message, Publication, Station, Traceparent};

/// What became of a message. A published outcome is acknowledged only after the broker's confirm.
#[derive(Debug)]
pub enum Outcome {
    /// On to the next station.
    Forward(Publication),
    /// The sender's fault: back with coded problems.
    Return(Publication),
    /// Settled in the store: only acknowledged.
    Done,
    /// A condition of the station: nothing is acknowledged, the channel is closed, probed, subscribed again.
    Retry(Transient),
    /// Our fault or poison: set aside for an operator.
    Park {
        /// What to publish to `relay.parked`.
        publication: Publication,
        /// Why, in ASCII, without text of the envelope.
        cause: String,
    },
}

/// A condition of the station, never of one envelope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cause}")]
pub struct Transient {
    /// What does not work now; shown by `/ready`, so without personal data.
    pub cause: String,
}

impl Transient {
    /// A condition with this cause.
    #[must_use]
    pub fn new(cause: impl Into<String>) -> Self {
        Self { cause: cause.into() }
    }
}

/// Where a stage's messages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One queue per shard.
    Sharded(ShardedQueue),
    /// One queue.
    Queue(&'static str),
}

/// How a shard's messages are handed to the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One by one; at most one of a lane between receipt and acknowledgement, different lanes at the same time.
    Lanes,
    /// Several at once, in queue order; the next batch begins when this one is settled.
    Batch {
        /// Most messages of a batch; at most as many as are sent ahead: the prefetch, or 64 if that is less. A batch is
        /// full at 16 MiB too.
        most: usize,
        /// How long the first message waits for others.
        linger: Duration,
    },
}

/// A station's work on its messages.
#[async_trait]
pub trait Stage: Send + Sync {
    /// Which station it is.
    fn station(&self) -> Station;

    /// What it is called in metrics, in `/ready` and among the suspects. A second stage of a station needs a name of its
    /// own, or each says of itself what is true of the other.
    fn name(&self) -> &'static str {
        self.station().as_str()
    }

    /// Its queues.
    fn source(&self) -> Source;

    /// One by one, unless the stage works in batches.
    fn mode(&self) -> Mode {
        Mode::Lanes
    }

    /// The message as this stage takes it, before anything is decided by its properties; none: as it came. A stage whose
    /// messages others publish leaves nothing of theirs but what the broker has checked.
    fn received(&self, _message: &Message) -> Option<Message> {
        None
    }

    /// The lane of a message: its destination.
    fn lane(&self, message: &Message) -> String {
        message.lane()
    }

    /// The span below which its handling is recorded; none: the stage records it itself, or nobody does.
    fn trace(&self, message: &Message) -> Option<Traceparent> {
        message.headers.get(header::TRACEPARENT)?.parse().ok()
    }

    /// Handles a batch and answers with one outcome for each, in the same order. In [`Mode::Lanes`] there is always one.
    /// It has `handler_seconds` of its own work; waits for the store or others go through [`super::waiting`].
    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome>;

    /// After a [`Outcome::Retry`]: does the very thing that failed work again?
    async fn probe(&self) -> bool;

    /// The message that sets this one aside, whatever it holds. Not asked of a stage that reads the queue of what was set
    /// aside: what it cannot handle stays there, and its shard waits as after [`Outcome::Retry`].
    fn park(&self, message: &Message, cause: &str) -> Publication {
        message.parked(self.station(), cause)
    }
}

/// The table of messages that may have killed their handler, each at a stage (its [`Stage::name`]).
#[async_trait]
pub trait Suspects: Send + Sync {
    /// Commits one more try and gives their number. `Err` when the store cannot be reached: a [`Outcome::Retry`].
    async fn begin(&self, id: &str, stage: &'static str) -> Result<u32, ()>;

    /// The message ended in some way, so it did not kill its handler: forget its tries.
    async fn end(&self, id: &str, stage: &'static str);
}

/// Where to begin reading a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamOffset {
    /// At the oldest message still there.
    First,
    /// At this offset.
    Next(u64),
}

/// Takes what is read from a stream.
#[async_trait]
pub trait StreamSink: Send + Sync {
    /// Takes messages with their offsets, ascending. `false`: stop reading; the caller decides where to start over.
    async fn take(&self, batch: Vec<(u64, Message)>) -> bool;
}
