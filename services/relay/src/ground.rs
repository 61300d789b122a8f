//! The ground every station of this process stands on: store, trust, broker, counters.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use chassis::broker::{Broker, BrokerError};
use chassis::health::Health;
use chassis::metrics::Metrics;
use chassis::shutdown::Shutdown;
use door::Shown;
use parcel::Rules;
use seal::Sealer;
use seal::trust::SharedTrust;
use store::{Snapshot, Store};

use crate::Command;
use crate::assemble::Failure;
use crate::config::{Config, ReceiptsConfig};
use crate::policy;

/// Between two tries to open the store.
const STORE_AGAIN: Duration = Duration::from_secs(1);

/// What the stations share.
#[derive(Clone)]
pub(crate) struct Ground {
    /// The configuration.
    pub(crate) config: Arc<Config>,
    /// The sandbox's folder, when this is one.
    pub(crate) sandbox: Option<PathBuf>,
    /// Counters.
    pub(crate) metrics: Metrics,
    /// Readiness.
    pub(crate) health: Health,
    /// The word to end.
    pub(crate) shutdown: Shutdown,
    /// What its doors show, told among the counters.
    pub(crate) shown: Shown,
    /// CAs and revocation lists.
    pub(crate) trust: SharedTrust,
    /// By what envelopes are judged.
    pub(crate) rules: Arc<Rules>,
    /// Signs receipts, where the command needs it.
    receipts: Option<Arc<Sealer>>,
    /// Directory, mailbox, ledger.
    pub(crate) store: Store,
    /// The directory, at most a minute old.
    pub(crate) snapshot: Snapshot,
}

impl Ground {
    /// Reads what the configuration names, then opens the admin port, then the store, waiting for it if need be. None when
    /// shutdown began first.
    ///
    /// # Errors
    /// [`Failure::Usage`] for what only a change of the configuration can mend.
    pub(crate) async fn prepare(
        command: Command,
        config: Config,
        sandbox: Option<PathBuf>,
    ) -> Result<Option<Self>, Failure> {
        let trust = SharedTrust::open(&config.trust.folder)
            .with_context(|| format!("`trust.folder`: open {}", config.trust.folder.display()))
            .map_err(Failure::Usage)?;
        let rules = policy::rules(&config).map(Arc::new).map_err(Failure::Usage)?;
        let signs = matches!(command, Command::Ingest | Command::Delivery | Command::All);
        let receipts = if signs {
            Some(read_receipts(&config.receipts)?)
        } else {
            None
        };
        let metrics = Metrics::new();
        let instance = format!("{command:?}").to_lowercase();
        chassis::traces::start(&config.traces, &chassis::process::instance(&instance), &metrics)
            .map_err(|error| Failure::Usage(anyhow::Error::new(error).context("configuration")))?;
        let shown = Shown::told(&metrics);
        let health = Health::new();
        let shutdown = Shutdown::on_signals()
            .context("listen for signals")?
            .with_grace(Duration::from_secs(config.shutdown.grace_seconds));
        let starting = health.part("start");
        starting.set_ready(false, "waiting for the store");
        let serving = chassis::admin::serve(
            config.admin.listen,
            metrics.clone(),
            health.clone(),
            shutdown.clone(),
        );
        let admin = serving
            .await
            .with_context(|| format!("`admin.listen`: open {}", config.admin.listen))
            .map_err(Failure::Usage)?;
        tracing::info!(%admin, "admin port open");
        let Some(store) = open_store(&config, &shutdown).await? else {
            return Ok(None);
        };
        let max_age = Duration::from_secs(config.snapshot.max_age_seconds);
        let snapshot = Snapshot::new(store.clone(), max_age);
        let config = Arc::new(config);
        Ok(Some(Self {
            config,
            sandbox,
            metrics,
            health,
            shutdown,
            shown,
            trust,
            rules,
            receipts,
            store,
            snapshot,
        }))
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

    /// Connects to the broker only to look: what the broker lacks makes no station unready and ends no process. None: shutdown
    /// began, or the broker holds something else; that is told once.
    pub(crate) async fn broker_to_look_at(&self) -> Option<Broker> {
        let config = self.config.broker.clone();
        let (metrics, shutdown) = (self.metrics.clone(), self.shutdown.clone());
        match Broker::start(config, metrics, Health::new(), shutdown).await {
            Ok(broker) => Some(broker),
            Err(BrokerError::Shutdown) => None,
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the desk cannot look at the broker"
                );
                None
            }
        }
    }

    /// Who signs receipts; every station that needs it has it.
    ///
    /// # Errors
    /// [`Failure::Other`] when this command was not to need it.
    pub(crate) fn receipts(&self) -> Result<Arc<Sealer>, Failure> {
        self.receipts
            .clone()
            .context("this station signs no receipts")
            .map_err(Failure::Other)
    }
}

/// Opens the store; while it is not there tries again, as long as it takes.
async fn open_store(config: &Config, shutdown: &Shutdown) -> Result<Option<Store>, Failure> {
    loop {
        match Store::open(&config.store).await {
            Ok(store) => return Ok(Some(store)),
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, "the store does not open; trying again")
            }
            Err(error) => {
                return Err(Failure::Usage(
                    anyhow::Error::new(error).context("`store`: open it"),
                ));
            }
        }
        tokio::select! {
            () = shutdown.wait() => return Ok(None),
            () = tokio::time::sleep(STORE_AGAIN) => {}
        }
    }
}

fn read_receipts(paths: &ReceiptsConfig) -> Result<Arc<Sealer>, Failure> {
    let read = || -> anyhow::Result<Sealer> {
        let certificate = std::fs::read(&paths.certificate)
            .with_context(|| format!("`receipts.certificate`: read {}", paths.certificate.display()))?;
        let key = std::fs::read(&paths.key)
            .with_context(|| format!("`receipts.key`: read {}", paths.key.display()))?;
        Sealer::from_pem(&certificate, &key).context("`receipts`: certificate and key")
    };
    read().map(Arc::new).map_err(Failure::Usage)
}
