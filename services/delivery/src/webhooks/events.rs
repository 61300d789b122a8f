//! What happens with webhooks.

use chassis::metrics::{CounterVec, GaugeVec, Metrics};
use proto::webhook::CallOutcome;
use proto::{Channel, OfficeNumber, Time};
use store::WebhookHealth;

use super::call::Called;
use crate::worst::Worst;

/// Counters of webhooks.
#[derive(Clone)]
pub struct WebhookEvents {
    calls: CounterVec,
    failing: Worst,
    disabled: GaugeVec,
}

impl WebhookEvents {
    /// Registers their metrics.
    #[must_use]
    pub fn new(metrics: &Metrics) -> Self {
        let events = Self {
            calls: metrics.counter(
                "relay_webhook_calls_total",
                "Calls of webhooks, tests included, by outcome: taken, answered 2xx; redirected, 3xx, not followed; refused, 4xx or 5xx; silent, no answer in time; unresolved, the name has no address; forbidden, the address is not public and not named in `delivery.webhooks.allowed_networks`; unreachable, no connection or no TLS; broken, no HTTP. Everything but taken is tried again.",
                &["outcome"],
            ),
            failing: Worst::of(metrics.gauge(
                "relay_webhook_failing_seconds",
                "How long a webhook has taken nothing for the worst of its offices; 0 when all is well. All offices' own webhooks are one, the worst. After three days it is given up: the inbox keeps everything, `relayctl webhook enable` goes on.",
                &["webhook"],
            )),
            disabled: metrics.gauge(
                "relay_webhooks_disabled",
                "Offices whose webhook was given up after three days of calls in vain; each waits for `relayctl webhook enable`.",
                &[],
            ),
        };
        for outcome in CallOutcome::ALL {
            let _ = events.calls.with(&[outcome.as_str()]);
        }
        events.disabled.with(&[]).set(0.0);
        events
    }

    /// A call ended.
    pub(super) fn called(&self, name: &Channel, id: &str, called: &Called) {
        let outcome = called.outcome.as_str();
        self.calls.with(&[outcome]).inc();
        let milliseconds = u64::try_from(called.took.as_millis()).unwrap_or(u64::MAX);
        if called.outcome == CallOutcome::Taken {
            tracing::info!(webhook = %name, id, milliseconds, "webhook called");
        } else {
            tracing::warn!(webhook = %name, id, outcome, cause = called.words, milliseconds, "webhook not taken yet");
        }
    }

    /// An office of a webhook was given up.
    pub(super) fn disabled(&self, name: &Channel, office: OfficeNumber, outcome: CallOutcome) {
        let outcome = outcome.as_str();
        tracing::error!(webhook = %name, %office, outcome, "webhook given up; `relayctl webhook enable` goes on where it stopped");
    }

    /// How all of them stand; those not named are well.
    pub(super) fn health(&self, health: &[WebhookHealth], now: Time) {
        let seconds = |since| now.seconds_since(since).max(0.0);
        let failing = |one: &WebhookHealth| one.failing_since.map_or(0.0, seconds);
        self.failing
            .tell(health.iter().map(|one| (&one.name, failing(one))));
        #[expect(
            clippy::cast_precision_loss,
            reason = "a gauge is a float; counts stay far below 2^53"
        )]
        let disabled = health.iter().map(|one| one.disabled).sum::<i64>() as f64;
        self.disabled.with(&[]).set(disabled);
    }
}
