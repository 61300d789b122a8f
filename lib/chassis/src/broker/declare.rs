//! Declares the topology of `proto` on the broker, actively: what is equal is left alone, what differs is refused (406).

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use lapin::{Channel, Connection, ErrorKind, ExchangeKind};
use proto::topology::{Argument, Exchange, Queue, queues};

use super::error::BrokerError;

/// The broker's answer to a declaration that differs from what is there.
const PRECONDITION_FAILED: u16 = 406;

/// Declares every exchange, queue and binding of an installation of so many shards; the shard marker first, so that a
/// station configured otherwise changes nothing.
pub(super) async fn topology(connection: &Connection, shards: u16) -> Result<(), BrokerError> {
    let channel = connection.create_channel().await?;
    let queues = queues(shards);
    if let Some((marker, rest)) = queues.split_first() {
        queue(&channel, marker).await?;
        for name in Exchange::ALL {
            exchange(&channel, *name).await?;
        }
        for other in rest {
            queue(&channel, other).await?;
        }
    }
    // Nothing hangs on how this channel ends: everything was answered.
    let _ = channel.close(200, "declared".into()).await;
    Ok(())
}

/// Declares one queue with its bindings.
pub(super) async fn one(connection: &Connection, wanted: &Queue) -> Result<(), BrokerError> {
    let channel = connection.create_channel().await?;
    queue(&channel, wanted).await?;
    let _ = channel.close(200, "declared".into()).await;
    Ok(())
}

async fn exchange(channel: &Channel, exchange: Exchange) -> Result<(), BrokerError> {
    let options = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let declared = channel.exchange_declare(
        exchange.name().into(),
        ExchangeKind::Topic,
        options,
        FieldTable::default(),
    );
    declared.await.map_err(|error| refused(exchange.name(), error))
}

async fn queue(channel: &Channel, queue: &Queue) -> Result<(), BrokerError> {
    let name: ShortString = queue.name.as_str().into();
    let options = QueueDeclareOptions {
        durable: true,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(name.clone(), options, arguments(queue))
        .await
        .map_err(|error| refused(&queue.name, error))?;
    for (exchange, key) in &queue.bindings {
        channel
            .queue_bind(
                name.clone(),
                exchange.name().into(),
                key.as_str().into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            )
            .await
            .map_err(|error| refused(&queue.name, error))?;
    }
    Ok(())
}

pub(super) fn arguments(queue: &Queue) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, argument) in &queue.arguments {
        let value = match argument {
            Argument::Text(text) => AMQPValue::LongString(LongString::from(*text)),
            Argument::Number(number) => AMQPValue::LongLongInt(*number),
            Argument::Flag(flag) => AMQPValue::Boolean(*flag),
        };
        table.insert((*name).into(), value);
    }
    table
}

fn refused(name: &str, error: lapin::Error) -> BrokerError {
    match error.kind() {
        ErrorKind::ProtocolError(answer) if answer.get_id() == PRECONDITION_FAILED => BrokerError::Topology {
            name: name.to_owned(),
            detail: answer.get_message().to_string(),
        },
        _ => error.into(),
    }
}
