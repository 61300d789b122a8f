//! `make demo`: everything once, on a broker that is there already; and `make up`, which it begins with.

use std::path::Path;

use anyhow::{Context, ensure};
use harness::World;
use harness::commands::written_down;
use tokio::process::Command;

/// Longest time it may take.
const PATIENCE_SECONDS: &str = "300";

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let (url, _) = world.vhost().await?;
    let folder = tempfile::tempdir()?;
    let programs = folder.path().join("programs");
    written_down(&programs)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let work = root.join(".run");
    let was_there = work.exists();
    // Asked to end if it hangs, so that it takes away what it has started.
    let output = Command::new("timeout")
        .arg(PATIENCE_SECONDS)
        .arg(root.join("ops/dev/demo"))
        .env("PROGRAMS_DIR", &programs)
        .env("AMQP_URL", url)
        .output()
        .await
        .context("run ops/dev/demo")?;
    let told = String::from_utf8_lossy(&output.stdout);
    let last = told.lines().last().unwrap_or_default();
    ensure!(
        output.status.success() && last == "demo: sent 8, delivered 7, rejected 1, lost 0, doubled 0",
        "{}: {told}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(was_there || !work.exists(), "it leaves {}", work.display());
    Ok(())
}
