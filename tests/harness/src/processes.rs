//! The real programs as processes: started, watched, asked over their admin port, stopped for sure.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context, bail, ensure};

use crate::clock::Clock;
use crate::commands::ran;
use crate::eventually;

/// A running `relay` station.
pub struct Process {
    child: Child,
    /// Which station.
    pub station: String,
    /// Port of `/live`, `/ready`, `/metrics`.
    pub admin: u16,
    /// Folder of the program it is started from the next time; none: the build's own.
    pub programs: Option<PathBuf>,
    config: PathBuf,
    log: PathBuf,
    clock: Option<Clock>,
}

/// The folder of the programs: `RELAY_BIN_DIR`, or the build's own.
///
/// # Errors
/// When the program is not built there.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    let folder = match std::env::var_os("RELAY_BIN_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => {
            // target/debug/deps/<test>: programs are one folder up.
            let test = std::env::current_exe()?;
            test.ancestors()
                .nth(2)
                .context("the test program has no folder")?
                .to_owned()
        }
    };
    let path = folder.join(name);
    ensure!(
        path.is_file(),
        "{} is not built: cargo build -p relay -p relayctl -p careplan",
        path.display()
    );
    Ok(path)
}

/// A port nobody listens on just now.
///
/// # Errors
/// When there is none.
pub fn free_port() -> anyhow::Result<u16> {
    // Below the range from which outgoing connections take theirs: a station that is started again finds its own free.
    const FIRST: u32 = 12_000;
    const COUNT: u32 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    for _ in 0..COUNT {
        let turn = NEXT
            .fetch_add(1, Ordering::Relaxed)
            .wrapping_add(std::process::id().wrapping_mul(97));
        let port = u16::try_from(FIRST + turn % COUNT)?;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no port is free")
}

impl Process {
    /// Starts one station with this configuration; its output goes to `<folder>/<station>-<admin port>.log`. With a `clock` of
    /// its own its wall clock can be set. `programs` is the folder of the program, if it is another than the build's own.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(
        station: &str,
        config: &Path,
        admin: u16,
        folder: &Path,
        clock: bool,
        programs: Option<&Path>,
    ) -> anyhow::Result<Self> {
        let file = || Clock::new(folder.join(format!("clock-{admin}")));
        let clock = clock.then(file).transpose()?;
        let log = folder.join(format!("{station}-{admin}.log"));
        Ok(Self {
            child: spawn(&relay(programs)?, station, config, admin, &log, clock.as_ref())?,
            station: station.to_owned(),
            admin,
            programs: programs.map(Path::to_owned),
            config: config.to_owned(),
            log,
            clock,
        })
    }

    /// Starts it again after its end, with the same configuration and ports; the log goes on.
    ///
    /// # Errors
    /// When it still runs, or cannot be started.
    pub fn again(&mut self) -> anyhow::Result<()> {
        ensure!(self.child.try_wait()?.is_some(), "{} still runs", self.station);
        self.child = spawn(
            &relay(self.programs.as_deref())?,
            &self.station,
            &self.config,
            self.admin,
            &self.log,
            self.clock.as_ref(),
        )?;
        Ok(())
    }

    /// Sets its wall clock so many seconds before or behind the machine's, at once.
    ///
    /// # Errors
    /// When it was not started with a clock of its own.
    pub fn set_clock(&self, ahead_seconds: i64) -> anyhow::Result<()> {
        let clock = self.clock.as_ref();
        clock.context("it has no clock of its own")?.set(ahead_seconds)
    }

    /// Waits until `/ready` says yes.
    ///
    /// # Errors
    /// When the process ends or the deadline passes, with the end of its log.
    pub async fn ready(&self) -> anyhow::Result<()> {
        let url = format!("http://127.0.0.1:{}/ready", self.admin);
        let answered = eventually("a station is ready", || async {
            let status = reqwest::get(&url).await?.status();
            ensure!(status.is_success(), "{status}");
            Ok(())
        });
        answered
            .await
            .with_context(|| format!("{}: {}", self.station, self.log_end()))?;
        ran(
            "relay",
            [self.station.as_str(), "--config", &self.config.to_string_lossy()],
        )
    }

    /// Whether `/ready` says yes now.
    pub async fn is_ready(&self) -> bool {
        let url = format!("http://127.0.0.1:{}/ready", self.admin);
        matches!(reqwest::get(&url).await, Ok(answer) if answer.status().is_success())
    }

    /// All metrics, in the text format.
    ///
    /// # Errors
    /// When the admin port does not answer.
    pub async fn metrics(&self) -> anyhow::Result<String> {
        let url = format!("http://127.0.0.1:{}/metrics", self.admin);
        Ok(reqwest::get(url).await?.text().await?)
    }

    /// The value of a metric without labels, or with the labels as written in the text format.
    ///
    /// # Errors
    /// When it is not there.
    pub async fn metric(&self, series: &str) -> anyhow::Result<f64> {
        let text = self.metrics().await?;
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        line.with_context(|| format!("no series {series}"))?
            .parse()
            .context("a metric's value")
    }

    /// Its id at the operating system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Bytes of memory it has in use now (`VmRSS`).
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.context("VmRSS in kB")?.parse::<u64>()? * 1_024)
    }

    /// Kills it at once, as a crash would.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// SIGTERM, then waits for the drain; the exit status must be 0.
    ///
    /// # Errors
    /// When it does not end, or ends with another status.
    pub async fn terminate(&mut self) -> anyhow::Result<()> {
        let pid = self.child.id().to_string();
        ensure!(
            Command::new("kill").args(["-TERM", &pid]).status()?.success(),
            "kill -TERM {pid}"
        );
        let end = tokio::time::Instant::now() + crate::eventually::SOON;
        let mut clock = tokio::time::interval(std::time::Duration::from_millis(50));
        loop {
            clock.tick().await;
            match self.child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => bail!("{} ended with {status}: {}", self.station, self.log_end()),
                None => ensure!(
                    tokio::time::Instant::now() < end,
                    "{} does not drain: {}",
                    self.station,
                    self.log_end()
                ),
            }
        }
    }

    /// The exit status if the process has ended by itself.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn ended(&mut self) -> anyhow::Result<Option<i32>> {
        Ok(self.child.try_wait()?.and_then(|status| status.code()))
    }

    /// The whole log.
    #[must_use]
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

fn relay(programs: Option<&Path>) -> anyhow::Result<PathBuf> {
    programs.map_or_else(|| program("relay"), |folder| Ok(folder.join("relay")))
}

fn spawn(
    relay: &Path,
    station: &str,
    config: &Path,
    admin: u16,
    log: &Path,
    clock: Option<&Clock>,
) -> anyhow::Result<Child> {
    let output = std::fs::File::options().create(true).append(true).open(log)?;
    let child = Command::new(relay)
        .arg(station)
        .arg("--config")
        .arg(config)
        .envs(clock.into_iter().flat_map(Clock::environment))
        .env("RELAY_ADMIN__LISTEN", format!("127.0.0.1:{admin}"))
        .stdin(Stdio::null())
        .stdout(output.try_clone()?)
        .stderr(output)
        .spawn()?;
    Ok(child)
}

impl Drop for Process {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
