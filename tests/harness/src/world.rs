//! One broker and one PostgreSQL in containers, shared by the stories of a process; a vhost and a schema each.

#![expect(clippy::print_stderr, reason = "a test run says which images it uses")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use testcontainers::core::{IntoContainerPort, WaitFor};
use testcontainers::runners::AsyncRunner;
use testcontainers::{ContainerAsync, GenericImage, ImageExt};

use crate::eventually::{eventually, within};

const PASSWORD: &str = "only-for-tests";
const STARTUP: Duration = Duration::from_secs(180);

/// Broker and database.
pub struct World {
    broker: ContainerAsync<GenericImage>,
    postgres: ContainerAsync<GenericImage>,
    amqp_port: u16,
    management_port: u16,
    postgres_port: u16,
    next: AtomicU32,
}

/// An image's name and tag from the environment, as `ops/images/build` writes them.
fn image(variable: &str, default: &str) -> (String, String) {
    let name = std::env::var(variable)
        .ok()
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| default.to_owned());
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name.to_owned(), tag.to_owned()),
        _ => (name, "latest".to_owned()),
    }
}

/// Starts a broker of its own, for stories that hurt it.
///
/// # Errors
/// When there is no container engine or no image.
pub async fn start_broker() -> anyhow::Result<ContainerAsync<GenericImage>> {
    let (name, tag) = image("RABBITMQ_IMAGE", "careplan-relay/rabbitmq:4");
    eprintln!("image rabbitmq: {name}:{tag}");
    GenericImage::new(name, tag)
        .with_wait_for(WaitFor::message_on_stdout("Server startup complete"))
        .with_exposed_port(5672.tcp())
        .with_exposed_port(15672.tcp())
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .context("start the broker's container (ops/images/build makes its image)")
}

/// Starts a broker that listens with TLS alone, port 5671, with this certificate, key and CA, all PEM.
///
/// # Errors
/// When there is no container engine or no image.
pub async fn start_tls_broker(
    certificate: &[u8],
    key: &[u8],
    ca: &[u8],
) -> anyhow::Result<ContainerAsync<GenericImage>> {
    let (name, tag) = image("RABBITMQ_IMAGE", "careplan-relay/rabbitmq:4");
    let place = |file: &str| format!("/etc/rabbitmq/tls/{file}");
    let config = format!(
        "listeners.tcp = none\nlisteners.ssl.default = 5671\nssl_options.certfile = {}\nssl_options.keyfile = {}\n\
         ssl_options.cacertfile = {}\nssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false\n",
        place("broker.pem"),
        place("broker.key"),
        place("ca.pem"),
    );
    GenericImage::new(name, tag)
        .with_wait_for(WaitFor::message_on_stdout("Server startup complete"))
        .with_exposed_port(5671.tcp())
        .with_exposed_port(15672.tcp())
        .with_copy_to("/etc/rabbitmq/conf.d/20-tls.conf", config.into_bytes())
        .with_copy_to(place("broker.pem"), certificate.to_vec())
        .with_copy_to(place("broker.key"), key.to_vec())
        .with_copy_to(place("ca.pem"), ca.to_vec())
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .context("start a broker with TLS in a container (ops/images/build makes its image)")
}

/// Starts a broker that can be joined to others on this network under this name.
///
/// # Errors
/// When there is no container engine or no image.
pub async fn start_node(network: &str, name: &str) -> anyhow::Result<ContainerAsync<GenericImage>> {
    let (image, tag) = image("RABBITMQ_IMAGE", "careplan-relay/rabbitmq:4");
    // A minority stops itself; a silent node is noticed after five seconds instead of sixty.
    let server =
        "-setcookie only-for-tests -kernel net_ticktime 5 -rabbit cluster_partition_handling pause_minority";
    GenericImage::new(image, tag)
        .with_wait_for(WaitFor::message_on_stdout("Server startup complete"))
        .with_exposed_port(5672.tcp())
        .with_network(network)
        .with_container_name(name)
        .with_hostname(name)
        .with_env_var("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", server)
        .with_env_var("RABBITMQ_CTL_ERL_ARGS", "-setcookie only-for-tests")
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .context("start a broker's container (ops/images/build makes its image)")
}

/// A PostgreSQL of a story's own.
pub struct Database {
    /// Its container, to be paused or removed.
    pub container: ContainerAsync<GenericImage>,
    /// Its address.
    pub url: String,
}

impl Database {
    /// Runs SQL inside the container, as the relay's user, past everything the relay does; what it printed.
    ///
    /// # Errors
    /// When a statement fails.
    pub async fn sql(&self, sql: &str) -> anyhow::Result<String> {
        let inside = format!("postgres://relay:{PASSWORD}@127.0.0.1:5432/relay");
        let psql = ["psql", &inside, "-v", "ON_ERROR_STOP=1", "-qAt", "-c", sql];
        let output = tokio::process::Command::new("docker")
            .args(["exec", self.container.id()])
            .args(psql)
            .output()
            .await?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{sql}: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

async fn start_postgres() -> anyhow::Result<ContainerAsync<GenericImage>> {
    let (name, tag) = image("POSTGRES_IMAGE", "careplan-relay/postgres:15");
    eprintln!("image postgres: {name}:{tag}");
    GenericImage::new(name, tag)
        .with_wait_for(WaitFor::message_on_stderr(
            "database system is ready to accept connections",
        ))
        .with_exposed_port(5432.tcp())
        .with_env_var("POSTGRES_USER", "relay")
        .with_env_var("POSTGRES_PASSWORD", PASSWORD)
        .with_startup_timeout(STARTUP)
        .start()
        .await
        .context("start PostgreSQL's container (ops/images/build makes its image)")
}

impl World {
    /// Starts both containers and waits until they answer.
    ///
    /// # Errors
    /// When there is no container engine or no image.
    pub async fn start() -> anyhow::Result<Self> {
        let (broker, postgres) = tokio::join!(start_broker(), start_postgres());
        let (broker, postgres) = (broker?, postgres?);
        let world = Self {
            amqp_port: broker.get_host_port_ipv4(5672.tcp()).await?,
            management_port: broker.get_host_port_ipv4(15672.tcp()).await?,
            postgres_port: postgres.get_host_port_ipv4(5432.tcp()).await?,
            broker,
            postgres,
            next: AtomicU32::new(1),
        };
        within(STARTUP, "the broker's management answers", || async {
            world.manage("GET", "overview").await
        })
        .await?;
        Ok(world)
    }

    /// Stops and removes both containers.
    ///
    /// # Errors
    /// When the engine does not.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.broker.rm().await?;
        self.postgres.rm().await?;
        Ok(())
    }

    /// A new vhost of the broker: its AMQP address and name.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn vhost(&self) -> anyhow::Result<(String, String)> {
        let name = format!("t{}", self.next.fetch_add(1, Ordering::Relaxed));
        self.manage("PUT", &format!("vhosts/{name}")).await?;
        Ok((
            format!("amqp://guest:guest@127.0.0.1:{}/{name}", self.amqp_port),
            name,
        ))
    }

    /// A new vhost as [`World::vhost`], reached over a line that can be hurt; a connection is given up after two seconds of
    /// silence.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn vhost_over_a_line(&self) -> anyhow::Result<(String, String, crate::Proxy)> {
        let (_, name) = self.vhost().await?;
        let proxy = crate::Proxy::to(self.amqp_port).await?;
        let port = proxy.port;
        Ok((
            format!("amqp://guest:guest@127.0.0.1:{port}/{name}?heartbeat=2"),
            name,
            proxy,
        ))
    }

    /// The address of the database, and a schema nobody else uses.
    #[must_use]
    pub fn schema(&self) -> (String, String) {
        let url = format!(
            "postgres://relay:{PASSWORD}@127.0.0.1:{}/relay",
            self.postgres_port
        );
        (url, format!("s{}", self.next.fetch_add(1, Ordering::Relaxed)))
    }

    /// The management of this vhost, as a console is configured with it.
    #[must_use]
    pub fn management_of(&self, vhost: &str) -> String {
        format!("http://guest:guest@127.0.0.1:{}/{vhost}", self.management_port)
    }

    /// The broker's port on this machine.
    #[must_use]
    pub fn amqp_port(&self) -> u16 {
        self.amqp_port
    }

    /// The address of the broker's management, user and password `guest`.
    #[must_use]
    pub fn management_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.management_port)
    }

    /// A database of its own, for stories that hurt it.
    ///
    /// # Errors
    /// When there is no container engine or no image.
    pub async fn own_postgres(&self) -> anyhow::Result<Database> {
        let container = start_postgres().await?;
        let port = container.get_host_port_ipv4(5432.tcp()).await?;
        Ok(Database {
            container,
            url: format!("postgres://relay:{PASSWORD}@127.0.0.1:{port}/relay"),
        })
    }

    /// One call of the broker's management API.
    ///
    /// # Errors
    /// On any status but 2xx.
    pub async fn manage(&self, method: &str, path: &str) -> anyhow::Result<()> {
        self.manage_with(method, path, None).await.map(drop)
    }

    /// One call of the broker's management API with a JSON body, and its answer.
    ///
    /// # Errors
    /// On any status but 2xx.
    pub async fn manage_with(
        &self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> anyhow::Result<serde_json::Value> {
        let url = format!("{}/api/{path}", self.management_url());
        let body = body.unwrap_or_else(|| serde_json::json!({}));
        let request = reqwest::Client::new()
            .request(method.parse()?, &url)
            .basic_auth("guest", Some("guest"));
        let request = if method == "GET" {
            request
        } else {
            request.json(&body)
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        ensure!(status.is_success(), "{method} {path}: {status} {text}");
        Ok(serde_json::from_str(&text).unwrap_or_default())
    }

    /// Runs a command inside the broker's container.
    ///
    /// # Errors
    /// When it cannot be run or fails.
    pub async fn in_broker(&self, command: &[&str]) -> anyhow::Result<()> {
        in_container(&self.broker, command).await
    }
}

/// Waits until a broker has on its disk which quorum queues and streams it holds. It writes that down half a second or so after a
/// declaration; killed before, it forgets them at its next start ("name_not_registered", then "is down or inaccessible":
/// <https://github.com/rabbitmq/rabbitmq-server/issues/15725>).
///
/// # Errors
/// When it has not within a minute.
pub async fn queues_are_kept(broker: &ContainerAsync<GenericImage>) -> anyhow::Result<()> {
    // A queue `q` of the vhost `/` is there as `%2F_q`, all streams as their one coordinator.
    const ALL_KEPT: &str = "cd /var/lib/rabbitmq/mnesia
        grep -aq rabbit_stream_coordinator */coordination/*/names.dets
        queues=$(rabbitmqctl -q list_queues name type | awk '/quorum/ { print $1 }')
        [ -n \"$queues\" ]
        for queue in $queues; do grep -aqF \"%2F_$queue\" */quorum/*/names.dets; done";
    let asked = ["sh", "-ec", ALL_KEPT];
    eventually("the broker has written down its queues", || {
        in_container(broker, &asked)
    })
    .await
}

/// Runs a command inside a container and waits for its end.
///
/// # Errors
/// When it cannot be run or fails.
pub async fn in_container(container: &ContainerAsync<GenericImage>, command: &[&str]) -> anyhow::Result<()> {
    let output = tokio::process::Command::new("docker")
        .arg("exec")
        .arg(container.id())
        .args(command)
        .output()
        .await?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{command:?}: {} {said}", output.status);
    Ok(())
}
