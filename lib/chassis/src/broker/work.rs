//! One piece of a shard's work: a message of a lane, or a batch, from budget to confirm. Acknowledging is the shard's.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use proto::topology::PARKED_QUEUE;
use proto::{Message, Publication};
use tokio::time::Instant;
use tracing::Instrument;

use super::ages::{Ages, Aging};
use super::attempt::{Attempt, attempt, guarded};
use super::budget::{ByteBudget, Held};
use super::config::BrokerConfig;
use super::numbers::{Numbers, OUTCOMES};
use super::publish::Publisher;
use super::settle;
use super::stage::{Outcome, Source, Stage, Suspects, Transient};
use super::suspects::{is_suspect, try_alone};
use super::traced::{self, events_of, publishing};
use crate::health::{Health, Part};
use crate::metrics::{CounterVec, Gauge, Histogram};
use crate::traces::Recording;

/// What all shards of a stage share.
pub(super) struct Context {
    pub(super) stage: Arc<dyn Stage>,
    pub(super) suspects: Arc<dyn Suspects>,
    pub(super) publisher: Publisher,
    pub(super) handler_limit: Duration,
    pub(super) in_flight: Gauge,
    pub(super) shards_held: Gauge,
    pub(super) budget: ByteBudget,
    pub(super) ages: Ages,
    publish_patience: Duration,
    handle_seconds: Histogram,
    settled: CounterVec,
    part: Part,
    in_trouble: AtomicUsize,
}

/// A received message and its delivery tag.
pub(super) struct Item {
    pub(super) tag: u64,
    pub(super) message: Message,
    /// Its bytes, counted.
    pub(super) _held: Held,
    /// Its age, told.
    pub(super) _aging: Aging,
}

/// How the work on one message ended.
pub(super) enum Verdict {
    /// To be acknowledged.
    Settled,
    /// Not to be acknowledged: the station cannot work.
    Retry(Trouble),
    /// Not to be acknowledged, because one before it was not.
    Left,
}

/// A condition of the station, and how to find out that it is over.
pub(super) struct Trouble {
    pub(super) cause: String,
    pub(super) probe: Probe,
}

/// The very thing that failed.
pub(super) enum Probe {
    /// The stage knows it.
    Stage,
    /// This publish. Once confirmed it is there; what is published again later is the same message, which the next
    /// station discards.
    Publish(Box<Publication>),
}

impl Context {
    pub(super) fn new(
        stage: Arc<dyn Stage>,
        suspects: Arc<dyn Suspects>,
        publisher: Publisher,
        budget: ByteBudget,
        numbers: &Numbers,
        config: &BrokerConfig,
        health: &Health,
    ) -> Self {
        let name = stage.name();
        let part = health.part(&format!("stage.{name}"));
        part.set_ready(true, "");
        let ages = Ages::default();
        numbers.tell_oldest(name, &ages);
        for outcome in OUTCOMES {
            let _ = numbers.settled.with(&[name, outcome]);
        }
        Self {
            stage,
            suspects,
            publisher,
            handler_limit: BrokerConfig::seconds(config.handler_seconds),
            in_flight: numbers.in_flight.with(&[name]),
            shards_held: numbers.shards_held.with(&[name]),
            budget,
            ages,
            publish_patience: BrokerConfig::seconds(config.publish_retry_seconds),
            handle_seconds: numbers.handle_seconds.with(&[name]),
            settled: numbers.settled.clone(),
            part,
            in_trouble: AtomicUsize::new(0),
        }
    }

    /// The message as the stage takes it; as it came, if the stage cannot say.
    pub(super) fn received(&self, message: Message) -> Message {
        guarded(|| self.stage.received(&message))
            .flatten()
            .unwrap_or(message)
    }

    /// The lane of a message, whatever the stage makes of it.
    pub(super) fn lane(&self, message: &Message) -> String {
        guarded(|| self.stage.lane(message)).unwrap_or_else(|| message.lane())
    }

    /// Park, whatever the stage makes of the message. Set aside already, it would come back to the same queue and circle
    /// for ever: it stays where it is, and `/ready` and the alert on retries tell an operator.
    pub(super) fn park(&self, message: &Message, cause: String) -> Outcome {
        if self.stage.source() == Source::Queue(PARKED_QUEUE) {
            tracing::error!(stage = self.stage.name(), cause, "cannot be set aside");
            return Outcome::Retry(Transient::new(format!(
                "a message set aside cannot be taken: {cause}"
            )));
        }
        let publication = guarded(|| self.stage.park(message, &cause))
            .unwrap_or_else(|| message.parked(self.stage.station(), &cause));
        Outcome::Park { publication, cause }
    }

    pub(super) fn overrun_cause(&self) -> String {
        format!(
            "the handler took more than {} s",
            self.handler_limit.as_secs_f64()
        )
    }

    /// A shard cannot work; `/ready` says so.
    pub(super) fn trouble_begins(&self, cause: &str) {
        self.in_trouble.fetch_add(1, Ordering::AcqRel);
        self.part.set_ready(false, cause);
    }

    /// A shard can work again; with the last one the stage is ready.
    pub(super) fn trouble_ends(&self) {
        if self.in_trouble.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.part.set_ready(true, "");
        }
    }

    /// Does the whole work on these messages but the acknowledgement; one verdict each, in order.
    pub(super) async fn work(&self, mut items: Vec<Item>) -> Vec<(u64, Verdict)> {
        let _budget = self
            .budget
            .take(items.iter().map(|item| item.message.body.len()))
            .await;
        let begin = |item: &mut Item| guarded(|| traced::handling(&*self.stage, &mut item.message)).flatten();
        let mut spans = items.iter_mut().map(begin).collect::<Vec<_>>().into_iter();
        let mut outcomes = match items.as_slice() {
            // Whatever is logged about one envelope says which one.
            [one] => self.handle(&items).instrument(events_of(&one.message)).await,
            _ => self.handle(&items).await,
        }
        .into_iter();
        let mut verdicts = Vec::with_capacity(items.len());
        let mut blocked = false;
        for item in items {
            let span = spans.next().flatten();
            let Some((outcome, suspect)) = outcomes.next() else {
                verdicts.push((item.tag, Verdict::Left));
                continue;
            };
            let around = match outcome {
                // Nothing is said of these.
                Outcome::Done | Outcome::Retry(_) => tracing::Span::none(),
                _ => events_of(&item.message),
            };
            let settling = self.settle(&item.message, outcome, blocked, span);
            let verdict = settling.instrument(around).await;
            if suspect {
                // Settled or given back: it did not kill us.
                self.suspects
                    .end(&item.message.message_id, self.stage.name())
                    .await;
            }
            blocked |= !matches!(verdict, Verdict::Settled);
            verdicts.push((item.tag, verdict));
        }
        verdicts
    }

    /// One outcome each, and whether the table of suspects knows it; none for those after a retry found one by one.
    async fn handle(&self, items: &[Item]) -> Vec<(Outcome, bool)> {
        if !items.iter().any(|item| is_suspect(&item.message)) {
            let begun = Instant::now();
            let batch = items.iter().map(|item| item.message.clone()).collect();
            let ended = attempt(&*self.stage, batch, self.handler_limit).await;
            self.handle_seconds.observe(begun.elapsed().as_secs_f64());
            match (ended, items) {
                (Attempt::Outcomes(outcomes), _) => {
                    return outcomes.into_iter().map(|outcome| (outcome, false)).collect();
                }
                (Attempt::Overran, [one]) => {
                    return vec![(self.park(&one.message, self.overrun_cause()), false)];
                }
                // Which one of them it was is found out one by one.
                (Attempt::Overran | Attempt::Panicked, _) => {}
            }
        }
        let mut outcomes = Vec::with_capacity(items.len());
        for item in items {
            let alone = try_alone(self, &item.message);
            let outcome = alone.instrument(events_of(&item.message)).await;
            let stop = matches!(outcome, Outcome::Retry(_));
            outcomes.push((outcome, true));
            if stop {
                break;
            }
        }
        outcomes
    }

    /// Publishes what the outcome publishes. `blocked`: one before it was given back, so it must not overtake.
    async fn settle(
        &self,
        message: &Message,
        outcome: Outcome,
        blocked: bool,
        mut span: Option<Recording>,
    ) -> Verdict {
        let (mut word, mut publication) = match outcome {
            Outcome::Done => {
                traced::ended(&mut span, "done", None);
                self.count("done");
                return Verdict::Settled;
            }
            Outcome::Retry(transient) => {
                traced::ended(&mut span, "retry", None);
                self.count("retry");
                return Verdict::Retry(Trouble {
                    cause: transient.cause,
                    probe: Probe::Stage,
                });
            }
            _ if blocked => return Verdict::Left,
            Outcome::Forward(publication) => ("forward", publication),
            Outcome::Return(publication) => ("return", publication),
            Outcome::Park { publication, cause } => {
                tracing::error!(stage = self.stage.name(), cause, "parked");
                ("park", publication)
            }
        };
        let service = self.stage.station().as_str();
        let below = span.as_ref().and_then(Recording::below);
        let mut sending = publishing(below, service, &mut publication);
        let mut attempt = settle::publish(&self.publisher, &publication, self.publish_patience).await;
        if let Err(error) = attempt
            && error.is_permanent()
            && word != "park"
        {
            if let Some(sending) = &mut sending {
                sending.fail(error);
            }
            // Our fault, and it will never fit: set aside instead of blocking its lane for ever.
            word = "park";
            publication = message.parked(self.stage.station(), "a property of its publication is too long");
            attempt = settle::publish(&self.publisher, &publication, self.publish_patience).await;
        }
        match attempt {
            Ok(()) => {
                traced::ended(&mut span, word, Some(&publication));
                tracing::debug!(stage = self.stage.name(), outcome = word, "settled");
                self.count(word);
                Verdict::Settled
            }
            Err(error) => {
                if let Some(sending) = &mut sending {
                    sending.fail(error);
                }
                traced::ended(&mut span, "retry", None);
                self.count("retry");
                Verdict::Retry(Trouble {
                    cause: format!("publishing to {}: {error}", publication.exchange),
                    probe: Probe::Publish(Box::new(publication)),
                })
            }
        }
    }

    fn count(&self, outcome: &str) {
        self.settled.with(&[self.stage.name(), outcome]).inc();
    }
}
