//! Reads a stream queue in batches with their offsets. The reader keeps its own place; the broker keeps none.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use lapin::types::{AMQPValue, FieldTable, LongString};
use lapin::{Channel, Consumer};
use proto::Message;
use proto::topology::ACCEPTED_STREAM;
use tokio::time::Instant;

use super::backoff::Backoff;
use super::message;
use super::settle::{Acks, acknowledge};
use super::stage::{StreamOffset, StreamSink};
use super::subscription::Subscription;
use super::supervisor::{Link, Live};
use crate::shutdown::Shutdown;

/// A stream's consumer needs a prefetch; it is also the largest batch.
const PREFETCH: u16 = 500;

/// How the reading of one channel ended.
enum End {
    /// The sink or shutdown.
    Stop,
    /// The channel is gone: read on from the next offset.
    Broken,
}

/// Reads `accepted` from an offset on until the sink says stop or shutdown begins; a lost channel is opened again at the
/// next offset.
pub(super) async fn read(link: &Link, shutdown: &Shutdown, from: StreamOffset, sink: Arc<dyn StreamSink>) {
    let mut link = link.clone();
    let mut from = from;
    let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
    loop {
        let live = tokio::select! {
            biased;
            () = shutdown.wait() => return,
            live = link.live() => match live {
                Some(live) => live,
                None => return,
            },
        };
        let subscribed = tokio::select! {
            subscribed = subscribe(&link, &live, from) => subscribed,
            () = shutdown.wait() => return,
        };
        if let Some(mut subscription) = subscribed {
            let before = from;
            let end = match subscription.parts() {
                (channel, Some(consumer)) => {
                    read_channel(channel, consumer, shutdown, &mut from, &*sink).await
                }
                (_, None) => End::Broken,
            };
            subscription.close().await;
            if matches!(end, End::Stop) {
                return;
            }
            if before != from {
                backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
            }
        }
        tokio::select! {
            () = backoff.wait() => {}
            () = shutdown.wait() => return,
        }
    }
}

async fn subscribe(link: &Link, live: &Arc<Live>, from: StreamOffset) -> Option<Subscription> {
    let mut arguments = FieldTable::default();
    let offset = match from {
        StreamOffset::First => AMQPValue::LongString(LongString::from("first")),
        StreamOffset::Next(offset) => AMQPValue::LongLongInt(i64::try_from(offset).unwrap_or(i64::MAX)),
    };
    arguments.insert("x-stream-offset".into(), offset);
    Subscription::open(link, live, ACCEPTED_STREAM, PREFETCH, arguments).await
}

async fn read_channel(
    channel: &Channel,
    consumer: &mut Consumer,
    shutdown: &Shutdown,
    from: &mut StreamOffset,
    sink: &dyn StreamSink,
) -> End {
    let mut acks = Acks::new(PREFETCH);
    loop {
        let first = tokio::select! {
            biased;
            () = shutdown.wait() => return End::Stop,
            first = consumer.next() => first,
        };
        let mut batch: Vec<(u64, Message)> = Vec::new();
        let mut next = first;
        let mut broken = false;
        loop {
            match next {
                Some(Ok(delivery)) => {
                    acks.received(delivery.delivery_tag);
                    acks.settled(delivery.delivery_tag, Instant::now());
                    // A chunk may begin before the offset asked for.
                    let offset = message::stream_offset(&delivery);
                    let wanted = offset.is_some_and(|offset| match *from {
                        StreamOffset::First => true,
                        StreamOffset::Next(least) => least <= offset,
                    });
                    if let Some(offset) = offset
                        && wanted
                    {
                        batch.push((offset, message::read(ACCEPTED_STREAM, delivery)));
                    }
                }
                Some(Err(error)) => {
                    tracing::warn!(%error, "the stream's channel is gone");
                    broken = true;
                }
                None => broken = true,
            }
            if broken || usize::from(PREFETCH) <= batch.len() {
                break;
            }
            match consumer.next().now_or_never() {
                Some(more) => next = more,
                None => break,
            }
        }
        if let Some((last, _)) = batch.last() {
            let next_offset = last + 1;
            if !sink.take(batch).await {
                return End::Stop;
            }
            *from = StreamOffset::Next(next_offset);
        }
        // Gives the broker leave to send on; a stream keeps what is acknowledged.
        if broken || !acknowledge(channel, acks.all()).await {
            return End::Broken;
        }
    }
}
