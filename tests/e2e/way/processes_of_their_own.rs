//! Every station as a process of its own, two of each, leases of two seconds: order per destination holds, and both
//! replicas get work.

use anyhow::ensure;
use futures_util::future::join_all;
use harness::{Relay, RelayBuilder, Unit, World, eventually};
use proto::EnvelopeId;
use standard::generate::Size;

const PER_DESTINATION: usize = 60;

pub async fn two_of_each(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(2)
        .with("broker__lease_mean_seconds", "2.0")
        .with("broker__lease_min_seconds", "0.5")
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let mut destinations = Vec::new();
    for (number, kind) in [
        ("0300000005", "11"),
        ("0300000013", "15"),
        ("1300000021", "17"),
        ("0300000062", "11"),
    ] {
        destinations.push(relay.office(number, kind).await?);
    }
    let doors = relay.ingest_urls();
    ensure!(doors.len() == 2);

    // One after the other to each destination, through the two doors in turn; destinations side by side.
    let send = async |office: &harness::Office| -> anyhow::Result<Vec<EnvelopeId>> {
        let mut sent = Vec::new();
        for turn in 0..PER_DESTINATION {
            let unit = Unit::plan(manager.number, office.number, &office.kind, Size::Persons(1));
            let envelope = manager.envelope(&unit)?;
            let content_type = proto::MessageType::Envelope.content_type();
            let door = &doors[turn % doors.len()];
            sent.push(
                harness::office::post(&manager.client, door, content_type, envelope)
                    .await?
                    .accepted()?
                    .id,
            );
        }
        Ok(sent)
    };
    let sent = join_all(destinations.iter().map(send)).await;
    for (office, sent) in destinations.iter().zip(sent) {
        let sent = sent?;
        let arrived = eventually("everything has arrived", || async {
            let inbox = office.inbox().await?;
            ensure!(
                inbox.len() == PER_DESTINATION,
                "{} of {PER_DESTINATION}",
                inbox.len()
            );
            Ok(inbox)
        })
        .await?;
        let arrived: Vec<EnvelopeId> = arrived.into_iter().map(|item| item.id).collect();
        ensure!(
            arrived == sent,
            "{}: order of the mailbox is the order of the 202s",
            office.number
        );
    }
    for (station, outcome) in [
        ("validation", "forward"),
        ("routing", "forward"),
        ("delivery", "done"),
    ] {
        let mut worked = 0;
        for process in relay
            .processes
            .iter()
            .filter(|process| process.station == station)
        {
            let series = format!("relay_settled_total{{outcome=\"{outcome}\",stage=\"{station}\"}}");
            worked += usize::from(process.metric(&series).await.is_ok_and(|settled| 0.0 < settled));
        }
        ensure!(worked == 2, "{station}: {worked} of 2 replicas got work");
    }
    let books = relay.settled_books().await?;
    ensure!(
        books.mailboxed == i64::try_from(4 * PER_DESTINATION)?,
        "{books:?}"
    );

    // SIGTERM: every process drains and ends well.
    let Relay { mut processes, .. } = relay;
    for process in &mut processes {
        process.terminate().await?;
    }
    Ok(())
}
