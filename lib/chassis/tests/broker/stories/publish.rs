//! A publish is good only when the broker has it in a queue and says so.

use chassis::broker::PublishError;
use lapin::types::{AMQPValue, FieldTable};
use proto::topology::{Exchange, ShardedQueue};

use crate::server::{Server, VirtualHost};
use crate::stage::{self, Process, office, publication, submitted};

pub(crate) async fn confirmed_or_not(host: VirtualHost) {
    let process = Process::start(crate::config(&host)).await;
    let publisher = process.broker.publisher();
    assert!(publisher.is_available());

    // Routable and unroutable ones together, so that returns hang on other messages' confirms.
    let all = (0..400).map(|number| {
        let publisher = publisher.clone();
        async move {
            let lost = number % 3 == 0;
            let mut publication = submitted(number % 7, number);
            if lost {
                publication.exchange = Exchange::Office;
                publication.routing_key = format!("vendor.nobody.{}", office(1));
            }
            (lost, publisher.publish(publication).await)
        }
    });
    for (lost, answer) in futures_util::future::join_all(all).await {
        let expected = if lost { Err(PublishError::Returned) } else { Ok(()) };
        assert_eq!(answer, expected);
    }
    let connection = host.raw().await;
    let stored = stage::take(&connection, &stage::queues(ShardedQueue::Validation)).await;
    assert_eq!(stored.len(), 400 - 134);
    for delivery in &stored {
        assert_eq!(delivery.properties.delivery_mode(), &Some(2), "persistent");
    }

    // A full queue refuses.
    let channel = connection.create_channel().await.unwrap();
    let mut arguments = FieldTable::default();
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(1));
    arguments.insert(
        "x-overflow".into(),
        AMQPValue::LongString("reject-publish".into()),
    );
    let options = lapin::options::QueueDeclareOptions::durable();
    channel
        .queue_declare("vendor.tiny".into(), options, arguments)
        .await
        .unwrap();
    let bind = lapin::options::QueueBindOptions::default();
    let exchange = Exchange::Office.name().into();
    channel
        .queue_bind(
            "vendor.tiny".into(),
            exchange,
            "vendor.tiny.*".into(),
            bind,
            FieldTable::default(),
        )
        .await
        .unwrap();
    let mut full = publication(Exchange::Office, 1, "full");
    full.routing_key = format!("vendor.tiny.{}", office(1));
    let mut answers = Vec::new();
    for _ in 0..5 {
        answers.push(publisher.publish(full.clone()).await);
    }
    assert!(answers[0].is_ok(), "{answers:?}");
    assert_eq!(answers[4], Err(PublishError::Nacked), "{answers:?}");

    // A property that AMQP cannot say.
    full.message_id = "x".repeat(300);
    assert_eq!(publisher.publish(full).await, Err(PublishError::Unfit));
    process.end().await;
}

/// While the broker is short of memory a publish fails soon, `/ready` says why, and afterwards all is as before.
pub(crate) async fn blocked_by_an_alarm(host: VirtualHost, server: &Server) {
    let config = chassis::broker::BrokerConfig {
        confirm_timeout_seconds: 1.0,
        ..crate::config(&host)
    };
    let process = Process::start(config).await;
    let publisher = process.broker.publisher();
    assert_eq!(publisher.publish(submitted(1, 0)).await, Ok(()));
    server.memory_alarm(true).await;
    // The broker blocks a connection when it publishes; those under way get no confirm.
    crate::eventually("blocked", async || {
        publisher.publish(submitted(1, 1)).await == Err(PublishError::Blocked)
    })
    .await;
    assert!(!publisher.is_available());
    let readiness = process.health.ready();
    assert!(
        readiness.reasons["broker"].contains("memory or disk"),
        "{readiness:?}"
    );
    server.memory_alarm(false).await;
    crate::eventually("published again", async || {
        publisher.publish(submitted(1, 2)).await.is_ok()
    })
    .await;
    assert!(process.health.ready().ready);
    process.end().await;
}
