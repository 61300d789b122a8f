//! Announced maintenance: the door refuses and says until when, the other door goes on, what is under way arrives, and the
//! door opens again by an operator's word or by itself.

use anyhow::{Context, ensure};
use harness::office::Answer;
use harness::{Operator, Relay, Unit, World, eventually};
use proto::Status;
use standard::generate::Size;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let operator = Operator::of(&relay).await?;
    let plan = || Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let before = manager.send(&plan()).await?;

    let until = harness::files::now().plus_seconds(3_600).to_string();
    let started = operator.json(&["maintenance", "start", "--until", &until, "機器を交換します。"])?;
    ensure!(started["going_on"] == true, "{started}");
    let sealed = manager.envelope(&plan())?;
    let (document, retry_after) = eventually("the door is shut", || async {
        match manager.post(sealed.clone()).await? {
            Answer::Refused(status, document, retry_after) => {
                ensure!(
                    status == 503 && document.code == "relay.maintenance",
                    "{document:?}"
                );
                Ok((document, retry_after))
            }
            Answer::Accepted(_) => anyhow::bail!("it takes envelopes"),
        }
    })
    .await?;
    let clock = until.get(11..16).context("a time")?;
    ensure!(
        document.detail.contains(clock) && document.detail.contains("機器を交換します。"),
        "{document:?}"
    );
    ensure!(document.title.contains(clock), "{document:?}");
    let seconds = retry_after.context("a Retry-After")?;
    ensure!((3_000..=3_600).contains(&seconds), "{seconds}");
    // What was accepted arrives, and the other door goes on.
    manager.until(before, Status::Delivered).await?;
    helper.fetch(before).await?;
    relay.settled_books().await?;

    let ended = operator.json(&["maintenance", "end"])?;
    ensure!(ended["going_on"] == false, "{ended}");
    let id = eventually("the door is open", || async {
        Ok(manager.post(sealed.clone()).await?.accepted()?.id)
    })
    .await?;
    manager.until(id, Status::Delivered).await?;

    let soon = harness::files::now().plus_seconds(8).to_string();
    operator.run(0, &["maintenance", "start", "--until", &soon])?;
    let sealed = manager.envelope(&plan())?;
    eventually("the door is shut once more", || async {
        let told = manager.post(sealed.clone()).await?.told();
        ensure!(told == "503 relay.maintenance", "{told}");
        Ok(())
    })
    .await?;
    let id = eventually("it ends by itself", || async {
        Ok(manager.post(sealed.clone()).await?.accepted()?.id)
    })
    .await?;
    manager.until(id, Status::Delivered).await?;
    ensure!(
        operator
            .run(0, &["maintenance", "show"])?
            .contains("no maintenance")
    );
    let acts = operator.run(0, &["audit"])?;
    ensure!(
        acts.contains("maintenance.start") && acts.contains("maintenance.end"),
        "{acts}"
    );
    // The same by the command line as on the pages.
    let found = operator.json(&["search", "--office", helper.number.as_str()])?;
    ensure!(
        found["items"].as_array().is_some_and(|items| items.len() == 3),
        "{found}"
    );
    let story = operator.run(0, &["trace", &id.to_string()])?;
    ensure!(
        story.contains("delivered") && story.contains("reached delivery"),
        "{story}"
    );
    let way = operator.run(0, &["way"])?;
    ensure!(way.contains("answers") && way.contains("validation"), "{way}");
    ensure!(operator.run(0, &["operator", "list"])?.contains("administer"));
    relay.settled_books().await?;
    Ok(())
}
