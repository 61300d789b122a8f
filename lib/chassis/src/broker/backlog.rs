//! How much waits in front of the stages, asked of the broker.

use std::time::Duration;

use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use proto::topology::ShardedQueue;
use tokio::time::timeout;

use super::Broker;
use super::error::BrokerError;

/// How long the broker may take to answer for all queues.
const ANSWER: Duration = Duration::from_secs(10);

/// The queues of one stage, all shards together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Which stage.
    pub queue: ShardedQueue,
    /// Messages in them; what a station has received and not settled is not among them.
    pub messages: u64,
    /// Queues with a consumer. Between two holders a queue has none for a moment.
    pub held: u16,
}

impl Broker {
    /// Messages that wait in the queues of each stage, and how many of these are taken from.
    ///
    /// # Errors
    /// When the broker does not answer, or a queue is gone.
    pub async fn backlog(&self) -> Result<Vec<Waiting>, BrokerError> {
        let live = self.inner.consume.current();
        let live = live.ok_or_else(|| BrokerError::Unavailable("no connection".to_owned()))?;
        let asking = async {
            let channel = live.connection.create_channel().await?;
            let mut backlog = Vec::with_capacity(ShardedQueue::ALL.len());
            for queue in ShardedQueue::ALL {
                let (mut messages, mut held) = (0, 0);
                for shard in 0..self.shards() {
                    let options = QueueDeclareOptions {
                        passive: true,
                        ..QueueDeclareOptions::default()
                    };
                    let name = queue.name(shard).as_str().into();
                    let there = channel
                        .queue_declare(name, options, FieldTable::default())
                        .await?;
                    messages += u64::from(there.message_count());
                    held += u16::from(0 < there.consumer_count());
                }
                backlog.push(Waiting {
                    queue: *queue,
                    messages,
                    held,
                });
            }
            // Everything was answered: nothing hangs on how the channel ends.
            let _ = channel.close(200, "counted".into()).await;
            Ok(backlog)
        };
        let asked = timeout(ANSWER, asking).await;
        asked.map_err(|_| BrokerError::Unavailable("the queues were not counted in time".to_owned()))?
    }
}
