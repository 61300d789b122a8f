//! The three books at the end: what senders wrote down, what the ledger says, what lies in the inboxes, byte for byte.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use futures_util::{StreamExt, TryStreamExt, stream};
use harness::Office;
use harness::account::{Account, Received, Sent, compare};
use harness::eventually::within;
use proto::{EnvelopeId, OfficeNumber, Status};

use super::ground::Ground;

/// Longest wait until nothing is under way.
const PATIENCE: Duration = Duration::from_secs(240);

/// Bodies fetched at once.
const AT_ONCE: usize = 8;

/// Waits until nothing is under way but those acceptances that sabotage has left without an end, then reads and compares.
pub(crate) async fn account(
    ground: &Ground,
    sent: &[Sent],
    offices: &[Arc<Office>],
    endless: i64,
) -> anyhow::Result<Account> {
    let store = &ground.relay.store;
    within(PATIENCE, "nothing is under way", || async {
        let books = store.books().await?;
        ensure!(books.under_way <= endless && books.parked == 0, "{books:?}");
        let known: i64 = books.accepted;
        let ids = i64::try_from(distinct(sent))?;
        ensure!(ids - endless <= known, "the ledger knows {known} of {ids}");
        Ok(())
    })
    .await?;
    let books = store.books().await?;
    ensure!(books.balance(), "{books:?}");
    let mut inboxes: BTreeMap<OfficeNumber, Vec<Received>> = BTreeMap::new();
    for office in offices {
        let items = office.inbox().await?;
        let fetched = stream::iter(items).map(|item| async move {
            let bytes = within(PATIENCE, "fetched", || office.fetch(item.id)).await?;
            anyhow::Ok(Received {
                id: item.id,
                sending: format!("{} {}", item.sender, item.sequence),
                whole: EnvelopeId::of(&bytes) == item.id,
            })
        });
        let inbox = fetched.buffered(AT_ONCE).try_collect().await?;
        inboxes.insert(office.number, inbox);
    }
    Ok(compare(sent, &inboxes, &statuses(ground).await?))
}

fn distinct(sent: &[Sent]) -> usize {
    let ids: std::collections::BTreeSet<_> = sent.iter().map(|one| one.id).collect();
    ids.len()
}

/// The ledger's word on every id, read past the relay.
async fn statuses(ground: &Ground) -> anyhow::Result<HashMap<EnvelopeId, Status>> {
    let rows = ground
        .database
        .sql("SELECT encode(id, 'hex') || ' ' || status FROM ledger")
        .await?;
    let mut statuses = HashMap::new();
    for row in rows.lines() {
        if let Some((id, status)) = row.split_once(' ') {
            statuses.insert(id.parse()?, status.parse()?);
        }
    }
    Ok(statuses)
}
