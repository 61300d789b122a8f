//! The configuration file of a relay under test.

use std::path::Path;
use std::process::Command;

use anyhow::Context;
use store::StoreConfig;

/// The section of this name, made if it is not there.
pub(crate) fn section_of<'a>(table: &'a mut toml::Table, name: &str) -> anyhow::Result<&'a mut toml::Table> {
    let section = table
        .entry(name.to_owned())
        .or_insert_with(|| toml::Table::new().into());
    section
        .as_table_mut()
        .with_context(|| format!("{name} is no section"))
}

/// Writes the configuration all processes of a relay share.
pub(crate) fn write_config(
    path: &Path,
    folder: &Path,
    amqp_url: &str,
    store: &StoreConfig,
    settings: &[(String, String)],
) -> anyhow::Result<()> {
    let file = |name: &str| folder.join(name).display().to_string();
    let door = || toml::toml! { door = { listen = "127.0.0.1:0" } };
    let mut table = toml::Table::new();
    for station in ["ingest", "delivery", "console"] {
        let mut section = door();
        if let Some(inner) = section.get_mut("door").and_then(toml::Value::as_table_mut) {
            inner.insert("certificate".to_owned(), file("door.pem").into());
            inner.insert("key".to_owned(), file("door.key").into());
        }
        table.insert(station.to_owned(), section.into());
    }
    let mut put = |section: &str, key: &str, value: toml::Value| {
        let section = table
            .entry(section.to_owned())
            .or_insert_with(|| toml::Table::new().into());
        section
            .as_table_mut()
            .map(|section| section.insert(key.to_owned(), value));
    };
    put("telemetry", "format", "json".into());
    put("broker", "url", amqp_url.into());
    // Two shards: a vhost is ready in a second, and order is still held by shard and lane.
    put("broker", "shards", 2.into());
    put("store", "url", store.url.clone().into());
    if let Some(schema) = &store.schema {
        put("store", "schema", schema.clone().into());
    }
    put("trust", "folder", file("trust").into());
    put("receipts", "certificate", file("receipts.pem").into());
    put("receipts", "key", file("receipts.key").into());
    put("snapshot", "max_age_seconds", 1.into());
    put("delivery", "books_every_seconds", 1.into());
    // What stories let the relay call has a certificate of the relay's own authority.
    set(
        &mut table,
        "delivery__webhooks__authorities",
        file("ca.pem").into(),
    );
    for (key, value) in settings {
        let list = format!("list = {value}").parse::<toml::Table>().ok();
        let list = list.and_then(|mut read| read.remove("list").filter(toml::Value::is_array));
        if let Some(list) = list {
            set(&mut table, key, list).with_context(|| format!("{key} is not section__key"))?;
            continue;
        }
        let value = value.parse::<i64>().map_or_else(
            |_| {
                value
                    .parse::<f64>()
                    .map_or_else(|_| value.clone().into(), toml::Value::from)
            },
            toml::Value::from,
        );
        set(&mut table, key, value).with_context(|| format!("{key} is not section__key"))?;
    }
    std::fs::write(path, toml::to_string(&table)?)?;
    Ok(())
}

/// Leaves out the sections that the release in this folder does not know: its operator's file has none of them either.
pub(crate) fn keep_known_sections(path: &Path, programs: &Path) -> anyhow::Result<()> {
    let told = Command::new(programs.join("relay")).arg("defaults").output()?;
    let known = String::from_utf8(told.stdout)?.parse::<toml::Table>()?;
    let mut table = std::fs::read_to_string(path)?.parse::<toml::Table>()?;
    retain(&mut table, &known);
    std::fs::write(path, toml::to_string(&table)?)?;
    Ok(())
}

fn retain(table: &mut toml::Table, known: &toml::Table) {
    table.retain(|name, value| match (value, known.get(name)) {
        (toml::Value::Table(inner), Some(toml::Value::Table(known))) => {
            retain(inner, known);
            true
        }
        (toml::Value::Table(_), _) => false,
        _ => true,
    });
}

/// Puts a value where `section__part__key` says.
fn set(table: &mut toml::Table, key: &str, value: toml::Value) -> Option<()> {
    match key.split_once("__") {
        None => drop(table.insert(key.to_owned(), value)),
        Some((section, rest)) => {
            let inner = table
                .entry(section.to_owned())
                .or_insert_with(|| toml::Table::new().into());
            set(inner.as_table_mut()?, rest, value)?;
        }
    }
    Some(())
}
