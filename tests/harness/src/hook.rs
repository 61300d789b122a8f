//! Receivers of webhooks: the program of the vendor guide, and hostile ones, as processes with a certificate of the relay's
//! own authority.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, ensure};
use seal::authority::Usage;
use serde_json::Value;

use crate::processes::free_port;
use crate::{Relay, eventually};

/// A receiver that runs.
pub struct Hook {
    child: Child,
    folder: tempfile::TempDir,
    program: PathBuf,
    /// Where it listens.
    pub port: u16,
    hostile: bool,
}

impl Hook {
    /// The guide's program; its secret is written by [`Hook::secret`].
    ///
    /// # Errors
    /// When it does not start.
    pub async fn of_the_guide(relay: &Relay) -> anyhow::Result<Self> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/webhook.py");
        Self::start(relay, program, false).await
    }

    /// A hostile program, called with port, certificate, key and the file that makes it good.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn hostile(relay: &Relay, program: &Path) -> anyhow::Result<Self> {
        Self::start(relay, program.to_owned(), true).await
    }

    async fn start(relay: &Relay, program: PathBuf, hostile: bool) -> anyhow::Result<Self> {
        let folder = tempfile::TempDir::with_prefix("hook-")?;
        relay.pki.server(folder.path(), "hook", Usage::Server)?;
        let port = free_port()?;
        let child = spawn(&program, folder.path(), port, hostile)?;
        let hook = Self {
            child,
            folder,
            program,
            port,
            hostile,
        };
        hook.listens().await?;
        Ok(hook)
    }

    async fn listens(&self) -> anyhow::Result<()> {
        let address = ("127.0.0.1", self.port);
        let connected = eventually("the receiver listens", || async {
            Ok(tokio::net::TcpStream::connect(address).await?)
        });
        connected
            .await
            .map(drop)
            .with_context(|| std::fs::read_to_string(self.folder.path().join("err")).unwrap_or_default())
    }

    /// Where the relay is to call.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.port)
    }

    /// Gives the guide's program its secret.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn secret(&self, secret: &str) -> anyhow::Result<()> {
        Ok(std::fs::write(self.folder.path().join("secret"), secret)?)
    }

    /// Makes a hostile one good.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn be_good(&self) -> anyhow::Result<()> {
        Ok(std::fs::write(self.folder.path().join("good"), "")?)
    }

    /// Ends it.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Starts it again at the same port; what it printed goes on.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn again(&mut self) -> anyhow::Result<()> {
        self.child = spawn(&self.program, self.folder.path(), self.port, self.hostile)?;
        self.listens().await
    }

    /// The lines it printed.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.folder.path().join("out")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The lines of the guide's program, read.
    ///
    /// # Errors
    /// When one is no JSON.
    pub fn calls(&self) -> anyhow::Result<Vec<Value>> {
        let lines = self.lines();
        let read = lines.iter().map(|line| serde_json::from_str(line));
        read.collect::<Result<_, _>>().with_context(|| lines.join("\n"))
    }

    /// Waits for so many lines of the guide's program.
    ///
    /// # Errors
    /// When they do not come, or more do.
    pub async fn called(&self, count: usize) -> anyhow::Result<Vec<Value>> {
        let what = format!("{count} calls");
        eventually(&what, || async {
            let calls = self.calls()?;
            ensure!(calls.len() == count, "{calls:?}");
            Ok(calls)
        })
        .await
    }
}

fn spawn(program: &Path, folder: &Path, port: u16, hostile: bool) -> anyhow::Result<Child> {
    let file = |name: &str| {
        std::fs::File::options()
            .create(true)
            .append(true)
            .open(folder.join(name))
    };
    let port = port.to_string();
    let mut command = Command::new("python3");
    command.arg(program).current_dir(folder);
    if hostile {
        command.args([port.as_str(), "hook.pem", "hook.key", "good"]);
    } else {
        command.args(["--port", &port]);
    }
    command
        .env("CERT", "hook.pem")
        .env("KEY", "hook.key")
        .env("SECRET_FILE", "secret")
        .stdin(Stdio::null())
        .stdout(file("out")?)
        .stderr(file("err")?)
        .spawn()
        .context("python3, which ops/dev/setup installs")
}

impl Drop for Hook {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
