//! The broker dies without warning and comes back with its disk, while envelopes pass; then it is full for a while.

use harness::world::{in_container, queues_are_kept, start_broker};
use harness::{Proxy, RelayBuilder, World};
use testcontainers::core::IntoContainerPort;

use crate::docker;
use crate::load::Load;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let broker = start_broker().await?;
    let told = with_broker(world, &broker).await;
    broker.rm().await?;
    told
}

async fn with_broker(world: &World, broker: &docker::Container) -> anyhow::Result<()> {
    let proxy = Proxy::to(broker.get_host_port_ipv4(5672.tcp()).await?).await?;
    let port = proxy.port;
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with_broker(format!("amqp://guest:guest@127.0.0.1:{port}/%2f?heartbeat=5"))
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;
    queues_are_kept(broker).await?;
    for _ in 0..2 {
        load.goes_on(10).await?;
        docker::run(&["kill", broker.id()]).await?;
        docker::run(&["start", broker.id()]).await?;
        proxy.move_to(docker::port(broker.id(), 5672).await?);
    }
    load.goes_on(10).await?;
    // Alarms, of memory and of the disk: publishing connections are blocked, consuming ones go on.
    for (raised, cleared) in [
        (
            &["set_vm_memory_high_watermark", "absolute", "1"][..],
            &["set_vm_memory_high_watermark", "0.8"][..],
        ),
        (
            &["set_disk_free_limit", "100000GB"],
            &["set_disk_free_limit", "50MB"],
        ),
    ] {
        for limit in [raised, cleared] {
            in_container(broker, &[&["rabbitmqctl"], limit].concat()).await?;
        }
        load.goes_on(10).await?;
    }
    load.settle(&relay).await.map(drop)
}
