//! An operator with `relayctl`.

use std::process::{Command, Output};

use anyhow::{Context, ensure};
use proto::Holder;
use proto::desk_roles::OperatorRole;
use seal::authority::{Issued, Request, Usage};

use crate::Relay;
use crate::commands::ran;
use crate::files::now;
use crate::pki::office_request;
use crate::processes::program;

/// The code of a wrong call.
const USAGE: i32 = 64;

/// A certificate of an operator of this name, whom the relay knows with this role.
pub(crate) async fn enrolled(relay: &Relay, name: &str, role: OperatorRole) -> anyhow::Result<Issued> {
    let request = Request {
        common_name: name.to_owned(),
        serial_numbers: Vec::new(),
        usage: Usage::ClientOnly,
        ..office_request("0000000000", now())
    };
    let issued = relay.pki.operators.issue(&request)?;
    relay
        .bind(&issued.cert_der, Holder::Operator(name.to_owned()))
        .await?;
    relay.store.put_operator_role(name, role, now()).await?;
    Ok(issued)
}

/// Who sits at the desk of a relay.
pub struct Operator {
    folder: tempfile::TempDir,
    url: String,
}

impl Operator {
    /// Gives an operator a certificate that the relay knows; its console has to run.
    ///
    /// # Errors
    /// When there is no console, or the store refuses.
    pub async fn of(relay: &Relay) -> anyhow::Result<Self> {
        let issued = enrolled(relay, "sato", OperatorRole::Administer).await?;
        let folder = tempfile::TempDir::with_prefix("relayctl-")?;
        std::fs::write(folder.path().join("cert.pem"), &issued.cert_pem)?;
        std::fs::write(folder.path().join("key.pem"), &issued.key_pem)?;
        std::fs::copy(relay.folder().join("ca.pem"), folder.path().join("ca.pem"))?;
        let url = relay.console_urls().into_iter().next();
        let url = url.context("a relay with a console")?;
        Ok(Self { folder, url })
    }

    /// Runs `relayctl` with these arguments; it must end with this code. Its standard output.
    ///
    /// # Errors
    /// When it cannot be run, or ends otherwise.
    pub fn run(&self, code: i32, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.output(arguments)?;
        let (told, problems) = (
            String::from_utf8_lossy(&output.stdout).into_owned(),
            String::from_utf8_lossy(&output.stderr),
        );
        ensure!(
            output.status.code() == Some(code),
            "relayctl {arguments:?}: {}: {told}{problems}",
            output.status
        );
        if code != USAGE {
            ran("relayctl", arguments)?;
        }
        Ok(told)
    }

    /// The same with `--json`, read.
    ///
    /// # Errors
    /// When it cannot be run, ends with another code than 0, or prints no JSON.
    pub fn json(&self, arguments: &[&str]) -> anyhow::Result<serde_json::Value> {
        let told = self.run(0, &[arguments, &["--json"]].concat())?;
        serde_json::from_str(&told).with_context(|| format!("relayctl {arguments:?}: {told}"))
    }

    fn output(&self, arguments: &[&str]) -> anyhow::Result<Output> {
        let output = Command::new(program("relayctl")?)
            .env_clear()
            .current_dir(self.folder.path())
            .env("CONSOLE_URL", &self.url)
            .env("RELAYCTL_CERT", "cert.pem")
            .env("RELAYCTL_KEY", "key.pem")
            .env("CA_FILE", "ca.pem")
            .args(arguments)
            .output();
        output.context("run relayctl")
    }
}
