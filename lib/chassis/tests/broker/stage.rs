//! A stage, a table of suspects and messages for the stories.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chassis::broker::{Broker, Mode, Outcome, Source, Stage, Suspects, Transient};
use chassis::health::Health;
use chassis::metrics::Metrics;
use chassis::shutdown::Shutdown;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use lapin::types::FieldTable;
use proto::topology::{Exchange, ShardedQueue, shard_key};
use proto::{Message, MessageType, OfficeNumber, Publication, Station};
use tokio::task::JoinHandle;

pub(crate) const SHARDS: u16 = 2;

/// What a story does with a message.
pub(crate) type Act = Box<dyn Fn(Message) -> BoxFuture<'static, Outcome> + Send + Sync>;

/// A stage made of closures.
pub(crate) struct Made {
    pub(crate) name: &'static str,
    pub(crate) source: Source,
    pub(crate) mode: Mode,
    pub(crate) act: Act,
    pub(crate) probe: Box<dyn Fn() -> bool + Send + Sync>,
    /// Ids in the order in which their handling began.
    pub(crate) begun: Mutex<Vec<String>>,
}

impl Made {
    pub(crate) fn lanes<F>(act: impl Fn(Message) -> F + Send + Sync + 'static) -> Arc<Self>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self::with(Mode::Lanes, act, || true)
    }

    pub(crate) fn with<F>(
        mode: Mode,
        act: impl Fn(Message) -> F + Send + Sync + 'static,
        probe: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Arc<Self>
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Arc::new(Self::closures(mode, act, probe))
    }

    pub(crate) fn closures<F>(
        mode: Mode,
        act: impl Fn(Message) -> F + Send + Sync + 'static,
        probe: impl Fn() -> bool + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self {
            name: Station::Validation.as_str(),
            source: Source::Sharded(ShardedQueue::Validation),
            mode,
            act: Box::new(move |message| Box::pin(act(message))),
            probe: Box::new(probe),
            begun: Mutex::default(),
        }
    }

    pub(crate) fn begun(&self) -> Vec<String> {
        self.begun.lock().unwrap().clone()
    }
}

#[async_trait]
impl Stage for Made {
    fn station(&self) -> Station {
        Station::Validation
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn source(&self) -> Source {
        self.source
    }

    fn mode(&self) -> Mode {
        self.mode
    }

    fn lane(&self, message: &Message) -> String {
        message.lane()
    }

    async fn handle(&self, batch: Vec<Message>) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for message in batch {
            self.begun.lock().unwrap().push(message.message_id.clone());
            outcomes.push((self.act)(message).await);
        }
        outcomes
    }

    async fn probe(&self) -> bool {
        (self.probe)()
    }

    fn park(&self, message: &Message, cause: &str) -> Publication {
        message.parked(Station::Validation, cause)
    }
}

/// The table of suspects, in memory.
#[derive(Default)]
pub(crate) struct Table {
    tries: Mutex<HashMap<String, u32>>,
    /// Most tries seen of each id.
    pub(crate) most: Mutex<HashMap<String, u32>>,
}

#[async_trait]
impl Suspects for Table {
    async fn begin(&self, id: &str, _: &'static str) -> Result<u32, ()> {
        let mut tries = self.tries.lock().unwrap();
        let count = tries.entry(id.to_owned()).or_default();
        *count += 1;
        self.most.lock().unwrap().insert(id.to_owned(), *count);
        Ok(*count)
    }

    async fn end(&self, id: &str, _: &'static str) {
        self.tries.lock().unwrap().remove(id);
    }
}

impl Table {
    /// Ids whose tries were never forgotten.
    pub(crate) fn left(&self) -> Vec<String> {
        self.tries.lock().unwrap().keys().cloned().collect()
    }
}

/// A started broker with what it stands on.
pub(crate) struct Process {
    pub(crate) broker: Broker,
    pub(crate) health: Health,
    pub(crate) shutdown: Shutdown,
    pub(crate) table: Arc<Table>,
    running: Vec<JoinHandle<()>>,
}

impl Process {
    pub(crate) async fn start(config: chassis::broker::BrokerConfig) -> Self {
        Self::with_grace(config, Duration::from_secs(20)).await
    }

    pub(crate) async fn with_grace(config: chassis::broker::BrokerConfig, grace: Duration) -> Self {
        let (health, shutdown) = (Health::new(), Shutdown::new().with_grace(grace));
        let broker = Broker::start(config, Metrics::new(), health.clone(), shutdown.clone())
            .await
            .unwrap();
        Self {
            broker,
            health,
            shutdown,
            table: Arc::default(),
            running: Vec::new(),
        }
    }

    pub(crate) fn run(&mut self, stage: Arc<Made>) {
        let (broker, table) = (self.broker.clone(), self.table.clone());
        self.running
            .push(tokio::spawn(async move { broker.run(stage, table).await }));
    }

    /// Ends the process as a signal would.
    pub(crate) async fn end(self) {
        self.shutdown.begin();
        for running in self.running {
            running.await.unwrap();
        }
    }

    /// Publishes until it is confirmed.
    pub(crate) async fn publish(&self, publication: &Publication) {
        let publisher = self.broker.publisher();
        while publisher.publish(publication.clone()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Publishes `count` messages to each of `lanes` destinations, in order.
    pub(crate) async fn fill(&self, lanes: u32, count: u32) {
        for number in 0..count {
            let all = (0..lanes).map(|lane| async move { self.publish(&submitted(lane, number)).await });
            futures_util::future::join_all(all).await;
        }
    }
}

/// The office of a lane.
pub(crate) fn office(lane: u32) -> OfficeNumber {
    format!("03{lane:08}").parse().unwrap()
}

/// The message `number` of a lane, on its way to validation.
pub(crate) fn submitted(lane: u32, number: u32) -> Publication {
    publication(Exchange::Submitted, lane, &format!("{lane}-{number}"))
}

/// The same message on its way to routing.
pub(crate) fn validated(message: &Message) -> Publication {
    Publication {
        exchange: Exchange::Validated,
        routing_key: message.routing_key.clone(),
        message_id: message.message_id.clone(),
        message_type: MessageType::Envelope,
        headers: message.headers.clone(),
        body: message.body.clone(),
    }
}

pub(crate) fn publication(exchange: Exchange, lane: u32, id: &str) -> Publication {
    Publication {
        exchange,
        routing_key: shard_key(office(lane), SHARDS),
        message_id: id.to_owned(),
        message_type: MessageType::Envelope,
        headers: [("destination".to_owned(), office(lane).to_string())].into(),
        body: vec![b'x'; 200].into(),
    }
}

pub(crate) fn transient(cause: &str) -> Outcome {
    Outcome::Retry(Transient::new(cause))
}

/// Takes what is in these queues, in queue order.
pub(crate) async fn take(connection: &lapin::Connection, queues: &[String]) -> Vec<lapin::message::Delivery> {
    let mut taken = Vec::new();
    for queue in queues {
        let channel = connection.create_channel().await.unwrap();
        let options = lapin::options::BasicConsumeOptions {
            no_ack: true,
            ..Default::default()
        };
        let mut consumer = channel
            .basic_consume(queue.as_str().into(), "".into(), options, FieldTable::default())
            .await
            .unwrap();
        loop {
            // Nothing comes any more and nothing waits: that was all.
            match tokio::time::timeout(Duration::from_millis(500), consumer.next()).await {
                Ok(delivery) => taken.push(delivery.unwrap().unwrap()),
                Err(_) if waiting(connection, queue).await == 0 => break,
                Err(_) => {}
            }
        }
        channel.close(200, "".into()).await.unwrap();
    }
    taken
}

/// Ids of deliveries.
pub(crate) fn ids(deliveries: &[lapin::message::Delivery]) -> Vec<String> {
    deliveries
        .iter()
        .map(|delivery| delivery.properties.message_id().as_ref().unwrap().to_string())
        .collect()
}

/// The queues of all shards.
pub(crate) fn queues(stage: ShardedQueue) -> Vec<String> {
    (0..SHARDS).map(|shard| stage.name(shard)).collect()
}

/// How many messages wait in a queue, delivered ones not counted.
pub(crate) async fn waiting(connection: &lapin::Connection, queue: &str) -> u32 {
    let channel = connection.create_channel().await.unwrap();
    let options = lapin::options::QueueDeclareOptions {
        passive: true,
        ..Default::default()
    };
    let declared = channel
        .queue_declare(queue.into(), options, FieldTable::default())
        .await
        .unwrap();
    let _ = channel.close(200, "".into()).await;
    declared.message_count()
}

/// Asserts that every message of every lane is there, and the first of each in its lane's order.
pub(crate) fn assert_complete_and_in_order(ids: &[String], lanes: u32, count: u32) {
    let mut seen: HashMap<u32, Vec<u32>> = HashMap::new();
    for id in ids {
        let (lane, number) = id.split_once('-').unwrap();
        let numbers = seen.entry(lane.parse().unwrap()).or_default();
        let number = number.parse().unwrap();
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    let expected: Vec<u32> = (0..count).collect();
    for lane in 0..lanes {
        assert_eq!(seen.get(&lane), Some(&expected), "lane {lane}");
    }
}
