//! Which station stands on what: the one place where all of them are known.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use chassis::broker::{Broker, Stage};
use door::{Gate, RateLimit};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::Command;
use crate::config::Config;
use crate::ground::Ground;
use crate::suspects::StoredSuspects;

/// Why the program ends before its time.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something only a change of the configuration (or of the broker) can mend: exit status 64.
    Usage(anyhow::Error),
    /// Anything else: exit status 1.
    Other(anyhow::Error),
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

/// How long the collector of traces may take to hear the last of them.
const LAST_SPANS: std::time::Duration = std::time::Duration::from_secs(3);

type Work = JoinSet<Result<(), Failure>>;

/// Runs the stations of a command until shutdown has drained them.
///
/// # Errors
/// When a station cannot start.
pub(crate) async fn run(command: Command, config: Config, sandbox: Option<PathBuf>) -> Result<(), Failure> {
    let Some(ground) = Ground::prepare(command, config, sandbox).await? else {
        return Ok(());
    };
    let ready = ground.health.part("start");
    ready.set_ready(false, "waiting for the broker");
    let mut work = Work::new();
    trust_watch(&ground, &mut work);
    let watch = crate::store_watch::watch(ground.store.clone(), &ground.metrics, ground.shutdown.clone());
    work.spawn(async move {
        watch.await;
        Ok(())
    });
    if let Some(folder) = &ground.sandbox {
        crate::sandbox::enrol(folder, &ground.store).await?;
        let answering = crate::sandbox::answer(ground.store.clone(), ground.shutdown.clone());
        work.spawn(async move {
            answering.await;
            Ok(())
        });
    }
    let runs = |station| command == station || command == Command::All;
    // The desk opens before the broker is there: it has to say so.
    let (at_desk, from_desk) = watch::channel(None);
    if runs(Command::Console) {
        console(&ground, from_desk, &mut work).await?;
    }
    if command == Command::Console {
        let ground = ground.clone();
        work.spawn(async move {
            at_desk.send_replace(ground.broker_to_look_at().await);
            ground.shutdown.wait().await;
            Ok(())
        });
    } else {
        let Some(broker) = ground.broker().await? else {
            return Ok(());
        };
        at_desk.send_replace(Some(broker.clone()));
        if runs(Command::Validation) {
            validation(&ground, &broker, &mut work);
        }
        if runs(Command::Routing) {
            routing(&ground, &broker, &mut work);
        }
        if runs(Command::Delivery) {
            delivery(&ground, &broker, &mut work).await?;
        }
        if runs(Command::Ingest) {
            ingest(&ground, &broker, &mut work).await?;
        }
    }
    ready.set_ready(true, "");
    tracing::info!(station = ?command, "ready");
    if let Some(folder) = &ground.sandbox {
        let folder = folder.display();
        tracing::info!(%folder, "a sandbox: `env` in its folder names the doors, `offices` holds the certificates");
    }
    let mut failure = Ok(());
    while let Some(ended) = work.join_next().await {
        match ended {
            Ok(Ok(())) if ground.shutdown.begun() => {}
            Ok(Ok(())) => tracing::error!("a part of the process ended early; shutting down"),
            Ok(Err(error)) => failure = Err(error),
            Err(error) => {
                failure = Err(Failure::Other(
                    anyhow::Error::new(error).context("a part of the process died"),
                ))
            }
        }
        // One part gone means the whole process drains: a supervisor starts it whole again.
        ground.shutdown.begin();
    }
    chassis::traces::flush(LAST_SPANS).await;
    tracing::info!("drained");
    failure
}

fn stage(ground: &Ground, broker: &Broker, work: &mut Work, stage: Arc<dyn Stage>) {
    let suspects = Arc::new(StoredSuspects(ground.store.clone()));
    let broker = broker.clone();
    work.spawn(async move {
        broker.run(stage, suspects).await;
        Ok(())
    });
}

fn validation(ground: &Ground, broker: &Broker, work: &mut Work) {
    let config = &ground.config;
    let made = validation::ValidationStage::new(
        ground.trust.clone(),
        ground.store.clone(),
        ground.snapshot.clone(),
        ground.rules.clone(),
        config.broker.shards,
        &config.validation,
    );
    stage(ground, broker, work, Arc::new(made));
}

fn routing(ground: &Ground, broker: &Broker, work: &mut Work) {
    let config = &ground.config;
    let (store, snapshot) = (ground.store.clone(), ground.snapshot.clone());
    let made = routing::RoutingStage::new(store, snapshot, config.broker.shards, &config.routing);
    stage(ground, broker, work, Arc::new(made));
}

async fn delivery(ground: &Ground, broker: &Broker, work: &mut Work) -> Result<(), Failure> {
    let config = &ground.config.delivery;
    let events = delivery::events::Events::new(&ground.metrics);
    let made = delivery::DeliveryStage::new(ground.store.clone(), events.clone(), config);
    stage(ground, broker, work, Arc::new(made));
    stage(
        ground,
        broker,
        work,
        Arc::new(delivery::parked::ParkedStage::new(ground.store.clone())),
    );
    let notes = delivery::notes::Reader::new(ground.store.clone(), broker.clone(), events.clone(), config);
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        notes.run(shutdown).await;
        Ok(())
    });
    let (store, shutdown) = (ground.store.clone(), ground.shutdown.clone());
    let shards = ground.config.broker.shards;
    let redriver = delivery::redrive::Redriver::new(store, broker, events.clone(), shards, config);
    work.spawn(async move {
        redriver.run(shutdown).await;
        Ok(())
    });
    let (store, shutdown) = (ground.store.clone(), ground.shutdown.clone());
    let upkeep = delivery::upkeep::Upkeep::new(store, events.clone(), config);
    work.spawn(async move {
        upkeep.run(shutdown).await;
        Ok(())
    });
    let (store, shutdown) = (ground.store.clone(), ground.shutdown.clone());
    let books = delivery::books::Watch::new(store, events.clone(), config);
    work.spawn(async move {
        books.run(shutdown).await;
        Ok(())
    });
    let imports = delivery::imports::Imports::new(ground.store.clone(), events, config);
    channels(ground, broker, work, imports.clone());
    webhooks(ground, work)?;
    let receipts = ground.receipts()?;
    let (store, snapshot) = (ground.store.clone(), ground.snapshot.clone());
    let state = delivery::DeliveryState::new(
        config,
        gate(ground, &config.door),
        store,
        snapshot,
        receipts,
        ground.shutdown.clone(),
        imports,
    );
    state.count_waiting(config, &ground.metrics);
    serve(ground, work, &config.door, delivery::router(state), "delivery").await
}

/// Vendors' and offices' own queues, and what comes back from them.
fn channels(ground: &Ground, broker: &Broker, work: &mut Work, imports: delivery::imports::Imports) {
    let events = delivery::channels::ChannelEvents::new(&ground.metrics);
    let (store, snapshot) = (ground.store.clone(), ground.snapshot.clone());
    let acks = delivery::acks::AckStage::new(
        store.clone(),
        snapshot,
        broker.publisher(),
        events.clone(),
        imports,
    );
    stage(ground, broker, work, Arc::new(acks));
    let channels = delivery::channels::Channels::new(store, broker.clone(), events);
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        channels.run(shutdown).await;
        Ok(())
    });
}

/// Vendors' and offices' own URLs.
fn webhooks(ground: &Ground, work: &mut Work) -> Result<(), Failure> {
    let events = delivery::webhooks::WebhookEvents::new(&ground.metrics);
    let config = &ground.config.delivery.webhooks;
    let made = delivery::webhooks::Webhooks::new(ground.store.clone(), events, config);
    let webhooks = made.map_err(|error| {
        Failure::Usage(anyhow::Error::new(error).context("`delivery.webhooks.authorities`"))
    })?;
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        webhooks.run(shutdown).await;
        Ok(())
    });
    Ok(())
}

async fn ingest(ground: &Ground, broker: &Broker, work: &mut Work) -> Result<(), Failure> {
    let config = &ground.config;
    let (watch, valve) = ingest::pressure::Watch::new(broker.clone(), &config.ingest, &ground.metrics);
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        watch.run(shutdown).await;
        Ok(())
    });
    let (look, sign) = ingest::maintenance::Watch::new(ground.store.clone());
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        look.run(shutdown).await;
        Ok(())
    });
    let parts = ingest::door::Parts {
        gate: gate(ground, &config.ingest.door),
        trust: ground.trust.clone(),
        snapshot: ground.snapshot.clone(),
        publisher: broker.publisher(),
        sign,
        valve,
        receipts: ground.receipts()?,
        rules: ground.rules.clone(),
        shards: config.broker.shards,
        metrics: ground.metrics.clone(),
    };
    let state = ingest::IngestState::new(&config.ingest, parts);
    let submissions = ingest::SubmissionStage::new(state.clone());
    stage(ground, broker, work, Arc::new(submissions));
    serve(ground, work, &config.ingest.door, ingest::router(state), "ingest").await
}

async fn console(
    ground: &Ground,
    broker: watch::Receiver<Option<Broker>>,
    work: &mut Work,
) -> Result<(), Failure> {
    let config = &ground.config.console;
    let gate = gate(ground, &config.door);
    let (watch, glass) = console::queues::Watch::new(broker);
    let shutdown = ground.shutdown.clone();
    work.spawn(async move {
        watch.run(shutdown).await;
        Ok(())
    });
    let (store, trust) = (ground.store.clone(), ground.trust.clone());
    let state = console::ConsoleState::new(config, store, gate, trust, glass);
    serve(ground, work, &config.door, console::router(state), "console").await
}

/// Who is at a door, with that door's limit of requests.
fn gate(ground: &Ground, door: &door::DoorConfig) -> Gate {
    let limit = RateLimit::per_minute(door.requests_per_minute);
    Gate::new(ground.trust.clone(), ground.snapshot.clone()).limited(limit)
}

/// Opens a door; every process with a door or a judge of seals also keeps its trust fresh.
async fn serve(
    ground: &Ground,
    work: &mut Work,
    config: &door::DoorConfig,
    router: Router,
    station: &'static str,
) -> Result<(), Failure> {
    let router = match &ground.sandbox {
        Some(_) => crate::sandbox::door(router, ground),
        None => router,
    };
    let router = door::measured(door::finish(router), &ground.metrics);
    let opened = door::serve(config, router, &ground.shown, ground.shutdown.clone()).await;
    let (address, serving) = opened
        .map_err(|error| Failure::Usage(anyhow::Error::new(error).context(format!("`{station}.door`"))))?;
    tracing::info!(station, %address, "door open");
    work.spawn(async move {
        serving.await;
        Ok(())
    });
    Ok(())
}

/// Keeps the trust folder's contents fresh and tells when a revocation list is out of date, once a process.
fn trust_watch(ground: &Ground, work: &mut Work) {
    let folder = ground.config.trust.folder.clone();
    let keep = door::keep_trust_fresh(ground.trust.clone(), folder, ground.shutdown.clone());
    let tell = crate::freshness::tell(
        ground.trust.clone(),
        &ground.health,
        &ground.metrics,
        ground.shutdown.clone(),
    );
    work.spawn(async move {
        tokio::join!(keep, tell);
        Ok(())
    });
}
