//! The console's door: HTTPS with the operator's certificate, trusting the doors' CA alone.

use std::path::Path;
use std::time::Duration;

use proto::ProblemDocument;
use reqwest::{Certificate, Client, Identity, Response};
use serde_json::Value;

use crate::exit::Failure;
use crate::requests::{Method, Request};
use crate::settings::Settings;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a file may take.
const FILE_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// The console's door, ready to be asked.
pub(crate) struct Desk {
    client: Client,
    url: String,
}

impl Desk {
    /// Reads the certificates; opens no connection yet.
    pub(crate) fn open(settings: &Settings) -> Result<Self, Failure> {
        let mut identity = read(&settings.cert)?;
        identity.push(b'\n');
        identity.extend(read(&settings.key)?);
        let identity = Identity::from_pem(&identity).map_err(|error| {
            Failure::cannot(
                &format!("use {} and {}", settings.cert.display(), settings.key.display()),
                &error,
            )
        })?;
        let authorities = Certificate::from_pem_bundle(&read(&settings.ca)?)
            .map_err(|error| Failure::cannot(&format!("use {}", settings.ca.display()), &error))?;
        let client = Client::builder()
            .tls_backend_rustls()
            .tls_certs_only(authorities)
            .identity(identity)
            .https_only(true)
            // The door is the operator's own; a proxy from the environment must not come between.
            .no_proxy()
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| Failure::cannot("prepare TLS", &error))?;
        Ok(Self {
            client,
            url: settings.console_url.trim_end_matches('/').to_owned(),
        })
    }

    /// Asks once. A problem document is a refusal; anything else that is not a success could not be understood.
    pub(crate) async fn ask(&self, request: &Request) -> Result<Value, Failure> {
        let url = format!("{}{}", self.url, request.path);
        let builder = match request.method {
            Method::Get => self.client.get(&url),
            Method::Put => self.client.put(&url),
            Method::Post => self.client.post(&url),
            Method::Delete => self.client.delete(&url),
        };
        let builder = match &request.body {
            Some(body) => builder.json(body),
            None => builder,
        };
        let response = builder
            .send()
            .await
            .map_err(|error| Failure::cannot(&format!("reach {url}"), &error))?;
        answer(response).await
    }
}

impl Desk {
    /// Sends a CSV file; the answer.
    pub(crate) async fn upload(&self, path: &str, file: tokio::fs::File) -> Result<Value, Failure> {
        let url = format!("{}{path}", self.url);
        let request = (self.client.post(&url))
            .header("content-type", proto::desk_directory::CSV)
            .timeout(FILE_TIMEOUT)
            .body(file);
        let response = request.send().await;
        answer(response.map_err(|error| Failure::cannot(&format!("reach {url}"), &error))?).await
    }

    /// Asks for a file, which comes piece by piece.
    pub(crate) async fn download(&self, path: &str) -> Result<Response, Failure> {
        let url = format!("{}{path}", self.url);
        let response = self.client.get(&url).timeout(FILE_TIMEOUT).send().await;
        let response = response.map_err(|error| Failure::cannot(&format!("reach {url}"), &error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        answer(response).await?;
        Err(Failure::Cannot("cannot understand the door".to_owned()))
    }
}

async fn answer(response: Response) -> Result<Value, Failure> {
    let status = response.status();
    let body = response
        .bytes()
        .await
        .map_err(|error| Failure::cannot("read the door's answer", &error))?;
    if !status.is_success() {
        return Err(match serde_json::from_slice::<ProblemDocument>(&body) {
            Ok(document) => Failure::Refused(Box::new(document)),
            Err(_) => Failure::Cannot(format!("cannot understand the door: it answered {status}")),
        });
    }
    if body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&body).map_err(|error| Failure::cannot("understand the door's answer", &error))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))
}
