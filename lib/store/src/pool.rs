//! Opening the database: connections, durability, migrations.

use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Executor};

use crate::sql::Pool;
use crate::{StoreConfig, StoreError};

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("migrations/postgres");

/// How long a caller waits for a free connection before it is told to come again.
const ACQUIRE: Duration = Duration::from_secs(10);

/// How long bringing the tables up to date may take, the turns of others included.
const MIGRATE: Duration = Duration::from_secs(120);

pub(crate) async fn open(config: &StoreConfig) -> Result<Pool, StoreError> {
    config.check()?;
    if config.is_sqlite() {
        open_sqlite(config).await
    } else {
        open_postgres(config).await
    }
}

async fn open_sqlite(config: &StoreConfig) -> Result<Pool, StoreError> {
    let options = SqliteConnectOptions::from_str(&config.url)
        .map_err(StoreError::Open)?
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // FULL: what is committed survives a power cut; NORMAL may lose the last commits.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // A page takes most of an envelope; the log is written back every 32 MiB instead of every 4.
        .page_size(8_192)
        .pragma("wal_autocheckpoint", "4096")
        // KiB of pages at most, for the keys that are digests and touch every leaf.
        .pragma("cache_size", "-16384")
        .statement_cache_capacity(256);
    // Stations start at the same time as processes of their own: one makes the file and its tables, the others wait.
    let turn = take_turn(options.get_filename().to_owned()).await?;
    let write = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.clone())
        .await
        .map_err(StoreError::Open)?;
    SQLITE.run(&write).await.map_err(StoreError::Migrate)?;
    drop(turn);
    let read = SqlitePoolOptions::new()
        .max_connections(config.max_connections.max(1))
        .acquire_timeout(ACQUIRE)
        .connect_with(options.read_only(true))
        .await
        .map_err(StoreError::Open)?;
    Ok(Pool::Sqlite(read, write))
}

/// Holds the lock file beside the database until the file is dropped.
async fn take_turn(database: PathBuf) -> Result<File, StoreError> {
    let locking = tokio::task::spawn_blocking(move || {
        let mut name = database.into_os_string();
        name.push(".lock");
        let file = File::options().create(true).append(true).open(name)?;
        file.lock()?;
        Ok::<_, std::io::Error>(file)
    });
    let locked = locking.await.map_err(std::io::Error::other).flatten();
    locked.map_err(|error| StoreError::Open(sqlx::Error::Io(error)))
}

async fn open_postgres(config: &StoreConfig) -> Result<Pool, StoreError> {
    let mut options = PgConnectOptions::from_str(&config.url)
        .map_err(StoreError::Open)?
        .application_name("careplan-relay")
        // The server's own defaults may be others. What is committed survives a power cut, as with SQLite; and a counter that
        // was waited for is read as its last holder left it.
        .options([
            ("synchronous_commit", "on"),
            ("default_transaction_isolation", "read committed"),
        ])
        // A replica that freezes with an office's counter in its hand must not stop the others for good.
        .options([
            ("lock_timeout", "15s"),
            ("statement_timeout", "18s"),
            ("idle_in_transaction_session_timeout", "60s"),
        ])
        .statement_cache_capacity(256);
    if let Some(password) = config.password.as_ref().filter(|_| !config.url_has_password()) {
        options = options.password(password);
    }
    if let Some(schema) = &config.schema {
        options = options.options([("search_path", schema)]);
    }
    let pool = PgPoolOptions::new()
        .max_connections(config.max_connections.max(2))
        .acquire_timeout(ACQUIRE)
        .connect_with(options)
        .await
        .map_err(StoreError::Open)?;
    if let Some(schema) = &config.schema {
        // The name was checked to be plain.
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        match pool.execute(AssertSqlSafe(sql)).await {
            // Another process made it at the same moment.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
            Err(error) => return Err(StoreError::Open(error)),
            Ok(_) => {}
        }
    }
    let migrated = tokio::time::timeout(MIGRATE, POSTGRES.run(&pool)).await;
    let migrated = migrated.map_err(|_| StoreError::Silent(MIGRATE))?;
    migrated.map_err(StoreError::Migrate)?;
    Ok(Pool::Postgres(pool))
}

#[cfg(test)]
mod tests {
    #[test]
    fn parked_is_the_same_on_both_databases() {
        assert_eq!(
            include_str!("../migrations/sqlite/0002_parked.sql"),
            include_str!("../migrations/postgres/0002_parked.sql")
        );
    }

    #[test]
    fn both_databases_have_the_same_tables() {
        let postgres = include_str!("../migrations/postgres/0001_store.sql");
        let sqlite = include_str!("../migrations/sqlite/0001_store.sql");
        let mut expected = postgres.replace("BYTEA", "BLOB");
        let storage = expected
            .lines()
            .find(|line| line.starts_with("ALTER TABLE contents"))
            .unwrap()
            .to_owned();
        expected = expected.replace(&format!("{storage}\n"), "");
        assert_eq!(sqlite, expected);
    }
}
