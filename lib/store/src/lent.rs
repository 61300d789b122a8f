//! A connection of PostgreSQL on loan: nobody waits for its server for ever, and it goes back to the pool only when
//! everything asked of it was answered.

use std::future::Future;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgRow;
use sqlx::{Executor, PgConnection, PgPool, Postgres};

use crate::StoreError;
use crate::sql::{Value, bound};

/// How long the server may be silent over one statement. The server's own limits (`pool.rs`) are shorter, so this ends
/// only what a vanished server would never end; TCP alone takes a quarter of an hour to notice.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection on loan.
pub(crate) struct Lent {
    connection: Option<PoolConnection<Postgres>>,
    /// Everything asked was answered.
    answered: bool,
    in_transaction: bool,
}

impl Lent {
    /// Takes one from the pool, or opens one; the pool has a time limit of its own.
    pub(crate) async fn from(pool: &PgPool) -> Result<Self, StoreError> {
        Ok(Self {
            connection: Some(pool.acquire().await?),
            answered: true,
            in_transaction: false,
        })
    }

    pub(crate) async fn rows(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Vec<PgRow>, StoreError> {
        let (connection, answered) = self.parts()?;
        wait(answered, bound!(sql, values).fetch_all(connection)).await
    }

    /// How many rows the statement changed.
    pub(crate) async fn run(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let (connection, answered) = self.parts()?;
        let done = wait(answered, bound!(sql, values).execute(connection)).await?;
        Ok(done.rows_affected())
    }

    /// Begins a transaction with this word or sentence.
    pub(crate) async fn begin(&mut self, words: &'static str) -> Result<(), StoreError> {
        self.in_transaction = true;
        self.order(words).await
    }

    /// Ends the transaction: `COMMIT` or `ROLLBACK`.
    pub(crate) async fn end(mut self, word: &'static str) -> Result<(), StoreError> {
        self.order(word).await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn order(&mut self, word: &'static str) -> Result<(), StoreError> {
        let (connection, answered) = self.parts()?;
        wait(answered, connection.execute(word)).await?;
        Ok(())
    }

    fn parts(&mut self) -> Result<(&mut PgConnection, &mut bool), StoreError> {
        match &mut self.connection {
            Some(connection) => Ok((connection, &mut self.answered)),
            None => Err(sqlx::Error::PoolClosed.into()),
        }
    }
}

async fn wait<T>(
    answered: &mut bool,
    ask: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    // It stays so when the time is over, and when the caller goes away.
    *answered = false;
    let answer = tokio::time::timeout(PATIENCE, ask).await;
    let answer = answer.map_err(|_| StoreError::Silent(PATIENCE))?;
    // What the server refuses, it has answered.
    *answered = matches!(&answer, Ok(_) | Err(sqlx::Error::Database(_)));
    Ok(answer?)
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take()
            && (self.in_transaction || !self.answered)
        {
            // Closed at once, without a word to a server that may not listen; the server rolls back when it sees that. Given
            // back instead, it would hold its place in the pool until the server answers.
            drop(connection.detach());
        }
    }
}
