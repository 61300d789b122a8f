//! The same bytes sent twice: at two doors at once, and again after a door died between the broker's taking and its answer.

use anyhow::{Context, ensure};
use harness::{Line, Office, Relay, RelayBuilder, Unit, World, eventually};
use proto::{EnvelopeId, MessageType, Receipt, Status};
use standard::generate::Size;

use crate::accounts;

pub(crate) async fn under_way(world: &World) -> anyhow::Result<()> {
    let (over_the_line, vhost, line) = world.vhost_over_a_line().await?;
    let direct = format!("amqp://guest:guest@127.0.0.1:{}/{vhost}", world.amqp_port());
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .with_broker(direct)
        .separate(2)
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let envelope = || manager.envelope(&Unit::plan(manager.number, helper.number, "11", Size::Persons(1)));

    // At two doors at once, over connections of their own.
    let doors = relay.ingest_urls();
    let [one, two] = doors.as_slice() else {
        anyhow::bail!("two doors, not {}", doors.len());
    };
    let bytes = envelope()?;
    let other = harness::office::client(&relay, Some(&manager.issued))?;
    let (first, second) = tokio::join!(
        post(&manager.client, one, bytes.clone()),
        post(&other, two, bytes)
    );
    let (first, second) = (first?, second?);
    ensure!(first == second, "the same bytes have one id");
    let item = manager.until(first, Status::Delivered).await?;
    accounts::closed(&relay).await?;
    let receipt = accepted_receipt(&relay, &manager, first).await?;
    ensure!(
        receipt == item.accepted_at,
        "the receipt is the first acceptance's"
    );

    // A door that hears nothing of the broker any more: its publish arrives, and it dies before it can answer.
    let at = relay.add_with("ingest", "broker", "url", over_the_line.into())?;
    relay.processes[at].ready().await?;
    let doors = relay.ingest_urls();
    let deaf = doors.get(2).context("a third door")?.clone();
    // Ready says that it is connected; accepting says that it has its channels.
    let bytes = envelope()?;
    let hearing = eventually("the third door accepts", || {
        post(&manager.client, &deaf, bytes.clone())
    })
    .await?;
    manager.until(hearing, Status::Delivered).await?;
    let bytes = envelope()?;
    let id = EnvelopeId::of(&bytes);
    line.make(Line::Deaf);
    let unanswered = {
        let (client, deaf, bytes) = (manager.client.clone(), deaf.clone(), bytes.clone());
        tokio::spawn(async move { post(&client, &deaf, bytes).await })
    };
    let arrived = manager.until(id, Status::Delivered).await?;
    relay.processes[at].kill()?;
    ensure!(unanswered.await?.is_err(), "the door died without an answer");
    ensure!(
        post(&manager.client, one, bytes).await? == id,
        "sent again, the id is the same"
    );

    let books = accounts::closed(&relay).await?;
    ensure!(books.accepted == 3 && books.mailboxed == 3, "{books:?}");
    let inbox = helper.inbox().await?;
    let ids: Vec<EnvelopeId> = inbox.iter().map(|item| item.id).collect();
    ensure!(ids == [first, hearing, id], "each is there once");
    let receipt = accepted_receipt(&relay, &manager, id).await?;
    ensure!(receipt == arrived.accepted_at, "the first acceptance stands");
    Ok(())
}

async fn post(client: &harness::office::Client, door: &str, envelope: Vec<u8>) -> anyhow::Result<EnvelopeId> {
    let kind = MessageType::Envelope.content_type();
    let answer = harness::office::post(client, door, kind, envelope).await?;
    Ok(answer.accepted()?.id)
}

/// The time in the signed receipt of acceptance that can be had later.
async fn accepted_receipt(relay: &Relay, office: &Office, id: EnvelopeId) -> anyhow::Result<proto::Time> {
    let path = format!("{}/v1/receipts/{id}/accepted", office.delivery);
    let answer = office.client.get(path).send().await?.error_for_status()?;
    let trust = seal::trust::Trust::load(&relay.folder().join("trust"))?;
    let now = harness::files::now();
    let opened = seal::open(&answer.bytes().await?, &trust, now, now);
    let opened = opened.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let receipt: Receipt = serde_json::from_slice(&opened.content)?;
    Ok(receipt.at)
}
