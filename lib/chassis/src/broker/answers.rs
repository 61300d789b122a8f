//! A publish on its channel and the answer to it, as far as the client library's answers can be trusted.

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel, Confirmation};
use proto::Publication;

use super::confirm::Flight;
use super::error::PublishError;
use crate::metrics::Counter;

/// What is counted of all channels.
#[derive(Clone)]
pub(super) struct Counters {
    pub(super) returned: Counter,
    pub(super) nacked: Counter,
}

/// A publish's number and what the client library says of it.
pub(super) type Confirmed = (u64, Result<Confirmation, lapin::Error>);

/// Only the channel's own task polls this, so its tag and its frames go out in one piece.
pub(super) async fn send(
    channel: &Channel,
    number: u64,
    publication: Publication,
    properties: BasicProperties,
) -> Confirmed {
    let options = BasicPublishOptions {
        mandatory: true,
        ..BasicPublishOptions::default()
    };
    let publishing = channel.basic_publish(
        publication.exchange.name().into(),
        publication.routing_key.as_str().into(),
        options,
        &publication.body,
        properties,
    );
    match publishing.await {
        Ok(confirm) => (number, confirm.await),
        Err(error) => (number, Err(error)),
    }
}

/// Answers everything that is confirmed by now. `false` when the channel is broken.
pub(super) fn settle<F: Future<Output = Confirmed>>(
    first: Confirmed,
    confirms: &mut FuturesUnordered<F>,
    channel: &Channel,
    flight: &mut Flight,
    counters: &Counters,
) -> bool {
    let mut round = vec![first];
    while !round.is_empty() {
        collect(confirms, &mut round);
        // The broker returns a message before it confirms it, but within one frame that confirms several the library
        // completes them in any order, a return hanging on any of them. This call passes through the lock the library
        // holds while it completes a frame: after it, the whole frame of each confirm collected so far is there.
        if let Some(Ok(returned)) = channel.wait_for_confirms().now_or_never() {
            for message in returned {
                tell_returned(
                    flight,
                    message.delivery.properties.message_id().as_ref(),
                    counters,
                );
            }
        }
        let mut late = Vec::new();
        collect(confirms, &mut late);
        for (_, result) in round.iter_mut().chain(late.iter_mut()) {
            if let Ok(Confirmation::Ack(message) | Confirmation::Nack(message)) = result
                && let Some(message) = message.take()
            {
                tell_returned(
                    flight,
                    message.delivery.properties.message_id().as_ref(),
                    counters,
                );
            }
        }
        for (number, result) in round.drain(..) {
            let answer = match result {
                Ok(Confirmation::Ack(_)) => Ok(()),
                Ok(Confirmation::Nack(_)) => {
                    counters.nacked.inc();
                    Err(PublishError::Nacked)
                }
                // Confirms silently off, or the channel broke: nothing on it can be trusted.
                Ok(Confirmation::NotRequested) | Err(_) => return false,
            };
            flight.arrive(number, answer);
        }
        round = late;
    }
    true
}

fn collect<F: Future<Output = Confirmed>>(confirms: &mut FuturesUnordered<F>, into: &mut Vec<Confirmed>) {
    while let Some(Some(confirmed)) = confirms.next().now_or_never() {
        into.push(confirmed);
    }
}

fn tell_returned(flight: &mut Flight, id: Option<&lapin::types::ShortString>, counters: &Counters) {
    counters.returned.inc();
    flight.returned(id.map_or("", |id| id.as_str()));
}
