//! Asks the store, again and again, so that one sees it fail before a message needs it. It has no say in `/ready`: a stage
//! that needs the store probes it itself.

use std::future::Future;
use std::time::{Duration, Instant};

use chassis::metrics::{Metrics, SECONDS};
use chassis::shutdown::Shutdown;
use store::Store;

/// Between two questions.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// An answer later than this is none.
const ANSWER: Duration = Duration::from_secs(10);

/// Sets the metrics until shutdown begins.
pub(crate) fn watch(
    store: Store,
    metrics: &Metrics,
    shutdown: Shutdown,
) -> impl Future<Output = ()> + Send + 'static {
    let up = metrics.gauge(
        "relay_store_up",
        "1 while the store answers this process, else 0. At 0 delivery waits and envelopes lie at the broker; nothing is lost.",
        &[],
    );
    let seconds = metrics.histogram(
        "relay_store_answer_seconds",
        "Time of the store for reading one row, its free connection included. Slow: too few connections, or a database or disk at its limit.",
        &[],
        SECONDS,
    );
    async move {
        let mut clock = tokio::time::interval(ASK_AGAIN);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = shutdown.wait() => return,
                _ = clock.tick() => {}
            }
            let asked = Instant::now();
            let is_up = tokio::select! {
                () = shutdown.wait() => return,
                answered = tokio::time::timeout(ANSWER, store.answers()) => matches!(answered, Ok(Ok(()))),
            };
            seconds.with(&[]).observe(asked.elapsed().as_secs_f64());
            up.with(&[]).set(if is_up { 1.0 } else { 0.0 });
        }
    }
}
