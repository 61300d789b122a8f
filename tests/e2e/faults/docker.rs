//! What containers suffer and the engine's client does: killed, started, cut off from a network.

use anyhow::{Context, ensure};
use harness::eventually;

pub(crate) type Container = testcontainers::ContainerAsync<testcontainers::GenericImage>;

/// One command of the engine's client; what it printed.
pub(crate) async fn run(arguments: &[&str]) -> anyhow::Result<String> {
    let output = tokio::process::Command::new("docker")
        .args(arguments)
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "docker {arguments:?}: {said}");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The port of this machine that leads to a container's port; a container started again may have another.
pub(crate) async fn port(id: &str, inside: u16) -> anyhow::Result<u16> {
    eventually("the container's port is published", || async {
        let printed = run(&["port", id, &format!("{inside}/tcp")]).await?;
        let first = printed.lines().next().context("no port")?;
        let (_, port) = first.rsplit_once(':').context("no port")?;
        Ok(port.parse()?)
    })
    .await
}
