//! One call of a webhook: where it may go, how long it may take, what came back. Nothing of an answer but its status is used.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::process;
use ipnet::IpNet;
use proto::webhook::{self, CallOutcome};
use proto::webhook_url::WebhookUrl;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Certificate, Client, Response};
use store::WebhookTarget;
use tokio::time::timeout;

use super::WebhooksConfig;
use crate::decide::address::may_call;

/// Bytes of an answer's body that are read, so that its connection can be used again. What is longer is cut off.
const MOST_BODY: usize = 1_024;

/// How long those bytes may take.
const BODY: Duration = Duration::from_millis(500);

/// How long a connection waits for the next call.
const IDLE: Duration = Duration::from_secs(30);

/// Calls webhooks.
pub(super) struct Caller {
    /// Or why there is none: a system without CAs carries envelopes all the same.
    client: Result<Client, String>,
    allowed: Arc<[IpNet]>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) outcome: CallOutcome,
    /// The answer's status, if there was one.
    pub(super) status: Option<u16>,
    /// What stood in the way.
    pub(super) words: String,
    pub(super) took: Duration,
}

/// Why no webhook can be called.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// `delivery.webhooks.authorities` cannot be read.
    #[error("read {path}")]
    ReadAuthorities {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It holds no certificates.
    #[error("understand {path} as certificates in PEM")]
    Authorities {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
}

/// A name without an address a webhook may lead to.
#[derive(Debug, thiserror::Error)]
#[error("webhooks may not lead to this address")]
struct Forbidden;

/// Looks names up and hands on only addresses webhooks may lead to: what is connected to is what was judged.
struct JudgingResolver {
    allowed: Arc<[IpNet]>,
}

impl Resolve for JudgingResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allowed = Arc::clone(&self.allowed);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let good: Vec<SocketAddr> = found
                .into_iter()
                .filter(|found| may_call(found.ip(), &allowed))
                .collect();
            if good.is_empty() {
                return Err(Forbidden.into());
            }
            Ok(Box::new(good.into_iter()) as Addrs)
        })
    }
}

impl Caller {
    /// A caller of these settings; opens no connection.
    ///
    /// # Errors
    /// When `delivery.webhooks.authorities` cannot be read.
    pub(super) fn new(config: &WebhooksConfig) -> Result<Self, WebhookError> {
        let allowed: Arc<[IpNet]> = config.allowed_networks.clone().into();
        let within = Duration::from_secs(config.timeout_seconds);
        let mut builder = Client::builder()
            .https_only(true)
            .http1_only()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .dns_resolver(Arc::new(JudgingResolver {
                allowed: Arc::clone(&allowed),
            }))
            .timeout(within)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("careplan-relay/", env!("CARGO_PKG_VERSION")));
        if let Some(path) = &config.authorities {
            let read = std::fs::read(path).map_err(|source| WebhookError::ReadAuthorities {
                path: path.display().to_string(),
                source,
            })?;
            let authorities =
                Certificate::from_pem_bundle(&read).map_err(|source| WebhookError::Authorities {
                    path: path.display().to_string(),
                    source,
                })?;
            builder = builder.tls_certs_merge(authorities);
        }
        let client = builder.build().map_err(|error| {
            let words = causes(&error).join(": ");
            tracing::warn!(error = words, "no webhook can be called");
            words
        });
        Ok(Self { client, allowed })
    }

    /// Posts the body, signed with every secret in force.
    pub(super) async fn call(&self, target: &WebhookTarget, id: &str, body: Vec<u8>) -> Called {
        let begun = Instant::now();
        let ended = self.post(target, id, body).await;
        let took = begun.elapsed();
        match ended {
            Ok(status) => Called {
                outcome: CallOutcome::of_status(status),
                status: Some(status),
                words: format!("answered {status}"),
                took,
            },
            Err((outcome, words)) => Called {
                outcome,
                status: None,
                words,
                took,
            },
        }
    }

    async fn post(
        &self,
        target: &WebhookTarget,
        id: &str,
        body: Vec<u8>,
    ) -> Result<u16, (CallOutcome, String)> {
        let forbidden = || (CallOutcome::Forbidden, Forbidden.to_string());
        let url: WebhookUrl = target.url.parse().map_err(|_| forbidden())?;
        // An address in place of a name is looked up by nobody.
        if url
            .address()
            .is_some_and(|address| !may_call(address, &self.allowed))
        {
            return Err(forbidden());
        }
        let client = self.client.as_ref();
        let client = client.map_err(|words| (CallOutcome::Unreachable, words.clone()))?;
        let timestamp = process::now().micros().div_euclid(1_000_000);
        let signatures: Vec<String> = target
            .secrets
            .iter()
            .map(|secret| secret.sign(id, timestamp, &body))
            .collect();
        let sent = client
            .post(url.as_str())
            .header("content-type", "application/json")
            .header(webhook::ID, id)
            .header(webhook::TIMESTAMP, timestamp)
            .header(webhook::SIGNATURE, signatures.join(" "))
            .body(body)
            .send();
        match sent.await {
            Ok(answer) => {
                let status = answer.status().as_u16();
                let _ = timeout(BODY, read_a_little(answer)).await;
                Ok(status)
            }
            Err(error) => Err(failed(&error.without_url())),
        }
    }
}

/// Whatever an answer says beside its status is thrown away.
async fn read_a_little(mut answer: Response) {
    let mut read = 0;
    while let Ok(Some(chunk)) = answer.chunk().await {
        read += chunk.len();
        if MOST_BODY < read {
            return;
        }
    }
}

fn failed(error: &reqwest::Error) -> (CallOutcome, String) {
    let mut sources = std::iter::successors(error.source(), |cause| (*cause).source());
    let forbidden = sources.any(|cause| cause.is::<Forbidden>());
    let outcome = if forbidden {
        CallOutcome::Forbidden
    } else if error.is_timeout() {
        CallOutcome::Silent
    } else if error.is_dns() {
        CallOutcome::Unresolved
    } else if error.is_connect() {
        CallOutcome::Unreachable
    } else {
        CallOutcome::Broken
    };
    (outcome, causes(error).join(": "))
}

/// An error and its causes, outermost first.
fn causes(error: &dyn Error) -> Vec<String> {
    let sources = std::iter::successors(error.source(), |cause| (*cause).source());
    std::iter::once(error.to_string())
        .chain(sources.map(ToString::to_string))
        .collect()
}
