//! Connections cut in the middle of the work: nothing lost, nothing overtaken, what comes twice comes later.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chassis::broker::Outcome;
use proto::topology::ShardedQueue;
use tokio::sync::watch;

use crate::server::VirtualHost;
use crate::stage::{self, Made, Process, validated};

const LANES: u32 = 20;
const COUNT: u32 = 25;

pub(crate) async fn loses_and_overtakes_nothing(host: VirtualHost) {
    let mut process = Process::start(crate::config(&host)).await;
    process.fill(LANES, COUNT).await;
    let (cut, is_cut) = watch::channel(false);
    let seen = Arc::new(watch::Sender::new(0_u32));
    let seen_by_stage = seen.clone();
    let forwarded = Arc::new(Mutex::new(BTreeSet::new()));
    let forwarded_by_stage = forwarded.clone();
    let stage = Made::lanes(move |message| {
        let (seen, mut is_cut) = (seen_by_stage.clone(), is_cut.clone());
        let forwarded = forwarded_by_stage.clone();
        async move {
            let mut number = 0;
            seen.send_modify(|seen| {
                *seen += 1;
                number = *seen;
            });
            tokio::time::sleep(Duration::from_millis(2)).await;
            // From the 100th on, work is in progress until the connections are cut.
            if 100 < number {
                is_cut.wait_for(|cut| *cut).await.unwrap();
            }
            forwarded.lock().unwrap().insert(message.message_id.clone());
            Outcome::Forward(validated(&message))
        }
    });
    process.run(stage.clone());
    seen.subscribe().wait_for(|seen| 100 < *seen).await.unwrap();
    host.cut_connections().await;
    cut.send_replace(true);
    crate::eventually("every message was handled, before the cut or after", async || {
        forwarded.lock().unwrap().len() == (LANES * COUNT) as usize
    })
    .await;
    crate::eventually("ready again", async || process.health.ready().ready).await;
    process.end().await;
    // What is left now was handled before the cut and only not acknowledged; all of it is further on already.
    let connection = host.raw().await;
    let arrived = stage::take(&connection, &stage::queues(ShardedQueue::Routing)).await;
    stage::assert_complete_and_in_order(&stage::ids(&arrived), LANES, COUNT);
    assert!(
        (LANES * COUNT) < u32::try_from(stage.begun().len()).unwrap(),
        "work in progress was begun again"
    );
}
