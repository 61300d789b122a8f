//! Between the client library's messages and proto's: the only place that knows AMQP properties.

use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, LongString, ShortString};
use proto::stamps::header::DIED_IN;
use proto::{Message, MessageType, Publication};

use super::error::PublishError;

/// Delivery mode of a message that survives the broker's restart.
const PERSISTENT: u8 = 2;

/// The broker's count of earlier deliveries from a quorum queue.
const DELIVERY_COUNT: &str = "x-delivery-count";

/// The broker's list of deaths, newest first, and what each names its queue.
const DEATHS: &str = "x-death";
const DEATH_QUEUE: &str = "queue";

/// A stream's offset of the message.
const STREAM_OFFSET: &str = "x-stream-offset";

/// What a delivery says, its body moved and not copied.
pub(super) fn read(queue: &str, delivery: Delivery) -> Message {
    let properties = &delivery.properties;
    let mut headers = proto::stamps::Headers::new();
    let mut delivery_count = 0;
    let mut died_in = None;
    if let Some(table) = properties.headers() {
        for (name, value) in table.inner() {
            if name.as_str() == DELIVERY_COUNT {
                delivery_count = number(value).unwrap_or(0);
            } else if name.as_str() == DEATHS {
                died_in = last_death(value);
            } else if let Some(text) = text(value) {
                headers.insert(name.as_str().to_owned(), text);
            }
        }
    }
    headers.remove(DIED_IN);
    headers.extend(died_in.map(|queue| (DIED_IN.to_owned(), queue)));
    Message {
        queue: queue.to_owned(),
        routing_key: delivery.routing_key.as_str().to_owned(),
        message_id: property(properties.message_id().as_ref()).unwrap_or_default(),
        message_type: property(properties.kind().as_ref())
            .as_deref()
            .and_then(MessageType::from_word),
        user_id: property(properties.user_id().as_ref()),
        headers,
        delivery_count,
        body: delivery.data.into(),
    }
}

fn last_death(deaths: &AMQPValue) -> Option<String> {
    let AMQPValue::FieldArray(deaths) = deaths else {
        return None;
    };
    match deaths.as_slice().first()? {
        AMQPValue::FieldTable(death) => text(death.inner().get(DEATH_QUEUE)?),
        _ => None,
    }
}

/// The stream's offset of a delivery.
pub(super) fn stream_offset(delivery: &Delivery) -> Option<u64> {
    let table = delivery.properties.headers().as_ref()?;
    number(table.inner().get(STREAM_OFFSET)?)
}

/// Properties of a message, built anew: persistent, and nothing that could send it elsewhere or make it vanish.
pub(super) fn properties(publication: &Publication) -> Result<BasicProperties, PublishError> {
    let mut headers = FieldTable::default();
    for (name, value) in &publication.headers {
        headers.insert(
            short(name)?,
            AMQPValue::LongString(LongString::from(value.as_str())),
        );
    }
    Ok(BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type(short(publication.message_type.content_type())?)
        .with_type(short(publication.message_type.as_str())?)
        .with_message_id(short(&publication.message_id)?)
        .with_headers(headers))
}

/// A short string, at most 255 bytes.
pub(super) fn short(text: &str) -> Result<ShortString, PublishError> {
    ShortString::try_new(text).map_err(|_| PublishError::Unfit)
}

fn property(value: Option<&ShortString>) -> Option<String> {
    value.map(|text| text.as_str().to_owned())
}

/// Other clients write text as short strings or bytes; all are read.
fn text(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => std::str::from_utf8(text.as_bytes()).ok().map(str::to_owned),
        AMQPValue::ShortString(text) => Some(text.as_str().to_owned()),
        AMQPValue::ByteArray(bytes) => std::str::from_utf8(bytes.as_slice()).ok().map(str::to_owned),
        _ => None,
    }
}

fn number(value: &AMQPValue) -> Option<u64> {
    match value {
        AMQPValue::LongLongInt(number) => u64::try_from(*number).ok(),
        AMQPValue::LongInt(number) => u64::try_from(*number).ok(),
        AMQPValue::LongUInt(number) => Some(u64::from(*number)),
        AMQPValue::ShortInt(number) => u64::try_from(*number).ok(),
        AMQPValue::ShortUInt(number) => Some(u64::from(*number)),
        AMQPValue::ShortShortInt(number) => u64::try_from(*number).ok(),
        AMQPValue::ShortShortUInt(number) => Some(u64::from(*number)),
        AMQPValue::Timestamp(number) => Some(*number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proto::topology::Exchange;

    use super::*;

    fn publication() -> Publication {
        Publication {
            exchange: Exchange::Submitted,
            routing_key: "03.0300000005".into(),
            message_id: "ab".repeat(32),
            message_type: MessageType::Envelope,
            headers: [("sender".to_owned(), "0300000100".to_owned())].into(),
            body: Default::default(),
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_nothing_else() {
        let publication = publication();
        let mut delivery = Delivery::mock(1, "x".into(), "03.0300000005".into(), true, b"cms".to_vec());
        delivery.properties = properties(&publication).unwrap();
        assert_eq!(delivery.properties.delivery_mode(), &Some(2));
        assert!(delivery.properties.expiration().is_none() && delivery.properties.priority().is_none());
        let message = read("validation.03", delivery);
        assert_eq!(message.message_id, publication.message_id);
        assert_eq!(message.message_type, Some(MessageType::Envelope));
        assert_eq!(message.headers, publication.headers);
        assert_eq!(message.queue, "validation.03");
        assert_eq!(&message.body[..], b"cms");
    }

    #[test]
    fn other_clients_texts_are_read_and_other_types_dropped() {
        let mut table = FieldTable::default();
        table.insert("short".into(), AMQPValue::ShortString("a".into()));
        table.insert("bytes".into(), AMQPValue::ByteArray(b"b".to_vec().into()));
        table.insert("flag".into(), AMQPValue::Boolean(true));
        table.insert("broken".into(), AMQPValue::ByteArray(vec![0xff].into()));
        table.insert(DELIVERY_COUNT.into(), AMQPValue::LongLongInt(3));
        table.insert(STREAM_OFFSET.into(), AMQPValue::LongLongInt(9));
        let mut delivery = Delivery::mock(1, "x".into(), "k".into(), true, Vec::new());
        delivery.properties = BasicProperties::default().with_headers(table);
        assert_eq!(stream_offset(&delivery), Some(9));
        let message = read("acks", delivery);
        assert_eq!(message.delivery_count, 3);
        let headers: Vec<_> = message
            .headers
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .collect();
        assert_eq!(headers, [("bytes", "b"), ("short", "a")]);
    }

    #[test]
    fn where_a_message_died_is_the_broker_s_word_alone() {
        let death = |queue: &str| {
            let mut table = FieldTable::default();
            table.insert(DEATH_QUEUE.into(), AMQPValue::LongString(queue.into()));
            AMQPValue::FieldTable(table)
        };
        let died_in = |deaths: Option<Vec<AMQPValue>>| {
            let mut table = FieldTable::default();
            table.insert(DIED_IN.into(), AMQPValue::LongString("validation.00".into()));
            if let Some(deaths) = deaths {
                table.insert(DEATHS.into(), AMQPValue::FieldArray(deaths.into()));
            }
            let mut delivery = Delivery::mock(1, "x".into(), "k".into(), true, Vec::new());
            delivery.properties = BasicProperties::default().with_headers(table);
            read("parked", delivery).headers.remove(DIED_IN)
        };
        assert_eq!(died_in(None), None);
        assert_eq!(died_in(Some(Vec::new())), None);
        let newest_first = vec![death("submit"), death("routing.01")];
        assert_eq!(died_in(Some(newest_first)).as_deref(), Some("submit"));
    }

    #[test]
    fn a_property_that_is_too_long_is_told() {
        let mut long = publication();
        long.message_id = "x".repeat(256);
        assert_eq!(properties(&long).unwrap_err(), PublishError::Unfit);
    }
}
