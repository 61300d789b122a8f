//! The order of a destination is kept over replicas, leases and suspicions.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chassis::broker::{BrokerConfig, Outcome};
use proto::topology::ShardedQueue;

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, validated};

const LANES: u32 = 20;
const COUNT: u32 = 50;

pub(crate) async fn over_two_replicas_and_many_leases(host: VirtualHost) {
    let config = BrokerConfig {
        lease_mean_seconds: 0.3,
        lease_min_seconds: 0.05,
        lease_max_seconds: 1.0,
        ..crate::config(&host)
    };
    let mut replicas = [Process::start(config.clone()).await, Process::start(config).await];
    let passed = Arc::new(AtomicU32::new(0));
    let stages = [(); 2].map(|()| {
        let passed = passed.clone();
        Made::lanes(move |message| {
            let passed = passed.clone();
            async move {
                // The handler's work.
                tokio::time::sleep(Duration::from_millis(15)).await;
                passed.fetch_add(1, Ordering::Relaxed);
                Outcome::Forward(validated(&message))
            }
        })
    });
    for (replica, stage) in replicas.iter_mut().zip(&stages) {
        replica.run(stage.clone());
    }
    replicas[0].fill(LANES, COUNT).await;
    crate::eventually("everything passed", async || {
        LANES * COUNT <= passed.load(Ordering::Relaxed)
    })
    .await;
    for replica in replicas {
        let table = replica.table.clone();
        replica.end().await;
        assert_eq!(table.left(), Vec::<String>::new(), "suspicions that did not end");
    }
    let connection = host.raw().await;
    for queue in stage::queues(ShardedQueue::Validation) {
        assert_eq!(stage::waiting(&connection, &queue).await, 0, "{queue}");
    }
    let arrived = stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await;
    let ids = stage::ids(&arrived);
    assert_eq!(
        ids.len(),
        (LANES * COUNT) as usize,
        "nothing twice while nothing breaks"
    );
    stage::assert_complete_and_in_order(&ids, LANES, COUNT);
    for stage in stages {
        assert!(!stage.begun().is_empty(), "both replicas got work");
    }
}
