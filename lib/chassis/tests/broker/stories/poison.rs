//! A message that kills its handler is found, counted and parked; its neighbours pass.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chassis::broker::{BrokerConfig, Mode, Outcome, Source};
use proto::Publication;
use proto::topology::{Exchange, PARKED_QUEUE, ShardedQueue};

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, office, validated};

const LANES: u32 = 4;
const COUNT: u32 = 5;

pub(crate) async fn is_parked_while_neighbours_pass(host: VirtualHost) {
    poisoned(
        host,
        Mode::Lanes,
        crate::config,
        |message| {
            assert_ne!(message.message_id, "2-1", "poison");
            Outcome::Forward(validated(&message))
        },
        6,
        "died 5 times",
    )
    .await;
}

pub(crate) async fn in_a_batch_is_found(host: VirtualHost) {
    let mode = Mode::Batch {
        most: 8,
        linger: Duration::from_millis(5),
    };
    poisoned(
        host,
        mode,
        crate::config,
        |message| {
            assert_ne!(message.message_id, "2-1", "poison");
            Outcome::Forward(validated(&message))
        },
        6,
        "died 5 times",
    )
    .await;
}

pub(crate) async fn that_takes_too_long_is_parked(host: VirtualHost) {
    let config = |host: &VirtualHost| BrokerConfig {
        handler_seconds: 0.3,
        ..crate::config(host)
    };
    let mut process = Process::start(config(&host)).await;
    process.fill(1, 3).await;
    let stage = Made::lanes(|message| async move {
        match message.message_id.as_str() {
            "0-0" => std::future::pending().await,
            // A wait that is not its own work does not count.
            "0-1" => chassis::broker::waiting(tokio::time::sleep(Duration::from_millis(600))).await,
            _ => {}
        }
        Outcome::Forward(validated(&message))
    });
    process.run(stage);
    let connection = host.raw().await;
    crate::eventually("two passed, one parked", async || {
        stage::waiting(&connection, PARKED_QUEUE).await == 1
            && stage::waiting(&connection, "routing.00").await
                + stage::waiting(&connection, "routing.01").await
                == 2
    })
    .await;
    process.end().await;
    let parked = stage::take(&connection, &[PARKED_QUEUE.to_owned()]).await;
    assert_eq!(stage::ids(&parked), ["0-0"]);
}

pub(crate) async fn set_aside_already_stays_and_tells(host: VirtualHost) {
    let mut process = Process::start(crate::config(&host)).await;
    process.run(Made::lanes(|message| async move {
        Outcome::Forward(validated(&message))
    }));
    let (poisonous, taken) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
    let (is_poisonous, is_taken) = (poisonous.clone(), taken.clone());
    let mode = Mode::Batch {
        most: 16,
        linger: Duration::from_millis(1),
    };
    let act = move |_| {
        let (poisonous, taken) = (is_poisonous.clone(), is_taken.clone());
        async move {
            assert!(!poisonous.load(Ordering::Relaxed), "poison");
            taken.store(true, Ordering::Relaxed);
            Outcome::Done
        }
    };
    let stage = Arc::new(Made {
        name: "parked",
        source: Source::Queue(PARKED_QUEUE),
        ..Made::closures(mode, act, || true)
    });
    process.run(stage.clone());
    let parked = Publication {
        exchange: Exchange::Parked,
        routing_key: format!("validation.{}", office(0)),
        ..stage::publication(Exchange::Submitted, 0, "0-0")
    };
    process.publish(&parked).await;
    crate::eventually("it tells, of itself alone", async || {
        let reasons = process.health.ready().reasons;
        assert!(!reasons.contains_key("stage.validation"), "{reasons:?}");
        let reason = reasons.get("stage.parked").cloned().unwrap_or_default();
        reason.contains("died 5 times")
    })
    .await;
    // Published anew it would be begun without end; kept, it waits longer after each round of tries.
    let begun = stage.begun().len();
    assert!(begun <= 16, "{begun}");
    poisonous.store(false, Ordering::Relaxed);
    crate::eventually("it is taken", async || taken.load(Ordering::Relaxed)).await;
    process.end().await;
    let connection = host.raw().await;
    assert_eq!(stage::waiting(&connection, PARKED_QUEUE).await, 0);
}

/// One message of one lane is poison; all others pass, in order.
async fn poisoned(
    host: VirtualHost,
    mode: Mode,
    config: fn(&VirtualHost) -> BrokerConfig,
    act: fn(proto::Message) -> Outcome,
    tries: u32,
    cause: &str,
) {
    let mut process = Process::start(config(&host)).await;
    process.fill(LANES, COUNT).await;
    let stage = Made::with(mode, move |message| async move { act(message) }, || true);
    process.run(stage.clone());
    let connection = host.raw().await;
    let queues = stage::queues(ShardedQueue::Routing);
    crate::eventually("one is parked, the others passed", async || {
        let mut passed = 0;
        for queue in &queues {
            passed += stage::waiting(&connection, queue).await;
        }
        stage::waiting(&connection, PARKED_QUEUE).await == 1 && passed == LANES * COUNT - 1
    })
    .await;
    let table = process.table.clone();
    process.end().await;
    assert_eq!(table.most.lock().unwrap()["2-1"], tries, "tries of the poison");
    assert_eq!(table.left(), Vec::<String>::new(), "an end closes the suspicion");
    let parked = stage::take(&connection, &[PARKED_QUEUE.to_owned()]).await;
    assert_eq!(stage::ids(&parked), ["2-1"]);
    let headers = parked[0].properties.headers().as_ref().unwrap().inner();
    let Some(lapin::types::AMQPValue::LongString(said)) = headers.get("cause") else {
        panic!("no cause: {headers:?}");
    };
    let said = String::from_utf8_lossy(said.as_bytes());
    assert!(said.contains(cause), "{said}");
    assert_eq!(parked[0].routing_key.as_str(), "validation.0300000002");
    let ids = stage::ids(&stage::take(&connection, &queues).await);
    for lane in 0..LANES {
        let numbers: Vec<_> = ids
            .iter()
            .filter(|id| id.starts_with(&format!("{lane}-")))
            .cloned()
            .collect();
        let expected: Vec<_> = (0..COUNT)
            .map(|number| format!("{lane}-{number}"))
            .filter(|id| id != "2-1")
            .collect();
        assert_eq!(numbers, expected);
    }
}
