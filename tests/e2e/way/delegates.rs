//! An office lets a vendor and another office act for it: each right for itself, from the first envelope after, until it ends.

use anyhow::ensure;
use harness::office::{client, post};
use harness::{Office, Relay, Unit, World, eventually};
use proto::{Holder, MessageType, Right, Status};
use seal::Sealer;
use standard::generate::Size;

pub(crate) async fn each_right_for_itself(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let partner = relay.office("0300000013", "15").await?;
    let now = harness::files::now();
    let plan = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let delegate = async |holder: &Holder, right| {
        let until = now.plus_seconds(86_400);
        relay
            .store
            .put_delegation(manager.number, holder, right, now.plus_seconds(-1), until)
            .await
    };
    let partner_holder = Holder::Office(partner.number);

    // send: the partner submits what the manager sealed.
    let sealed = manager.envelope(&plan())?;
    ensure!(partner.post(sealed.clone()).await?.told() == "403 auth.submitter");
    delegate(&partner_holder, Right::Send).await?;
    let id = partner.post(sealed).await?.accepted()?.id;
    manager.until(id, Status::Delivered).await?;

    // sign: the partner seals, and still not before it may.
    let by_partner = |unit: &Unit| partner.seal(&parcel::pack(&unit.draft())?);
    let unsigned = manager.post(by_partner(&plan())?).await?.accepted()?.id;
    let item = manager.until(unsigned, Status::Rejected).await?;
    ensure!(item.problems[0].code == "auth.signer", "{:?}", item.problems);
    delegate(&partner_holder, Right::Sign).await?;
    let signed = manager.post(by_partner(&plan())?).await?.accepted()?.id;
    manager.until(signed, Status::Delivered).await?;

    // read: the manager's sent list, by name; nothing more than reading.
    ensure!(foreign(&partner, &manager, "sent").await? == 404);
    delegate(&partner_holder, Right::Read).await?;
    ensure!(foreign(&partner, &manager, "sent").await? == 200);
    ensure!(foreign(&partner, &helper, "inbox").await? == 404);

    // A vendor has no office of its own, and names the one it acts for.
    let (vendor, issued) = relay.vendor("abc").await?;
    let http = client(&relay, Some(&issued))?;
    let submit = async |unit: &Unit| {
        let sealed =
            Sealer::from_pem(&issued.cert_pem, &issued.key_pem)?.seal(&parcel::pack(&unit.draft())?)?;
        post(
            &http,
            &manager.ingest,
            MessageType::Envelope.content_type(),
            sealed,
        )
        .await
    };
    ensure!(submit(&plan()).await?.told() == "403 auth.submitter");
    delegate(&vendor, Right::Send).await?;
    delegate(&vendor, Right::Sign).await?;
    let id = submit(&plan()).await?.accepted()?.id;
    manager.until(id, Status::Delivered).await?;
    ensure!(
        http.get(format!("{}/v1/inbox", manager.delivery))
            .send()
            .await?
            .status()
            == 400
    );

    // Ended: in force for everything accepted afterwards, once the snapshot is older.
    relay
        .store
        .revoke_delegation(manager.number, &vendor, Right::Send, harness::files::now())
        .await?;
    eventually("the vendor may not send any more", || async {
        let told = submit(&plan()).await?.told();
        ensure!(told == "403 auth.submitter", "{told}");
        Ok(())
    })
    .await?;
    relay.settled_books().await.map(drop)
}

async fn foreign(reader: &Office, whose: &Office, list: &str) -> anyhow::Result<u16> {
    let url = format!("{}/v1/{list}?office={}", reader.delivery, whose.number);
    Ok(reader.client.get(url).send().await?.status().as_u16())
}
