//! An operator asks whether the broker can lose a message: it cannot as the stations declare it, and every way in which it
//! could is named.

use anyhow::ensure;
use harness::{Operator, Relay, World, eventually};
use serde_json::json;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let operator = Operator::of(&relay).await?;
    let (url, vhost) = (world.management_url(), relay.vhost.as_str());
    let check = ["broker", "check", "--url", &url, "--vhost", vhost, "--json"];
    // The management learns of what is new with a delay.
    let finds = |code: i32, word: &'static str| {
        let operator = &operator;
        async move {
            eventually(word, || async {
                let told = operator.run(code, &check)?;
                ensure!(told.contains(word), "{told}");
                Ok(())
            })
            .await
        }
    };
    finds(0, "\"findings\":[]").await?;

    let policy = format!("policies/{vhost}/tidy");
    let hostile =
        json!({ "pattern": "^validation", "definition": { "message-ttl": 60_000 }, "apply-to": "queues" });
    world.manage_with("PUT", &policy, Some(hostile)).await?;
    finds(1, "a policy sets message-ttl to 60000").await?;
    let sizes =
        json!({ "pattern": "^validation", "definition": { "max-length": 100_000 }, "apply-to": "queues" });
    world.manage_with("PUT", &policy, Some(sizes)).await?;
    finds(0, "\"findings\":[]").await?;

    let queue = json!({ "durable": true });
    let copy = format!("queues/{vhost}/copy");
    world.manage_with("PUT", &copy, Some(queue)).await?;
    let binding = format!("bindings/{vhost}/e/relay.routed/q/copy");
    world
        .manage_with("POST", &binding, Some(json!({ "routing_key": "#" })))
        .await?;
    finds(1, "relay.routed -> queue copy").await?;
    world.manage("DELETE", &copy).await?;
    finds(0, "\"findings\":[]").await?;

    // Another number of shards than the broker was made for.
    let other = [&check[..], &["--shards", "8"]].concat();
    let told = operator.run(1, &other)?;
    ensure!(told.contains("relay.shards"), "{told}");
    Ok(())
}
