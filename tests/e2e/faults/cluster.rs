//! Three brokers as one: a node dies, a node is cut off from the others, a node is lost with its disk and a new one takes its place.
//! Quorum queues and the stream go on with two of three.

use anyhow::ensure;
use harness::eventually::within;
use harness::world::{in_container, queues_are_kept, start_node};
use harness::{Proxy, RelayBuilder, World};
use std::time::Duration;

use crate::docker::{self, Container};
use crate::load::Load;

/// How long a node may take to be a member again.
const REJOIN: Duration = Duration::from_secs(120);

/// How long a node that is a member again may take to catch up by itself.
const CATCH_UP: Duration = Duration::from_secs(20);

/// Debian's package has no link to it among the programs.
const STREAMS: &str = "/usr/lib/rabbitmq/bin/rabbitmq-streams";

/// Ends with an error if a queue or the stream would stand still without this node.
const UNCRITICAL: [&str; 2] = ["rabbitmq-queues", "check_if_node_is_quorum_critical"];

/// Ends with an error while a node's part in the coordination of streams neither leads nor follows.
const COORDINATED: [&str; 3] = [
    "rabbitmqctl",
    "eval",
    "[] = [M || M <- rabbit_stream_coordinator:status(), \
     not lists:member(proplists:get_value(<<\"Raft State\">>, M), [leader, follower])].",
];

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
        let [host_one, host_two, host_three] = [0, 1, 2].map(|node| cluster.host(node));
        let (one, two, three) = tokio::try_join!(
            start_node(&network, &host_one),
            start_node(&network, &host_two),
            start_node(&network, &host_three),
        )?;
        cluster.nodes = vec![one, two, three];
        for number in [1, 2] {
            cluster.control(number, &["stop_app"]).await?;
            cluster.join(number, 0).await?;
        }
        Ok(cluster)
    }

    /// The name of a node's container and machine.
    fn host(&self, node: usize) -> String {
        format!("{}-{}", self.network, node + 1)
    }

    /// What a node is called by the others.
    fn name(&self, node: usize) -> String {
        format!("rabbit@{}", self.host(node))
    }

    async fn control(&self, node: usize, command: &[&str]) -> anyhow::Result<()> {
        in_container(&self.nodes[node], &[&["rabbitmqctl"], command].concat()).await
    }

    /// Makes a stopped node a member of another's cluster.
    async fn join(&self, node: usize, other: usize) -> anyhow::Result<()> {
        self.control(node, &["join_cluster", &self.name(other)]).await?;
        self.control(node, &["start_app"]).await
    }

    /// Loses a node with its disk and puts an empty one of the same name in its place, as the operator guide has it.
    async fn replace(&mut self, lost: usize, other: usize) -> anyhow::Result<()> {
        let name = self.name(lost);
        self.nodes.remove(lost).rm().await?;
        self.control(other, &["forget_cluster_node", &name]).await?;
        let empty = start_node(&self.network, &self.host(lost)).await?;
        self.nodes.insert(lost, empty);
        self.control(lost, &["stop_app"]).await?;
        self.join(lost, other).await?;
        let add_replica = [STREAMS, "add_replica", "accepted", &name];
        within(REJOIN, "the stream has its three replicas", || {
            in_container(&self.nodes[other], &add_replica)
        })
        .await?;
        self.grow(lost, other).await?;
        self.whole().await
    }

    /// Waits until a node that is back has caught up. One that led a queue and was alone with it for a while may hold what the
    /// others never agreed to, and be stuck there: its replicas are made anew, as the operator guide has it.
    async fn catches_up(&self, node: usize, other: usize) -> anyhow::Result<()> {
        self.sees_all(node).await?;
        let caught_up = within(CATCH_UP, "it has caught up", || {
            in_container(&self.nodes[other], &UNCRITICAL)
        });
        if let Err(stuck) = caught_up.await {
            println!("{stuck:#}");
            in_container(
                &self.nodes[other],
                &["rabbitmq-queues", "shrink", &self.name(node)],
            )
            .await?;
            self.grow(node, other).await?;
        }
        self.whole().await
    }

    /// Gives a node a replica of every quorum queue, and waits until all is whole.
    async fn grow(&self, node: usize, other: usize) -> anyhow::Result<()> {
        let name = self.name(node);
        let grow = ["rabbitmq-queues", "grow", &name, "all"];
        within(REJOIN, "every queue has its three replicas", || async {
            in_container(&self.nodes[other], &grow).await?;
            in_container(&self.nodes[other], &UNCRITICAL).await
        })
        .await
    }

    /// Whether a node leads the coordination of streams.
    async fn leads(&self, node: usize) -> bool {
        let asked = "{_, N} = ra_leaderboard:lookup_leader(rabbit_stream_coordinator), N = node().";
        self.control(node, &["eval", asked]).await.is_ok()
    }

    async fn cut_off(&self, node: usize) -> anyhow::Result<()> {
        let id = self.nodes[node].id();
        docker::run(&["network", "disconnect", &self.network, id])
            .await
            .map(drop)
    }

    async fn connect(&self, node: usize) -> anyhow::Result<()> {
        let id = self.nodes[node].id();
        docker::run(&["network", "connect", &self.network, id])
            .await
            .map(drop)
    }

    /// Waits until a node has noticed that another is gone.
    async fn misses(&self, node: usize, other: usize) -> anyhow::Result<()> {
        let gone = format!(
            "false = lists:member('{}', rabbit_nodes:list_running()).",
            self.name(other)
        );
        let asked = ["eval", &gone];
        within(REJOIN, "the node is missed", || self.control(node, &asked)).await
    }

    /// Waits until a node that sees no other has stopped itself.
    async fn pauses(&self, node: usize) -> anyhow::Result<()> {
        within(REJOIN, "a node cut off stops itself", || async {
            let log = self.nodes[node].stdout_to_vec().await?;
            let log = String::from_utf8_lossy(&log);
            ensure!(log.contains("awaiting recovery"), "it goes on alone");
            Ok(())
        })
        .await
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

    /// Waits until a node sees all three, and shares its metadata with them.
    async fn sees_all(&self, node: usize) -> anyhow::Result<()> {
        for condition in [
            &["await_online_nodes", "3", "--timeout", "10"][..],
            &["eval", "[] = rabbit_node_monitor:partitions()."],
        ] {
            within(REJOIN, "the node is a member", || self.control(node, condition)).await?;
        }
        Ok(())
    }

    /// Waits until all three see each other, and whichever goes next, two of three have every queue and the stream.
    async fn whole(&self) -> anyhow::Result<()> {
        for (number, node) in self.nodes.iter().enumerate() {
            self.sees_all(number).await?;
            // The second ends with an error while a node has no part in it, the third while one is stuck.
            for condition in [&UNCRITICAL[..], &[STREAMS, "coordinator_status"], &COORDINATED] {
                within(REJOIN, "the node has its part", || in_container(node, condition)).await?;
            }
        }
        Ok(())
    }
}

pub(crate) async fn node_lost_and_cut_off(world: &World) -> anyhow::Result<()> {
    let mut cluster = Cluster::start().await?;
    let told = with_cluster(world, &mut cluster).await;
    cluster.remove().await?;
    told
}

async fn with_cluster(world: &World, cluster: &mut Cluster) -> anyhow::Result<()> {
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
    for node in &cluster.nodes {
        queues_are_kept(node).await?;
    }
    docker::run(&["kill", cluster.nodes[0].id()]).await?;
    proxy.move_to(cluster.port(1).await?);
    load.goes_on(10).await?;
    docker::run(&["start", cluster.nodes[0].id()]).await?;
    cluster.catches_up(0, 1).await?;

    // A node that nobody is connected to is cut off until it has stopped itself, and joins again by itself. Not the one that leads
    // the coordination of streams, whose replica can only be made anew with its node: as is done with the next.
    let aside = if cluster.leads(2).await { 0 } else { 2 };
    load.goes_on(10).await?;
    cluster.cut_off(aside).await?;
    load.goes_on(10).await?;
    cluster.pauses(aside).await?;
    load.goes_on(10).await?;
    load.next_delivered().await?;
    cluster.connect(aside).await?;
    cluster.catches_up(aside, 1).await?;

    // The one that everybody is connected to is cut off, and never seen again: an empty one takes its place.
    load.goes_on(10).await?;
    cluster.cut_off(1).await?;
    proxy.move_to(cluster.port(0).await?);
    cluster.misses(0, 1).await?;
    load.goes_on(10).await?;
    load.next_delivered().await?;
    cluster.replace(1, 0).await?;

    // Another dies, and the new one carries its part.
    docker::run(&["kill", cluster.nodes[2].id()]).await?;
    load.goes_on(10).await?;
    load.settle(&relay).await.map(drop)
}
