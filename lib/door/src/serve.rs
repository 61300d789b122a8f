//! Listening: one task a connection, a bounded number of them, ended together at shutdown.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use chassis::shutdown::{Drained, Shutdown};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::certificate::{self, Server};
use crate::connection::Connection;
use crate::{DoorConfig, Shown, app, reload};

/// Wait after a failed accept: it fails at once again while the process has no file descriptor left.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// Why the door cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// Not to be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// `door.listen`.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The certificate's or key's file cannot be read as PEM.
    #[error("cannot read {path} as PEM")]
    Pem {
        /// `door.certificate` or `door.key`.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls_pki_types::pem::Error,
    },
    /// Certificate and key do not make a server.
    #[error("{path} and the key do not make a TLS server")]
    Certificate {
        /// `door.certificate`.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
}

/// Opens the door: returns the address it listens on and the future that serves it. The future ends some time after
/// `shutdown` began, when every connection has had its answer, or at the end of the grace. Refusals that are not problem
/// documents yet become some ([`crate::finish`]). The certificate in use is among `shown` from now on.
///
/// # Errors
/// When the address is taken or the server's certificate cannot be used.
pub async fn serve(
    config: &DoorConfig,
    router: Router,
    shown: &Shown,
    shutdown: Shutdown,
) -> Result<(SocketAddr, impl Future<Output = ()> + Send + 'static), DoorError> {
    let server = Arc::new(ArcSwap::new(certificate::read(&config.certificate, &config.key)?));
    let failed = |source| DoorError::Listen {
        address: config.listen,
        source,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    shown.add(Arc::clone(&server));
    let config = config.clone();
    let router = app::finish(router);
    let serving = async move {
        let tracker = TaskTracker::new();
        let reloading = reload::keep_certificate_fresh(&config, &server, &shutdown);
        tokio::select! {
            () = accept(&listener, &config, &router, &server, &shutdown, &tracker) => {}
            () = reloading => {}
        }
        // Refuses new connections at once, so that clients turn to another replica.
        drop(listener);
        tracker.close();
        if shutdown.drain(tracker.wait()).await == Drained::GraceOver {
            tracing::warn!(
                connections = tracker.len(),
                "connections were cut at the end of the grace"
            );
        }
    };
    Ok((bound, serving))
}

/// Accepts until shutdown begins.
async fn accept(
    listener: &TcpListener,
    config: &DoorConfig,
    router: &Router,
    server: &ArcSwap<Server>,
    shutdown: &Shutdown,
    tracker: &TaskTracker,
) {
    let room = Arc::new(Semaphore::new(config.max_connections));
    while !shutdown.begun() {
        let next = async {
            let place = Arc::clone(&room).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            () = shutdown.wait() => return,
            next = next => next,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = Connection::new(config, router.clone(), shutdown.clone());
                let tls = Arc::clone(&server.load().tls);
                tracker.spawn(async move {
                    connection.serve(stream, tls).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
}
