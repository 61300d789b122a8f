//! Every station as a process of its own, two of each, leases of two seconds: order per destination holds, and both
//! replicas get work.

use anyhow::ensure;
use futures_util::future::join_all;
use harness::processes::Process;
use harness::{Office, Relay, RelayBuilder, Unit, World, eventually};
use proto::{EnvelopeId, MessageType};
use standard::generate::Size;

/// Envelopes to each destination in a round.
const ROUND: usize = 20;

/// Most rounds until both replicas of every station have had work; at two seconds a lease a handful is enough.
const ROUNDS: usize = 40;

const STAGES: [(&str, &str); 3] = [
    ("validation", "forward"),
    ("routing", "forward"),
    ("delivery", "done"),
];

pub(crate) async fn two_of_each(world: &World) -> anyhow::Result<()> {
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

    let mut sent: Vec<Vec<EnvelopeId>> = vec![Vec::new(); destinations.len()];
    for round in 1.. {
        let batches = join_all(
            destinations
                .iter()
                .map(|office| send_round(&manager, office, &doors)),
        )
        .await;
        for (all, batch) in sent.iter_mut().zip(batches) {
            all.extend(batch?);
        }
        let idle = without_work(&relay).await;
        if idle.is_empty() {
            break;
        }
        ensure!(round < ROUNDS, "no work in {round} rounds for {idle:?}");
    }
    for (office, sent) in destinations.iter().zip(&sent) {
        let arrived = eventually("everything has arrived", || async {
            let inbox = office.inbox().await?;
            ensure!(inbox.len() == sent.len(), "{} of {}", inbox.len(), sent.len());
            Ok(inbox)
        })
        .await?;
        let in_order = arrived.iter().map(|item| &item.id).eq(sent);
        ensure!(
            in_order,
            "{}: order of the mailbox is the order of the 202s",
            office.number
        );
    }
    let books = relay.settled_books().await?;
    ensure!(
        books.mailboxed == i64::try_from(sent.iter().map(Vec::len).sum::<usize>())?,
        "{books:?}"
    );

    // SIGTERM: every process drains and ends well.
    let Relay { mut processes, .. } = relay;
    for process in &mut processes {
        process.terminate().await?;
    }
    Ok(())
}

/// One after the other to one destination, through the doors in turn.
async fn send_round(manager: &Office, office: &Office, doors: &[String]) -> anyhow::Result<Vec<EnvelopeId>> {
    let mut sent = Vec::new();
    for turn in 0..ROUND {
        let unit = Unit::plan(manager.number, office.number, &office.kind, Size::Persons(1));
        let envelope = manager.envelope(&unit)?;
        let door = &doors[turn % doors.len()];
        let answer = harness::office::post(
            &manager.client,
            door,
            MessageType::Envelope.content_type(),
            envelope,
        )
        .await?;
        sent.push(answer.accepted()?.id);
    }
    Ok(sent)
}

/// The stations whose two replicas have not both settled something yet.
async fn without_work(relay: &Relay) -> Vec<&'static str> {
    let mut idle = Vec::new();
    for (station, outcome) in STAGES {
        let series = format!("relay_settled_total{{outcome=\"{outcome}\",stage=\"{station}\"}}");
        let replicas: Vec<&Process> = relay
            .processes
            .iter()
            .filter(|process| process.station == station)
            .collect();
        let mut worked = 0;
        for process in &replicas {
            worked += usize::from(process.metric(&series).await.is_ok_and(|settled| 0.0 < settled));
        }
        if replicas.len() != 2 || worked < 2 {
            idle.push(station);
        }
    }
    idle
}
