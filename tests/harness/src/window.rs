//! A real Chromium with a profile of its own, which reaches this machine alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context, ensure};
use tempfile::TempDir;

use crate::eventually;

/// A page is there within this time, or the test has found something.
const PATIENCE: &str = "60";

/// A profile in which no page may run a script.
const NO_SCRIPTS: &str = r#"{"profile":{"default_content_setting_values":{"javascript":2}}}"#;

/// What a page's scripts get, in milliseconds of the page's own time, which stands still while they wait for an answer.
const SCRIPTS_TIME: &str = "--virtual-time-budget=20000";

/// A browser's window.
pub struct Window {
    home: TempDir,
    scripts: bool,
}

impl Window {
    /// One in which no page runs a script.
    ///
    /// # Errors
    /// When its profile cannot be written.
    pub fn without_scripts() -> anyhow::Result<Self> {
        let window = Self::open(false)?;
        let profile = window.profile().join("Default");
        std::fs::create_dir_all(&profile)?;
        std::fs::write(profile.join("Preferences"), NO_SCRIPTS)?;
        Ok(window)
    }

    /// One for pages that draw themselves; they are looked at when their scripts have done so.
    ///
    /// # Errors
    /// When there is no place for its profile.
    pub fn with_scripts() -> anyhow::Result<Self> {
        Self::open(true)
    }

    fn open(scripts: bool) -> anyhow::Result<Self> {
        let home = TempDir::with_prefix("browser-")?;
        Ok(Self { home, scripts })
    }

    /// Its user's home.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    fn profile(&self) -> PathBuf {
        self.home().join("profile")
    }

    /// What a page has become, as HTML.
    ///
    /// # Errors
    /// When the browser cannot show it.
    pub async fn dom(&self, url: &str) -> anyhow::Result<String> {
        let output = self.run(url, &["--dump-dom".to_owned()]).await?;
        let dom = String::from_utf8(output.stdout)?;
        ensure!(
            dom.contains("<body"),
            "{url}: {dom}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(dom)
    }

    /// Writes a picture (PNG) of a page in a window of this size.
    ///
    /// # Errors
    /// When the browser cannot show it.
    pub async fn picture(&self, url: &str, size: (u32, u32), file: &Path) -> anyhow::Result<()> {
        let options = [
            format!("--screenshot={}", file.display()),
            format!("--window-size={},{}", size.0, size.1),
        ];
        let output = self.run(url, &options).await?;
        let written = std::fs::read(file).unwrap_or_default();
        ensure!(
            written.starts_with(b"\x89PNG"),
            "{url}: no picture: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(())
    }

    /// Loads the page. A container that starts or ends beside it changes this machine's network, on which the browser gives
    /// up a page under way: then it is loaded again.
    async fn run(&self, url: &str, options: &[String]) -> anyhow::Result<Output> {
        eventually("the network stands still for one page", || async {
            let output = self.once(url, options).await?;
            let disturbed = String::from_utf8_lossy(&output.stderr).contains("ERR_NETWORK_CHANGED");
            ensure!(!disturbed, "the network has changed");
            Ok(output)
        })
        .await
    }

    async fn once(&self, url: &str, options: &[String]) -> anyhow::Result<Output> {
        let mut command = Command::new("timeout");
        command
            .args([
                "--kill-after=5",
                PATIENCE,
                "chromium",
                "--headless=new",
                "--disable-gpu",
                "--no-first-run",
            ])
            // In a container or as root there is no sandbox to be had; the only pages shown are of a test's own programs.
            .args(["--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args(["--lang=ja", "--accept-lang=ja"])
            // Whoever asks another host gets no answer.
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")
            .arg(format!("--user-data-dir={}", self.profile().display()))
            .args(self.scripts.then_some(SCRIPTS_TIME))
            .args(options)
            .arg(url)
            .env("HOME", self.home())
            .env("LANG", "ja_JP.UTF-8");
        let output = tokio::task::spawn_blocking(move || command.output()).await?;
        let output = output.context("run chromium (ops/dev/setup test installs it)")?;
        ensure!(
            output.status.success(),
            "chromium: {} {}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(output)
    }
}
