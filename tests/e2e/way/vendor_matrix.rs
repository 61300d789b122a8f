//! Two products exchange and one import fails: the matrix shows which, for which reason.

use anyhow::{Context, ensure};
use harness::files::now;
use harness::{Operator, Relay, Unit, World, eventually};
use proto::EnvelopeId;
use seal::Sealer;
use serde_json::{Value, json};
use standard::generate::Size;

use crate::desk::Desk;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let alpha = with_software(
        Desk::new(&relay, relay.office("0300000100", "43").await?)?,
        "Alpha 1.2",
    )?;
    let beta = with_software(
        Desk::new(&relay, relay.office("0300000005", "11").await?)?,
        "ベータ ケア v3",
    )?;
    let operator = Operator::of(&relay).await?;

    // Before their vendors have handed in a result nobody is named.
    imported(&beta, plan(&alpha, &beta).await?, &["--result", "ok"]).await?;
    let early = operator.json(&["vendors", "matrix"])?;
    ensure!(early["items"][0]["made_with"] == "(unregistered)", "{early}");
    for (desk, product) in [(&alpha, "Alpha"), (&beta, "ベータ ケア")] {
        let file = desk.folder().join("result.p7m");
        std::fs::write(&file, signed(desk, product)?)?;
        operator.run(0, &["vendors", "results", "add", &file.display().to_string()])?;
    }

    imported(&beta, plan(&alpha, &beta).await?, &["--result", "ok"]).await?;
    let failed = plan(&alpha, &beta).await?;
    let why = [
        "--result",
        "failed",
        "--problem",
        "user.unknown",
        "該当する利用者がいません",
    ];
    imported(&beta, failed, &why).await?;
    imported(&beta, failed, &why).await?;
    let back = Unit::actuals(beta.office.number, "11", alpha.office.number, Size::Persons(1));
    imported(&alpha, send(&beta, &alpha, &back).await?, &["--result", "ok"]).await?;

    let matrix = operator.json(&["vendors", "matrix"])?;
    let pair = |made_with: &str, taken_by: &str| {
        let items = matrix["items"].as_array()?;
        items
            .iter()
            .find(|pair| pair["made_with"] == made_with && pair["taken_by"] == taken_by)
    };
    let counts = |pair: Option<&Value>| {
        let pair = pair.context("the pair")?;
        anyhow::Ok((
            pair["ok"].as_i64(),
            pair["failed"].as_i64(),
            pair["reason"].clone(),
        ))
    };
    let there = counts(pair("Alpha", "ベータ ケア"))?;
    ensure!(there == (Some(1), Some(1), json!("user.unknown")), "{matrix}");
    let here = counts(pair("ベータ ケア", "Alpha"))?;
    ensure!(here == (Some(1), Some(0), Value::Null), "{matrix}");
    ensure!(
        !matrix.to_string().contains("該当する"),
        "words are not kept in it: {matrix}"
    );
    let csv = operator.run(0, &["vendors", "matrix", "--csv"])?;
    ensure!(csv.contains("\"Alpha\",\"ベータ ケア\",\"1\",\"1\","), "{csv}");
    let words = operator.run(0, &["vendors", "matrix"])?;
    ensure!(words.contains("user.unknown (1)"), "{words}");
    relay.settled_books().await?;
    Ok(())
}

/// The office's software calls itself so.
fn with_software(desk: Desk, software: &str) -> anyhow::Result<Desk> {
    let file = desk.folder().join("careplan.toml");
    let settings = std::fs::read_to_string(&file)?;
    std::fs::write(&file, format!("{settings}software = \"{software}\"\n"))?;
    Ok(desk)
}

async fn plan(from: &Desk, to: &Desk) -> anyhow::Result<EnvelopeId> {
    let unit = Unit::plan(from.office.number, to.office.number, "11", Size::Persons(1));
    send(from, to, &unit).await
}

async fn send(from: &Desk, to: &Desk, unit: &Unit) -> anyhow::Result<EnvelopeId> {
    let names = from.write(unit)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let told = from
        .run(0, &[&["send", "--json"], names.as_slice()].concat())
        .await?;
    let told: Value = serde_json::from_str(&told)?;
    let id: EnvelopeId = told[0]["id"].as_str().context("an id")?.parse()?;
    eventually("it is in the inbox", || async {
        let inbox = to.run(0, &["inbox", "--json"]).await?;
        ensure!(inbox.contains(&id.to_string()), "{inbox}");
        Ok(())
    })
    .await?;
    Ok(id)
}

async fn imported(at: &Desk, id: EnvelopeId, result: &[&str]) -> anyhow::Result<()> {
    at.run(0, &[&["imported", &id.to_string()], result].concat())
        .await?;
    Ok(())
}

/// A result of this office's test of a product.
fn signed(desk: &Desk, product: &str) -> anyhow::Result<Vec<u8>> {
    let own = desk.office.number.to_string();
    let result = json!({
        "format": "careplan-conformance/1", "product": product, "version": "1", "tool": "story 1", "catalogue": 1,
        "office": own, "product_office": "0300000021", "relay": "https://relay.example",
        "began_at": now(), "ended_at": now(), "cases": [{ "case": "sends.usage", "outcome": "passed" }],
    });
    let sealer = Sealer::from_pem(&desk.office.issued.cert_pem, &desk.office.issued.key_pem)?;
    Ok(sealer.seal(result.to_string().as_bytes())?)
}
