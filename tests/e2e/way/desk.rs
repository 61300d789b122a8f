//! An office with `careplan` in a folder with its settings.

use std::path::Path;
use std::process::Output;

use anyhow::ensure;
use harness::commands::ran;
use harness::{Office, Relay, Unit};
use tokio::process::Command;

/// The code of a wrong call, among other things.
const USAGE: i32 = 2;

/// The office, and the folder it works in.
pub(crate) struct Desk {
    pub(crate) office: Office,
    folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new(relay: &Relay, office: Office) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("cert.pem"), &office.issued.cert_pem)?;
        std::fs::write(folder.path().join("key.pem"), &office.issued.key_pem)?;
        std::fs::copy(relay.folder().join("ca.pem"), folder.path().join("ca.pem"))?;
        let config = format!(
            "office = \"{}\"\ningest_url = \"{}\"\ndelivery_url = \"{}\"\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\nca = \"ca.pem\"\nstate_dir = \"state\"\n",
            office.number, office.ingest, office.delivery
        );
        std::fs::write(folder.path().join("careplan.toml"), config)?;
        Ok(Self { office, folder })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Writes the files of a unit; their names.
    pub(crate) fn write(&self, unit: &Unit) -> anyhow::Result<Vec<String>> {
        let mut names = Vec::new();
        for (name, bytes) in &unit.files {
            std::fs::write(self.folder().join(name), bytes)?;
            names.push(name.clone());
        }
        Ok(names)
    }

    async fn output(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let program = harness::processes::program("careplan")?;
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder());
        Ok(command.output().await?)
    }

    /// What it prints, when it ends with this status.
    pub(crate) async fn run(&self, status: i32, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.output(arguments).await?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.code() == Some(status),
            "careplan {arguments:?}: {} {text} {errors}",
            output.status
        );
        if status != USAGE {
            ran("careplan", arguments)?;
        }
        Ok(text)
    }

    /// What it prints, however it ends.
    pub(crate) async fn any(&self, arguments: &[&str]) -> anyhow::Result<String> {
        Ok(String::from_utf8_lossy(&self.output(arguments).await?.stdout).into_owned())
    }
}
