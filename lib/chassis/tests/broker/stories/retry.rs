//! A condition of the station: the shard is given back, probed, taken up again; nothing is parked, nothing overtakes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use chassis::broker::{BrokerConfig, Mode, Outcome};
use lapin::types::FieldTable;
use proto::topology::{Exchange, PARKED_QUEUE, ShardedQueue};

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, office, transient, validated};

const LANES: u32 = 6;
const COUNT: u32 = 10;

pub(crate) async fn closes_and_resumes(host: VirtualHost) {
    let mut process = Process::start(crate::config(&host)).await;
    process.fill(LANES, COUNT).await;
    let down = Arc::new(AtomicBool::new(true));
    let probes = Arc::new(AtomicU32::new(0));
    let (stage_down, probe_down, counted) = (down.clone(), down.clone(), probes.clone());
    let stage = Made::with(
        Mode::Lanes,
        move |message| {
            let down = stage_down.load(Ordering::Relaxed);
            async move {
                if down && message.message_id.ends_with("-3") {
                    transient("the store does not answer")
                } else {
                    Outcome::Forward(validated(&message))
                }
            }
        },
        move || {
            counted.fetch_add(1, Ordering::Relaxed);
            !probe_down.load(Ordering::Relaxed)
        },
    );
    process.run(stage.clone());
    crate::eventually("probed twice", async || 2 <= probes.load(Ordering::Relaxed)).await;
    let readiness = process.health.ready();
    assert!(!readiness.ready);
    assert_eq!(readiness.reasons["stage.validation"], "the store does not answer");
    down.store(false, Ordering::Relaxed);
    let connection = host.raw().await;
    crate::eventually("all passed", async || {
        stage::waiting(&connection, "routing.00").await + stage::waiting(&connection, "routing.01").await
            == LANES * COUNT
    })
    .await;
    assert!(process.health.ready().ready);
    process.end().await;
    let ids = stage::ids(&stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await);
    assert_eq!(ids.len(), (LANES * COUNT) as usize);
    stage::assert_complete_and_in_order(&ids, LANES, COUNT);
    assert_eq!(stage::waiting(&connection, PARKED_QUEUE).await, 0);
}

pub(crate) async fn a_publish_that_finds_no_queue(host: VirtualHost) {
    let config = BrokerConfig {
        publish_retry_seconds: 0.3,
        ..crate::config(&host)
    };
    let mut process = Process::start(config).await;
    process.fill(1, 3).await;
    let stage = Made::lanes(|message| async move {
        let mut publication = validated(&message);
        publication.exchange = Exchange::Office;
        publication.routing_key = format!("vendor.late.{}", office(0));
        Outcome::Forward(publication)
    });
    process.run(stage);
    crate::eventually("not ready", async || !process.health.ready().ready).await;
    let reason = process.health.ready().reasons["stage.validation"].clone();
    assert!(
        reason.contains("relay.office") && reason.contains("no queue"),
        "{reason}"
    );
    let connection = host.raw().await;
    let channel = connection.create_channel().await.unwrap();
    let options = lapin::options::QueueDeclareOptions::durable();
    let bind = lapin::options::QueueBindOptions::default();
    channel
        .queue_declare("vendor.late".into(), options, FieldTable::default())
        .await
        .unwrap();
    let exchange = Exchange::Office.name().into();
    channel
        .queue_bind(
            "vendor.late".into(),
            exchange,
            "vendor.late.*".into(),
            bind,
            FieldTable::default(),
        )
        .await
        .unwrap();
    crate::eventually("ready again and all there", async || {
        process.health.ready().ready && 3 <= stage::waiting(&connection, "vendor.late").await
    })
    .await;
    process.end().await;
    let ids = stage::ids(&stage::take(&connection, &["vendor.late".to_owned()]).await);
    stage::assert_complete_and_in_order(&ids, 1, 3);
}

/// The probe works and the work does not: each round waits longer, until something is settled.
pub(crate) async fn waits_longer_and_longer(host: VirtualHost) {
    let mut process = Process::start(crate::config(&host)).await;
    process.fill(1, 1).await;
    let (tries, down) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(true)));
    let (counted, is_down) = (tries.clone(), down.clone());
    let stage = Made::lanes(move |message| {
        counted.fetch_add(1, Ordering::Relaxed);
        let down = is_down.load(Ordering::Relaxed);
        async move {
            if down {
                transient("the probe does not see what is wrong")
            } else {
                Outcome::Forward(validated(&message))
            }
        }
    });
    let begun = Instant::now();
    process.run(stage.clone());
    crate::eventually("six tries", async || 6 <= tries.load(Ordering::Relaxed)).await;
    // At least half of 0.2 + 0.4 + 0.8 + 1.6 + 3.2 s.
    let took = begun.elapsed();
    assert!(Duration::from_secs(3) < took, "six tries in {took:?}");
    down.store(false, Ordering::Relaxed);
    let connection = host.raw().await;
    crate::eventually("it passed", async || {
        stage::waiting(&connection, "routing.00").await + stage::waiting(&connection, "routing.01").await == 1
    })
    .await;
    process.end().await;
}
