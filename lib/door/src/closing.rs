//! The word that a connection is to end: for answers that would go on without end.

use tokio_util::sync::CancellationToken;

/// Begins when the connection of a request is asked to end, by its age or at shutdown; what still answers then is cut off two
/// minutes later. An extension of every request through the door.
#[derive(Clone, Debug, Default)]
pub struct Closing(CancellationToken);

impl Closing {
    pub(crate) fn begin(&self) {
        self.0.cancel();
    }

    /// Whether it is asked to end.
    #[must_use]
    pub fn begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Waits until the connection is asked to end.
    pub async fn wait(&self) {
        self.0.cancelled().await;
    }
}
