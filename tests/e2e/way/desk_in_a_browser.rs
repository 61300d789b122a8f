//! The operators' desk in a real browser without JavaScript: what it says of a running relay, of a parked envelope, and of a
//! broker that has gone. With `DESK_PICTURES=FOLDER` the pictures of the guide are written there.

use anyhow::{Context, ensure};
use harness::{Browser, Line, Operator, Relay, RelayBuilder, Unit, World, eventually};
use proto::desk_roles::OperatorRole;
use proto::topology::{Exchange, shard_key};
use proto::{Channel, EnvelopeId, Right, Status};
use standard::generate::Size;

use crate::album::Album;

/// A window of a desk, and one of a telephone.
const DESK: (u32, u32) = (1_200, 900);
const TELEPHONE: (u32, u32) = (500, 900);

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let (through, vhost, line) = world.vhost_over_a_line().await?;
    let mut relay = RelayBuilder::default().with_broker(through).start(world).await?;
    relay.vhost = vhost;
    let album = Album::open()?;
    let browser = Browser::of(&relay, "sato", OperatorRole::Administer).await?;
    let delivered = traffic(world, &relay).await?;
    held(&relay).await?;

    let overview = eventually("the desk has looked at the broker", || async {
        let dom = browser.dom("/").await?;
        ensure!(dom.contains("ブローカーは応答しています"), "{dom}");
        Ok(dom)
    })
    .await?;
    ensure!(
        !overview.contains("✕ 停止") && overview.matches("✓ 稼働中").count() == 3,
        "{overview}"
    );
    says(
        &overview,
        &[
            "受付",
            "検査",
            "宛先確認",
            "配達",
            "受信箱",
            "キュー 2/2",
            "確認中の封筒",
            "sato",
        ],
    )?;
    browser
        .picture("/", DESK, &album.picture("desk-overview"))
        .await?;

    let search = browser.dom("/search?office=0300000005").await?;
    says(
        &search,
        &[&delivered.to_string(), "配達済", "差戻し", "0300000100"],
    )?;
    browser
        .picture("/search?office=0300000005", DESK, &album.picture("desk-search"))
        .await?;
    let envelope = format!("/envelopes/{delivered}");
    says(
        &browser.dom(&envelope).await?,
        &["検査済", "宛先確認済", "配達済", "office:0300000100"],
    )?;
    browser
        .picture(&envelope, DESK, &album.picture("desk-envelope"))
        .await?;
    let parked = browser.dom("/parked").await?;
    says(&parked, &["header", "選んだものを再送", "0300000005"])?;
    browser
        .picture("/parked", DESK, &album.picture("desk-parked"))
        .await?;
    for (path, word) in [
        ("/offices", "事業所0300000100"),
        ("/offices/0300000100", "ライセンスの期限"),
        ("/offices", "CSV で書き出す・取り込む"),
        ("/licences", "事業所0300000100"),
        ("/licences?within_days=0", "ありません"),
        ("/certificates", "operator:sato"),
        ("/certificates?holder=office%3A", "登録を終える"),
        ("/delegations?delegate=vendor%3Aabc", "0300000100"),
        ("/vendors", "vendor.abc"),
        ("/webhooks", "Webhook を作る"),
        ("/notices", "掲載する"),
        ("/notices", "下書き"),
        ("/notices/drafts/1", "まだ掲載していません"),
        ("/operators", "sato"),
        ("/audit", "操作の記録"),
    ] {
        says(&browser.dom(path).await?, &[word])?;
    }

    browser
        .picture("/certificates", DESK, &album.picture("desk-certificates"))
        .await?;
    imported(&relay, &browser, &album).await?;

    // Who may only look sees the same and is offered nothing.
    let looking = Browser::of(&relay, "suzuki", OperatorRole::View).await?;
    let parked = looking.dom("/parked").await?;
    ensure!(
        parked.contains("閲覧") && !parked.contains("選んだものを再送"),
        "{parked}"
    );

    line.make(Line::Cut);
    eventually("the desk says that the broker is gone", || async {
        let dom = browser.dom("/").await?;
        says(
            &dom,
            &[
                "ブローカー（RabbitMQ）が応答していません",
                "失われていません",
                "？ 不明",
            ],
        )
    })
    .await?;
    browser
        .picture("/", DESK, &album.picture("desk-broker-down"))
        .await?;
    line.make(Line::Good);
    eventually("the desk says that it is back", || async {
        says(&browser.dom("/").await?, &["ブローカーは応答しています"])
    })
    .await?;
    // The browser keeps the language: this comes last.
    browser
        .picture("/?lang=en", TELEPHONE, &album.picture("desk-telephone"))
        .await?;
    Ok(())
}

/// What the pages of lists and drafts are to show.
async fn held(relay: &Relay) -> anyhow::Result<()> {
    let now = harness::files::now();
    let (office, vendor): (_, Channel) = ("0300000100".parse()?, "vendor.abc".parse()?);
    let until = now.plus_seconds(86_400 * 20);
    relay
        .store
        .put_delegation(office, vendor.holder(), Right::Read, now, until)
        .await?;
    relay.store.put_channel(&vendor, &[office], now).await?;
    relay.store.put_licence(office, now, until).await?;
    let target = store::NoticeTarget {
        prefecture: Some("03".to_owned()),
        ..store::NoticeTarget::default()
    };
    let text = "4月10日の23時から機器を交換します。";
    relay.store.put_draft(&target, text, "operator:sato", now).await?;
    Ok(())
}

/// A file with a wrong line, and what the desk says of it.
async fn imported(relay: &Relay, browser: &Browser, album: &Album) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("offices.csv");
    let lines = "number,name,services,state\n0300000001,見本通所介護,15,open\n300000005,見本訪問介護,11,open\n\
                 0300000019,見本居宅介護支援,99,open\n0300000001,見本通所介護,15,asleep\n";
    std::fs::write(&file, lines)?;
    let operator = Operator::of(relay).await?;
    let name = file.display().to_string();
    operator.run(1, &["directory", "import", &name])?;
    says(
        &browser.dom("/directory").await?,
        &["ファイルを送る", "offices.csv", "✕ 誤りあり"],
    )?;
    says(
        &browser.dom("/directory/imports/1").await?,
        &[
            "何も変えていません",
            "directory.number",
            "directory.service",
            "先頭の 0",
        ],
    )?;
    browser
        .picture("/directory/imports/1", DESK, &album.picture("desk-import"))
        .await
}

/// Something of each: delivered, given back, set aside. The one that was delivered.
async fn traffic(world: &World, relay: &Relay) -> anyhow::Result<EnvelopeId> {
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let plan = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let mut delivered = None;
    for _ in 0..5 {
        let id = manager.send(&plan()).await?;
        manager.until(id, Status::Delivered).await?;
        delivered = Some(id);
    }
    let mut broken = plan().draft();
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n");
    let broken = manager.seal(&harness::files::pack_unchecked(&broken)?)?;
    let id = manager.post(broken).await?.accepted()?.id;
    manager.until(id, Status::Rejected).await?;
    let poison = EnvelopeId::of(b"no envelope").to_string();
    let body = serde_json::json!({
        "properties": { "message_id": poison, "type": "envelope", "headers": {} },
        "routing_key": shard_key(helper.number, 2), "payload": "no envelope", "payload_encoding": "string"
    });
    let path = format!("exchanges/{}/{}/publish", relay.vhost, Exchange::Submitted);
    world.manage_with("POST", &path, Some(body)).await?;
    eventually("it is set aside", || async {
        ensure!(relay.store.parked_list(10).await?.len() == 1);
        Ok(())
    })
    .await?;
    delivered.context("one was delivered")
}

/// The page says all of this, and asks nobody else for anything.
fn says(dom: &str, words: &[&str]) -> anyhow::Result<()> {
    for word in words {
        ensure!(dom.contains(word), "{word} is not in {dom}");
    }
    ensure!(
        !dom.contains("http://") && !dom.contains("https://") && !dom.contains("<script"),
        "{dom}"
    );
    Ok(())
}
