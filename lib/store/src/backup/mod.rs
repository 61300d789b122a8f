//! A copy of the whole store in one file, and a store made of such a file.
//!
//! The file is of our own form, the same for both databases, so that a SQLite store can be restored into PostgreSQL and
//! the reverse. It is made inside one snapshot while the relay works. Restoring is one transaction: whoever looks sees
//! the store as it was before, or the whole restored one.

mod copy;
mod lines;
mod restored;
mod tables;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use proto::Time;
use serde::{Deserialize, Serialize};

use crate::sql::{Transaction, values};
use crate::{StoreConfig, StoreError, pool};
use lines::{Lines, Writer};
use tables::Table;

/// What the first line of a backup begins with.
const FORMAT: &str = "careplan-relay-backup/1";

/// The first line: what this is a copy of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupHeader {
    /// [`FORMAT`].
    format: String,
    /// Version of the product that made it.
    pub product: String,
    /// Number of the last migration of the store it was made of.
    pub schema: i64,
    /// When; the copy holds what was committed until shortly after.
    pub taken_at: Time,
    /// Up to where the stream of acceptance notes was taken in.
    pub note_position: Option<i64>,
    tables: Vec<Table>,
}

/// The last line: what must have been read before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupAccount {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// SHA-256, hexadecimal, of everything before this line.
    pub sha256: String,
}

/// Why a backup was not made or not restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The database stands in the way.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read or written.
    #[error("the backup's file")]
    File(#[from] std::io::Error),
    /// The file is no backup, was cut off, or is not as it was written.
    #[error("not a whole backup: {0}")]
    Broken(&'static str),
    /// A later release made it.
    #[error(
        "it was made with schema {made}, this release knows {known}: restore it with release {product} or a later one"
    )]
    TooNew {
        /// Its schema.
        made: i64,
        /// The newest schema known here.
        known: i64,
        /// The release that made it.
        product: String,
    },
    /// A station works on the store: it holds a lease that has not run out.
    #[error("a station works on the store (lease {0}): stop every station, and wait a minute after a crash")]
    InUse(String),
    /// There is something in the store, and replacing it was not asked for.
    #[error("the store is not empty (table {0})")]
    NotEmpty(String),
}

/// Writes a copy of the store as it stands now, in one snapshot, while others go on writing. Tables are taken as they are:
/// nothing is migrated, so that a later release can make the backup before an upgrade. `product` is the version making it.
///
/// # Errors
/// When the database does not answer or the file cannot be written; what was written until then is no backup.
pub async fn backup(
    config: &StoreConfig,
    out: &mut (dyn Write + Send),
    product: &str,
    now: Time,
) -> Result<(BackupHeader, BackupAccount), BackupError> {
    let (pool, turn) = pool::connect(config, false).await?;
    drop(turn);
    let mut open = pool.snapshot().await?;
    let header = BackupHeader {
        format: FORMAT.to_owned(),
        product: product.to_owned(),
        schema: open.schema().await?,
        taken_at: now,
        note_position: open.note_position().await?,
        tables: open.tables().await?,
    };
    let mut writer = Writer::new(out);
    writer.line(&header)?;
    for table in &header.tables {
        writer.begin(&table.name)?;
        open.copy_out(table, &mut writer).await?;
    }
    let account = writer.finish()?;
    open.rollback().await?;
    pool.close().await;
    Ok((header, account))
}

/// Reads a backup to its end: whole, and as it was written.
///
/// # Errors
/// When it is not.
pub fn verify(path: &Path) -> Result<(BackupHeader, BackupAccount), BackupError> {
    let mut lines = Lines::open(path)?;
    let header: BackupHeader = lines.header()?;
    if header.format != FORMAT {
        return Err(BackupError::Broken("its first line names another format"));
    }
    let account = lines.account()?;
    Ok((header, account))
}

/// Makes the store what the backup says, after the whole file was verified; `by` asks for it at `now`. A backup of an
/// earlier release is brought up to date. What the backup cannot know is prepared for: the notes of acceptances are read again
/// from the first, no list's position is given a second time, and every office finds a notice.
///
/// # Errors
/// When the file is not whole, the store is not empty and `replace` was not said, or the database does not answer; then the
/// store is as it was.
pub async fn restore(
    config: &StoreConfig,
    path: &Path,
    replace: bool,
    by: &str,
    now: Time,
) -> Result<(BackupHeader, BackupAccount), BackupError> {
    let (header, account) = verify(path)?;
    // Held to the end: a station that starts meanwhile waits, where it can.
    let (pool, _turn) = pool::connect(config, true).await?;
    let mut open = pool.begin_migrating().await?;
    let known = open.newest_schema();
    if known < header.schema {
        return Err(BackupError::TooNew {
            made: header.schema,
            known,
            product: header.product,
        });
    }
    open.clear(replace, now).await?;
    open.migrate(header.schema).await?;
    fits(&header.tables, &open.tables().await?)?;
    let mut lines = Lines::open(path)?;
    lines.header::<BackupHeader>()?;
    let rows = open.copy_in(&header.tables, &mut lines).await?;
    if rows != account.rows {
        return Err(BackupError::Broken("it changed while it was read"));
    }
    open.migrate(i64::MAX).await?;
    open.prepare_restored(&header, &account, by, now).await?;
    open.commit().await?;
    pool.close().await;
    Ok((header, account))
}

/// Every table and column of the backup is there.
fn fits(made: &[Table], there: &[Table]) -> Result<(), BackupError> {
    if made == there {
        return Ok(());
    }
    Err(BackupError::Broken("its tables are not those of its schema"))
}

impl Transaction {
    /// Removes every table, if nobody works on them and they are empty or `replace` was said.
    async fn clear(&mut self, replace: bool, now: Time) -> Result<(), BackupError> {
        let tables = self.tables().await?;
        if tables.iter().any(|table| table.name == "leases") {
            let sql = "SELECT name FROM leases WHERE $1 < until";
            if let Some(lease) = self.row(sql, &values![now]).await? {
                return Err(BackupError::InUse(lease.text(0)?));
            }
        }
        for table in tables {
            let held = self
                .row(&format!("SELECT 1 AS held FROM {} LIMIT 1", table.name), &[])
                .await?;
            if held.is_some() && !replace {
                return Err(BackupError::NotEmpty(table.name));
            }
            self.run(&format!("DROP TABLE {}", table.name), &[]).await?;
        }
        self.forget_migrations().await?;
        Ok(())
    }
}
