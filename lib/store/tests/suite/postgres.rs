//! The PostgreSQL half: one test, one cluster (or the one `TEST_POSTGRES_URL` names), one schema a case.

use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use store::{Store, StoreConfig};
use tempfile::TempDir;

use crate::samples::{BY, at, sample};
use crate::{CASES, Place};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn suite_on_postgres() {
    let (url, _cluster) = match std::env::var("TEST_POSTGRES_URL") {
        Ok(url) => (url, None),
        Err(_) => {
            let cluster = Cluster::start();
            (cluster.url(), Some(cluster))
        }
    };
    await_connections(&url).await;
    let mut failed = Vec::new();
    for (name, case) in CASES {
        let mut config = StoreConfig::at(&url);
        // Names are cut to what PostgreSQL keeps of one; the process keeps runs on a shared server apart.
        config.schema = Some(
            format!("t{}_{name}", std::process::id())
                .chars()
                .take(60)
                .collect(),
        );
        config.max_connections = 5;
        let began = Instant::now();
        let run = tokio::spawn(async move { case(Place::at(config).await).await });
        match run.await {
            Ok(()) => eprintln!("ok     {name} {:?}", began.elapsed()),
            Err(error) => {
                eprintln!("FAILED {name}: {error}");
                failed.push(*name);
            }
        }
    }
    assert!(failed.is_empty(), "failed on PostgreSQL: {failed:?}");
}

/// The whole server stops in the middle of traffic, as a machine that loses its network does: nobody may wait for long.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_falls_silent_is_given_up() {
    let cluster = Cluster::start();
    await_connections(&cluster.url()).await;
    let mut config = StoreConfig::at(cluster.url());
    config.max_connections = 4;
    let store = Store::open(&config).await.expect("the store opens");
    let traffic: Vec<_> = (0..8_u64)
        .map(|lane| {
            let store = store.clone();
            tokio::spawn(async move {
                for n in 0_u64.. {
                    let mut one = sample(n * 8 + lane);
                    one.bytes.resize(200_000, 7);
                    let began = Instant::now();
                    let entered = store.enter(&[one.learned()], BY, at(10)).await;
                    if let Err(error) = entered {
                        return (began.elapsed(), error);
                    }
                }
                unreachable!("the server falls silent before")
            })
        })
        .collect();
    while store.books().await.expect("the server answers").mailboxed < 20 {}
    cluster.signal("STOP");
    let probing = tokio::spawn({
        let store = store.clone();
        async move {
            let began = Instant::now();
            (began.elapsed(), store.probe().await)
        }
    });
    for lane in traffic {
        let (waited, error) = tokio::time::timeout(Duration::from_secs(45), lane)
            .await
            .expect("nobody waits for ever")
            .expect("no panic");
        assert!(error.is_transient(), "{error:?}");
        assert!(waited < Duration::from_secs(40), "{waited:?}");
    }
    let (_, probed) = probing.await.expect("no panic");
    assert!(probed.expect_err("the server is silent").is_transient());
    cluster.signal("CONT");
    // Not one of the connections that were given up is lent again, and their transactions hold nothing.
    let entered = store.enter(&[sample(1_000_000).learned()], BY, at(11)).await;
    assert_eq!(entered.expect("the server is back").len(), 1);
    store.close().await;
}

/// Whatever the server's defaults: a commit is on the disk, and a counter that was waited for is read anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_server_s_defaults_do_not_decide() {
    let cluster = Cluster::start();
    await_connections(&cluster.url()).await;
    let place = Place::at(StoreConfig {
        schema: Some("relay".into()),
        ..StoreConfig::at(cluster.url())
    })
    .await;
    for setting in [
        "ALTER ROLE postgres SET synchronous_commit = off",
        "ALTER ROLE postgres SET default_transaction_isolation = 'serializable'",
        "CREATE TABLE settings (name TEXT)",
        "CREATE FUNCTION tell() RETURNS TRIGGER LANGUAGE plpgsql AS $$ BEGIN
             INSERT INTO relay.settings SELECT current_setting('synchronous_commit');
             INSERT INTO relay.settings SELECT current_setting('transaction_isolation');
             RETURN NULL;
         END $$",
        "CREATE TRIGGER tell AFTER INSERT ON serials FOR EACH ROW EXECUTE FUNCTION tell()",
    ] {
        place.sql(setting).await;
    }
    place.another().await.probe().await.expect("the store answers");
    place
        .sql("DO $$ BEGIN ASSERT (SELECT string_agg(name, ',') FROM relay.settings) = 'on,read committed'; END $$")
        .await;
}

/// The server answers within 30 seconds of its start.
async fn await_connections(url: &str) {
    let mut config = StoreConfig::at(url);
    config.schema = Some(format!("t{}_start", std::process::id()));
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match Store::open(&config).await {
            Ok(_) => return,
            Err(error) if deadline < Instant::now() => {
                panic!("PostgreSQL at {url} does not answer: {error:?}")
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// A private cluster under a temporary folder, reached by a socket only; stopped when dropped.
struct Cluster {
    folder: TempDir,
    server: Child,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        // PostgreSQL refuses to run as root; then it runs as nobody.
        let root = folder.path().metadata().expect("the folder is there").uid() == 0;
        if root {
            chown(folder.path(), Some(NOBODY), Some(NOBODY)).expect("the folder can be given away");
        }
        let as_nobody = |program: &str| {
            let mut command = Command::new(binary(program));
            command
                .current_dir(folder.path())
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            if root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command
        };
        let made = as_nobody("initdb")
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "-D",
            ])
            .arg(&data)
            .status()
            .expect("initdb runs");
        assert!(made.success(), "initdb failed: {made}");
        let server = as_nobody("postgres")
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "log_min_messages=fatal",
            ])
            .stderr(Stdio::null())
            .spawn()
            .expect("postgres starts");
        Self { folder, server }
    }

    /// Sends a signal to the server and every process of it.
    fn signal(&self, signal: &str) {
        let server = self.server.id();
        let send = format!("kill -{signal} {server} $(ps -o pid= --ppid {server})");
        let sent = Command::new("sh").args(["-c", &send]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{send}");
    }

    fn url(&self) -> String {
        format!(
            "postgres:///postgres?user=postgres&host={}",
            self.folder.path().display()
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // SIGINT: fast shutdown, its processes with it.
        let server = self.server.id();
        let stop = format!("kill -CONT {server} $(ps -o pid= --ppid {server}); kill -INT {server}");
        let stopped = Command::new("sh").args(["-c", &stop]).status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// User and group `nobody` of Debian.
const NOBODY: u32 = 65_534;

/// The program on the search path, or where Debian puts it.
fn binary(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = Path::new("/usr/lib/postgresql").read_dir() {
        folders.extend(versions.flatten().map(|version| version.path().join("bin")));
    }
    folders
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("{program} is not installed: install Debian's package postgresql, or name a server in TEST_POSTGRES_URL")
        })
}
