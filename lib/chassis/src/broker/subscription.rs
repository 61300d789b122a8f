//! A channel with its one consumer, and the only way to end them: the channel is closed, and the consumer let go of only
//! when that is done.
//!
//! A consumer dropped before its channel is cancelled by the client library; the broker then hands the next message to
//! another holder while earlier ones are still out here, and order is lost. This holds on every path, so also when the
//! shard's task panics or is ended from outside.

use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::time::Duration;

use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Consumer};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::supervisor::{Link, Live};

/// How long a channel may take to open or close.
const CHANNEL: Duration = Duration::from_secs(10);

/// How much longer an answer to a subscription may take, before it is asked for anew.
const LATE: Duration = Duration::from_secs(240);

/// A subscription to one queue on a channel of its own.
pub(super) struct Subscription {
    channel: Channel,
    /// Taken when the closing begins.
    consumer: Option<Consumer>,
}

impl Subscription {
    /// Subscribes with this prefetch; `None`, logged, when that does not work. An answer that comes late (the queue had no leader)
    /// is as good as one in time. Whenever there is none in time, the queue may be missing: the topology is declared again.
    pub(super) async fn open(
        link: &Link,
        live: &Arc<Live>,
        queue: &str,
        prefetch: u16,
        arguments: FieldTable,
    ) -> Option<Self> {
        let mut watched = link.clone();
        let (standing, name) = (live.clone(), ShortString::from(queue));
        // A task of its own, which goes on when nobody waits for it any more: the queue sends messages to whoever has subscribed,
        // and only the closing of that channel gives them back.
        let mut subscribing = tokio::spawn(async move {
            let channel = standing.connection.create_channel().await?;
            // Before the consumer, or the broker sends the whole queue.
            channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
            let options = BasicConsumeOptions::default();
            let consumer = channel.basic_consume(name, "".into(), options, arguments).await?;
            Ok::<_, lapin::Error>(Self {
                channel,
                consumer: Some(consumer),
            })
        });
        let answer = async {
            if let Ok(answer) = timeout(CHANNEL, &mut subscribing).await {
                return Ok(answer);
            }
            tracing::warn!(queue, "not subscribed in time; waiting on");
            link.doubt();
            timeout(LATE, &mut subscribing).await
        };
        let error = tokio::select! {
            answer = answer => match answer {
                Ok(Ok(Ok(subscription))) => return Some(subscription),
                Ok(Ok(Err(error))) => error.to_string(),
                Ok(Err(error)) => error.to_string(),
                Err(_) => "no answer at all".to_owned(),
            },
            () = watched.gone(live.generation) => "the connection is gone".to_owned(),
        };
        tracing::warn!(queue, error, "not subscribed");
        link.doubt();
        None
    }

    /// The channel, to acknowledge on, and the consumer.
    pub(super) fn parts(&mut self) -> (&Channel, Option<&mut Consumer>) {
        (&self.channel, self.consumer.as_mut())
    }

    /// Closes the channel: only then may the next holder begin.
    pub(super) async fn close(mut self) {
        if let Some(closing) = self.begin_to_close() {
            // After that time it goes on by itself, at the latest until the connection is found dead.
            let _ = timeout(CHANNEL, closing).await;
        }
    }

    /// In a task of its own, which nothing ends half-way but the runtime's end.
    fn begin_to_close(&mut self) -> Option<JoinHandle<()>> {
        // Never dropped by accident: with the runtime, say.
        let consumer = ManuallyDrop::new(self.consumer.take()?);
        let runtime = Handle::try_current().ok()?;
        let channel = self.channel.clone();
        Some(runtime.spawn(async move {
            // An error means that channel or connection is gone already, and the consumer with it.
            let _ = channel.close(200, "let go".into()).await;
            drop(ManuallyDrop::into_inner(consumer));
        }))
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        drop(self.begin_to_close());
    }
}
