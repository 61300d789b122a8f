//! Three brokers as one: a node dies, a node is cut off from the others. Quorum queues go on with two of three.

use anyhow::Context;
use harness::eventually::within;
use harness::world::{in_container, start_node};
use harness::{Proxy, RelayBuilder, World};
use std::time::Duration;

use crate::docker::{self, Container};
use crate::load::Load;

/// How long a node may take to be a member again.
const REJOIN: Duration = Duration::from_secs(120);

struct Cluster {
    network: String,
    nodes: Vec<Container>,
}

impl Cluster {
    async fn start() -> anyhow::Result<Self> {
        let network = format!("careplan-relay-{}", std::process::id());
        docker::run(&["network", "create", &network]).await?;
        let mut cluster = Self {
            network: network.clone(),
            nodes: Vec::new(),
        };
        let names: Vec<String> = (1..=3).map(|number| format!("{network}-{number}")).collect();
        let (one, two, three) = tokio::try_join!(
            start_node(&network, &names[0]),
            start_node(&network, &names[1]),
            start_node(&network, &names[2]),
        )?;
        cluster.nodes = vec![one, two, three];
        for node in &cluster.nodes[1..] {
            for command in [
                &["stop_app"][..],
                &["join_cluster", &format!("rabbit@{}", names[0])],
                &["start_app"],
            ] {
                in_container(node, &[&["rabbitmqctl"], command].concat()).await?;
            }
        }
        Ok(cluster)
    }

    async fn remove(self) -> anyhow::Result<()> {
        for node in self.nodes {
            node.rm().await?;
        }
        docker::run(&["network", "rm", &self.network]).await.map(drop)
    }

    async fn port(&self, node: usize) -> anyhow::Result<u16> {
        docker::port(self.nodes[node].id(), 5672).await
    }

    /// Waits until all three see each other.
    async fn whole(&self) -> anyhow::Result<()> {
        for node in &self.nodes {
            let await_online = ["rabbitmqctl", "await_online_nodes", "3", "--timeout", "10"];
            within(REJOIN, "the node is a member", || {
                in_container(node, &await_online)
            })
            .await?;
        }
        Ok(())
    }
}

pub(crate) async fn node_lost_and_cut_off(world: &World) -> anyhow::Result<()> {
    let cluster = Cluster::start().await?;
    let told = with_cluster(world, &cluster).await;
    cluster.remove().await?;
    told
}

async fn with_cluster(world: &World, cluster: &Cluster) -> anyhow::Result<()> {
    let proxy = Proxy::to(cluster.port(0).await?).await?;
    let port = proxy.port;
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with_broker(format!("amqp://guest:guest@127.0.0.1:{port}/%2f?heartbeat=3"))
        .start(world)
        .await?;
    let load = Load::begin(&relay).await?;

    // The node that everybody is connected to dies; the line leads to another, as a load balancer's would.
    load.goes_on(10).await?;
    docker::run(&["kill", cluster.nodes[0].id()]).await?;
    proxy.move_to(cluster.port(1).await?);
    load.goes_on(10).await?;
    docker::run(&["start", cluster.nodes[0].id()]).await?;
    cluster.whole().await?;

    // A node that nobody is connected to is cut off, then the one that everybody is connected to.
    for (cut, next) in [(2, 1), (1, 0)] {
        load.goes_on(10).await?;
        let id = cluster.nodes.get(cut).context("a node")?.id();
        docker::run(&["network", "disconnect", &cluster.network, id]).await?;
        proxy.move_to(cluster.port(next).await?);
        load.goes_on(10).await?;
        docker::run(&["network", "connect", &cluster.network, id]).await?;
        cluster.whole().await?;
    }
    load.goes_on(10).await?;
    load.settle(&relay).await.map(drop)
}
