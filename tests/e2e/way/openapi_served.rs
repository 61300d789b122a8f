//! A vendor's developer fetches the doors' description and finds every reading route answering as it says.

use anyhow::{Context, ensure};
use harness::{Office, Relay, Unit, World};
use proto::Status;
use proto::routes::{Door, Method, Payload, ROUTES, Route};
use serde_json::Value;
use standard::generate::Size;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    for door in [&manager.ingest, &manager.delivery] {
        let answer = manager
            .client
            .get(format!("{door}{}", proto::openapi::PATH))
            .send()
            .await?;
        let served: Value = answer.error_for_status()?.json().await?;
        ensure!(
            served == proto::openapi::document(),
            "{door} serves another document"
        );
    }
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let id = manager.send(&unit).await?;
    manager.until(id, Status::Delivered).await?;
    let mut asked = 0;
    for route in ROUTES.iter().filter(|route| route.method != Method::Post) {
        let path = route
            .path
            .replace("{id}", &id.to_string())
            .replace("{step}", "accepted");
        let reader = if path.starts_with("/v1/inbox") {
            &helper
        } else {
            &manager
        };
        answers(reader, route, &path).await.context(route.id)?;
        asked += 1;
    }
    ensure!(8 <= asked, "{asked} routes");
    Ok(())
}

async fn answers(office: &Office, route: &Route, path: &str) -> anyhow::Result<()> {
    let door = match route.door {
        Door::Ingest => &office.ingest,
        Door::Delivery => &office.delivery,
    };
    let method: reqwest::Method = route.method.as_str().to_uppercase().parse()?;
    let answer = office.client.request(method.clone(), format!("{door}{path}"));
    let answer = answer.send().await?;
    let (status, payload) = route.answer;
    ensure!(answer.status().as_u16() == status, "{}", answer.status());
    let kind = answer
        .headers()
        .get("content-type")
        .map(|kind| kind.to_str())
        .transpose()?;
    match payload {
        Payload::Json(_) => ensure!(kind == Some("application/json"), "{kind:?}"),
        Payload::Bytes(kinds) => ensure!(kind.is_some_and(|kind| kinds.contains(&kind)), "{kind:?}"),
        Payload::None => {}
    }
    // What the description does not know is refused as it says.
    let unknown = office.client.request(method, format!("{door}/v1/nothing"));
    let unknown = unknown.send().await?;
    let kind = unknown
        .headers()
        .get("content-type")
        .context("a problem document")?;
    ensure!(unknown.status() == 404 && kind == proto::ProblemDocument::MEDIA_TYPE);
    Ok(())
}
