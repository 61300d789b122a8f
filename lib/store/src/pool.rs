//! Opening the database: connections, durability, migrations.

use std::fs::File;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::LazyLock;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::sql::{Pool, Transaction};
use crate::{StoreConfig, StoreError};

static SQLITE: LazyLock<Migrator> = LazyLock::new(|| beside_a_later_one(sqlx::migrate!("migrations/sqlite")));
static POSTGRES: LazyLock<Migrator> =
    LazyLock::new(|| beside_a_later_one(sqlx::migrate!("migrations/postgres")));

/// Migrations of a later release may be there already: in a rolling upgrade a process of this release may start after one of
/// the next. Migrations only add (the tests below see to it), so this release works on what the next one made.
fn beside_a_later_one(mut migrator: Migrator) -> Migrator {
    migrator.set_ignore_missing(true);
    migrator
}

/// How long a caller waits for a free connection before it is told to come again.
const ACQUIRE: Duration = Duration::from_secs(10);

/// How long bringing the tables up to date may take, the turns of others included.
const MIGRATE: Duration = Duration::from_secs(120);

/// Connects, and brings the tables up to date.
pub(crate) async fn open(config: &StoreConfig) -> Result<Pool, StoreError> {
    let (pool, turn) = connect(config, true).await?;
    match &pool {
        Pool::Sqlite(_, write) => SQLITE.run(write).await.map_err(StoreError::Migrate)?,
        Pool::Postgres(pool) => {
            let migrated = tokio::time::timeout(MIGRATE, POSTGRES.run(pool)).await;
            let migrated = migrated.map_err(|_| StoreError::Silent(MIGRATE))?;
            migrated.map_err(StoreError::Migrate)?;
        }
    }
    drop(turn);
    Ok(pool)
}

/// Connects to what is there; with `make`, to what is made if it is not. On SQLite whoever holds the file that comes along
/// keeps others from opening the store.
pub(crate) async fn connect(config: &StoreConfig, make: bool) -> Result<(Pool, Option<File>), StoreError> {
    config.check()?;
    if config.is_sqlite() {
        let (pool, turn) = connect_sqlite(config, make).await?;
        Ok((pool, Some(turn)))
    } else {
        Ok((connect_postgres(config, make).await?, None))
    }
}

impl Transaction {
    /// Brings the tables up to this migration.
    pub(crate) async fn migrate(&mut self, to: i64) -> Result<(), StoreError> {
        // `run_to` takes whatever connections come from, and its future cannot be sent between threads for that.
        let migrated = match self {
            Self::Sqlite(open) => SQLITE.run_direct(Some(to), &mut **open, false).await,
            Self::Migrating(open) => POSTGRES.run_direct(Some(to), &mut **open, false).await,
            Self::Postgres(_) => {
                return Err(StoreError::Contradiction(
                    "migrations need a transaction of their own",
                ));
            }
        };
        migrated.map_err(StoreError::Migrate)
    }

    /// The number of the last migration this release knows.
    pub(crate) fn newest_schema(&self) -> i64 {
        let migrations = match self {
            Self::Sqlite(_) => SQLITE.iter(),
            Self::Postgres(_) | Self::Migrating(_) => POSTGRES.iter(),
        };
        migrations.map(|migration| migration.version).max().unwrap_or(0)
    }
}

async fn connect_sqlite(config: &StoreConfig, make: bool) -> Result<(Pool, File), StoreError> {
    let options = SqliteConnectOptions::from_str(&config.url)
        .map_err(StoreError::Open)?
        .create_if_missing(make)
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
    let write = clean_connections()
        .max_connections(1)
        .acquire_timeout(ACQUIRE)
        .connect_with(options.clone())
        .await
        .map_err(StoreError::Open)?;
    let read = clean_connections()
        .max_connections(config.max_connections.max(1))
        .acquire_timeout(ACQUIRE)
        .connect_with(options.read_only(true))
        .await
        .map_err(StoreError::Open)?;
    Ok((Pool::Sqlite(read, write), turn))
}

/// A connection that still counts a transaction as open is closed instead of lent again. SQLite may roll back by itself when
/// the disk is full or fails (SQLite: `ROLLBACK` § Response To Errors Within A Transaction); the rollback that follows finds
/// nothing and fails, and by the client library's count the transaction goes on: no further one could begin there.
fn clean_connections() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
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

async fn connect_postgres(config: &StoreConfig, make: bool) -> Result<Pool, StoreError> {
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
    if let Some(schema) = config.schema.as_ref().filter(|_| make) {
        // The name was checked to be plain.
        let sql = format!("CREATE SCHEMA IF NOT EXISTS {schema}");
        match pool.execute(AssertSqlSafe(sql)).await {
            // Another process made it at the same moment.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {}
            Err(error) => return Err(StoreError::Open(error)),
            Ok(_) => {}
        }
    }
    Ok(Pool::Postgres(pool))
}

#[cfg(test)]
mod tests {
    #[test]
    fn migrations_only_add() {
        for migrator in [&super::SQLITE, &super::POSTGRES] {
            let mut looked_at = 0;
            for migration in migrator.iter().filter(|migration| 1 < migration.version) {
                for line in migration.sql.as_str().lines() {
                    let (statement, _) = line.split_once("--").unwrap_or((line, ""));
                    let words = statement.to_uppercase();
                    let takes = ["DROP ", "RENAME ", "ALTER COLUMN", "DELETE "]
                        .iter()
                        .any(|word| words.contains(word));
                    let demands = words.contains("ADD COLUMN")
                        && words.contains("NOT NULL")
                        && !words.contains("DEFAULT");
                    assert!(!takes && !demands, "{}: {line}", migration.version);
                    looked_at += 1;
                }
            }
            assert!(10 < looked_at);
        }
    }

    #[test]
    fn parked_is_the_same_on_both_databases() {
        assert_eq!(
            include_str!("../migrations/sqlite/0002_parked.sql"),
            include_str!("../migrations/postgres/0002_parked.sql")
        );
    }

    #[test]
    fn the_desk_is_the_same_on_both_databases() {
        assert_eq!(
            include_str!("../migrations/sqlite/0005_desk.sql"),
            include_str!("../migrations/postgres/0005_desk.sql")
        );
    }

    #[test]
    fn imports_are_the_same_on_both_databases() {
        let postgres = include_str!("../migrations/postgres/0007_directory.sql");
        let sqlite = include_str!("../migrations/sqlite/0007_directory.sql");
        assert_eq!(sqlite, postgres.replace("BYTEA", "BLOB"));
    }

    #[test]
    fn products_are_the_same_on_both_databases() {
        let postgres = include_str!("../migrations/postgres/0008_products.sql");
        let sqlite = include_str!("../migrations/sqlite/0008_products.sql");
        assert_eq!(sqlite, postgres.replace("BYTEA NOT NULL", "BLOB NOT NULL"));
    }

    #[test]
    fn both_databases_have_the_same_chain() {
        let postgres = include_str!("../migrations/postgres/0003_chain.sql");
        let sqlite = include_str!("../migrations/sqlite/0003_chain.sql");
        assert_eq!(sqlite, postgres.replace("BYTEA", "BLOB"));
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
