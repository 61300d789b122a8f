//! A vendor with a queue of its own: a user of the broker made by `relayctl`, and the program of the vendor guide.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde_json::Value;
use tokio::process::Command;

use crate::{Office, Operator, Relay};

/// Debian's own, which `python3-pika` belongs to.
const PYTHON: &str = "/usr/bin/python3";

/// Seconds without a message after which the program is not waited for any longer.
const IDLE: &str = "30";

/// A vendor.
pub struct Vendor {
    /// Its queue's and its user's name.
    pub name: String,
    /// The broker's address with its user and password.
    pub url: String,
    /// The CA of the broker's certificate, when its address is `amqps://`.
    pub ca: Option<PathBuf>,
    folder: tempfile::TempDir,
}

impl Vendor {
    /// Has the operator make it, serving these offices.
    ///
    /// # Errors
    /// When `relayctl` does not.
    pub fn add(relay: &Relay, operator: &Operator, name: &str, offices: &[&Office]) -> anyhow::Result<Self> {
        let folder = tempfile::TempDir::with_prefix("vendor-")?;
        let file = folder.path().join("password");
        let mut arguments = vec!["vendor", "add", name, "--password-file"];
        let path = file.display().to_string();
        arguments.push(&path);
        let numbers: Vec<String> = offices.iter().map(|office| office.number.to_string()).collect();
        for number in &numbers {
            arguments.extend(["--office", number]);
        }
        operator.run(0, &arguments)?;
        let mut vendor = Self {
            name: format!("vendor.{name}"),
            url: String::new(),
            ca: None,
            folder,
        };
        // Users are the broker's, not a vhost's: stories that share it name their vendors differently.
        let password = std::fs::read_to_string(&file).with_context(|| format!("is {name} there already?"))?;
        vendor.url = vendor.url_with(relay, &password)?;
        Ok(vendor)
    }

    /// The broker's address with this password.
    ///
    /// # Errors
    /// When the relay's address has another form.
    pub fn url_with(&self, relay: &Relay, password: &str) -> anyhow::Result<String> {
        let (before, place) = relay.amqp_url.split_once('@').context("an address with a user")?;
        let (scheme, _) = before.split_once("://").context("an address with its scheme")?;
        Ok(format!("{scheme}://{}:{}@{place}", self.name, password.trim()))
    }

    /// Where it keeps what it took in.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("in")
    }

    /// Submits an envelope.
    ///
    /// # Errors
    /// When the broker does not take it.
    pub async fn submit(&self, envelope: &[u8]) -> anyhow::Result<()> {
        let file = self.folder.path().join("out.p7m");
        std::fs::write(&file, envelope)?;
        let file = file.display().to_string();
        self.guide(&["submit", &file]).await.map(drop)
    }

    /// Takes so many messages from its queue, waiting for them; each as the program prints it.
    ///
    /// # Errors
    /// When fewer come.
    pub async fn receive(&self, most: usize) -> anyhow::Result<Vec<Value>> {
        let (folder, number) = (self.folder().display().to_string(), most.to_string());
        let arguments = ["receive", &folder, "--most", &number, "--idle", IDLE];
        let got = self.guide(&arguments).await?;
        ensure!(got.len() == most, "{} of {most}: {got:?}", got.len());
        Ok(got)
    }

    /// Takes messages until one of them is as asked for.
    ///
    /// # Errors
    /// When none is before they end.
    pub async fn receive_until(&self, is: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        loop {
            let got = self.receive(1).await?;
            if let Some(found) = got.into_iter().find(|message| is(message)) {
                return Ok(found);
            }
        }
    }

    async fn guide(&self, arguments: &[&str]) -> anyhow::Result<Vec<Value>> {
        let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/vendor-queue.py");
        let text = self.python(&guide, arguments).await?;
        let lines = text.lines().map(serde_json::from_str);
        lines.collect::<Result<_, _>>().with_context(|| text.clone())
    }

    /// Runs a program of its own; what it printed.
    ///
    /// # Errors
    /// When it fails.
    pub async fn python(&self, program: &Path, arguments: &[&str]) -> anyhow::Result<String> {
        let output = Command::new(PYTHON)
            .arg(program)
            .args(arguments)
            .current_dir(self.folder.path())
            .env("AMQP_URL", &self.url)
            .envs(self.ca.iter().map(|ca| ("CA_FILE", ca)))
            .output()
            .await
            .context("run python3")?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.success(),
            "{} {arguments:?}: {told}{said}",
            program.display()
        );
        Ok(told)
    }
}
