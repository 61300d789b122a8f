//! A station that is configured wrongly says which key, and ends with status 64 before it does anything.

use anyhow::ensure;
use harness::{Relay, World, eventually};

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut relay = Relay::all(world).await?;
    for (what, section, key, value, named) in [
        (
            "an unknown key",
            "ingest",
            "speed",
            toml::Value::from("fast"),
            "ingest.speed",
        ),
        (
            "a value of the wrong kind",
            "validation",
            "threads",
            toml::Value::from("many"),
            "validation.threads",
        ),
        (
            "keys that contradict each other",
            "shutdown",
            "grace_seconds",
            toml::Value::from(1),
            "shutdown.grace_seconds",
        ),
        (
            "an envelope the broker cannot take",
            "limits",
            "envelope_bytes",
            toml::Value::from(16_000_000),
            "limits.envelope_bytes",
        ),
        (
            "another number of shards than the broker holds",
            "broker",
            "shards",
            toml::Value::from(3),
            "shards",
        ),
    ] {
        let added = relay.add_with("routing", section, key, value)?;
        let status = eventually("the station ends", || {
            let ended = relay.processes[added].ended();
            async move { ended?.ok_or_else(|| anyhow::anyhow!("it runs")) }
        })
        .await?;
        let log = relay.processes[added].log();
        ensure!(status == 64, "{what}: status {status}\n{log}");
        ensure!(log.contains(named), "{what}: {named} is not named\n{log}");
    }
    // The good ones are not disturbed.
    relay.processes[0].ready().await
}
