//! The broker's topology as data: the one place where exchanges, queues, keys and arguments are named.
//!
//! Arguments that can lose a message are declared on the queue and never left to a policy
//! (RabbitMQ documentation: Quorum Queues, Consumers § Single Active Consumer, Streams, Dead Lettering).

use std::fmt;

use crate::{Channel, OfficeNumber};

/// Number of shards of an installation unless configured otherwise.
pub const DEFAULT_SHARDS: u16 = 16;

/// Routing key of acceptance notes.
pub const NOTE_KEY: &str = "note";

/// The queue of submissions by AMQP.
pub const SUBMIT_QUEUE: &str = "submit";

/// The stream of acceptance notes.
pub const ACCEPTED_STREAM: &str = "accepted";

/// The queue of parked messages, also the dead-letter target.
pub const PARKED_QUEUE: &str = "parked";

/// The queue of vendors' acknowledgements.
pub const ACKS_QUEUE: &str = "acks";

/// The empty queue that holds the number of shards: declared with another number, the broker answers 406.
pub const SHARDS_MARKER: &str = "relay.shards";

/// Every exchange is durable and of type topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exchange {
    /// Vendors submit here.
    Submit,
    /// The door's envelopes, to validation.
    Submitted,
    /// Validation's, to routing.
    Validated,
    /// Routing's, to delivery.
    Routed,
    /// Refusals, to delivery.
    Outcome,
    /// Acceptance notes.
    Accepted,
    /// Set aside.
    Parked,
    /// To offices' and vendors' own queues.
    Office,
    /// Vendors' acknowledgements.
    Acks,
}

impl Exchange {
    /// Every exchange.
    pub const ALL: &'static [Self] = &[
        Self::Submit,
        Self::Submitted,
        Self::Validated,
        Self::Routed,
        Self::Outcome,
        Self::Accepted,
        Self::Parked,
        Self::Office,
        Self::Acks,
    ];

    /// Its name on the broker.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Submit => "relay.submit",
            Self::Submitted => "relay.submitted",
            Self::Validated => "relay.validated",
            Self::Routed => "relay.routed",
            Self::Outcome => "relay.outcome",
            Self::Accepted => "relay.accepted",
            Self::Parked => "relay.parked",
            Self::Office => "relay.office",
            Self::Acks => "relay.acks",
        }
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The stages whose queues are sharded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShardedQueue {
    /// `validation.NN`
    Validation,
    /// `routing.NN`
    Routing,
    /// `delivery.NN`
    Delivery,
}

impl ShardedQueue {
    /// Every sharded stage.
    pub const ALL: &'static [Self] = &[Self::Validation, Self::Routing, Self::Delivery];

    /// The queue of one shard.
    #[must_use]
    pub fn name(self, shard: u16) -> String {
        format!("{}.{shard:02}", self.stage())
    }

    /// The stage that reads it, which begins its name.
    #[must_use]
    pub fn stage(self) -> &'static str {
        match self {
            Self::Validation => "validation",
            Self::Routing => "routing",
            Self::Delivery => "delivery",
        }
    }

    /// The exchanges that feed it.
    #[must_use]
    pub fn sources(self) -> &'static [Exchange] {
        match self {
            Self::Validation => &[Exchange::Submitted],
            Self::Routing => &[Exchange::Validated],
            Self::Delivery => &[Exchange::Routed, Exchange::Outcome],
        }
    }
}

/// Value of a queue argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A long string.
    Text(&'static str),
    /// A signed 64-bit integer.
    Number(i64),
    /// A boolean.
    Flag(bool),
}

impl From<Argument> for serde_json::Value {
    /// As the broker's management reads and writes it.
    fn from(argument: Argument) -> Self {
        match argument {
            Argument::Text(text) => Self::from(text),
            Argument::Number(number) => Self::from(number),
            Argument::Flag(flag) => Self::from(flag),
        }
    }
}

/// A durable queue, its arguments and its bindings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name.
    pub name: String,
    /// Its declared arguments.
    pub arguments: Vec<(&'static str, Argument)>,
    /// Exchange and binding key.
    pub bindings: Vec<(Exchange, String)>,
}

/// The routing key of an envelope on a sharded exchange: `NN.office`.
#[must_use]
pub fn shard_key(destination: OfficeNumber, shards: u16) -> String {
    format!("{:02}.{destination}", destination.shard(shards))
}

/// Every queue the relay declares for an installation of so many shards, the marker first.
#[must_use]
pub fn queues(shards: u16) -> Vec<Queue> {
    let mut queues = vec![Queue {
        name: SHARDS_MARKER.to_owned(),
        arguments: vec![
            ("x-queue-type", Argument::Text("quorum")),
            ("x-max-length", Argument::Number(i64::from(shards))),
        ],
        bindings: Vec::new(),
    }];
    for stage in ShardedQueue::ALL {
        for shard in 0..shards {
            let bindings = stage
                .sources()
                .iter()
                .map(|source| (*source, format!("{shard:02}.*")))
                .collect();
            queues.push(Queue {
                name: stage.name(shard),
                arguments: safe(true, true),
                bindings,
            });
        }
    }
    queues.push(Queue {
        name: SUBMIT_QUEUE.to_owned(),
        arguments: safe(true, true),
        bindings: vec![(Exchange::Submit, "#".to_owned())],
    });
    queues.push(Queue {
        name: ACKS_QUEUE.to_owned(),
        arguments: safe(false, true),
        bindings: vec![(Exchange::Acks, "#".to_owned())],
    });
    queues.push(Queue {
        name: PARKED_QUEUE.to_owned(),
        arguments: safe(false, false),
        bindings: vec![(Exchange::Parked, "#".to_owned())],
    });
    queues.push(Queue {
        name: ACCEPTED_STREAM.to_owned(),
        arguments: vec![
            ("x-queue-type", Argument::Text("stream")),
            ("x-max-age", Argument::Text("30D")),
        ],
        bindings: vec![(Exchange::Accepted, NOTE_KEY.to_owned())],
    });
    queues
}

/// Milliseconds a message waits in a channel before the broker drops it; the mailbox keeps it.
const CHANNEL_TTL: i64 = 7 * 24 * 60 * 60 * 1_000;

/// The queue of a channel, bound by the relay alone: its routing keys end in the office a message concerns. How large it may
/// grow is a policy's matter ([`CHANNEL_POLICY`]).
#[must_use]
pub fn channel_queue(channel: &Channel) -> Queue {
    let mut arguments = safe(false, false);
    arguments.push(("x-message-ttl", Argument::Number(CHANNEL_TTL)));
    Queue {
        name: channel.to_string(),
        arguments,
        bindings: vec![(Exchange::Office, format!("{channel}.*"))],
    }
}

/// Name of the broker's policy that bounds the channels' queues.
pub const CHANNEL_POLICY: &str = "relay.channels";

/// The queues that policy is about.
pub const CHANNEL_PATTERN: &str = r"^(vendor|office)\.";

/// Bytes a channel's queue holds unless an operator sets another size; what does not fit waits in the mailbox.
pub const CHANNEL_BYTES: u64 = 256 * 1024 * 1024;

fn safe(single_active_consumer: bool, dead_letters: bool) -> Vec<(&'static str, Argument)> {
    let mut arguments = vec![
        ("x-queue-type", Argument::Text("quorum")),
        ("x-overflow", Argument::Text("reject-publish")),
        ("x-delivery-limit", Argument::Number(1_000_000)),
    ];
    if dead_letters {
        arguments.push(("x-dead-letter-exchange", Argument::Text(Exchange::Parked.name())));
        arguments.push(("x-dead-letter-strategy", Argument::Text("at-least-once")));
    }
    if single_active_consumer {
        arguments.push(("x-single-active-consumer", Argument::Flag(true)));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_source_key_reaches_exactly_one_sharded_queue_of_a_stage() {
        let office: OfficeNumber = "0300000005".parse().unwrap();
        let key = shard_key(office, DEFAULT_SHARDS);
        let (shard, rest) = key.split_once('.').unwrap();
        assert_eq!(rest, "0300000005");
        for exchange in [
            Exchange::Submitted,
            Exchange::Validated,
            Exchange::Routed,
            Exchange::Outcome,
        ] {
            let bound: Vec<_> = queues(DEFAULT_SHARDS)
                .into_iter()
                .filter(|queue| queue.bindings.contains(&(exchange, format!("{shard}.*"))))
                .collect();
            assert_eq!(bound.len(), 1, "{exchange}");
        }
    }

    #[test]
    fn a_channel_s_queue_takes_what_fits_and_has_no_dead_letters() {
        let queue = channel_queue(&"vendor.abc".parse().unwrap());
        assert_eq!(queue.bindings, [(Exchange::Office, "vendor.abc.*".to_owned())]);
        let has = |name, value| queue.arguments.contains(&(name, value));
        assert!(has("x-queue-type", Argument::Text("quorum")));
        assert!(has("x-overflow", Argument::Text("reject-publish")));
        assert!(has("x-message-ttl", Argument::Number(604_800_000)));
        assert!(
            queue
                .arguments
                .iter()
                .all(|(name, _)| !name.contains("dead-letter"))
        );
    }

    #[test]
    fn what_can_lose_a_message_is_declared() {
        for queue in queues(4) {
            let argument = |name: &str| {
                queue
                    .arguments
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| *value)
            };
            assert_eq!(argument("x-message-ttl"), None);
            assert_eq!(argument("x-expires"), None);
            if queue.name == ACCEPTED_STREAM || queue.name == SHARDS_MARKER {
                continue;
            }
            assert_eq!(
                argument("x-queue-type"),
                Some(Argument::Text("quorum")),
                "{}",
                queue.name
            );
            assert_eq!(
                argument("x-overflow"),
                Some(Argument::Text("reject-publish")),
                "{}",
                queue.name
            );
            assert_eq!(
                argument("x-delivery-limit"),
                Some(Argument::Number(1_000_000)),
                "{}",
                queue.name
            );
            assert_eq!(
                argument("x-dead-letter-exchange").is_none(),
                queue.name == PARKED_QUEUE,
                "{}",
                queue.name
            );
        }
    }
}
