//! Tells, before anybody is refused for it, when a revocation list is or will be out of date.

use std::future::Future;
use std::time::Duration;

use chassis::health::Health;
use chassis::metrics::Metrics;
use chassis::process;
use chassis::shutdown::Shutdown;
use seal::trust::SharedTrust;

/// Between two looks.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Sets the health part `trust` and the metric until shutdown begins.
pub(crate) fn tell(
    trust: SharedTrust,
    health: &Health,
    metrics: &Metrics,
    shutdown: Shutdown,
) -> impl Future<Output = ()> + Send + 'static {
    let part = health.part("trust");
    let valid = metrics.gauge(
        "relay_revocation_lists_valid_seconds",
        "Seconds until the first revocation list of the trust folder is out of date. At 0 the doors answer 503 and validation waits: put a new list there before.",
        &[],
    );
    async move {
        let mut clock = tokio::time::interval(LOOK_AGAIN);
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let seconds = trust.current().stale_from().seconds_since(process::now());
            valid.with(&[]).set(seconds.max(0.0));
            part.set_ready(0.0 < seconds, "a revocation list is out of date");
        }
    }
}
