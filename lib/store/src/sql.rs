//! Statements and rows, whatever the database: the one place where both arms are written out. The SQL text is the same
//! for both, with `$1` placeholders.

use std::time::Duration;

use proto::{Acceptance, EnvelopeId, OfficeNumber, RecordKey, Time};
use sqlx::{Row as _, Sqlite};

use crate::StoreError;
use crate::lent::Lent;

/// A value to bind.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    Int(Option<i64>),
    Text(Option<&'a str>),
    Bytes(Option<&'a [u8]>),
}

/// A row read.
pub(crate) enum Row {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

/// A transaction that may write.
pub(crate) enum Transaction {
    Sqlite(sqlx::Transaction<'static, Sqlite>),
    Postgres(Lent),
    /// On PostgreSQL, with migrations inside.
    Migrating(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// Where statements outside a transaction go.
#[derive(Clone)]
pub(crate) enum Pool {
    /// Readers, and the single writer.
    Sqlite(sqlx::SqlitePool, sqlx::SqlitePool),
    Postgres(sqlx::PgPool),
}

macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        // Every text comes from this crate; values are bound, never written into it.
        let mut query = sqlx::query(sqlx::AssertSqlSafe($sql.to_owned()));
        for value in $values {
            query = match *value {
                $crate::sql::Value::Int(value) => query.bind(value),
                $crate::sql::Value::Text(value) => query.bind(value),
                $crate::sql::Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}
pub(crate) use bound;

/// How long closing waits for the servers' goodbye.
const GOODBYE: Duration = Duration::from_secs(25);

impl Pool {
    /// Begins a transaction that may write; on SQLite it is the only one.
    pub(crate) async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            // A deferred transaction that turns to writing fails at once when another writes; this one waits.
            Self::Sqlite(_, write) => Transaction::Sqlite(write.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => {
                let mut lent = Lent::from(pool).await?;
                lent.begin("BEGIN").await?;
                Transaction::Postgres(lent)
            }
        })
    }

    /// Begins a transaction in which migrations may be run.
    pub(crate) async fn begin_migrating(&self) -> Result<Transaction, StoreError> {
        match self {
            Self::Sqlite(..) => self.begin().await,
            Self::Postgres(pool) => Ok(Transaction::Migrating(pool.begin().await?)),
        }
    }

    /// Begins a transaction that only reads, all of it as of one moment.
    pub(crate) async fn snapshot(&self) -> Result<Transaction, StoreError> {
        Ok(match self {
            Self::Sqlite(read, _) => Transaction::Sqlite(read.begin().await?),
            Self::Postgres(pool) => {
                let mut lent = Lent::from(pool).await?;
                lent.begin("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    .await?;
                Transaction::Postgres(lent)
            }
        })
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(read, write) => {
                read.close().await;
                write.close().await;
            }
            Self::Postgres(pool) => {
                // What is left then is closed with the process.
                let _ = tokio::time::timeout(GOODBYE, pool.close()).await;
            }
        }
    }

    /// Reads outside a transaction.
    pub(crate) async fn rows(&self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(read, _) => {
                let rows = bound!(sql, values).fetch_all(read).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(pool) => {
                let rows = Lent::from(pool).await?.rows(sql, values).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Reads at most one row outside a transaction.
    pub(crate) async fn row(&self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Writes one statement in a transaction of its own; how many rows it changed.
    pub(crate) async fn run(&self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(_, write) => bound!(sql, values).execute(write).await?.rows_affected(),
            Self::Postgres(pool) => Lent::from(pool).await?.run(sql, values).await?,
        })
    }
}

impl Transaction {
    pub(crate) async fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<Row>, StoreError> {
        Ok(match self {
            Self::Sqlite(open) => {
                let rows = bound!(sql, values).fetch_all(&mut **open).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(open) => {
                let rows = open.rows(sql, values).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
            Self::Migrating(open) => {
                let rows = bound!(sql, values).fetch_all(&mut **open).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn row(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// How many rows the statement changed.
    pub(crate) async fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        Ok(match self {
            Self::Sqlite(open) => bound!(sql, values).execute(&mut **open).await?.rows_affected(),
            Self::Postgres(open) => open.run(sql, values).await?,
            Self::Migrating(open) => bound!(sql, values).execute(&mut **open).await?.rows_affected(),
        })
    }

    /// What locks the rows read, in the order read: SQLite's single writer needs none.
    pub(crate) fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) | Self::Migrating(_) => " FOR UPDATE",
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(open) => open.commit().await?,
            Self::Postgres(open) => open.end("COMMIT").await?,
            Self::Migrating(open) => open.commit().await?,
        }
        Ok(())
    }

    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(open) => open.rollback().await?,
            Self::Postgres(open) => open.end("ROLLBACK").await?,
            Self::Migrating(open) => open.rollback().await?,
        }
        Ok(())
    }
}

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn maybe_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn maybe_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.maybe_text(column)?.ok_or(StoreError::Unreadable("text"))
    }

    pub(crate) fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.maybe_bytes(column)?.ok_or(StoreError::Unreadable("blob"))
    }

    pub(crate) fn time(&self, column: usize) -> Result<Time, StoreError> {
        Ok(Time::from_micros(self.int(column)?))
    }

    pub(crate) fn maybe_time(&self, column: usize) -> Result<Option<Time>, StoreError> {
        Ok(self.maybe_int(column)?.map(Time::from_micros))
    }

    /// A text of a closed set or grammar.
    pub(crate) fn word<T: std::str::FromStr>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<T, StoreError> {
        self.text(column)?
            .parse()
            .map_err(|_| StoreError::Unreadable(what))
    }

    pub(crate) fn maybe_word<T: std::str::FromStr>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        self.maybe_text(column)?
            .map(|text| text.parse().map_err(|_| StoreError::Unreadable(what)))
            .transpose()
    }

    pub(crate) fn maybe_id(&self, column: usize) -> Result<Option<EnvelopeId>, StoreError> {
        self.maybe_bytes(column)?
            .map(|bytes| {
                let digest = bytes
                    .try_into()
                    .map_err(|_| StoreError::Unreadable("envelope id"))?;
                Ok(EnvelopeId::from_bytes(digest))
            })
            .transpose()
    }

    pub(crate) fn id(&self, column: usize) -> Result<EnvelopeId, StoreError> {
        self.maybe_id(column)?
            .ok_or(StoreError::Unreadable("envelope id"))
    }

    pub(crate) fn record(&self, column: usize) -> Result<RecordKey, StoreError> {
        let bytes = self.bytes(column)?.try_into();
        bytes
            .map(RecordKey::from_bytes)
            .map_err(|_| StoreError::Unreadable("key of a record"))
    }

    /// Keys one behind the other, or none.
    pub(crate) fn records(&self, column: usize) -> Result<Vec<RecordKey>, StoreError> {
        let bytes = self.maybe_bytes(column)?.unwrap_or_default();
        let (keys, _) = bytes.as_chunks();
        Ok(keys.iter().copied().map(RecordKey::from_bytes).collect())
    }

    pub(crate) fn acceptance(&self, column: usize) -> Result<Acceptance, StoreError> {
        let bytes = self.bytes(column)?.try_into();
        bytes
            .map(Acceptance::from_bytes)
            .map_err(|_| StoreError::Unreadable("acceptance"))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Time> for Value<'_> {
    fn from(value: Time) -> Self {
        Self::Int(Some(value.micros()))
    }
}

impl From<Option<Time>> for Value<'_> {
    fn from(value: Option<Time>) -> Self {
        Self::Int(value.map(Time::micros))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Some(value))
    }
}

impl<'a> From<&'a Option<String>> for Value<'a> {
    fn from(value: &'a Option<String>) -> Self {
        Self::Text(value.as_deref())
    }
}

impl<'a> From<&'a OfficeNumber> for Value<'a> {
    fn from(value: &'a OfficeNumber) -> Self {
        Self::Text(Some(value.as_str()))
    }
}

impl<'a> From<&'a Option<OfficeNumber>> for Value<'a> {
    fn from(value: &'a Option<OfficeNumber>) -> Self {
        Self::Text(value.as_ref().map(OfficeNumber::as_str))
    }
}

impl<'a> From<&'a EnvelopeId> for Value<'a> {
    fn from(value: &'a EnvelopeId) -> Self {
        Self::Bytes(Some(value.as_bytes()))
    }
}

impl<'a> From<Option<&'a EnvelopeId>> for Value<'a> {
    fn from(value: Option<&'a EnvelopeId>) -> Self {
        Self::Bytes(value.map(|id| &id.as_bytes()[..]))
    }
}

impl<'a> From<&'a Option<EnvelopeId>> for Value<'a> {
    fn from(value: &'a Option<EnvelopeId>) -> Self {
        Self::Bytes(value.as_ref().map(|id| &id.as_bytes()[..]))
    }
}

impl<'a> From<&'a Acceptance> for Value<'a> {
    fn from(value: &'a Acceptance) -> Self {
        Self::Bytes(Some(value.as_bytes()))
    }
}

impl<'a> From<&'a RecordKey> for Value<'a> {
    fn from(value: &'a RecordKey) -> Self {
        Self::Bytes(Some(value.as_bytes()))
    }
}

impl<'a> From<Option<&'a [u8]>> for Value<'a> {
    fn from(value: Option<&'a [u8]>) -> Self {
        Self::Bytes(value)
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(Some(value))
    }
}

/// The values of one row or statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { [$($crate::sql::Value::from($value)),*] };
}
pub(crate) use values;
