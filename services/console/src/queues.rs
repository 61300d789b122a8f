//! The desk's look at the broker: whether it answers and how much waits in front of each station. Nothing is published
//! or taken here.

use std::time::Duration;

use chassis::broker::{Broker, Waiting};
use chassis::process;
use chassis::shutdown::Shutdown;
use proto::desk_way::{BrokerView, StageView};
use proto::topology::ShardedQueue;
use proto::{Station, Time};
use tokio::sync::watch;

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// What was seen last. Clones share it.
#[derive(Clone)]
pub struct BrokerGlass(watch::Receiver<Seen>);

/// Looks at the broker, again and again.
pub struct Watch {
    broker: watch::Receiver<Option<Broker>>,
    seen: watch::Sender<Seen>,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    answers: Option<bool>,
    since: Option<Time>,
    counted_at: Option<Time>,
    stages: Vec<StageView>,
}

impl Watch {
    /// A watch over the broker, which may come later, and what the desk learns from it.
    #[must_use]
    pub fn new(broker: watch::Receiver<Option<Broker>>) -> (Self, BrokerGlass) {
        let (seen, glass) = watch::channel(Seen::default());
        (Self { broker, seen }, BrokerGlass(glass))
    }

    /// Looks until shutdown begins.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock = tokio::time::interval(LOOK_AGAIN);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let broker = self.broker.borrow().clone();
            let counted = match broker {
                Some(broker) => broker
                    .backlog()
                    .await
                    .map(|backlog| stages(&backlog, broker.shards()))
                    .ok(),
                None => None,
            };
            let now = process::now();
            self.seen.send_modify(|seen| seen.look(counted, now));
        }
    }
}

impl BrokerGlass {
    /// One that has seen nothing: for a desk without a broker.
    #[must_use]
    pub fn blind() -> Self {
        Self(watch::channel(Seen::default()).1)
    }

    pub(crate) fn view(&self) -> (BrokerView, Vec<StageView>) {
        let seen = self.0.borrow();
        let view = BrokerView {
            answers: seen.answers,
            since: seen.since,
            counted_at: seen.counted_at,
        };
        (view, seen.stages.clone())
    }
}

impl Seen {
    /// Old counts are no counts: without an answer there are none.
    fn look(&mut self, counted: Option<Vec<StageView>>, now: Time) {
        let answers = counted.is_some();
        if self.answers != Some(answers) {
            (self.answers, self.since) = (Some(answers), Some(now));
        }
        if answers {
            self.counted_at = Some(now);
        }
        self.stages = counted.unwrap_or_default();
    }
}

fn stages(backlog: &[Waiting], shards: u16) -> Vec<StageView> {
    let view = |waiting: &Waiting| StageView {
        station: match waiting.queue {
            ShardedQueue::Validation => Station::Validation,
            ShardedQueue::Routing => Station::Routing,
            ShardedQueue::Delivery => Station::Delivery,
        },
        waiting: waiting.messages,
        held: waiting.held,
        shards,
    };
    backlog.iter().map(view).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_told_since_when_the_broker_is_away() {
        let at = |seconds| Time::from_micros(0).plus_seconds(seconds);
        let mut seen = Seen::default();
        let waiting = Waiting {
            queue: ShardedQueue::Routing,
            messages: 3,
            held: 16,
        };
        seen.look(Some(stages(&[waiting], 16)), at(1));
        seen.look(Some(stages(&[waiting], 16)), at(2));
        assert_eq!(
            (seen.answers, seen.since, seen.counted_at),
            (Some(true), Some(at(1)), Some(at(2)))
        );
        assert_eq!(seen.stages[0].waiting, 3);
        seen.look(None, at(3));
        seen.look(None, at(4));
        assert_eq!(
            (seen.answers, seen.since, seen.counted_at),
            (Some(false), Some(at(3)), Some(at(2)))
        );
        assert!(seen.stages.is_empty());
    }
}
