//! The yardstick: an envelope's three queue passes with nothing done in between. Built for the bench alone (feature
//! `baseline`), and no station: raw consumers, queues of its own, none of the care the rest of this module is about.
//!
//! As fast as the broker lets three passes be at the relay's own promises: quorum queues with single active consumer and
//! the relay's arguments, persistent and mandatory publishes, each confirmed before its source is acknowledged. One
//! shard's publishes are confirmed in order, so that one acknowledgement can name many.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use lapin::message::Delivery;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions,
    ExchangeDeclareOptions, ExchangeDeleteOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::{
    BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer, ExchangeKind,
};
use proto::topology::{ShardedQueue, queues, shard_key};
use proto::{EnvelopeId, OfficeNumber};
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::declare::arguments as arguments_of;
use super::error::BrokerError;

/// Queue passes, as door to validation, validation to routing, routing to delivery.
const PASSES: usize = 3;

/// Most messages of a shard received and not acknowledged.
const PREFETCH: u16 = 64;

/// Messages named by one acknowledgement.
const TOGETHER: u64 = 16;

/// How long fewer than that wait for company.
const LINGER: Duration = Duration::from_millis(20);

/// Channels that publish at the beginning of the way, and each one's publishes without confirm.
const SOURCES: usize = 4;
const WINDOW: usize = 64;

/// One envelope to pass through.
#[derive(Clone, Debug)]
pub struct Load {
    /// Whose shard it goes through.
    pub destination: OfficeNumber,
    /// Its id, also the message's.
    pub id: EnvelopeId,
    /// Its bytes.
    pub bytes: bytes::Bytes,
}

struct Counted {
    arrived: AtomicU64,
    expected: u64,
    all: Notify,
}

/// The pipeline, ready to be measured.
pub struct Baseline {
    publish: Connection,
    consume: Connection,
    /// The consumers. They live until their connection is closed: one dropped before is cancelled by the client library,
    /// and its answer then finds the channel gone.
    work: JoinSet<Result<(), BrokerError>>,
    shards: u16,
}

impl Baseline {
    /// Connects and declares; an earlier run's remains are cleared away.
    ///
    /// # Errors
    /// When the broker refuses.
    pub async fn prepare(url: &str, shards: u16) -> Result<Self, BrokerError> {
        let publish = Connection::connect(url, ConnectionProperties::default()).await?;
        let consume = Connection::connect(url, ConnectionProperties::default()).await?;
        let channel = consume.create_channel().await?;
        clear(&channel, shards).await?;
        declare(&channel, shards).await?;
        Ok(Self {
            publish,
            consume,
            work: JoinSet::new(),
            shards,
        })
    }

    /// Passes the loads through and tells how long it took, from the first publish to the last receipt.
    ///
    /// # Errors
    /// When the broker refuses or loses anything: nothing is tried again here.
    pub async fn pass(&mut self, loads: Arc<Vec<Load>>) -> Result<Duration, BrokerError> {
        let counted = Arc::new(Counted {
            arrived: AtomicU64::new(0),
            expected: loads.len() as u64,
            all: Notify::new(),
        });
        for pass in 0..PASSES {
            for shard in 0..self.shards {
                let (source, consumer) = subscribe(&self.consume, &queue(pass, shard)).await?;
                let next = match pass + 1 {
                    PASSES => None,
                    next => Some((confirming(&self.publish).await?, exchange(next))),
                };
                self.work.spawn(hand_on(source, consumer, next, counted.clone()));
            }
        }
        let begun = Instant::now();
        let next = Arc::new(AtomicUsize::new(0));
        let mut sources = JoinSet::new();
        for _ in 0..SOURCES {
            let channel = confirming(&self.publish).await?;
            sources.spawn(begin(channel, self.shards, loads.clone(), next.clone()));
        }
        while let Some(ended) = sources.join_next().await {
            ended.map_err(died)??;
        }
        let took = tokio::select! {
            () = counted.all.notified() => begun.elapsed(),
            // A consumer ends only by an error.
            Some(ended) = self.work.join_next() => {
                ended.map_err(died)??;
                return Err(BrokerError::Unavailable("a consumer ended early".to_owned()));
            }
        };
        Ok(took)
    }

    /// Disconnects and clears everything away.
    ///
    /// # Errors
    /// When the broker refuses.
    pub async fn end(mut self) -> Result<(), BrokerError> {
        self.consume.close(200, "done".into()).await?;
        self.work.shutdown().await;
        let channel = self.publish.create_channel().await?;
        clear(&channel, self.shards).await?;
        self.publish.close(200, "done".into()).await?;
        Ok(())
    }
}

fn died(error: tokio::task::JoinError) -> BrokerError {
    BrokerError::Unavailable(error.to_string())
}

fn exchange(pass: usize) -> String {
    format!("baseline.{pass}")
}

fn queue(pass: usize, shard: u16) -> String {
    format!("baseline.{pass}.{shard:02}")
}

/// What an earlier run that was cut off may have left would be counted as its own.
async fn clear(channel: &Channel, shards: u16) -> Result<(), BrokerError> {
    for pass in 0..PASSES {
        for shard in 0..shards {
            channel
                .queue_delete(queue(pass, shard).as_str().into(), QueueDeleteOptions::default())
                .await?;
        }
        channel
            .exchange_delete(exchange(pass).as_str().into(), ExchangeDeleteOptions::default())
            .await?;
    }
    Ok(())
}

/// Queues with the very arguments of the stages' own.
async fn declare(channel: &Channel, shards: u16) -> Result<(), BrokerError> {
    let model = ShardedQueue::Validation.name(0);
    let arguments = queues(shards)
        .iter()
        .find(|queue| queue.name == model)
        .map(arguments_of)
        .unwrap_or_default();
    for pass in 0..PASSES {
        let exchange = exchange(pass);
        let durable = ExchangeDeclareOptions {
            durable: true,
            ..ExchangeDeclareOptions::default()
        };
        channel
            .exchange_declare(
                exchange.as_str().into(),
                ExchangeKind::Topic,
                durable,
                FieldTable::default(),
            )
            .await?;
        for shard in 0..shards {
            let queue = queue(pass, shard);
            let durable = QueueDeclareOptions {
                durable: true,
                ..QueueDeclareOptions::default()
            };
            channel
                .queue_declare(queue.as_str().into(), durable, arguments.clone())
                .await?;
            channel
                .queue_bind(
                    queue.as_str().into(),
                    exchange.as_str().into(),
                    format!("{shard:02}.*").as_str().into(),
                    QueueBindOptions::default(),
                    FieldTable::default(),
                )
                .await?;
        }
    }
    Ok(())
}

async fn confirming(connection: &Connection) -> Result<Channel, BrokerError> {
    let channel = connection.create_channel().await?;
    channel.confirm_select(ConfirmSelectOptions::default()).await?;
    Ok(channel)
}

async fn subscribe(connection: &Connection, queue: &str) -> Result<(Channel, Consumer), BrokerError> {
    let channel = connection.create_channel().await?;
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    let consumer = channel
        .basic_consume(
            queue.into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        )
        .await?;
    Ok((channel, consumer))
}

/// Publishes its share of the loads, a window of them without confirm.
async fn begin(
    channel: Channel,
    shards: u16,
    loads: Arc<Vec<Load>>,
    next: Arc<AtomicUsize>,
) -> Result<(), BrokerError> {
    let exchange = exchange(0);
    let mut confirms = FuturesUnordered::new();
    loop {
        let load = if confirms.len() < WINDOW {
            loads.get(next.fetch_add(1, Ordering::Relaxed))
        } else {
            None
        };
        match load {
            Some(load) => {
                let key = shard_key(load.destination, shards);
                let properties = BasicProperties::default()
                    .with_delivery_mode(2)
                    .with_message_id(load.id.to_string().into());
                confirms.push(publish(&channel, &exchange, key, &load.bytes, properties));
            }
            None if confirms.is_empty() => return Ok(()),
            None => {}
        }
        if WINDOW <= confirms.len() || load.is_none() {
            confirms.next().await.transpose()?;
        }
    }
}

async fn publish(
    channel: &Channel,
    exchange: &str,
    key: String,
    bytes: &[u8],
    properties: BasicProperties,
) -> Result<(), BrokerError> {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let publishing = channel.basic_publish(exchange.into(), key.as_str().into(), options, bytes, properties);
    match publishing.await?.await? {
        Confirmation::Ack(None) => Ok(()),
        _ => Err(BrokerError::Unavailable("a message was not taken".to_owned())),
    }
}

/// One shard of one pass, until it is stopped.
async fn hand_on(
    source: Channel,
    mut consumer: Consumer,
    next: Option<(Channel, String)>,
    counted: Arc<Counted>,
) -> Result<(), BrokerError> {
    let one = async |delivery: Delivery| {
        match &next {
            Some((channel, exchange)) => {
                let key = delivery.routing_key.as_str().to_owned();
                publish(channel, exchange, key, &delivery.data, delivery.properties).await?;
            }
            None => {
                if counted.arrived.fetch_add(1, Ordering::Relaxed) + 1 == counted.expected {
                    counted.all.notify_one();
                }
            }
        }
        Ok::<u64, BrokerError>(delivery.delivery_tag)
    };
    let mut confirms = FuturesOrdered::new();
    let (mut last, mut settled) = (0, 0);
    loop {
        tokio::select! {
            biased;
            Some(tag) = confirms.next(), if !confirms.is_empty() => {
                last = tag?;
                settled += 1;
                if settled < TOGETHER {
                    continue;
                }
            }
            delivery = consumer.next() => match delivery {
                Some(delivery) => {
                    confirms.push_back(one(delivery?));
                    continue;
                }
                None => return Err(BrokerError::Unavailable("a consumer was cancelled".to_owned())),
            },
            () = tokio::time::sleep(LINGER), if 0 < settled => {}
        }
        source.basic_ack(last, BasicAckOptions { multiple: true }).await?;
        settled = 0;
    }
}
