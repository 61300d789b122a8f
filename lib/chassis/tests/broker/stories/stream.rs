//! The stream of acceptance notes is read from its beginning or from an offset, over a cut as well.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chassis::broker::{StreamOffset, StreamSink};
use proto::topology::{Exchange, NOTE_KEY};
use proto::{Message, MessageType, Publication};

use crate::server::VirtualHost;
use crate::stage::Process;

/// Takes until it has seen so many.
struct Reader {
    seen: Mutex<Vec<(u64, String)>>,
    enough: usize,
}

#[async_trait]
impl StreamSink for Reader {
    async fn take(&self, batch: Vec<(u64, Message)>) -> bool {
        let mut seen = self.seen.lock().unwrap();
        seen.extend(
            batch
                .into_iter()
                .map(|(offset, message)| (offset, message.message_id)),
        );
        seen.len() < self.enough
    }
}

fn reader(enough: usize) -> Arc<Reader> {
    Arc::new(Reader {
        seen: Mutex::default(),
        enough,
    })
}

pub(crate) async fn from_first_and_from_an_offset(host: VirtualHost) {
    let process = Process::start(crate::config(&host)).await;
    let note = |number: u64| Publication {
        exchange: Exchange::Accepted,
        routing_key: NOTE_KEY.to_owned(),
        message_id: format!("note-{number}"),
        message_type: MessageType::Notes,
        headers: Default::default(),
        body: vec![b'{', b'}'].into(),
    };
    for number in 0..50 {
        process.publish(&note(number)).await;
    }
    let expected = |from: u64, to: u64| (from..to).map(|n| (n, format!("note-{n}"))).collect::<Vec<_>>();

    let all = reader(50);
    process.broker.read_stream(StreamOffset::First, all.clone()).await;
    assert_eq!(*all.seen.lock().unwrap(), expected(0, 50));

    let rest = reader(20);
    process
        .broker
        .read_stream(StreamOffset::Next(30), rest.clone())
        .await;
    assert_eq!(*rest.seen.lock().unwrap(), expected(30, 50));

    // Cut while waiting for more: read on where it was, nothing twice.
    let on = reader(60);
    let (broker, sink) = (process.broker.clone(), on.clone());
    let reading = tokio::spawn(async move { broker.read_stream(StreamOffset::First, sink).await });
    crate::eventually("the old ones are read", async || {
        on.seen.lock().unwrap().len() == 50
    })
    .await;
    host.cut_connections().await;
    for number in 50..60 {
        process.publish(&note(number)).await;
    }
    reading.await.unwrap();
    let mut seen = on.seen.lock().unwrap().clone();
    // A publish whose confirm was cut off is there twice, as two messages.
    seen.dedup_by(|b, a| a.1 == b.1);
    assert_eq!(
        seen.iter().map(|(_, id)| id.clone()).collect::<Vec<_>>(),
        (0..60).map(|n| format!("note-{n}")).collect::<Vec<_>>()
    );
    process.end().await;
}
