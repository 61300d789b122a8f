//! An installation as its operator sets it up: by `relayctl init`, one `relay all` on what that made, offices enrolled by `relayctl`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use harness::commands::ran;
use harness::eventually;
use harness::processes::{Process, free_port, program};
use serde_json::{Value, json};

/// The folder, the process, and the doors.
pub(crate) struct Installation {
    folder: tempfile::TempDir,
    /// The relay.
    pub(crate) process: Process,
    /// The operators' door.
    pub(crate) console: String,
    /// The door that takes envelopes.
    pub(crate) ingest: String,
    /// The door of inbox and sent list.
    pub(crate) delivery: String,
}

impl Installation {
    /// On this virtual host of a broker, and with its management.
    pub(crate) async fn set_up(amqp_url: &str, management_url: &str) -> anyhow::Result<Self> {
        let folder = tempfile::TempDir::with_prefix("installation-")?;
        for below in ["etc", "var", "backup", "offices", "work"] {
            std::fs::create_dir(folder.path().join(below))?;
        }
        let (ingest, delivery, console, admin) = (free_port()?, free_port()?, free_port()?, free_port()?);
        let url = |port: u16| format!("https://localhost:{port}");
        let at = |below: &str| folder.path().join(below).display().to_string();
        let init = Command::new(program("relayctl")?)
            .env_clear()
            .args([
                "init",
                "--dir",
                &at("etc/pki"),
                "--store",
                &store_of(folder.path()),
            ])
            .args(["--url", &url(console), "--host", "relay.example"])
            .output()
            .context("run relayctl")?;
        ensure!(init.status.success(), "relayctl init: {init:?}");
        std::fs::write(folder.path().join("etc/amqp_url"), amqp_url)?;
        let mut config = of_the_guide()?
            .replace("/etc/careplan-relay", &at("etc"))
            .replace("/var/lib/careplan-relay", &at("var"));
        for (theirs, port) in [
            ("0.0.0.0:8443", ingest),
            ("0.0.0.0:8444", delivery),
            ("0.0.0.0:8445", console),
        ] {
            ensure!(
                config.contains(theirs),
                "{theirs} is not in the guide's configuration"
            );
            config = config.replace(theirs, &format!("127.0.0.1:{port}"));
        }
        // Two shards and quick looks, as all relays under test.
        let config = config.replace("[broker]\n", "[broker]\nshards = 2\n");
        let config = format!(
            "{config}[telemetry]\nformat = \"json\"\n[snapshot]\nmax_age_seconds = 1\n[delivery]\nbooks_every_seconds = 1\n\
             [console]\nmanagement_url = '{management_url}'\n"
        );
        let file = folder.path().join("etc/relay.toml");
        std::fs::write(&file, config)?;
        let process = Process::start("all", &file, admin, folder.path(), false, None)?;
        process.ready().await?;
        Ok(Self {
            process,
            console: url(console),
            ingest: url(ingest),
            delivery: url(delivery),
            folder,
        })
    }

    /// Waits until the books tell of so many envelopes, all in a mailbox.
    pub(crate) async fn delivered_all(&self, count: u64) -> anyhow::Result<()> {
        eventually("the books balance", || async {
            let books: Value = serde_json::from_str(&self.relayctl(0, &["books", "--json"])?)?;
            let counts = (&books["accepted"], &books["mailboxed"], &books["under_way"]);
            ensure!(counts == (&json!(count), &json!(count), &json!(0)), "{books}");
            Ok(())
        })
        .await
    }

    /// A place in its folder: `etc`, `var`, `backup`, `offices`, `work`.
    pub(crate) fn place(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Enrols an office, gives it a certificate, and a folder with its settings.
    pub(crate) fn enrol(&self, number: &str, kind: &str) -> anyhow::Result<()> {
        let (pki, folder) = (self.place("etc/pki"), self.place("offices").join(number));
        let (pki, folder) = (pki.display().to_string(), folder.display().to_string());
        let name = format!("事業所{number}");
        self.relayctl(0, &["office", "put", number, "--name", &name, "--service", kind])?;
        self.relayctl(0, &["licence", number])?;
        self.relayctl(
            0,
            &[
                "pki", "issue", "--dir", &pki, "--office", number, "--out", &folder,
            ],
        )?;
        let (holder, certificate) = (format!("office:{number}"), format!("{folder}/cert.pem"));
        self.relayctl(0, &["certificate", "bind", "--holder", &holder, &certificate])?;
        let settings = format!(
            "office = \"{number}\"\ningest_url = \"{}\"\ndelivery_url = \"{}\"\ncertificate = \"cert.pem\"\n\
             key = \"key.pem\"\nca = \"ca.pem\"\nstate_dir = \"state\"\n",
            self.ingest, self.delivery
        );
        std::fs::write(format!("{folder}/careplan.toml"), settings)?;
        Ok(())
    }

    /// Runs `relayctl` in the folder `work` as the first operator; it must end with this code. What it printed.
    pub(crate) fn relayctl(&self, code: i32, arguments: &[&str]) -> anyhow::Result<String> {
        run("relayctl", &self.place("work"), code, arguments, &self.settings())
    }

    /// Runs `careplan` in an office's folder; it must end well. What it printed.
    pub(crate) fn careplan(&self, office: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let folder = self.place("offices").join(office);
        run("careplan", &folder, 0, arguments, &self.settings())
    }

    /// Runs `relay`, which must end by itself and well. What it printed.
    pub(crate) fn relay(&self, arguments: &[&str]) -> anyhow::Result<String> {
        run("relay", &self.place("work"), 0, arguments, &self.settings())
    }

    /// Has an office send something by `careplan`; the id of its first envelope.
    pub(crate) fn send(&self, office: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let told = self.careplan(office, &[&["send", "--json"], arguments].concat())?;
        let told: Value = serde_json::from_str(&told).with_context(|| told.clone())?;
        Ok(told[0]["id"].as_str().context("an id")?.to_owned())
    }

    fn settings(&self) -> PathBuf {
        self.place("etc/pki/relayctl.toml")
    }

    /// SIGTERM, and the store is gone.
    pub(crate) async fn lose_the_store(&mut self) -> anyhow::Result<()> {
        self.process.terminate().await?;
        std::fs::remove_dir_all(self.place("var"))?;
        std::fs::create_dir(self.place("var"))?;
        Ok(())
    }

    /// Starts it again.
    pub(crate) async fn again(&mut self) -> anyhow::Result<()> {
        self.process.again()?;
        self.process.ready().await
    }
}

/// The store below a folder.
/// The configuration that stands in the operator guide.
fn of_the_guide() -> anyhow::Result<String> {
    let page = include_str!("../../../docs/operator-guide.md");
    let begin = page
        .find("```toml\n[broker]\n")
        .context("the guide's configuration")?;
    let block = page[begin..].trim_start_matches("```toml\n");
    let end = block.find("```").context("the block's end")?;
    Ok(block[..end].to_owned())
}

fn store_of(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("var/relay.db").display())
}

fn run(name: &str, folder: &Path, code: i32, arguments: &[&str], settings: &Path) -> anyhow::Result<String> {
    let output = Command::new(program(name)?)
        .env_clear()
        .env("RELAYCTL_CONFIG", settings)
        .current_dir(folder)
        .args(arguments)
        .output()
        .with_context(|| format!("run {name}"))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.code() == Some(code),
        "{name} {arguments:?}: {}: {told}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    ran(name, arguments)?;
    Ok(told)
}
