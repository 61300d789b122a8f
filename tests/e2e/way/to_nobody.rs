//! Destinations that cannot be delivered to: back to the sender as undeliverable, with the reason.

use anyhow::ensure;
use harness::{Relay, Unit, World};
use proto::{OfficeNumber, Status};
use standard::generate::Size;
use store::OfficeState;

pub(crate) async fn every_reason(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let (unknown, closed, moved, new): (OfficeNumber, OfficeNumber, OfficeNumber, OfficeNumber) = (
        "0399999999".parse()?,
        "0300000021".parse()?,
        "0300000039".parse()?,
        "0300000047".parse()?,
    );
    relay.put_office(closed, "11", OfficeState::Closed).await?;
    relay
        .put_office(moved, "11", OfficeState::Renumbered(new))
        .await?;
    for (what, destination, code) in [
        ("unknown", unknown, "office.unknown"),
        ("closed", closed, "office.closed"),
        ("moved", moved, "office.renumbered"),
    ] {
        let id = manager
            .send(&Unit::plan(manager.number, destination, "11", Size::Persons(1)))
            .await?;
        let item = manager.until(id, Status::Undeliverable).await?;
        ensure!(item.problems[0].code == code, "{what}: {:?}", item.problems);
        ensure!(
            item.renumbered_to == (destination == moved).then_some(new),
            "{what}: the new number"
        );
        ensure!(
            item.history.iter().any(|entry| entry.status == Status::Validated),
            "{what}: it was judged first"
        );
    }

    // Enrolled in the meantime: the same bytes are a new attempt, and arrive.
    let unit = Unit::plan(manager.number, unknown, "11", Size::Persons(1));
    let envelope = manager.envelope(&unit)?;
    let id = manager.post(envelope.clone()).await?.accepted()?.id;
    manager.until(id, Status::Undeliverable).await?;
    let late = relay.office(unknown.as_str(), "11").await?;
    ensure!(manager.post(envelope).await?.accepted()?.id == id);
    manager.until(id, Status::Delivered).await?;
    ensure!(late.inbox().await?.len() == 1);

    let books = relay.settled_books().await?;
    ensure!(books.undeliverable == 3 && books.mailboxed == 1, "{books:?}");
    Ok(())
}
