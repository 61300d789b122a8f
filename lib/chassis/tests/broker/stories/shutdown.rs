//! Shutdown begins no more work and settles what was begun; the rest stays in its queue.

use std::sync::Arc;

use chassis::broker::Outcome;
use proto::topology::ShardedQueue;
use tokio::sync::watch;

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, validated};

pub(crate) async fn settles_what_was_begun(host: VirtualHost) {
    let mut process = Process::start(crate::config(&host)).await;
    process.fill(2, 5).await;
    let (go, gone) = watch::channel(false);
    let begun = Arc::new(watch::Sender::new(0));
    let counter = begun.clone();
    let stage = Made::lanes(move |message| {
        let (mut gone, counter) = (gone.clone(), counter.clone());
        async move {
            counter.send_modify(|count| *count += 1);
            gone.wait_for(|go| *go).await.unwrap();
            Outcome::Forward(validated(&message))
        }
    });
    process.run(stage.clone());
    begun.subscribe().wait_for(|begun| *begun == 2).await.unwrap();
    process.shutdown.begin();
    go.send_replace(true);
    process.end().await;
    assert_eq!(stage.begun().len(), 2, "nothing more was begun");
    let connection = host.raw().await;
    let mut passed = stage::ids(&stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await);
    passed.sort();
    assert_eq!(passed, ["0-0", "1-0"]);
    crate::eventually("the rest is in its queue", async || {
        let mut left = 0;
        for queue in stage::queues(ShardedQueue::Validation) {
            left += stage::waiting(&connection, &queue).await;
        }
        left == 8
    })
    .await;
}
