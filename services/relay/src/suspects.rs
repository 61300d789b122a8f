//! The table of suspects, as the broker's edge asks for it.

use async_trait::async_trait;
use chassis::broker::Suspects;
use store::Store;

/// Suspects in the store.
pub(crate) struct StoredSuspects(pub(crate) Store);

#[async_trait]
impl Suspects for StoredSuspects {
    async fn begin(&self, id: &str, stage: &'static str) -> Result<u32, ()> {
        self.0.suspect_begin(id, stage).await.map_err(|error| {
            tracing::warn!(error = %error, "suspect not noted");
        })
    }

    async fn end(&self, id: &str, stage: &'static str) {
        if let Err(error) = self.0.suspect_end(id, stage).await {
            tracing::warn!(error = %error, "suspect not cleared");
        }
    }
}
