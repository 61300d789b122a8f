//! Forgetting every envelope, for a sandbox that begins again. No station of a real installation calls it.

use crate::{Store, StoreError};

/// What holds envelopes or tells of them. The directory, the audit, notices, leases, offsets and the lists' counters stay: a
/// `next` that somebody holds stays good.
const TABLES: [&str; 12] = [
    "version_links",
    "versions_before",
    "versions",
    "receipts",
    "suspects",
    "parked",
    "tombstones",
    "names",
    "contents",
    "mailbox",
    "history",
    "acceptances",
];

impl Store {
    /// Deletes every envelope and all that is known of it, in one transaction.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn forget_envelopes(&self) -> Result<(), StoreError> {
        let mut open = self.pool.begin().await?;
        for table in TABLES.iter().chain(&["ledger"]) {
            open.run(&format!("DELETE FROM {table}"), &[]).await?;
        }
        open.commit().await
    }
}
