//! HTTPS to the two doors with the office's certificate; patient with a relay that is busy or away, for a bounded time.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use proto::{OfficeNumber, ProblemDocument, Traceparent, codes};
use reqwest::{Client, Method, Response};
use rustls::client::Resumption;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::retry;
use crate::settings::Settings;

/// Media type of an envelope.
const ENVELOPE: &str = "application/pkcs7-mime; smime-type=signed-data";

/// A connection to the relay on behalf of an office.
#[derive(Debug)]
pub struct Connection {
    client: Client,
    office: OfficeNumber,
    settings: Settings,
    patience: Duration,
}

/// Which of the doors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Takes envelopes.
    Ingest,
    /// Inbox, sent list, directory.
    Delivery,
}

/// A request to a door.
#[derive(Debug)]
pub struct Ask {
    method: Method,
    door: Door,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Option<(&'static str, Vec<u8>)>,
    slow: Duration,
    trace: Option<Traceparent>,
}

impl Ask {
    /// Reads something of delivery.
    #[must_use]
    pub fn get(path: impl Into<String>) -> Self {
        Self {
            method: Method::GET,
            door: Door::Delivery,
            path: path.into(),
            query: Vec::new(),
            body: None,
            slow: Duration::ZERO,
            trace: None,
        }
    }

    /// Tells delivery something.
    #[must_use]
    pub fn post(path: impl Into<String>) -> Self {
        Self {
            method: Method::POST,
            ..Self::get(path)
        }
    }

    /// Submits an envelope.
    #[must_use]
    pub fn envelope(bytes: Vec<u8>) -> Self {
        Self {
            door: Door::Ingest,
            body: Some((ENVELOPE, bytes)),
            ..Self::post("/v1/envelopes")
        }
    }

    /// At this door instead.
    #[must_use]
    pub fn at(mut self, door: Door) -> Self {
        self.door = door;
        self
    }

    /// With a parameter, if it has a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(mut self, value: &serde_json::Value) -> Self {
        self.body = Some(("application/json", value.to_string().into_bytes()));
        self
    }

    /// In this trace.
    #[must_use]
    pub fn traced(mut self, trace: Traceparent) -> Self {
        self.trace = Some(trace);
        self
    }

    /// Whose answer may take so much longer than usual.
    #[must_use]
    pub fn slow(mut self, by: Duration) -> Self {
        self.slow = by;
        self
    }
}

impl Connection {
    /// Prepares connections; nothing is sent yet. A request is tried again for `patience` in all.
    ///
    /// # Errors
    /// Settings are missing, or certificate, key or CA cannot be used.
    pub fn open(settings: &Settings, patience: Duration) -> Result<Self, Failure> {
        let build = || -> Result<Client, Box<dyn Error + Send + Sync>> {
            let mut builder = Client::builder()
                .tls_backend_preconfigured(tls(settings)?)
                .https_only(true)
                .user_agent(concat!("careplan/", env!("CARGO_PKG_VERSION")))
                .redirect(reqwest::redirect::Policy::none())
                .connect_timeout(Duration::from_secs(10));
            builder = match settings.proxy() {
                Some(url) => builder.proxy(reqwest::Proxy::https(url)?),
                None => builder.no_proxy(),
            };
            Ok(builder.build()?)
        };
        let client = build().map_err(|error| match error.downcast::<Failure>() {
            Ok(failure) => *failure,
            Err(error) => Failure::Setting {
                key: "certificate, key, ca".to_owned(),
                ja: "接続の準備ができません。ファイルの内容を確認してください。".to_owned(),
                en: chain(error.as_ref()),
            },
        })?;
        Ok(Self {
            client,
            office: settings.office()?,
            settings: settings.clone(),
            patience,
        })
    }

    /// The settings it was opened with.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The JSON of an answer.
    ///
    /// # Errors
    /// See [`Self::bytes`]; also when the answer is another JSON.
    pub async fn json<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, Failure> {
        let bytes = self.bytes(ask).await?;
        serde_json::from_slice(&bytes).map_err(|error| Failure::Answer(error.to_string()))
    }

    /// The bytes of an answer, after as many attempts as patience allows.
    ///
    /// # Errors
    /// The relay refuses, or stays unreachable or busy.
    pub async fn bytes(&self, ask: &Ask) -> Result<Vec<u8>, Failure> {
        let url = self.url(ask)?;
        let begin = Instant::now();
        let patience = self.patience + ask.slow;
        for attempt in 0.. {
            let left = patience.saturating_sub(begin.elapsed());
            let (failure, asked) = match self.once(ask, &url, left).await {
                Ok(bytes) => return Ok(bytes),
                Err(tried) => tried,
            };
            let left = patience.saturating_sub(begin.elapsed());
            let again = matches!(failure.exit(), crate::failure::Exit::Unreachable);
            match retry::wait(attempt, asked, left).filter(|_| again) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return Err(failure),
            }
        }
        Err(Failure::Unreachable(url))
    }

    async fn once(
        &self,
        ask: &Ask,
        url: &str,
        left: Duration,
    ) -> Result<Vec<u8>, (Failure, Option<Duration>)> {
        let size = ask.body.as_ref().map_or(0, |(_, body)| body.len() as u64);
        // Slow lines are allowed 64 kB a second; an attempt never takes all the patience unless little is left.
        let usual = Duration::from_secs(30 + size / 65_536) + ask.slow;
        let mut request = self
            .client
            .request(ask.method.clone(), url)
            .query(&[("office", self.office.as_str())])
            .query(&ask.query)
            .timeout(usual.min(left.max(Duration::from_secs(1))));
        if let Some((kind, body)) = &ask.body {
            request = request.header("content-type", *kind).body(body.clone());
        }
        if let Some(trace) = ask.trace {
            request = request.header("traceparent", trace.to_string());
        }
        let response = request.send().await.map_err(|error| (lost(&error), None))?;
        let status = response.status();
        if status.is_success() {
            let bytes = response.bytes().await.map_err(|error| (lost(&error), None))?;
            return Ok(bytes.to_vec());
        }
        let asked = retry::asked(response.headers().get("retry-after"));
        let worth_it = retry::is_worth_it(status);
        let failure = refusal(response).await;
        Err((failure, asked.filter(|_| worth_it)))
    }

    fn url(&self, ask: &Ask) -> Result<String, Failure> {
        let base = match ask.door {
            Door::Ingest => self.settings.ingest_url(),
            Door::Delivery => self.settings.delivery_url(),
        }?;
        Ok(format!("{base}{}", ask.path))
    }
}

/// The office's certificate for whoever asks, and nobody trusted but the relay's CA.
fn tls(settings: &Settings) -> Result<rustls::ClientConfig, Box<dyn Error + Send + Sync>> {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&settings.ca()?) {
        roots.add(certificate?)?;
    }
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&settings.certificate()?).collect::<Result<_, _>>()?;
    let key = PrivateKeyDer::from_pem_slice(&settings.key()?)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    config.resumption = Resumption::disabled();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

async fn refusal(response: Response) -> Failure {
    let status = response.status().as_u16();
    let document = response.json::<ProblemDocument>().await.unwrap_or_else(|_| {
        let code = match status {
            404 => &codes::HTTP_NOT_FOUND,
            413 => &codes::HTTP_TOO_LARGE,
            429 => &codes::HTTP_TOO_MANY,
            500.. => &codes::HTTP_BUSY,
            _ => &codes::HTTP_BAD_REQUEST,
        };
        ProblemDocument {
            status,
            ..ProblemDocument::new(code)
        }
    });
    Failure::Refused(Box::new(document))
}

fn lost(error: &reqwest::Error) -> Failure {
    match tls_error(error).filter(|tls| is_about_certificates(tls)) {
        Some(tls) => Failure::Tls(tls.to_string()),
        None => Failure::Unreachable(chain(error)),
    }
}

/// The TLS error among an error and its causes. What an `io::Error` wraps is not among its sources, but its own.
fn tls_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let wrapped = || error.downcast_ref::<std::io::Error>()?.get_ref();
    error
        .downcast_ref()
        .or_else(|| wrapped().and_then(|inner| tls_error(inner)))
        .or_else(|| error.source().and_then(tls_error))
}

fn is_about_certificates(error: &rustls::Error) -> bool {
    use rustls::AlertDescription as Alert;
    match error {
        rustls::Error::InvalidCertificate(_) => true,
        rustls::Error::AlertReceived(alert) => matches!(
            alert,
            Alert::BadCertificate
                | Alert::UnsupportedCertificate
                | Alert::CertificateRevoked
                | Alert::CertificateExpired
                | Alert::CertificateUnknown
                | Alert::UnknownCA
                | Alert::AccessDenied
                | Alert::CertificateRequired
        ),
        _ => false,
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
