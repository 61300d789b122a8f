//! An office with a certificate and hands: it seals, sends, looks, fetches.

use std::sync::Arc;

use anyhow::{Context, ensure};
use proto::api::{Accepted, Acknowledged, InboxItem, Page, SentItem};
use proto::{EnvelopeId, MessageType, OfficeNumber, ProblemDocument, Status};
pub use reqwest::Client;
use reqwest::StatusCode;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use seal::Sealer;
use seal::authority::Issued;
use serde::de::DeserializeOwned;

use crate::{Relay, Unit, eventually};

/// One office's side.
pub struct Office {
    /// Its number.
    pub number: OfficeNumber,
    /// Its service kind.
    pub kind: String,
    /// Its certificate and key.
    pub issued: Issued,
    /// HTTP with its certificate.
    pub client: Client,
    sealer: Sealer,
    /// Where it sends to.
    pub ingest: String,
    /// Where it reads.
    pub delivery: String,
}

/// The answer to a submission.
#[derive(Debug)]
pub enum Answer {
    /// 202.
    Accepted(Accepted),
    /// Anything else: HTTP status, problem document, Retry-After.
    Refused(StatusCode, ProblemDocument, Option<u64>),
}

impl Answer {
    /// The acceptance.
    ///
    /// # Errors
    /// When it was refused.
    pub fn accepted(self) -> anyhow::Result<Accepted> {
        match self {
            Self::Accepted(accepted) => Ok(accepted),
            Self::Refused(status, document, _) => anyhow::bail!("refused: {status} {}", document.code),
        }
    }

    /// Status and code of a refusal, `202` when there was none: `403 auth.submitter`.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Accepted(_) => "202".to_owned(),
            Self::Refused(status, document, _) => format!("{} {}", status.as_u16(), document.code),
        }
    }
}

/// An HTTP client with this certificate, or with none, that trusts this CA only.
///
/// # Errors
/// When certificate or key cannot be read.
pub fn client(relay: &Relay, identity: Option<&Issued>) -> anyhow::Result<Client> {
    Ok(Client::builder()
        .tls_backend_preconfigured(tls(relay, identity)?)
        .build()?)
}

/// The same over HTTP/2: many requests at once on one connection.
///
/// # Errors
/// As [`client`].
pub fn client_of_many(relay: &Relay, identity: &Issued) -> anyhow::Result<Client> {
    let mut config = tls(relay, Some(identity))?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Client::builder().tls_backend_preconfigured(config).build()?)
}

fn tls(relay: &Relay, identity: Option<&Issued>) -> anyhow::Result<rustls::ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(relay.folder().join("ca.pem"))?)?;
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(match identity {
        None => builder.with_no_client_auth(),
        Some(issued) => {
            let chain = vec![CertificateDer::from(issued.cert_der.clone())];
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(&issued.key_pem)?)?
        }
    })
}

/// Sends a body to `POST /v1/envelopes` with this client.
///
/// # Errors
/// When there is no answer, or one of another shape.
pub async fn post(
    client: &Client,
    ingest: &str,
    content_type: &str,
    body: Vec<u8>,
) -> anyhow::Result<Answer> {
    let answer = client
        .post(format!("{ingest}/v1/envelopes"))
        .header("content-type", content_type)
        .body(body)
        .send()
        .await?;
    let status = answer.status();
    let retry_after = answer
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.parse().ok());
    let bytes = answer.bytes().await?;
    if status == StatusCode::ACCEPTED {
        return Ok(Answer::Accepted(serde_json::from_slice(&bytes)?));
    }
    let document: ProblemDocument = serde_json::from_slice(&bytes).with_context(|| {
        format!(
            "{status}: not a problem document: {}",
            String::from_utf8_lossy(&bytes)
        )
    })?;
    ensure!(
        document.status == status.as_u16(),
        "the document says {}, the line {status}",
        document.status
    );
    Ok(Answer::Refused(status, document, retry_after))
}

impl Office {
    /// An office at the first doors of a relay.
    ///
    /// # Errors
    /// When certificate or key cannot be read.
    pub fn new(number: OfficeNumber, kind: &str, issued: Issued, relay: &Relay) -> anyhow::Result<Self> {
        let first = |urls: Vec<String>| urls.into_iter().next().unwrap_or_default();
        Ok(Self {
            number,
            kind: kind.to_owned(),
            client: client(relay, Some(&issued))?,
            sealer: Sealer::from_pem(&issued.cert_pem, &issued.key_pem)?,
            issued,
            ingest: first(relay.ingest_urls()),
            delivery: first(relay.delivery_urls()),
        })
    }

    /// The envelope of a unit, sealed by this office.
    ///
    /// # Errors
    /// When it cannot be packed or sealed.
    pub fn envelope(&self, unit: &Unit) -> anyhow::Result<Vec<u8>> {
        self.seal(&parcel::pack(&unit.draft())?)
    }

    /// Any content, sealed by this office.
    ///
    /// # Errors
    /// When it cannot be sealed.
    pub fn seal(&self, content: &[u8]) -> anyhow::Result<Vec<u8>> {
        Ok(self.sealer.seal(content)?)
    }

    /// Sends bytes as an envelope.
    ///
    /// # Errors
    /// When there is no answer.
    pub async fn post(&self, envelope: Vec<u8>) -> anyhow::Result<Answer> {
        post(
            &self.client,
            &self.ingest,
            MessageType::Envelope.content_type(),
            envelope,
        )
        .await
    }

    /// Seals and sends a unit; it must be accepted.
    ///
    /// # Errors
    /// When it is not.
    pub async fn send(&self, unit: &Unit) -> anyhow::Result<EnvelopeId> {
        Ok(self.post(self.envelope(unit)?).await?.accepted()?.id)
    }

    /// A GET at the delivery door.
    ///
    /// # Errors
    /// On any status but 200.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self.client.get(format!("{}{path}", self.delivery)).send().await?;
        let (status, bytes) = (answer.status(), answer.bytes().await?);
        ensure!(
            status == StatusCode::OK,
            "GET {path}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Everything in the inbox, oldest first.
    ///
    /// # Errors
    /// When a page cannot be read.
    pub async fn inbox(&self) -> anyhow::Result<Vec<InboxItem>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page: Page<InboxItem> = self.get(&format!("/v1/inbox?limit=500&after={after}")).await?;
            if page.items.is_empty() {
                return Ok(all);
            }
            all.extend(page.items);
            after = page.next;
        }
    }

    /// The sent item with history and problems.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn sent(&self, id: EnvelopeId) -> anyhow::Result<SentItem> {
        self.get(&format!("/v1/sent/{id}")).await
    }

    /// The bytes of an inbox item.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn fetch(&self, id: EnvelopeId) -> anyhow::Result<Vec<u8>> {
        let answer = self
            .client
            .get(format!("{}/v1/inbox/{id}", self.delivery))
            .send()
            .await?;
        ensure!(
            answer.status() == StatusCode::OK,
            "fetch {id}: {}",
            answer.status()
        );
        Ok(answer.bytes().await?.to_vec())
    }

    /// A POST with a JSON body at the delivery door.
    ///
    /// # Errors
    /// On any status but 200.
    pub async fn act<T: DeserializeOwned>(&self, path: &str, body: &serde_json::Value) -> anyhow::Result<T> {
        let answer = self
            .client
            .post(format!("{}{path}", self.delivery))
            .json(body)
            .send()
            .await?;
        let (status, bytes) = (answer.status(), answer.bytes().await?);
        ensure!(
            status == StatusCode::OK,
            "POST {path}: {status} {}",
            String::from_utf8_lossy(&bytes)
        );
        Ok(serde_json::from_slice(&bytes)?)
    }

    /// Says that an item was fetched.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn collected(&self, id: EnvelopeId) -> anyhow::Result<Acknowledged> {
        self.act(&format!("/v1/inbox/{id}/collected"), &serde_json::json!({}))
            .await
    }

    /// Waits until a sent item has this status.
    ///
    /// # Errors
    /// When it does not get there.
    pub async fn until(&self, id: EnvelopeId, status: Status) -> anyhow::Result<SentItem> {
        eventually(&format!("{id} is {status}"), || async {
            let item = self.sent(id).await?;
            ensure!(
                item.status == status,
                "{} {:?}",
                item.status,
                item.problems.first().map(|p| &p.code)
            );
            Ok(item)
        })
        .await
    }
}
