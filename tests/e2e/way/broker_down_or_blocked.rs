//! The broker is gone, or takes nothing: the door says 503 within ten seconds, and the same bytes are accepted once later.

use std::time::{Duration, Instant};

use anyhow::ensure;
use harness::office::Answer;
use harness::world::{in_container, start_broker};
use harness::{Office, Relay, RelayBuilder, Unit, World, eventually};
use proto::Status;
use standard::generate::Size;
use testcontainers::core::IntoContainerPort;

type Broker = testcontainers::ContainerAsync<testcontainers::GenericImage>;

pub(crate) async fn down(world: &World) -> anyhow::Result<()> {
    tell(world, &["rabbitmqctl", "stop_app"], &["rabbitmqctl", "start_app"]).await
}

pub(crate) async fn blocked(world: &World) -> anyhow::Result<()> {
    let block: &[&str] = &["rabbitmqctl", "set_vm_memory_high_watermark", "absolute", "1"];
    tell(
        world,
        block,
        &["rabbitmqctl", "set_vm_memory_high_watermark", "0.8"],
    )
    .await
}

async fn tell(world: &World, breaks: &[&str], mends: &[&str]) -> anyhow::Result<()> {
    let broker = start_broker().await?;
    let told = with_broker(world, &broker, breaks, mends).await;
    broker.rm().await?;
    told
}

async fn with_broker(world: &World, broker: &Broker, breaks: &[&str], mends: &[&str]) -> anyhow::Result<()> {
    let port = broker.get_host_port_ipv4(5672.tcp()).await?;
    let url = format!("amqp://guest:guest@127.0.0.1:{port}");
    let relay = RelayBuilder::default().with_broker(url).start(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let before = manager.send(&plan(&manager, &helper)).await?;
    manager.until(before, Status::Delivered).await?;

    in_container(broker, breaks).await?;
    let envelope = manager.envelope(&plan(&manager, &helper))?;
    let asked = Instant::now();
    let answer = manager.post(envelope.clone()).await?;
    ensure!(
        asked.elapsed() < Duration::from_secs(10),
        "answered within ten seconds, not {:?}",
        asked.elapsed()
    );
    match answer {
        Answer::Refused(status, document, retry_after) => {
            ensure!(
                status == 503 && document.code == "broker.unavailable",
                "{status} {}",
                document.code
            );
            ensure!(retry_after.is_some(), "Retry-After");
        }
        Answer::Accepted(_) => anyhow::bail!("accepted without a broker"),
    }
    eventually("the station says it is not ready", || async {
        ensure!(!relay.processes[0].is_ready().await);
        Ok(())
    })
    .await?;

    in_container(broker, mends).await?;
    let accepted = eventually("the same bytes are accepted", || async {
        manager.post(envelope.clone()).await?.accepted()
    });
    let id = accepted.await?.id;
    manager.until(id, Status::Delivered).await?;
    ensure!(helper.inbox().await?.len() == 2, "once");
    finish(&relay, 2).await
}

fn plan(manager: &Office, helper: &Office) -> Unit {
    Unit::plan(manager.number, helper.number, "11", Size::Persons(1))
}

async fn finish(relay: &Relay, mailboxed: i64) -> anyhow::Result<()> {
    let books = relay.settled_books().await?;
    ensure!(
        books.mailboxed == mailboxed && books.accepted == mailboxed,
        "{books:?}"
    );
    relay.processes[0].ready().await
}
