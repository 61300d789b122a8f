//! What several shards have ready at the same time goes into one transaction.
//!
//! Shards do not wait for each other but for the store: it commits one transaction after the other, and while it does,
//! the next ones wait here and go together. A shard's own batch stays in one piece and in order.

use proto::Station;
use store::{Entered, Learned, Store};
use tokio::sync::{mpsc, oneshot};

use chassis::process;

/// Most messages after which no other shard's batch is taken along.
const MOST: usize = 512;

/// Batches waiting for the writer; a process has as many shards at most.
const WAITING: usize = 128;

/// One for each message, in order, or why the store did not take them.
type Answer = Result<Vec<Entered>, String>;

struct Batch {
    learned: Vec<Learned>,
    answer: oneshot::Sender<Answer>,
}

/// A hand on the writer of mailbox and ledger.
#[derive(Clone)]
pub struct Gather {
    queue: mpsc::Sender<Batch>,
}

impl Gather {
    /// Starts the writer; it ends when the last hand is dropped.
    #[must_use]
    pub fn start(store: Store) -> Self {
        let (queue, waiting) = mpsc::channel(WAITING);
        tokio::spawn(write(store, waiting));
        Self { queue }
    }

    /// Enters a shard's batch together with what other shards have ready. Nothing when the writer died over it: then it is
    /// for the caller to find out which message did that.
    pub async fn enter(&self, learned: Vec<Learned>) -> Option<Answer> {
        let (answer, entered) = oneshot::channel();
        self.queue.send(Batch { learned, answer }).await.ok()?;
        entered.await.ok()
    }
}

async fn write(store: Store, mut waiting: mpsc::Receiver<Batch>) {
    let by = process::name(Station::Delivery);
    while let Some(first) = waiting.recv().await {
        let (mut learned, mut parts) = (first.learned, Vec::new());
        parts.push((learned.len(), first.answer));
        while learned.len() < MOST
            && let Ok(next) = waiting.try_recv()
        {
            parts.push((next.learned.len(), next.answer));
            learned.extend(next.learned);
        }
        let (store, by) = (store.clone(), by.clone());
        // A task of its own: a panic costs these batches their answer, not the writer its life.
        let entering = tokio::spawn(async move { store.enter(&learned, &by, process::now()).await });
        let Ok(entered) = entering.await else {
            continue;
        };
        let mut entered = entered.map(Vec::into_iter).map_err(|error| error.to_string());
        for (count, answer) in parts {
            let part = match &mut entered {
                Ok(entered) => Ok(entered.take(count).collect()),
                Err(cause) => Err(cause.clone()),
            };
            // A shard that no longer waits lost its channel: it gets its messages again, and they are repeats.
            let _ = answer.send(part);
        }
    }
}
