//! A private RabbitMQ for this test binary: `ops/dev/broker` in a temporary folder, with a virtual host per story.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The running broker; dropped, it stops, and so it does when this process dies.
pub(crate) struct Server {
    url: String,
    folder: tempfile::TempDir,
    /// Waits for the end of its standard input, then stops the broker.
    watchdog: Child,
}

/// A story's own virtual host.
#[derive(Clone)]
pub(crate) struct VirtualHost {
    /// AMQP URL of the virtual host.
    pub(crate) url: String,
    name: String,
    folder: PathBuf,
}

impl Server {
    /// Starts the broker and makes the virtual hosts.
    pub(crate) async fn start(hosts: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ops/dev/broker");
        // In a process group of its own, so that what ends this test does not end it too.
        let watchdog = {
            use std::os::unix::process::CommandExt;
            Command::new("sh")
                .args(["-c", r#"cat; exec "$0" stop "$1""#])
                .args([&script, folder.path()])
                .stdin(Stdio::piped())
                .process_group(0)
                .spawn()
                .unwrap()
        };
        let started = tokio::process::Command::new(&script)
            .arg("start")
            .arg(folder.path())
            .output()
            .await
            .unwrap();
        let said = String::from_utf8_lossy(&started.stdout);
        let Some(url) = said.lines().find_map(|line| line.strip_prefix("AMQP_URL=")) else {
            panic!(
                "no broker (ops/dev/setup installs it): {}",
                String::from_utf8_lossy(&started.stderr)
            );
        };
        let server = Self {
            url: url.to_owned(),
            folder,
            watchdog,
        };
        let list = hosts
            .iter()
            .map(|name| format!("<<\"{name}\">>"))
            .collect::<Vec<_>>()
            .join(",");
        let user = server.url.split(['/', ':']).nth(3).unwrap();
        let program = format!(
            "[begin rabbit_vhost:add(V, <<\"test\">>), rabbit_auth_backend_internal:set_permissions(<<\"{user}\">>, V, \
             <<\".*\">>, <<\".*\">>, <<\".*\">>, <<\"test\">>) end || V <- [{list}]]."
        );
        control(server.folder.path(), &["eval", &program]).await;
        server
    }

    pub(crate) fn virtual_host(&self, name: &str) -> VirtualHost {
        VirtualHost {
            url: self.url.replace("%2f", name),
            name: name.to_owned(),
            folder: self.folder.path().to_owned(),
        }
    }
}

impl Server {
    /// Raises or clears a memory alarm, for every virtual host.
    pub(crate) async fn memory_alarm(&self, raised: bool) {
        let program = if raised {
            "rabbit_alarm:set_alarm({{resource_limit, memory, node()}, []})."
        } else {
            "rabbit_alarm:clear_alarm({resource_limit, memory, node()})."
        };
        control(self.folder.path(), &["eval", program]).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.watchdog.stdin.take());
        let _ = self.watchdog.wait();
    }
}

impl VirtualHost {
    /// Cuts every connection of the virtual host.
    pub(crate) async fn cut_connections(&self) {
        control(
            &self.folder,
            &["close_all_connections", "--vhost", &self.name, "cut by a test"],
        )
        .await;
    }

    /// A connection beside the product's, to look and to prepare.
    pub(crate) async fn raw(&self) -> lapin::Connection {
        lapin::Connection::connect(&self.url, lapin::ConnectionProperties::default())
            .await
            .unwrap()
    }
}

/// Runs `rabbitmqctl` on the broker in this folder.
async fn control(folder: &Path, arguments: &[&str]) {
    let access = std::fs::read_to_string(folder.join("access")).unwrap();
    let epmd = access
        .lines()
        .find_map(|line| line.strip_prefix("epmd_port="))
        .unwrap();
    let node = std::fs::read_dir(folder.join("data"))
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .find(|name| name.ends_with("@localhost"))
        .unwrap();
    let output = tokio::process::Command::new("/usr/lib/rabbitmq/bin/rabbitmqctl")
        .args(["-n", &node])
        .args(arguments)
        .env("HOME", folder.join("home"))
        .env("ERL_EPMD_PORT", epmd)
        .env("RABBITMQ_CONF_ENV_FILE", folder.join("none"))
        .output()
        .await
        .unwrap();
    assert!(
        output.status.success(),
        "rabbitmqctl {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
