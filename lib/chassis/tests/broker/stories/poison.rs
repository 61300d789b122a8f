//! A message that kills its handler is found, counted and parked; its neighbours pass.

use std::time::Duration;

use chassis::broker::{BrokerConfig, Mode, Outcome};
use proto::topology::{PARKED_QUEUE, ShardedQueue};

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, validated};

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
