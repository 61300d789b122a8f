//! Imports of the directory: the file piece by piece, how far each is, and what came of it. Any replica of the desk can
//! tell of an import; one runs it, and gives a sign of life.

use proto::Time;
use proto::desk_directory::{DirectoryImport, ImportReport, ImportState};

use crate::sql::{Row, values};
use crate::{Store, StoreError};

/// Seconds without a sign of life after which an import is interrupted.
const SILENT: i64 = 120;

/// Imports that are remembered.
const KEPT: i64 = 200;

const IMPORT: &str =
    "SELECT id, actor, dry_run, begun_at, changed_at, state, done, total, report FROM imports";

impl Store {
    /// Begins an import; its number, or none while another goes on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn begin_import(
        &self,
        actor: &str,
        dry_run: bool,
        now: Time,
    ) -> Result<Option<i64>, StoreError> {
        let mut open = self.pool.begin().await?;
        // Whoever holds this row begins; of two at the same moment the second sees the first.
        let id = open.next_serial("imports").await?;
        let alive = now.plus_seconds(-SILENT);
        let going = open
            .row(
                "SELECT 1 FROM imports WHERE state NOT IN ('done', 'refused', 'failed') AND changed_at > $1 LIMIT 1",
                &values![alive],
            )
            .await?;
        if going.is_some() {
            open.rollback().await?;
            return Ok(None);
        }
        // What an interrupted one left behind.
        open.run("DELETE FROM import_parts", &[]).await?;
        open.run("DELETE FROM imports WHERE id <= $1", &values![id - KEPT])
            .await?;
        let report = written(&ImportReport::default());
        open.run(
            "INSERT INTO imports (id, actor, dry_run, begun_at, changed_at, state, done, total, report)
             VALUES ($1, $2, $3, $4, $4, 'arriving', 0, 0, $5)",
            &values![id, actor, i64::from(dry_run), now, &report],
        )
        .await?;
        open.commit().await?;
        Ok(Some(id))
    }

    /// Keeps the next piece of the file, the `n`th from 0.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_import_part(&self, id: i64, n: i64, bytes: &[u8]) -> Result<(), StoreError> {
        let sql = "INSERT INTO import_parts (import, n, bytes) VALUES ($1, $2, $3)";
        self.pool.run(sql, &values![id, n, bytes]).await?;
        Ok(())
    }

    /// The `n`th piece of the file; none: there are no more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn import_part(&self, id: i64, n: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM import_parts WHERE import = $1 AND n = $2";
        let row = self.pool.row(sql, &values![id, n]).await?;
        row.map(|row| row.bytes(0)).transpose()
    }

    /// Says how far an import is, which is a sign of life too. When it is over its file goes. False: it was thought dead, and
    /// another one began, which took its file.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn tell_import(&self, import: &DirectoryImport) -> Result<bool, StoreError> {
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let report = written(&import.report);
        let mut open = self.pool.begin().await?;
        let told = open
            .run(
                "UPDATE imports SET changed_at = $2, state = $3, done = $4, total = $5, report = $6
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM imports later WHERE later.id > $1)",
                &values![
                    import.id,
                    import.changed_at,
                    import.state.as_str(),
                    number(import.done),
                    number(import.total),
                    &report
                ],
            )
            .await?;
        if import.state.is_over() {
            open.run("DELETE FROM import_parts WHERE import = $1", &values![import.id])
                .await?;
        }
        open.commit().await?;
        Ok(told == 1)
    }

    /// One import.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn import(&self, id: i64, now: Time) -> Result<Option<DirectoryImport>, StoreError> {
        let sql = format!("{IMPORT} WHERE id = $1");
        let row = self.pool.row(&sql, &values![id]).await?;
        row.map(|row| read(&row, now)).transpose()
    }

    /// The latest imports, newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn imports(&self, limit: u32, now: Time) -> Result<Vec<DirectoryImport>, StoreError> {
        let sql = format!("{IMPORT} ORDER BY id DESC LIMIT $1");
        let rows = self.pool.rows(&sql, &values![i64::from(limit)]).await?;
        rows.iter().map(|row| read(row, now)).collect()
    }
}

/// A report is texts and numbers: it can always be written.
fn written(report: &ImportReport) -> String {
    serde_json::to_string(report).unwrap_or_default()
}

fn read(row: &Row, now: Time) -> Result<DirectoryImport, StoreError> {
    let count = |column| Ok::<_, StoreError>(u64::try_from(row.int(column)?).unwrap_or(0));
    let changed_at = row.time(4)?;
    let mut state: ImportState = row.word(5, "state of an import")?;
    if !state.is_over() && changed_at <= now.plus_seconds(-SILENT) {
        state = ImportState::Interrupted;
    }
    Ok(DirectoryImport {
        id: row.int(0)?,
        actor: row.text(1)?,
        dry_run: row.int(2)? != 0,
        begun_at: row.time(3)?,
        changed_at,
        state,
        done: count(6)?,
        total: count(7)?,
        report: serde_json::from_str(&row.text(8)?).map_err(|_| StoreError::Unreadable("report"))?,
    })
}
