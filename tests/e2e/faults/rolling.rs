//! A rolling restart, as an upgrade is: every process is asked to end, ends well, and is started again, under load.
//!
//! `BEFORE_BIN_DIR` names a folder with the `relay` of the release before: then that one makes the tables and is at work first,
//! every process goes, one after the other, to this release, and then back again. `ops/dev/upgrade` sets it.

use std::path::PathBuf;

use harness::{RelayBuilder, World};

use crate::load::Load;

pub(crate) async fn restart(world: &World) -> anyhow::Result<()> {
    let before = std::env::var_os("BEFORE_BIN_DIR").map(PathBuf::from);
    let mut relay = RelayBuilder::default()
        .of_release(before.clone())
        .on_postgres()
        .separate(2)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    let back = before.into_iter().map(Some);
    for programs in std::iter::once(None).chain(back) {
        for process in &mut relay.processes {
            load.goes_on(3).await?;
            // Exit status 0: what was begun is settled, what was not goes to the other replica.
            process.terminate().await?;
            process.programs.clone_from(&programs);
            process.again()?;
            process.ready().await?;
        }
    }
    load.goes_on(3).await?;
    load.settle(&relay).await.map(drop)
}
