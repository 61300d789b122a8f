//! The ground every station of this process stands on: store, trust, broker, counters.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chassis::broker::{Broker, BrokerError};
use chassis::health::Health;
use chassis::metrics::Metrics;
use chassis::shutdown::Shutdown;
use seal::Sealer;
use seal::trust::SharedTrust;
use store::{Snapshot, Store};

use crate::assemble::Failure;
use crate::config::Config;

/// What the stations share.
#[derive(Clone)]
pub(crate) struct Ground {
    /// The configuration.
    pub(crate) config: Arc<Config>,
    /// Counters.
    pub(crate) metrics: Metrics,
    /// Readiness.
    pub(crate) health: Health,
    /// The word to end.
    pub(crate) shutdown: Shutdown,
    /// CAs and revocation lists.
    pub(crate) trust: SharedTrust,
    /// Directory, mailbox, ledger.
    pub(crate) store: Store,
    /// The directory, at most a minute old.
    pub(crate) snapshot: Snapshot,
}

impl Ground {
    /// Opens the admin port, the trust folder and the store.
    ///
    /// # Errors
    /// [`Failure::Usage`] for what only a change of the configuration can mend.
    pub(crate) async fn prepare(config: Config) -> Result<Self, Failure> {
        let metrics = Metrics::new();
        let health = Health::new();
        let shutdown = Shutdown::on_signals()
            .context("listen for signals")?
            .with_grace(Duration::from_secs(config.shutdown.grace_seconds));
        let trust = SharedTrust::open(&config.trust.folder)
            .with_context(|| format!("`trust.folder`: open {}", config.trust.folder.display()))
            .map_err(Failure::Usage)?;
        let store = Store::open(&config.store).await.context("open the store")?;
        let snapshot = Snapshot::new(
            store.clone(),
            Duration::from_secs(config.snapshot.max_age_seconds),
        );
        let admin = chassis::admin::serve(
            config.admin.listen,
            metrics.clone(),
            health.clone(),
            shutdown.clone(),
        )
        .await
        .with_context(|| format!("`admin.listen`: open {}", config.admin.listen))
        .map_err(Failure::Usage)?;
        tracing::info!(%admin, "admin port open");
        Ok(Self {
            config: Arc::new(config),
            metrics,
            health,
            shutdown,
            trust,
            store,
            snapshot,
        })
    }

    /// Connects to the broker.
    ///
    /// # Errors
    /// [`Failure::Usage`] when its topology is another one.
    pub(crate) async fn broker(&self) -> Result<Option<Broker>, Failure> {
        let config = self.config.broker.clone();
        match Broker::start(
            config,
            self.metrics.clone(),
            self.health.clone(),
            self.shutdown.clone(),
        )
        .await
        {
            Ok(broker) => Ok(Some(broker)),
            Err(BrokerError::Shutdown) => Ok(None),
            Err(error) => Err(Failure::Usage(anyhow::Error::new(error).context("the broker"))),
        }
    }

    /// Who signs receipts.
    ///
    /// # Errors
    /// When certificate and key cannot be read or do not fit.
    pub(crate) fn receipts(&self) -> Result<Arc<Sealer>, Failure> {
        let paths = &self.config.receipts;
        let read = || -> anyhow::Result<Sealer> {
            let certificate = std::fs::read(&paths.certificate)
                .with_context(|| format!("`receipts.certificate`: read {}", paths.certificate.display()))?;
            let key = std::fs::read(&paths.key)
                .with_context(|| format!("`receipts.key`: read {}", paths.key.display()))?;
            Sealer::from_pem(&certificate, &key).context("`receipts`: certificate and key")
        };
        read().map(Arc::new).map_err(Failure::Usage)
    }
}
