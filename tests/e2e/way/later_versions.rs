//! The same persons sent again, late, in part and withdrawn: both lists tell which envelope holds what is current.

use anyhow::ensure;
use harness::{Office, Relay, Unit, World};
use proto::api::{InboxItem, Page, SentItem};
use proto::{EnvelopeId, Status};
use standard::generate::{GenSpec, Size, UnitKind, generate};

/// Records of so many invented persons, always the same ones.
fn unit(kind: UnitKind, manager: &Office, helper: &Office, sequence: &str, persons: usize) -> Unit {
    let spec = GenSpec {
        edition: standard::Edition::V41,
        sender: manager.number.to_string(),
        sender_kind: "43".into(),
        destination: helper.number.to_string(),
        destination_kind: "11".into(),
        unit: kind,
        month: "202504".into(),
        sequence: sequence.into(),
        size: Size::Persons(persons),
        units: 1,
    };
    let files = generate(7, &spec)
        .into_iter()
        .flat_map(|unit| unit.files)
        .collect();
    Unit {
        sender: manager.number,
        destination: helper.number,
        sequence: sequence.into(),
        files,
    }
}

pub(crate) async fn in_both_lists(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let send = async |kind, sequence: &str, persons| {
        let id = manager
            .send(&unit(kind, &manager, &helper, sequence, persons))
            .await?;
        manager.until(id, Status::Delivered).await?;
        anyhow::Ok(id)
    };
    let item = async |id: EnvelopeId| {
        let found = helper.inbox().await?.into_iter().find(|item| item.id == id);
        found.ok_or_else(|| anyhow::anyhow!("{id} is not in the inbox"))
    };
    let whole = |item: &InboxItem| (item.superseded_by, item.partly_superseded_by);

    let first = send(UnitKind::Usage, "20250401090000", 3).await?;
    ensure!(item(first).await?.records == Some(3));
    let second = send(UnitKind::Usage, "20250402090000", 1).await?;
    ensure!(whole(&item(first).await?) == (None, Some(second)));
    let third = send(UnitKind::Usage, "20250403090000", 3).await?;
    ensure!(whole(&item(first).await?) == (Some(third), None));
    ensure!(whole(&item(second).await?) == (Some(third), None));
    let late = send(UnitKind::Usage, "20250402100000", 3).await?;
    ensure!(whole(&item(late).await?) == (Some(third), None), "it comes late");
    ensure!(whole(&item(third).await?) == (None, None));

    // A plan of the same person is another matter.
    let plan = send(UnitKind::Plan, "20250404090000", 1).await?;
    ensure!(whole(&item(third).await?) == (None, None));
    let deletion = send(UnitKind::DeleteUsage, "20250405090000", 1).await?;
    let sent = manager.sent(third).await?;
    ensure!(sent.partly_superseded_by == Some(deletion) && sent.withdrawn_by == Some(deletion));
    ensure!(item(deletion).await?.withdraws == [third]);
    ensure!(manager.sent(deletion).await?.withdraws == [third]);
    ensure!(whole(&item(plan).await?) == (None, None));
    // Nobody has collected anything yet.
    helper.fetch(plan).await?;
    helper.collected(plan).await?;
    let waiting: Page<SentItem> = manager.get("/v1/sent?uncollected=0").await?;
    let ids: Vec<_> = waiting.items.iter().map(|item| item.id).collect();
    ensure!(ids == [first, second, third, late, deletion], "{ids:?}");
    ensure!(waiting.items.iter().all(|item| item.uncollected_days.is_some()));
    let old: Page<SentItem> = manager.get("/v1/sent?uncollected=30").await?;
    ensure!(old.items.is_empty());
    let books = relay.settled_books().await?;
    ensure!(books.mailboxed == 6, "{books:?}");
    Ok(())
}
