//! Shards change hands again and again over a backlog, by leases and by replicas whose grace is over at once: a
//! consumer cancelled with deliveries out would let the next holder begin with later messages.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::broker::{BrokerConfig, Outcome};
use proto::topology::ShardedQueue;

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, validated};

const LANES: u32 = 20;
/// Replicas that are ended without any grace, one after the other.
const LEAVING: usize = 5;

pub(crate) async fn without_grace_over_a_backlog(host: VirtualHost) {
    let config = BrokerConfig {
        lease_mean_seconds: 0.1,
        lease_min_seconds: 0.05,
        lease_max_seconds: 0.3,
        ..crate::config(&host)
    };
    in_order(&host, config, 110).await;
}

/// So often that most messages are given back three times and are suspect: the broker puts what is given back behind
/// what was given back before, so a holder must have taken all of that.
pub(crate) async fn so_often_that_all_are_suspect(host: VirtualHost) {
    let config = BrokerConfig {
        lease_mean_seconds: 0.02,
        lease_min_seconds: 0.01,
        lease_max_seconds: 0.05,
        ..crate::config(&host)
    };
    in_order(&host, config, 40).await;
}

async fn in_order(host: &VirtualHost, config: BrokerConfig, count: u32) {
    let mut staying = Process::start(config.clone()).await;
    staying.fill(LANES, count).await;
    let forwarded = Arc::new(Mutex::new(HashSet::new()));
    let stage = || {
        let forwarded = forwarded.clone();
        Made::lanes(move |message| {
            let forwarded = forwarded.clone();
            async move {
                // The handler's work.
                tokio::time::sleep(Duration::from_millis(10)).await;
                forwarded.lock().unwrap().insert(message.message_id.clone());
                Outcome::Forward(validated(&message))
            }
        })
    };
    let mut leaving = Vec::new();
    for _ in 0..LEAVING {
        let mut process = Process::with_grace(config.clone(), Duration::ZERO).await;
        process.run(stage());
        leaving.push(process);
    }
    staying.run(stage());
    let between = (LANES * count) as usize / (LEAVING + 3);
    let handled = || forwarded.lock().unwrap().len();
    for (number, process) in leaving.into_iter().enumerate() {
        crate::eventually("some more was handled", async || {
            (number + 1) * between <= handled()
        })
        .await;
        process.end().await;
    }
    crate::eventually("everything was handled", async || {
        handled() == (LANES * count) as usize
    })
    .await;
    staying.end().await;
    let connection = host.raw().await;
    let arrived = stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await;
    stage::assert_complete_and_in_order(&stage::ids(&arrived), LANES, count);
    for queue in stage::queues(ShardedQueue::Validation) {
        assert_eq!(stage::waiting(&connection, &queue).await, 0, "{queue}");
    }
}
