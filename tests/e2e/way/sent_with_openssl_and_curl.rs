//! A sender that has nothing of ours, `zip`, `openssl cms` and `curl`, and whose `openssl` streams: BER, where the guide's commands (story
//! `vendor_guide`) make DER.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use harness::{Relay, Unit, World};
use proto::{EnvelopeId, Status};
use standard::generate::Size;

/// The script of the vendor guide.
const SCRIPT: &str = include_str!("../../../docs/first-envelope.sh");

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = relay.office("0300000100", "43").await?;
    let helper = relay.office("0300000005", "11").await?;
    let folder = tempfile::tempdir()?;
    let unit = Unit::plan(manager.number, helper.number, "11", Size::Persons(2));
    let files = folder.path().join("files");
    std::fs::create_dir(&files)?;
    for (name, bytes) in &unit.files {
        std::fs::write(files.join(name), bytes)?;
    }
    std::fs::write(folder.path().join("cert.pem"), &manager.issued.cert_pem)?;
    std::fs::write(folder.path().join("key.pem"), &manager.issued.key_pem)?;
    std::fs::write(folder.path().join("first-envelope.sh"), SCRIPT)?;
    let output = run(folder.path(), &relay, &manager.ingest, &unit)?;
    let envelope = std::fs::read(folder.path().join("envelope.p7m"))?;
    let id = EnvelopeId::of(&envelope);
    ensure!(
        output.contains(&id.to_string()),
        "the answer names the id: {output}"
    );
    manager.until(id, Status::Delivered).await?;
    ensure!(helper.fetch(id).await? == envelope, "bytes as sent");
    let books = relay.settled_books().await?;
    ensure!(books.accepted == 1 && books.mailboxed == 1, "{books:?}");
    Ok(())
}

fn run(folder: &Path, relay: &Relay, ingest: &str, unit: &Unit) -> anyhow::Result<String> {
    let output = Command::new("bash")
        .arg("first-envelope.sh")
        .arg("files")
        .current_dir(folder)
        .env("INGEST_URL", ingest)
        .env("CA_FILE", relay.folder().join("ca.pem"))
        .env("CERT", "cert.pem")
        .env("KEY", "key.pem")
        .env("SENDER", unit.sender.to_string())
        .env("DESTINATION", unit.destination.to_string())
        .env("SEQUENCE", &unit.sequence)
        .env("OPENSSL_CMS_FLAGS", "-stream")
        .output()
        .context("run bash")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        output.status.success(),
        "{} {text} {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(text)
}
