//! An office with nothing but `careplan`: check, send, inbox, get, collected, imported, status, recall.

use std::path::Path;

use anyhow::{Context, ensure};
use harness::{Relay, Unit, World, eventually};
use standard::generate::Size;

use crate::desk::Desk;

pub(crate) async fn tell(world: &World) -> anyhow::Result<()> {
    let relay = Relay::all(world).await?;
    let manager = Desk::new(&relay, relay.office("0300000100", "43").await?)?;
    let helper = Desk::new(&relay, relay.office("0300000005", "11").await?)?;

    let unit = Unit::plan(
        manager.office.number,
        helper.office.number,
        "11",
        Size::Persons(2),
    );
    let files = manager.write(&unit)?;
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    manager.run(0, &[&["check"], names.as_slice()].concat()).await?;
    let sent = manager
        .run(
            0,
            &[&["send", "--json", "--to", "0300000005"], names.as_slice()].concat(),
        )
        .await?;
    let id = find_id(&sent).context("send --json names the id")?;
    // Sent again after a lost answer: the same bytes, so the same id.
    let again = manager
        .run(
            0,
            &[&["send", "--json", "--to", "0300000005"], names.as_slice()].concat(),
        )
        .await?;
    ensure!(
        find_id(&again).as_ref() == Some(&id),
        "the same bytes on every retry: {again}"
    );

    eventually("it is in the inbox", || async {
        let inbox = helper.run(0, &["inbox", "--json"]).await?;
        ensure!(inbox.contains(&id), "{inbox}");
        Ok(())
    })
    .await?;
    helper.run(0, &["get", &id, "--out", "in"]).await?;
    for (name, bytes) in &unit.files {
        let path = find_file(&helper.folder().join("in"), name)
            .with_context(|| format!("{name} was not written"))?;
        ensure!(std::fs::read(path)? == *bytes, "{name}");
    }
    helper.run(0, &["collected", &id]).await?;
    helper.run(0, &["imported", &id, "--result", "ok"]).await?;
    let status = manager.run(0, &["status", &id]).await?;
    ensure!(status.contains("imported"), "{status}");
    ensure!(manager.run(0, &["sent", "--json"]).await?.contains(&id));

    // A broken one: `check` says so before, and the relay says the same after.
    let mut broken = Unit::plan(
        manager.office.number,
        helper.office.number,
        "11",
        Size::Persons(1),
    );
    broken.files[0].1.extend_from_slice(b"202407,030000\r\n");
    let files = manager.write(&broken)?;
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let checked = manager.run(1, &[&["check"], names.as_slice()].concat()).await?;
    ensure!(checked.contains("csv.field_count"), "{checked}");
    let refused = manager.office.send(&broken).await?;
    manager.office.until(refused, proto::Status::Rejected).await?;
    let status = manager.any(&["status", &refused.to_string()]).await?;
    ensure!(status.contains("csv.field_count"), "{status}");

    relay.settled_books().await?;
    Ok(())
}

/// The first 64 hexadecimal digits in a text.
fn find_id(text: &str) -> Option<String> {
    let mut words = text.split(|c: char| !c.is_ascii_hexdigit());
    words.find(|word| word.len() == 64).map(str::to_owned)
}

fn find_file(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    for entry in std::fs::read_dir(folder).ok()?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if let Some(found) = find_file(&path, name) {
                return Some(found);
            }
        } else if entry.file_name() == name {
            return Some(path);
        }
    }
    None
}
