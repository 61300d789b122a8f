//! What nobody collects ends after the retention period: both offices are told, and what was collected stays as it is.

use anyhow::{Context, ensure};
use harness::{Office, RelayBuilder, Unit, World, eventually};
use proto::api::{NoticeEntry, Page};
use proto::{EnvelopeId, Status};
use standard::generate::Size;

use crate::accounts;

/// A day longer than contents are kept by default.
const AHEAD: i64 = 91 * 86_400;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = RelayBuilder::default()
        .on_postgres()
        .separate(1)
        .with_clocks_of(&["delivery"])
        .with("delivery__upkeep_every_seconds", "1")
        .start(world)
        .await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let send = || manager.envelope(&Unit::plan(manager.number, helper.number, "11", Size::Persons(1)));
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = manager.post(send()?).await?.accepted()?.id;
        manager.until(id, Status::Delivered).await?;
        ids.push(id);
    }
    let [collected, left] = *ids.as_slice() else {
        anyhow::bail!("two were sent");
    };
    helper.fetch(collected).await?;
    helper.collected(collected).await?;

    let delivery = relay
        .processes
        .iter()
        .find(|process| process.station == "delivery");
    let delivery = delivery.context("a delivery")?;
    delivery.set_clock(AHEAD)?;
    eventually("one has expired", || async {
        let books = relay.store.books().await?;
        ensure!(books.expired == 1, "{books:?}");
        Ok(())
    })
    .await?;
    delivery.set_clock(0)?;
    delivery.ready().await?;

    let item = eventually("the door answers by the old clock", || manager.sent(left)).await?;
    ensure!(item.status == Status::Expired, "{}", item.status);
    let item = manager.sent(collected).await?;
    ensure!(item.status == Status::Collected, "{}", item.status);
    ensure!(helper.fetch(left).await.is_err(), "it can be had no more");
    let listed: Vec<EnvelopeId> = helper.inbox().await?.iter().map(|item| item.id).collect();
    ensure!(!listed.contains(&left), "{listed:?}");
    for office in [&manager, &helper] {
        let notices = notices(office).await?;
        let told = notices.iter().filter(|text| text.contains(&left.to_string()));
        ensure!(told.count() == 1, "{} is told once: {notices:?}", office.number);
    }
    let books = accounts::closed(&relay).await?;
    ensure!(books.mailboxed == 2 && books.expired == 1, "{books:?}");
    Ok(())
}

async fn notices(office: &Office) -> anyhow::Result<Vec<String>> {
    let page: Page<NoticeEntry> = office.get("/v1/notices").await?;
    Ok(page.items.into_iter().map(|notice| notice.text).collect())
}
