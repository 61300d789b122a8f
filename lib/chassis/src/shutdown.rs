//! How a process ends: a first signal begins the drain, work has a grace to settle in, a second signal ends at once.

use std::future::Future;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Seconds work has to settle after shutdown began, unless configured otherwise.
pub const DEFAULT_GRACE: Duration = Duration::from_secs(90);

/// The word that it is time to end. Clones hear the same word.
#[derive(Clone, Debug)]
pub struct Shutdown {
    token: CancellationToken,
    grace: Duration,
}

/// How a drain ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// The work settled within the grace.
    Settled,
    /// The grace was over first; what was left is still unacknowledged and will be handed out again.
    GraceOver,
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

impl Shutdown {
    /// One that only [`Shutdown::begin`] begins: for tests and for programs inside others.
    #[must_use]
    pub fn new() -> Self {
        Self {
            token: CancellationToken::new(),
            grace: DEFAULT_GRACE,
        }
    }

    /// The same word, with another grace.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// One that SIGTERM or SIGINT begins; the second of them ends the process with status 130.
    ///
    /// # Errors
    /// When the signals cannot be listened to.
    pub fn on_signals() -> std::io::Result<Self> {
        let shutdown = Self::new();
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let begun = shutdown.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => tracing::info!(signal = "SIGTERM", "shutdown begins"),
                _ = interrupt.recv() => tracing::info!(signal = "SIGINT", "shutdown begins"),
            }
            begun.begin();
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            tracing::warn!("second signal: ending without a drain");
            exit_now();
        });
        Ok(shutdown)
    }

    /// Begins the shutdown; again does nothing.
    pub fn begin(&self) {
        self.token.cancel();
    }

    /// Whether it has begun.
    #[must_use]
    pub fn begun(&self) -> bool {
        self.token.is_cancelled()
    }

    /// Waits until it begins.
    pub async fn wait(&self) {
        self.token.cancelled().await;
    }

    /// How long work may take to settle once it has begun.
    #[must_use]
    pub fn grace(&self) -> Duration {
        self.grace
    }

    /// Runs `work`, which ends by itself some time after shutdown began, and gives it up when the grace is over.
    pub async fn drain(&self, work: impl Future<Output = ()>) -> Drained {
        let over = async {
            self.wait().await;
            tokio::time::sleep(self.grace).await;
        };
        tokio::select! {
            () = work => Drained::Settled,
            () = over => {
                tracing::warn!(grace_seconds = self.grace.as_secs(), "the grace is over; leaving unsettled work");
                Drained::GraceOver
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a second signal means: end now, drains and drops included"
)]
fn exit_now() {
    std::process::exit(130);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn begin_is_heard_by_every_clone() {
        let shutdown = Shutdown::new();
        let other = shutdown.clone();
        assert!(!other.begun());
        shutdown.begin();
        other.wait().await;
        assert!(other.begun());
    }

    #[tokio::test]
    async fn work_that_does_not_settle_is_given_up_after_the_grace() {
        let shutdown = Shutdown::new().with_grace(Duration::from_millis(20));
        shutdown.begin();
        assert_eq!(shutdown.drain(std::future::pending()).await, Drained::GraceOver);
        assert_eq!(shutdown.drain(async {}).await, Drained::Settled);
    }

    #[tokio::test]
    async fn a_signal_begins_it() {
        let shutdown = Shutdown::on_signals().unwrap();
        let pid = std::process::id().to_string();
        let killed = std::process::Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap();
        assert!(killed.success());
        tokio::time::timeout(Duration::from_secs(10), shutdown.wait())
            .await
            .unwrap();
    }
}
