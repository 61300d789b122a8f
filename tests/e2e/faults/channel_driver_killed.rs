//! Whoever feeds a vendor's queue is killed in the midst of it: the other replica goes on behind the cursor. A message may
//! come twice, its id being the key; none is missing, their order holds, and the mailbox has each once.

use std::collections::BTreeSet;

use anyhow::{Context, bail, ensure};
use harness::vendor::Vendor;
use harness::{Operator, RelayBuilder, Unit, World, eventually};
use proto::{Right, Status};
use standard::generate::Size;

/// Envelopes that wait for the queue when it begins to be fed.
const WAITING: usize = 40;

const PUBLISHED: &str = r#"relay_channel_published_total{outcome="confirmed",type="envelope"}"#;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let mut relay = RelayBuilder::default()
        .on_postgres()
        .replicas(2)
        .start(world)
        .await?;
    let operator = Operator::of(&relay).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let vendor = Vendor::add(&relay, &operator, "abc", &[&helper])?;
    let mut last = None;
    for _ in 0..WAITING {
        let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
        last = Some(manager.send(&unit).await?);
    }
    manager
        .until(last.context("one was sent")?, Status::Delivered)
        .await?;
    relay.settled_books().await?;
    let sent: Vec<String> = helper
        .inbox()
        .await?
        .iter()
        .map(|item| item.id.to_string())
        .collect();
    ensure!(sent.len() == WAITING);

    // It may read from now on: its queue is fed, and its feeder killed.
    let now = harness::files::now();
    let holder = "vendor:abc".parse()?;
    let (from, until) = (now.plus_seconds(-1), now.plus_seconds(86_400));
    relay
        .store
        .put_delegation(helper.number, &holder, Right::Read, from, until)
        .await?;
    let feeder = eventually("a replica feeds the queue", || async {
        for (at, process) in relay.processes.iter().enumerate() {
            if 0.0 < process.metric(PUBLISHED).await? {
                return Ok(at);
            }
        }
        bail!("none yet")
    })
    .await?;
    relay.processes[feeder].kill()?;

    let (mut seen, mut first) = (BTreeSet::new(), Vec::new());
    while seen.len() < WAITING {
        let missing = WAITING - seen.len();
        for message in vendor.receive(missing).await? {
            let id = message["message_id"].as_str().context("an id")?.to_owned();
            if seen.insert(id.clone()) {
                first.push(id);
            }
        }
    }
    ensure!(first == sent, "in the order of the inbox");
    relay.processes[feeder].again()?;
    relay.processes[feeder].ready().await?;
    // Each acknowledgement of the vendor is entered.
    eventually("all are imported", || async {
        let books = relay.store.books().await?;
        ensure!(books.imported == i64::try_from(WAITING)?, "{books:?}");
        Ok(())
    })
    .await?;
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == i64::try_from(WAITING)?, "{books:?}");
    Ok(())
}
