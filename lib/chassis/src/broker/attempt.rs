//! One run of a handler: its own work has a deadline, its panics stay with the message.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use proto::Message;
use tokio::time::{Instant, sleep_until};

use super::stage::{Outcome, Stage};

tokio::task_local! {
    /// The clock of the handler's own work, for [`waiting`].
    static CLOCK: Arc<Clock>;
}

/// How a run ended.
pub(super) enum Attempt {
    /// One outcome for each message.
    Outcomes(Vec<Outcome>),
    /// It panicked, or did not answer for each message: our fault.
    Panicked,
    /// It took longer than it may.
    Overran,
}

/// Waits of a handler that do not count as its own work.
struct Clock {
    state: Mutex<Waits>,
}

#[derive(Default)]
struct Waits {
    /// Sum of the waits that are over.
    over: Duration,
    /// How many waits are going on, and since when the first of them.
    going: u32,
    since: Option<Instant>,
}

impl Clock {
    fn enter(&self) {
        let mut waits = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        waits.going += 1;
        waits.since.get_or_insert_with(Instant::now);
    }

    fn leave(&self) {
        let mut waits = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        waits.going = waits.going.saturating_sub(1);
        if waits.going == 0
            && let Some(since) = waits.since.take()
        {
            waits.over += since.elapsed();
        }
    }

    fn waited(&self) -> Duration {
        let waits = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        waits.over + waits.since.map_or(Duration::ZERO, |since| since.elapsed())
    }
}

/// Leaves the wait even when the future is dropped half-way.
struct Wait(Arc<Clock>);

impl Drop for Wait {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A wait inside a handler (for the store, for a place in a pool) that does not count as the handler's own work.
/// Outside a handler it is only the future. The wait needs a time-out of its own.
pub async fn waiting<F: Future>(future: F) -> F::Output {
    let Ok(clock) = CLOCK.try_with(Arc::clone) else {
        return future.await;
    };
    clock.enter();
    let _wait = Wait(clock);
    future.await
}

/// Runs the handler once.
pub(super) async fn attempt(stage: &dyn Stage, batch: Vec<Message>, limit: Duration) -> Attempt {
    let expected = batch.len();
    let clock = Arc::new(Clock {
        state: Mutex::default(),
    });
    let handling = CLOCK.scope(clock.clone(), async move {
        AssertUnwindSafe(stage.handle(batch)).catch_unwind().await
    });
    let begun = Instant::now();
    let overrun = async {
        loop {
            let end = begun + limit + clock.waited();
            if end <= Instant::now() {
                return;
            }
            sleep_until(end).await;
        }
    };
    tokio::select! {
        biased;
        result = handling => match result {
            Ok(outcomes) if outcomes.len() == expected => Attempt::Outcomes(outcomes),
            Ok(outcomes) => {
                tracing::error!(stage = stage.name(), expected, found = outcomes.len(), "the handler answered for other messages than it got");
                Attempt::Panicked
            }
            Err(_) => {
                tracing::error!(stage = stage.name(), "the handler panicked");
                Attempt::Panicked
            }
        },
        () = overrun => {
            tracing::error!(stage = stage.name(), limit_seconds = limit.as_secs_f64(), "the handler took too long");
            Attempt::Overran
        }
    }
}

/// Runs a small synchronous step of a stage; a panic in it is `None`.
pub(super) fn guarded<T>(step: impl FnOnce() -> T) -> Option<T> {
    std::panic::catch_unwind(AssertUnwindSafe(step)).ok()
}
