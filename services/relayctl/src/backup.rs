//! `backup` and `restore`: the store as one file, and back.

use std::ffi::OsString;
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use store::{BackupAccount, BackupError, BackupHeader, StoreConfig};

use crate::args::{BackupArgs, RestoreArgs, StoreArgs};
use crate::exit::Failure;
use crate::pki::now;
use crate::print;

/// Writes the backup beside its name first: a file of that name is a whole one.
pub(crate) async fn backup(arguments: &BackupArgs, as_json: bool) -> Result<(), Failure> {
    let path = &arguments.out;
    if path.exists() {
        return Err(Failure::Usage(format!(
            "{} is there already; give the backup a name of its own",
            path.display()
        )));
    }
    let config = config(&arguments.store)?;
    let unfinished = beside(path, ".part");
    let cannot =
        |error: BackupError| Failure::cannot(&format!("back the store up into {}", path.display()), &error);
    let written = write(&config, &unfinished).await;
    let written = written.and_then(|told| {
        std::fs::rename(&unfinished, path)?;
        Ok(told)
    });
    if written.is_err() {
        // What is left of an attempt that failed is no backup.
        drop(std::fs::remove_file(&unfinished));
    }
    let (header, account) = written.map_err(cannot)?;
    report("backed up", &header, &account, as_json)
}

async fn write(config: &StoreConfig, path: &Path) -> Result<(BackupHeader, BackupAccount), BackupError> {
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    let told = store::backup(config, &mut out, env!("CARGO_PKG_VERSION"), now()).await?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(told)
}

/// Restores, and says what to do next.
pub(crate) async fn restore(arguments: &RestoreArgs, as_json: bool) -> Result<(), Failure> {
    let path = &arguments.from;
    let config = config(&arguments.store)?;
    let restored = store::restore(&config, path, arguments.replace, "relayctl restore", now()).await;
    let (header, account) = restored.map_err(|error| match error {
        BackupError::NotEmpty(table) => Failure::Usage(format!(
            "the store is not empty (table {table}): name an empty one, or throw away what it holds with --replace"
        )),
        error => Failure::cannot(&format!("restore {}", path.display()), &error),
    })?;
    report("restored", &header, &account, as_json)?;
    if as_json {
        return Ok(());
    }
    print::text(
        "Start the stations; they read the notes of the last 30 days again. Then `relayctl missing` lists what was\n\
         accepted and is gone, and each office closes its gap with `careplan resend`. Changes of the directory made\n\
         after the backup must be made again.\n",
    )
}

fn config(arguments: &StoreArgs) -> Result<StoreConfig, Failure> {
    let mut config = StoreConfig::at(arguments.store.clone());
    config.schema.clone_from(&arguments.schema);
    if let Some(path) = &arguments.password_file {
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::cannot(&format!("read {}", path.display()), &error))?;
        config.password = Some(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(config)
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn report(done: &str, header: &BackupHeader, account: &BackupAccount, as_json: bool) -> Result<(), Failure> {
    if as_json {
        return print::json(&described(header, account));
    }
    let rows: u64 = account.rows.values().sum();
    let envelopes = account.rows.get("mailbox").copied().unwrap_or(0);
    print::text(&format!(
        "{done}: the store of {}, schema {}, made by release {}: {rows} rows, {envelopes} envelopes in mailboxes\n\
         sha256 {}\n",
        header.taken_at, header.schema, header.product, account.sha256
    ))
}

fn described(header: &BackupHeader, account: &BackupAccount) -> Value {
    json!({
        "taken_at": header.taken_at,
        "product": header.product,
        "schema": header.schema,
        "note_position": header.note_position,
        "rows": account.rows,
        "sha256": account.sha256,
    })
}
