//! Directory, mailbox and ledger; the only crate that names sqlx.
//!
//! One SQL text for SQLite and PostgreSQL. Delivery's transaction decides here, and nowhere else, which envelope is the
//! one sending that is delivered; positions are given in the transaction that commits them. This crate has no opinion on
//! doors, broker or seal, and no clock but the directory snapshot's own age.

mod acknowledge;
mod arrivals;
mod backup;
mod books;
mod channels;
mod config;
mod counters;
mod cursor;
mod directory;
mod drafts;
mod ending;
mod enter;
mod error;
mod forget;
mod happenings;
mod held;
mod imports;
mod inbox;
mod leases;
mod leave;
mod ledger;
mod lent;
mod maintenance;
mod many;
mod missing;
mod notes;
mod notices;
mod offices;
mod parked;
mod pool;
mod products;
mod recall;
mod receipts;
mod redrive;
mod retention;
mod rights;
mod roles;
mod search;
mod sent;
mod snapshot;
mod sql;
mod standing;
mod suspects;
mod sweep;
mod uncollected;
mod versions;
mod webhook_calls;
mod webhooks;
mod working;

use std::sync::Arc;

pub use backup::{BackupAccount, BackupError, BackupHeader, backup, restore, verify};
pub use books::{Books, Moved, Oldest};
pub use channels::{ChannelList, Due};
pub use config::StoreConfig;
pub use cursor::{Cursor, NotACursor};
pub use directory::{CertificateFacts, OfficeFacts, OfficeSearch, OfficeState};
pub use enter::{Entered, Learned};
pub use error::StoreError;
pub use happenings::{Happened, Marks};
pub use held::DelegationKey;
pub use inbox::InboxState;
pub use leases::Lease;
pub use missing::{MissingCursor, MissingPage};
pub use notices::{AuditEntry, NoticeTarget};
pub use offices::{LicensedOffice, OfficeWish};
pub use parked::{Parked, ParkedRow};
pub use recall::RecallAnswer;
pub use redrive::{ParkedFilter, ParkedKey};
pub use retention::{Batch, Expired};
pub use search::{EnvelopeSearch, FoundCursor};
pub use sent::SentFilter;
pub use snapshot::{Freshness, Snapshot};
pub use sweep::{SLICES, Swept, slice_of};
pub use uncollected::Uncollected;
pub use webhook_calls::{InVain, WebhookDue, WebhookHealth, WebhookTarget};
pub use webhooks::WebhookFacts;

/// The store. Clones share connections.
#[derive(Clone)]
pub struct Store {
    pool: sql::Pool,
    arrivals: Arc<arrivals::Arrivals>,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    /// When the configuration is wrong, or the database cannot be reached or migrated.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreError> {
        Ok(Self {
            pool: pool::open(config).await?,
            arrivals: Arc::new(arrivals::Arrivals::default()),
        })
    }

    /// Waits for running statements and closes every connection; later calls fail.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Reads one row: whether the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        self.pool
            .row("SELECT last FROM serials WHERE name = 'probe'", &[])
            .await?;
        Ok(())
    }

    /// Writes and commits one row: what failed works again.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.pool
            .run(
                "INSERT INTO serials (name, last) VALUES ('probe', 1)
                 ON CONFLICT (name) DO UPDATE SET last = serials.last + 1",
                &[],
            )
            .await?;
        Ok(())
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Store")
    }
}
