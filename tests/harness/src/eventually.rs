//! Waiting for a condition, with a deadline and a reason.

use std::future::Future;
use std::time::Duration;

use anyhow::bail;

/// Longest wait for anything that should happen soon; generous, because test machines are slow and shared.
pub const SOON: Duration = Duration::from_secs(60);

/// Asks until `ask` gives a value; `what` names it in the error.
///
/// # Errors
/// When it is not there within [`SOON`], with the last reason given.
pub async fn eventually<T, F, Fut>(what: &str, ask: F) -> anyhow::Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = anyhow::Result<T>>,
{
    within(SOON, what, ask).await
}

/// The same with another deadline.
///
/// # Errors
/// When it is not there in time.
pub async fn within<T, F, Fut>(patience: Duration, what: &str, mut ask: F) -> anyhow::Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = anyhow::Result<T>>,
{
    let end = tokio::time::Instant::now() + patience;
    let mut pause = tokio::time::interval(Duration::from_millis(50));
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        match ask().await {
            Ok(value) => return Ok(value),
            Err(reason) if end <= tokio::time::Instant::now() => {
                bail!("{what}: not within {patience:?}: {reason:#}")
            }
            Err(_) => {}
        }
    }
}
