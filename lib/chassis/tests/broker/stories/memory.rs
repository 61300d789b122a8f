//! A backlog of larger envelopes in many lanes: no more is begun at a time than the byte budget holds, order is kept.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chassis::broker::{BrokerConfig, Outcome};
use proto::Publication;
use proto::topology::ShardedQueue;

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, SHARDS, submitted, validated};

const LANES: u32 = 12;
const COUNT: u32 = 5;

/// Too small for the budget of large envelopes.
const BYTES: usize = 300 * 1024;

/// Room for three.
const BUDGET: usize = 1024 * 1024;

pub(crate) async fn what_is_held_is_bounded_in_bytes(host: VirtualHost) {
    let config = BrokerConfig {
        byte_budget: BUDGET as u64,
        ..crate::config(&host)
    };
    let mut process = Process::start(config).await;
    for number in 0..COUNT {
        for lane in 0..LANES {
            let publication = Publication {
                body: vec![b'x'; BYTES].into(),
                ..submitted(lane, number)
            };
            process.publish(&publication).await;
        }
    }
    let (now, most, all) = (
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (at_work, highest, passed) = (now.clone(), most.clone(), all.clone());
    let stage = Made::lanes(move |message| {
        let (at_work, highest, passed) = (at_work.clone(), highest.clone(), passed.clone());
        async move {
            let bytes = at_work.fetch_add(message.body.len(), Ordering::AcqRel) + message.body.len();
            highest.fetch_max(bytes, Ordering::AcqRel);
            // The handler's work.
            tokio::time::sleep(Duration::from_millis(20)).await;
            at_work.fetch_sub(message.body.len(), Ordering::AcqRel);
            passed.fetch_add(1, Ordering::AcqRel);
            Outcome::Forward(validated(&message))
        }
    });
    process.run(stage);
    crate::eventually("all were handled", async || {
        (LANES * COUNT) as usize <= all.load(Ordering::Acquire)
    })
    .await;
    process.end().await;
    let most = most.load(Ordering::Acquire);
    assert!(BYTES < most, "more than one at a time");
    assert!(
        most <= BUDGET + usize::from(SHARDS) * BYTES,
        "{most} bytes at a time"
    );
    let connection = host.raw().await;
    let ids = stage::ids(&stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await);
    assert_eq!(ids.len(), (LANES * COUNT) as usize);
    stage::assert_complete_and_in_order(&ids, LANES, COUNT);
}
