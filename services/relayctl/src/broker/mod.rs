//! `broker check`: whether nothing at the broker can lose a message or show it to others. Reads only, over the broker's own
//! management (RabbitMQ documentation: Management Plugin), with a user of the tag `monitoring`.

mod facts;
mod judge;

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use reqwest::{Certificate, Client};
use serde::de::DeserializeOwned;
use serde_json::json;

use self::facts::{Facts, Overview};
use self::judge::Finding;
use crate::exit::Failure;
use crate::{parked, print};

/// How long one question may take; a list of many vendors' queues is long.
const TIMEOUT: Duration = Duration::from_secs(60);

#[derive(Debug, Subcommand)]
pub(crate) enum BrokerCommand {
    /// Compare the broker's queues, policies and bindings with what the relay declares; exit 1 if anything could lose a message
    /// or show it to others.
    Check(Management),
}

/// Where the broker's management answers.
#[derive(Debug, clap::Args)]
pub(crate) struct Management {
    /// The management's address.
    #[arg(
        long,
        env = "RELAYCTL_MANAGEMENT_URL",
        default_value = "http://localhost:15672",
        value_name = "URL"
    )]
    url: String,
    /// A user of the tag `monitoring`.
    #[arg(
        long,
        env = "RELAYCTL_MANAGEMENT_USER",
        default_value = "guest",
        value_name = "NAME"
    )]
    user: String,
    /// The file that holds its password.
    #[arg(long, env = "RELAYCTL_MANAGEMENT_PASSWORD_FILE", value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// The CA of the management's certificate (PEM), for https.
    #[arg(long, value_name = "FILE")]
    management_ca: Option<PathBuf>,
    /// The relay's virtual host.
    #[arg(long, default_value = "/", value_name = "NAME")]
    vhost: String,
    /// The installation's number of shards (`broker.shards`); by default the one the broker was made for.
    #[arg(long, value_name = "N")]
    shards: Option<u16>,
}

/// Asks, judges, prints.
pub(crate) async fn run(command: BrokerCommand, as_json: bool) -> Result<(), Failure> {
    let BrokerCommand::Check(management) = command;
    let facts = ask(&management).await?;
    let shards = management.shards.unwrap_or_else(|| facts.shards());
    let findings = judge::judge(&facts, shards);
    if as_json {
        let broker = json!({ "version": facts.version, "vhost": management.vhost, "shards": shards, "findings": findings });
        print::json(&broker)?;
    } else {
        print::text(&words(&facts.version, &findings))?;
    }
    if findings.is_empty() {
        Ok(())
    } else {
        Err(Failure::Found)
    }
}

fn words(version: &str, findings: &[Finding]) -> String {
    let line = |one: &Finding| format!("{} {}: {}\n  {}\n", one.kind, one.name, one.what, one.mend);
    let lines: String = findings.iter().map(line).collect();
    match findings.len() {
        0 => format!("RabbitMQ {version}: nothing here can lose a message or show it to others\n"),
        many => format!("{lines}{many} to mend\n"),
    }
}

async fn ask(management: &Management) -> Result<Facts, Failure> {
    let mut client = Client::builder().tls_backend_rustls().no_proxy().timeout(TIMEOUT);
    if let Some(path) = &management.management_ca {
        let text = std::fs::read(path)
            .map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))?;
        let authorities = Certificate::from_pem_bundle(&text)
            .map_err(|error| Failure::cannot(&format!("use {}", path.display()), &error))?;
        client = client.tls_certs_only(authorities);
    }
    let client = client
        .build()
        .map_err(|error| Failure::cannot("prepare TLS", &error))?;
    let password = match &management.password_file {
        Some(path) => std::fs::read_to_string(path)
            .map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))?,
        // The broker's own default user, which it lets in over loopback alone.
        None => "guest".to_owned(),
    };
    let asked = Asked {
        client,
        management,
        password: password.trim_end_matches(['\r', '\n']).to_owned(),
    };
    let vhost = parked::encoded(&management.vhost);
    let overview: Overview = asked.get("overview").await?;
    Ok(Facts {
        version: overview.rabbitmq_version,
        nodes: asked.get("nodes").await?,
        queues: asked.get(&format!("queues/{vhost}")).await?,
        exchanges: asked.get(&format!("exchanges/{vhost}")).await?,
        bindings: asked.get(&format!("bindings/{vhost}")).await?,
        policies: asked.get(&format!("policies/{vhost}")).await?,
    })
}

struct Asked<'a> {
    client: Client,
    management: &'a Management,
    password: String,
}

impl Asked<'_> {
    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        let url = format!("{}/api/{path}", self.management.url.trim_end_matches('/'));
        let request = self
            .client
            .get(&url)
            .basic_auth(&self.management.user, Some(&self.password));
        let response = request
            .send()
            .await
            .map_err(|error| Failure::cannot(&format!("reach {url}"), &error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(Failure::Cannot(format!(
                "{url} answers {status}: the management wants a user of the tag `monitoring` with permissions for this virtual host"
            )));
        }
        let body = response
            .bytes()
            .await
            .map_err(|error| Failure::cannot(&format!("read {url}"), &error))?;
        serde_json::from_slice(&body).map_err(|error| Failure::cannot(&format!("understand {url}"), &error))
    }
}
