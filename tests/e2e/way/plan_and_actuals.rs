//! A plan goes one way, the actuals come back; both sides see every step and hold receipts for it.

use anyhow::{Context, ensure};
use base64::Engine;
use harness::{Relay, RelayBuilder, Unit, World, eventually};
use proto::api::{Acknowledged, Me, OfficeEntry, Page, SentItem};
use proto::{Receipt, Status, Step};
use standard::generate::{Size, UnitKind};

pub(crate) async fn on_sqlite(world: &World) -> anyhow::Result<()> {
    tell(Relay::all(world).await?).await
}

pub(crate) async fn on_postgres(world: &World) -> anyhow::Result<()> {
    tell(RelayBuilder::default().on_postgres().start(world).await?).await
}

async fn tell(relay: Relay) -> anyhow::Result<()> {
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;

    // The plan, and a care plan of tables 1, 2 and 3 with it.
    let plan = Unit::plan(manager.number, helper.number, "11", Size::Persons(2));
    let envelope = manager.envelope(&plan)?;
    let accepted = manager.post(envelope.clone()).await?.accepted()?;
    let receipt = receipt(
        &relay,
        &base64::engine::general_purpose::STANDARD.decode(&accepted.receipt)?,
    )?;
    ensure!(
        receipt.step == Step::Accepted && receipt.id == accepted.id && receipt.at == accepted.accepted_at
    );
    let care_plan = Unit::make(
        UnitKind::Plan,
        (manager.number, "43"),
        (helper.number, "11"),
        Size::Persons(1),
    );
    let care_plan_id = manager.send(&care_plan).await?;
    manager.until(accepted.id, Status::Delivered).await?;
    manager.until(care_plan_id, Status::Delivered).await?;

    // The helper's inbox: in the order sent, bytes as sent, then collected and imported.
    let inbox = helper.inbox().await?;
    ensure!(
        inbox.iter().map(|item| item.id).eq([accepted.id, care_plan_id]),
        "order of the inbox"
    );
    ensure!(
        inbox[0].kinds == ["UPHOSOKU", "UPPLAN", "UPSIKYU"] && inbox[0].month.as_deref() == Some("202504")
    );
    ensure!(inbox[0].sender == manager.number && inbox[0].size == envelope.len() as u64);
    ensure!(
        helper.fetch(accepted.id).await? == envelope,
        "the bytes are handed on as they were sent"
    );
    let collected = helper.collected(accepted.id).await?;
    ensure!(collected.status == Status::Collected);
    let again = helper.collected(accepted.id).await?;
    ensure!(again.at == collected.at, "the first time stands");
    let imported: Acknowledged = helper
        .act(
            &format!("/v1/inbox/{}/imported", accepted.id),
            &serde_json::json!({ "result": "ok", "software": "test 1" }),
        )
        .await?;
    ensure!(imported.status == Status::Imported);
    let item = manager.sent(accepted.id).await?;
    let steps: Vec<Status> = item.history.iter().map(|entry| entry.status).collect();
    let expected = [
        Status::Accepted,
        Status::Validated,
        Status::Routed,
        Status::Delivered,
        Status::Collected,
        Status::Imported,
    ];
    ensure!(steps == expected, "{steps:?}");
    ensure!(
        item.history.windows(2).all(|pair| pair[0].at <= pair[1].at),
        "steps are in time's order"
    );

    // Every step has its receipt, the same for both sides; a stranger sees nothing.
    let stranger = relay.office("0300000013", "15").await?;
    for step in ["accepted", "validated", "delivered", "collected", "imported"] {
        let path = format!("/v1/receipts/{}/{step}", accepted.id);
        let get = |office: &harness::Office| office.client.get(format!("{}{path}", office.delivery)).send();
        let mine = get(&manager).await?.error_for_status()?.bytes().await?;
        let theirs = get(&helper).await?;
        // The destination has receipts of what happened at its own mailbox.
        if matches!(step, "accepted" | "validated") {
            ensure!(theirs.status() == 404, "{step}");
        } else {
            ensure!(
                mine == theirs.error_for_status()?.bytes().await?,
                "{step}: kept, not made anew"
            );
        }
        ensure!(self::receipt(&relay, &mine)?.id == accepted.id);
        ensure!(
            get(&stranger).await?.status() == 404,
            "{step}: what is not yours is not there"
        );
    }
    for path in [
        format!("/v1/inbox/{}", accepted.id),
        format!("/v1/sent/{}", accepted.id),
    ] {
        ensure!(
            stranger
                .client
                .get(format!("{}{path}", stranger.delivery))
                .send()
                .await?
                .status()
                == 404
        );
    }
    let foreign = format!("{}/v1/inbox?office={}", stranger.delivery, helper.number);
    ensure!(
        stranger.client.get(foreign).send().await?.status() == 404,
        "another's inbox is not there"
    );

    // Ranges, tags, HEAD.
    let url = format!("{}/v1/inbox/{}", helper.delivery, accepted.id);
    let part = helper
        .client
        .get(&url)
        .header("range", "bytes=1-3")
        .send()
        .await?;
    ensure!(part.status() == 206 && part.bytes().await?[..] == envelope[1..4]);
    let tag = format!("\"{}\"", accepted.id);
    ensure!(
        helper
            .client
            .get(&url)
            .header("if-none-match", &tag)
            .send()
            .await?
            .status()
            == 304
    );
    let head = helper.client.head(&url).send().await?;
    ensure!(
        head.headers()["content-length"] == envelope.len().to_string().as_str()
            && head.headers()["etag"] == tag
    );

    // The actuals come back.
    let actuals = Unit::actuals(helper.number, "11", manager.number, Size::Persons(2));
    let back = helper.send(&actuals).await?;
    helper.until(back, Status::Delivered).await?;
    let waiting: Vec<_> = manager
        .inbox()
        .await?
        .into_iter()
        .filter(|item| item.status == Status::Delivered)
        .collect();
    ensure!(waiting.len() == 1 && waiting[0].kinds == ["UPJSK"]);

    // The sent list is a change feed: what changes moves behind every `next` handed out.
    let page: Page<SentItem> = helper.get("/v1/sent").await?;
    ensure!(page.items.len() == 1);
    let empty: Page<SentItem> = helper.get(&format!("/v1/sent?after={}", page.next)).await?;
    ensure!(
        empty.items.is_empty() && empty.next == page.next,
        "an empty page repeats next"
    );
    manager.collected(back).await?;
    let changed: Page<SentItem> = helper.get(&format!("/v1/sent?after={}", page.next)).await?;
    ensure!(changed.items.len() == 1 && changed.items[0].status == Status::Collected);

    // A long poll wakes when something arrives.
    let before: Page<proto::api::InboxItem> = helper.get("/v1/inbox").await?;
    let path = format!("/v1/inbox?after={}&wait=60", before.next);
    let next_plan = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let (woken, sent) = tokio::join!(
        helper.get::<Page<proto::api::InboxItem>>(&path),
        manager.send(&next_plan)
    );
    ensure!(
        woken?.items.first().map(|item| item.id) == Some(sent?),
        "the poll brings what arrived"
    );

    // As large as may be, and one byte more.
    let mut large = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    large.files.push(("scan.pdf".to_owned(), pdf(10_000_000)));
    let large_id = manager.send(&large).await?;
    manager.until(large_id, Status::Delivered).await?;
    let too_large = manager.post(vec![0; 10 * 1024 * 1024 + 1]).await?.told();
    ensure!(too_large == "413 http.too_large", "{too_large}");

    // Directory and self.
    let me: Me = helper.get("/v1/me").await?;
    ensure!(me.holder == "office:0300000005" && me.certificates.len() == 1 && me.licence_until.is_some());
    let offices: Page<OfficeEntry> = helper.get("/v1/offices?prefecture=03&service=43").await?;
    ensure!(
        offices
            .items
            .iter()
            .map(|office| office.number)
            .eq([manager.number])
    );

    let books = relay.settled_books().await?;
    ensure!(books.accepted == 5 && books.mailboxed == 5, "{books:?}");
    eventually("every note is read", || async {
        ensure!(relay.unaccounted(harness::files::now().plus_seconds(1)).await? == 0);
        Ok(())
    })
    .await
}

fn receipt(relay: &Relay, der: &[u8]) -> anyhow::Result<Receipt> {
    let trust = seal::trust::Trust::load(&relay.folder().join("trust"))?;
    let now = harness::files::now();
    let opened = seal::open(der, &trust, now, now).map_err(|error| anyhow::anyhow!("{error:?}"))?;
    ensure!(
        opened.signer.role == seal::trust::Role::Station,
        "the relay signs receipts"
    );
    serde_json::from_slice(&opened.content).context("a receipt")
}

/// A PDF's first line and incompressible noise after it.
fn pdf(bytes: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let noise = std::iter::repeat_with(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[0]
    });
    b"%PDF-1.7\n".iter().copied().chain(noise).take(bytes).collect()
}
