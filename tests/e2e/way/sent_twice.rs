//! One sending, one delivery: the same bytes, the same sending signed anew, a taken name, a mended unit.

use anyhow::ensure;
use harness::{Relay, Unit, World};
use proto::Status;
use standard::generate::Size;

pub(crate) async fn every_way(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let envelope = manager.envelope(&unit)?;

    // The same bytes, at once and later: one id, one entry, the first acceptance stands.
    let (first, second) = tokio::join!(manager.post(envelope.clone()), manager.post(envelope.clone()));
    let (first, second) = (first?.accepted()?, second?.accepted()?);
    ensure!(first.id == second.id);
    let item = manager.until(first.id, Status::Delivered).await?;
    let third = manager.post(envelope.clone()).await?.accepted()?;
    ensure!(
        third.id == first.id && item.accepted_at < third.accepted_at,
        "a repeat has its own accepted_at"
    );

    // The same sending, sealed anew: other bytes, so another id; it ends as a duplicate of the first.
    let anew = manager.envelope(&unit)?;
    ensure!(anew != envelope, "a new seal has new bytes");
    let duplicate = manager.post(anew).await?.accepted()?.id;
    let item = manager.until(duplicate, Status::Duplicate).await?;
    ensure!(item.same_as == Some(first.id));

    // The same names with other contents.
    let mut other = unit.clone();
    other.files = Unit::plan(manager.number, helper.number, "11", Size::Persons(3))
        .files
        .into_iter()
        .zip(&unit.files)
        .map(|((_, bytes), (name, _))| (name.clone(), bytes))
        .collect();
    let reused = manager.send(&other).await?;
    let item = manager.until(reused, Status::Rejected).await?;
    ensure!(item.problems[0].code == "sequence.reused", "{:?}", item.problems);

    // The same files with other words are no duplicate either.
    let mut draft = unit.draft();
    draft.message = Some("追記".to_owned());
    let worded = manager
        .post(manager.seal(&parcel::pack(&draft)?)?)
        .await?
        .accepted()?
        .id;
    manager.until(worded, Status::Rejected).await?;

    // A rejected unit leaves its names free: mended, it arrives under them.
    let good = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let mut broken = good.clone();
    broken.files[0].1.extend_from_slice(b"too,few,fields\r\n");
    let rejected = manager.send(&broken).await?;
    manager.until(rejected, Status::Rejected).await?;
    let mended = manager.send(&good).await?;
    manager.until(mended, Status::Delivered).await?;

    ensure!(helper.inbox().await?.len() == 2);
    let books = relay.settled_books().await?;
    ensure!(
        books.accepted == 6 && books.mailboxed == 2 && books.duplicate == 1 && books.rejected == 3,
        "{books:?}"
    );
    Ok(())
}
