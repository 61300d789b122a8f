//! A developer's own relay: offices that answer by rule, faults on demand, and back to the beginning.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::Duration;

use anyhow::{Context, ensure};
use harness::commands::ran;
use harness::eventually::within;
use harness::processes::{free_port, program};
use harness::{Unit, World, eventually};
use serde_json::Value;
use standard::generate::Size;

/// The developer's own office.
const OWN: &str = "0300000100";

/// Longest wait for the office that takes its time.
const SLOW: Duration = Duration::from_secs(90);

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let (url, _) = world.vhost().await?;
    let mut sandbox = Sandbox::start(folder.path(), &url).await?;
    // Started again on the same folder it is the same sandbox.
    sandbox.stop()?;
    let sandbox = Sandbox::start(folder.path(), &url).await?;

    let mut sent = HashMap::new();
    for (office, kind) in [
        ("0300000005", "11"),
        ("0300000013", "15"),
        ("1300000021", "17"),
        ("0300000070", "13"),
    ] {
        sent.insert(office, sandbox.send(office, kind)?);
    }
    sandbox.until(&sent["0300000005"], "imported", SLOW).await?;
    let failed = sandbox.until(&sent["1300000021"], "import_failed", SLOW).await?;
    ensure!(
        failed["problems"][0]["code"] == "sandbox.user_unknown",
        "{failed}"
    );
    sandbox.until(&sent["0300000013"], "delivered", SLOW).await?;
    let slow = sandbox.item(&sent["0300000070"])?;
    ensure!(slow["status"] == "delivered", "it takes its time: {slow}");

    // Refused without being done, done without an answer; nothing known goes on as before.
    let (ingest, delivery) = (&sandbox.env["INGEST_URL"], &sandbox.env["DELIVERY_URL"]);
    let policy = format!("{ingest}/v1/policy");
    for (fault, status) in [("unavailable", "503"), ("too-many", "429"), ("nonsense", "400")] {
        let told = sandbox.curl(&["-H", &format!("Sandbox-Fault: {fault}"), &policy])?;
        ensure!(told.0 == status, "{fault}: {told:?}");
    }
    let held = sandbox.curl(&["-m", "1", "-H", "Sandbox-Fault: no-answer", &policy])?;
    ensure!(held.0 == "000", "no answer came: {held:?}");
    ensure!(sandbox.curl(&[&policy])?.0 == "200");
    sandbox.until(&sent["0300000070"], "imported", SLOW).await?;

    let reset = sandbox.curl(&["-X", "POST", &format!("{delivery}/v1/sandbox/reset")])?;
    ensure!(
        reset == ("200".to_owned(), r#"{"forgotten":4}"#.to_owned()),
        "{reset:?}"
    );
    let list = sandbox.curl(&[&format!("{delivery}/v1/sent")])?;
    ensure!(list.1.contains(r#""items":[]"#), "{list:?}");
    ensure!(sandbox.curl(&[&format!("{delivery}/v1/me")])?.0 == "200");
    // A real installation's broker holds another number of shards and turns a sandbox away.
    let relay = harness::Relay::all(world).await?;
    world
        .manage("DELETE", &format!("queues/{}/relay.shards", relay.vhost))
        .await?;
    let marker =
        serde_json::json!({ "durable": true, "arguments": { "x-queue-type": "quorum", "x-max-length": 16 } });
    world
        .manage_with(
            "PUT",
            &format!("queues/{}/relay.shards", relay.vhost),
            Some(marker),
        )
        .await?;
    let elsewhere = tempfile::tempdir()?;
    let status = command(elsewhere.path(), &relay.amqp_url)?.status()?;
    ensure!(status.code() == Some(64), "{status}");
    Ok(())
}

struct Sandbox {
    child: Child,
    folder: PathBuf,
    env: HashMap<String, String>,
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(folder: &Path, broker: &str) -> anyhow::Result<Command> {
    let mut command = Command::new(program("relay")?);
    command.args(["all", "--sandbox"]).arg(folder.join("box"));
    command
        .env("RELAY_BROKER__URL", broker)
        .env("RELAY_TELEMETRY__FILTER", "warn");
    command.stdout(std::fs::File::create(folder.join("log"))?);
    for part in ["INGEST__DOOR", "DELIVERY__DOOR", "CONSOLE__DOOR", "ADMIN"] {
        command.env(
            format!("RELAY_{part}__LISTEN"),
            format!("127.0.0.1:{}", free_port()?),
        );
    }
    Ok(command)
}

impl Sandbox {
    async fn start(folder: &Path, broker: &str) -> anyhow::Result<Self> {
        let child = command(folder, broker)?.spawn()?;
        let mut sandbox = Self {
            child,
            folder: folder.join("box"),
            env: HashMap::new(),
        };
        eventually("the sandbox's doors are open", || {
            let told = read_env(&sandbox.folder).and_then(|env| {
                let asked = curl(
                    &sandbox.folder,
                    &env,
                    &[&format!("{}/v1/me", env["DELIVERY_URL"])],
                )?;
                let policy = curl(
                    &sandbox.folder,
                    &env,
                    &[&format!("{}/v1/policy", env["INGEST_URL"])],
                )?;
                ensure!(asked.0 == "200" && policy.0 == "200", "{asked:?} {policy:?}");
                Ok(env)
            });
            std::future::ready(told)
        })
        .await
        .map(|env| sandbox.env = env)?;
        ran("relay", ["all", "--sandbox", "DIR"])?;
        Ok(sandbox)
    }

    fn stop(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a plan with the script of the vendor guide; its id.
    fn send(&self, destination: &str, kind: &str) -> anyhow::Result<String> {
        let unit = Unit::plan(OWN.parse()?, destination.parse()?, kind, Size::Persons(1));
        let files = self.folder.join(&unit.sequence);
        std::fs::create_dir(&files)?;
        for (name, bytes) in &unit.files {
            std::fs::write(files.join(name), bytes)?;
        }
        let output = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/exchange.py"))
            .arg("send")
            .arg(&files)
            .args([destination, &unit.sequence])
            .envs(&self.env)
            .env("OFFICE", OWN)
            .env("CERT", self.folder.join("offices").join(OWN).join("cert.pem"))
            .env("KEY", self.folder.join("offices").join(OWN).join("key.pem"))
            .output()
            .context("python3")?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let id = said.split_whitespace().nth(1);
        Ok(id.with_context(|| format!("{output:?}"))?.to_owned())
    }

    fn item(&self, id: &str) -> anyhow::Result<Value> {
        let told = self.curl(&[&format!("{}/v1/sent/{id}", self.env["DELIVERY_URL"])])?;
        serde_json::from_str(&told.1).with_context(|| format!("{told:?}"))
    }

    async fn until(&self, id: &str, status: &str, patience: Duration) -> anyhow::Result<Value> {
        within(patience, status, || {
            let told = self.item(id).and_then(|item| {
                ensure!(item["status"] == status, "{item}");
                Ok(item)
            });
            std::future::ready(told)
        })
        .await
    }

    fn curl(&self, arguments: &[&str]) -> anyhow::Result<(String, String)> {
        curl(&self.folder, &self.env, arguments)
    }
}

/// `env`, as a shell reads it.
fn read_env(folder: &Path) -> anyhow::Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(folder.join("env"))?;
    let lines = text.lines().filter_map(|line| line.split_once('='));
    Ok(lines
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect())
}

/// Status (`000`: no answer) and body, with the developer's own certificate.
fn curl(
    folder: &Path,
    env: &HashMap<String, String>,
    arguments: &[&str],
) -> anyhow::Result<(String, String)> {
    let own = folder.join("offices").join(OWN);
    let output = Command::new("curl")
        .args([
            "--silent",
            "--write-out",
            "\n%{http_code}",
            "--cacert",
            &env["CA_FILE"],
        ])
        .arg("--cert")
        .arg(own.join("cert.pem"))
        .arg("--key")
        .arg(own.join("key.pem"))
        .args(arguments)
        .output()
        .context("curl")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (body, status) = text.rsplit_once('\n').context("a status")?;
    Ok((status.to_owned(), body.to_owned()))
}
