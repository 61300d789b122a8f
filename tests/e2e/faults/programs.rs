//! The programs of offices and operators, run as they run them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, ensure};
use harness::commands::ran;
use harness::{Office, Relay, Unit};
use proto::{EnvelopeId, Holder};
use seal::authority::{Request, Usage};
use serde_json::Value;
use tokio::process::Command;

/// An office's folder with `careplan.toml`, from which `careplan` is run.
pub(crate) struct Careplan {
    folder: tempfile::TempDir,
}

impl Careplan {
    pub(crate) fn of(office: &Office, relay: &Relay) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("cert.pem"), &office.issued.cert_pem)?;
        std::fs::write(folder.path().join("key.pem"), &office.issued.key_pem)?;
        std::fs::copy(relay.folder().join("ca.pem"), folder.path().join("ca.pem"))?;
        let config = format!(
            "office = \"{}\"\ningest_url = \"{}\"\ndelivery_url = \"{}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\nca = \"ca.pem\"\nstate_dir = \"state\"\n",
            office.number, office.ingest, office.delivery
        );
        std::fs::write(folder.path().join("careplan.toml"), config)?;
        Ok(Self { folder })
    }

    /// Writes the files of these units into a folder of this name below its own.
    pub(crate) fn write(&self, name: &str, units: &[Unit]) -> anyhow::Result<()> {
        let folder = self.folder.path().join(name);
        std::fs::create_dir_all(&folder)?;
        for (name, bytes) in units.iter().flat_map(|unit| &unit.files) {
            std::fs::write(folder.join(name), bytes)?;
        }
        Ok(())
    }

    /// Runs it; it must end well.
    pub(crate) async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        run("careplan", self.folder.path(), arguments).await
    }

    /// Sends a folder; the ids in the order of the answers.
    pub(crate) async fn send(&self, name: &str) -> anyhow::Result<Vec<EnvelopeId>> {
        let answer: Value = serde_json::from_str(&self.run(&["send", "--json", name]).await?)?;
        ids(&answer)
    }

    /// Sends again what is missing; how many were kept, and the ids of those sent again.
    pub(crate) async fn resend(&self, arguments: &[&str]) -> anyhow::Result<(u64, Vec<EnvelopeId>)> {
        let arguments = [&["resend", "--json"], arguments].concat();
        let answer: Value = serde_json::from_str(&self.run(&arguments).await?)?;
        let kept = answer["kept"].as_u64().context("how many are kept")?;
        Ok((kept, ids(&answer["items"])?))
    }
}

/// An operator with a certificate, and the desk's address.
pub(crate) struct Operator {
    folder: tempfile::TempDir,
    url: String,
}

impl Operator {
    /// One who is known to the relay's first process, which has a desk.
    pub(crate) async fn at(relay: &Relay) -> anyhow::Result<Self> {
        let issued = relay.pki.operators.issue(&Request {
            serial_numbers: Vec::new(),
            usage: Usage::ClientOnly,
            ..harness::pki::office_request("0000000000", harness::files::now())
        })?;
        relay
            .bind(&issued.cert_der, Holder::Operator("sato".to_owned()))
            .await?;
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("cert.pem"), &issued.cert_pem)?;
        std::fs::write(folder.path().join("key.pem"), &issued.key_pem)?;
        std::fs::copy(relay.folder().join("ca.pem"), folder.path().join("ca.pem"))?;
        let first = relay.processes.first().context("a process")?;
        let config = relay.folder().join(format!("relay-{}.toml", first.admin));
        let config: toml::Table = std::fs::read_to_string(config)?.parse()?;
        let listen = config["console"]["door"]["listen"].as_str();
        let (_, port) = listen
            .and_then(|listen| listen.rsplit_once(':'))
            .context("its port")?;
        Ok(Self {
            folder,
            url: format!("https://localhost:{port}"),
        })
    }

    /// A command that asks the desk.
    pub(crate) async fn ask(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let desk = [
            "--console-url",
            &self.url,
            "--cert",
            "cert.pem",
            "--key",
            "key.pem",
            "--ca",
            "ca.pem",
        ];
        self.run(&[arguments, &desk].concat()).await
    }

    /// A command that works on files and the store.
    pub(crate) async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        run("relayctl", self.folder.path(), arguments).await
    }

    /// What was accepted and has not reached delivery.
    pub(crate) async fn missing(&self) -> anyhow::Result<BTreeSet<EnvelopeId>> {
        let answer = self.ask(&["missing", "--json", "--minutes", "0"]).await?;
        let answer: Value = serde_json::from_str(&answer)?;
        Ok(ids(&answer["items"])?.into_iter().collect())
    }
}

fn ids(list: &Value) -> anyhow::Result<Vec<EnvelopeId>> {
    let list = list.as_array().context("a list")?;
    list.iter()
        .map(|item| Ok(item["id"].as_str().context("an id")?.parse()?))
        .collect()
}

async fn run(program: &str, folder: &Path, arguments: &[&str]) -> anyhow::Result<String> {
    let output = Command::new(harness::processes::program(program)?)
        .args(arguments)
        .current_dir(folder)
        .output()
        .await?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.success(),
        "{program} {arguments:?}: {} {text} {errors}",
        output.status
    );
    ran(program, arguments)?;
    Ok(text)
}
