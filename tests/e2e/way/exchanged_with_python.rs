//! Two offices with nothing of ours: `docs/exchange.py` sends, receives, and reads why a broken file came back.

use std::path::Path;
use std::process::{Command, Output};

use anyhow::{Context, ensure};
use harness::{Office, Relay, Unit, World};
use proto::Status;
use standard::generate::Size;

const SCRIPT: &str = include_str!("../../../docs/exchange.py");

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    std::fs::write(folder.join("exchange.py"), SCRIPT)?;
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    write(folder, "good", &unit)?;
    let destination = helper.number.to_string();

    let told = run(
        &relay,
        &manager,
        folder,
        &["send", "good", &destination, &unit.sequence],
    )?;
    ensure!(told.status.success(), "{told:?}");
    let said = String::from_utf8(told.stdout)?;
    let id = said.trim().strip_prefix("delivered ").context("delivered")?;
    let id: proto::EnvelopeId = id.parse()?;
    let received = run(&relay, &helper, folder, &["receive", "in"])?;
    ensure!(received.status.success(), "{received:?}");
    for (name, bytes) in &unit.files {
        let got = std::fs::read(folder.join("in").join(id.to_string()).join(name))?;
        ensure!(&got == bytes, "{name} is what was sent");
    }
    manager.until(id, Status::Collected).await?;
    let again = run(&relay, &helper, folder, &["receive", "in"])?;
    ensure!(
        again.status.success() && again.stdout.is_empty(),
        "nothing is new: {again:?}"
    );

    let mut broken = Unit::plan(manager.number, helper.number, "11", Size::Persons(1));
    let (_, bytes) = broken.files.first_mut().context("a file")?;
    bytes.extend_from_slice(b"202407,990001\r\n");
    write(folder, "broken", &broken)?;
    let told = run(
        &relay,
        &manager,
        folder,
        &["send", "broken", &destination, &broken.sequence],
    )?;
    let said = String::from_utf8(told.stdout)?;
    ensure!(
        told.status.code() == Some(1) && said.starts_with("rejected "),
        "{said}"
    );
    ensure!(said.contains("csv."), "a code, the file and the line: {said}");
    Ok(())
}

fn write(folder: &Path, name: &str, unit: &Unit) -> anyhow::Result<()> {
    let files = folder.join(name);
    std::fs::create_dir(&files)?;
    for (name, bytes) in &unit.files {
        std::fs::write(files.join(name), bytes)?;
    }
    Ok(())
}

fn run(relay: &Relay, office: &Office, folder: &Path, arguments: &[&str]) -> anyhow::Result<Output> {
    std::fs::write(folder.join("cert.pem"), &office.issued.cert_pem)?;
    std::fs::write(folder.join("key.pem"), &office.issued.key_pem)?;
    Command::new("python3")
        .arg("exchange.py")
        .args(arguments)
        .current_dir(folder)
        .env("INGEST_URL", &office.ingest)
        .env("DELIVERY_URL", &office.delivery)
        .env("CA_FILE", relay.folder().join("ca.pem"))
        .env("OFFICES_CA_FILE", relay.folder().join("trust/office.pem"))
        .env("OFFICE", office.number.to_string())
        .env("CERT", "cert.pem")
        .env("KEY", "key.pem")
        .output()
        .context("python3, which ops/dev/setup installs")
}
