//! One connection, kept up by ourselves: connect, declare, watch, and on any error drop everything and begin anew with
//! another generation. The client library's own recovery is not used: it gives up after a while and replays too much.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties, Event};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use super::backoff::Backoff;
use super::config::BrokerConfig;
use super::declare;
use super::error::BrokerError;
use super::numbers::Numbers;
use super::readiness::Readiness;
use crate::metrics::Gauge;
use crate::shutdown::Shutdown;

/// How long a connection may take to stand, the topology apart.
const CONNECT: Duration = Duration::from_secs(15);

/// How long the topology may take: quorum queues are declared at about a hundred a second.
const DECLARE: Duration = Duration::from_secs(60);

/// Heartbeat when the URL names none, seconds.
const HEARTBEAT: u16 = 20;

/// How often the connection is looked at, beside its own events.
const LOOK: Duration = Duration::from_secs(1);

/// What a connection is for. The broker blocks a publishing connection when it is short of memory or disk; consuming
/// and acknowledging must go on, so they are apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Publish,
    Consume,
}

/// A standing connection. Whatever comes from it ends with it; the generation tells one from the next.
pub(super) struct Live {
    pub(super) connection: Connection,
    pub(super) generation: u64,
}

/// The connection as its users see it: there or not, blocked or not.
#[derive(Clone)]
pub(super) struct Link {
    live: watch::Receiver<Option<Arc<Live>>>,
    blocked: Arc<AtomicBool>,
    doubt: Arc<Notify>,
}

/// Keeps the connection; dropped, it closes it.
pub(super) struct Supervisor {
    task: JoinHandle<()>,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Self::Publish => "publish",
            Self::Consume => "consume",
        }
    }
}

impl Link {
    /// The connection, if it stands now.
    pub(super) fn current(&self) -> Option<Arc<Live>> {
        self.live.borrow().clone()
    }

    /// Waits for the connection; `None` when it is given up for good.
    pub(super) async fn live(&mut self) -> Option<Arc<Live>> {
        match self.live.wait_for(Option::is_some).await {
            Ok(live) => live.clone(),
            Err(_) => None,
        }
    }

    /// Waits until the connection of this generation is gone.
    pub(super) async fn gone(&mut self, generation: u64) {
        let other = |live: &Option<Arc<Live>>| live.as_ref().is_none_or(|live| live.generation != generation);
        // An error means that the supervisor is gone, and the connection with it.
        let _ = self.live.wait_for(other).await;
    }

    /// A queue seems to be missing: somebody may have deleted it. The topology is declared again.
    pub(super) fn doubt(&self) {
        self.doubt.notify_one();
    }

    /// Whether the broker takes no publishes now.
    pub(super) fn is_blocked(&self) -> bool {
        self.blocked.load(Ordering::Relaxed)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Connects for the first time and keeps the connection from then on.
pub(super) async fn start(
    role: Role,
    config: &BrokerConfig,
    numbers: &Numbers,
    readiness: Readiness,
    shutdown: &Shutdown,
) -> Result<(Link, Supervisor), BrokerError> {
    let mut uri: AMQPUri = config.url.expose().parse().map_err(|_| BrokerError::Config {
        key: "url",
        detail: "is not amqp://user:password@host:port/vhost".to_owned(),
    })?;
    tls(config.ca.as_deref()).map_err(|error| BrokerError::Config {
        key: "ca",
        detail: error.to_string(),
    })?;
    uri.query.heartbeat.get_or_insert(HEARTBEAT);
    let (sender, live) = watch::channel(None);
    let blocked = Arc::new(AtomicBool::new(false));
    let doubt = Arc::new(Notify::new());
    let keeper = Keeper {
        role,
        uri,
        ca: config.ca.clone(),
        name: format!("{}/{}", config.name, role.name()),
        shards: config.shards,
        live: sender,
        blocked: blocked.clone(),
        doubt: doubt.clone(),
        gauge: numbers.connected.with(&[role.name()]),
        readiness,
    };
    keeper.gauge.set(0.0);
    let mut backoff = Keeper::backoff();
    let first = loop {
        let attempt = tokio::select! {
            attempt = keeper.connect() => attempt,
            () = shutdown.wait() => return Err(BrokerError::Shutdown),
        };
        match attempt {
            Ok(connection) => break connection,
            Err(error @ BrokerError::Topology { .. }) => return Err(error),
            Err(error) => {
                tracing::warn!(role = role.name(), %error, "broker not reached; trying again");
                tokio::select! {
                    () = backoff.wait() => {}
                    () = shutdown.wait() => return Err(BrokerError::Shutdown),
                }
            }
        }
    };
    // The connection stands when this returns, not some time later.
    let events = keeper.announce(first, 1);
    let task = tokio::spawn(keeper.keep(events));
    let link = Link { live, blocked, doubt };
    Ok((link, Supervisor { task }))
}

struct Keeper {
    role: Role,
    uri: AMQPUri,
    ca: Option<PathBuf>,
    name: String,
    shards: u16,
    live: watch::Sender<Option<Arc<Live>>>,
    blocked: Arc<AtomicBool>,
    doubt: Arc<Notify>,
    gauge: Gauge,
    readiness: Readiness,
}

type Events = futures_util::stream::BoxStream<'static, Event>;

impl Keeper {
    fn backoff() -> Backoff {
        Backoff::new(Duration::from_millis(250), Duration::from_secs(15))
    }

    async fn connect(&self) -> Result<Connection, BrokerError> {
        let properties = ConnectionProperties::default().with_connection_name(self.name.as_str().into());
        // Read anew: the broker may have a certificate of another CA by now.
        let trusted = tls(self.ca.as_deref()).map_err(|error| BrokerError::Untrusted(error.to_string()))?;
        let runtime = lapin::runtime::default_runtime()?;
        let connecting = Connection::connect_uri_with_config(self.uri.clone(), properties, trusted, runtime);
        let connection = tokio::time::timeout(CONNECT, connecting)
            .await
            .map_err(|_| BrokerError::Unavailable("no connection in time".to_owned()))??;
        if self.role == Role::Publish {
            tokio::time::timeout(DECLARE, declare::topology(&connection, self.shards))
                .await
                .map_err(|_| {
                    BrokerError::Unavailable("the topology was not declared in time".to_owned())
                })??;
        }
        Ok(connection)
    }

    fn set_blocked(&self, blocked: bool) {
        self.blocked.store(blocked, Ordering::Relaxed);
        if self.role == Role::Publish {
            self.readiness.set_blocked(blocked);
        }
    }

    /// Makes the connection known to its users.
    fn announce(&self, connection: Connection, generation: u64) -> Events {
        let events = connection.events_listener().boxed();
        self.set_blocked(false);
        tracing::info!(role = self.role.name(), generation, "connected to the broker");
        self.gauge.set(1.0);
        self.readiness.up();
        self.live.send_replace(Some(Arc::new(Live {
            connection,
            generation,
        })));
        events
    }

    async fn keep(self, mut events: Events) {
        let mut generation = 1;
        loop {
            let reason = self.watch(&mut events).await;
            tracing::warn!(role = self.role.name(), generation, %reason, "connection to the broker lost");
            self.live.send_replace(None);
            self.gauge.set(0.0);
            self.readiness.down();
            let mut backoff = Self::backoff();
            let connection = loop {
                backoff.wait().await;
                match self.connect().await {
                    Ok(connection) => break connection,
                    Err(error) => {
                        tracing::warn!(role = self.role.name(), %error, "broker not reached; trying again");
                        if let BrokerError::Topology { name, .. } = &error {
                            let reason =
                                format!("the broker's {name} is not as this station would declare it");
                            self.readiness.explain(&reason);
                        }
                    }
                }
            };
            generation += 1;
            events = self.announce(connection, generation);
        }
    }

    /// Declares the topology on the connection that stands. What is there already is left alone.
    async fn declare_again(&self) {
        let Some(live) = self.live.borrow().clone() else {
            return;
        };
        let declaring = declare::topology(&live.connection, self.shards);
        match tokio::time::timeout(DECLARE, declaring).await {
            Ok(Ok(())) => tracing::info!(role = self.role.name(), "the topology is declared again"),
            Ok(Err(error)) => {
                tracing::error!(role = self.role.name(), %error, "the topology is not declared")
            }
            Err(_) => tracing::error!(role = self.role.name(), "the topology is not declared in time"),
        }
    }

    /// Returns when the connection is lost, with the reason.
    async fn watch(&self, events: &mut Events) -> String {
        let mut look = tokio::time::interval(LOOK);
        let mut declared = Instant::now();
        // Beside the loop, which must hear of a blocked connection meanwhile; one at a time, and gone with the connection.
        let mut declaring: Option<BoxFuture<'_, ()>> = None;
        loop {
            tokio::select! {
                // Once a second at most; whoever still misses a queue says so again.
                () = self.doubt.notified(), if declaring.is_none() && LOOK <= declared.elapsed() => {
                    declaring = Some(self.declare_again().boxed());
                }
                () = done(declaring.as_mut()) => {
                    declaring = None;
                    declared = Instant::now();
                }
                event = events.next() => match event {
                    Some(Event::Error(error)) => return error.to_string(),
                    Some(Event::ConnectionBlocked(reason)) => {
                        tracing::warn!(role = self.role.name(), %reason, "the broker has blocked the connection");
                        self.set_blocked(true);
                    }
                    Some(Event::ConnectionUnblocked) => {
                        tracing::info!(role = self.role.name(), "the broker has unblocked the connection");
                        self.set_blocked(false);
                    }
                    Some(_) => {}
                    None => return "closed".to_owned(),
                },
                _ = look.tick() => {
                    let connected = self.live.borrow().as_ref().is_some_and(|live| live.connection.status().connected());
                    if !connected {
                        return "no longer connected".to_owned();
                    }
                }
            }
        }
    }
}

/// Whom to trust with `amqps://`.
///
/// # Errors
/// When the file is not readable as text, or holds no certificate.
fn tls(ca: Option<&Path>) -> std::io::Result<OwnedTLSConfig> {
    let Some(path) = ca else {
        return Ok(OwnedTLSConfig::default());
    };
    let named =
        |error: std::io::Error| std::io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let chain = std::fs::read_to_string(path).map_err(named)?;
    if !chain.contains("-----BEGIN CERTIFICATE-----") {
        return Err(named(std::io::Error::other("holds no certificate in PEM")));
    }
    Ok(OwnedTLSConfig {
        cert_chain: Some(chain),
        ..OwnedTLSConfig::default()
    })
}

/// Waits for the end of what was begun; for ever if nothing was.
async fn done(begun: Option<&mut BoxFuture<'_, ()>>) {
    match begun {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
