//! Many rows in few statements. Statements are prepared once per shape, so their sizes are powers of two.

use crate::StoreError;
use crate::sql::{Pool, Row, Transaction, Value};

/// Most rows of one statement.
const MOST_ROWS: usize = 64;

/// Most values of one statement. Far below what the databases allow (32,766 and 65,535): binding one value to SQLite looks
/// through the names of those before it.
const MOST_VALUES: usize = 384;

/// Most keys of one query.
const MOST_KEYS: usize = 128;

impl Transaction {
    /// `{head} VALUES ($1,…),(…) {tail}` over all rows, which have the same number of values.
    pub(crate) async fn insert(
        &mut self,
        head: &str,
        rows: &[Vec<Value<'_>>],
        tail: &str,
    ) -> Result<(), StoreError> {
        let mut rest = rows;
        while let Some(first) = rest.first() {
            // 13 rows go as 8 + 4 + 1.
            let most = (MOST_VALUES / first.len().max(1))
                .clamp(1, MOST_ROWS)
                .min(rest.len());
            let take = 1 << most.ilog2();
            let (now, later) = rest.split_at(take);
            rest = later;
            let mut sql = String::with_capacity(head.len() + tail.len() + take * first.len() * 6);
            sql.push_str(head);
            sql.push_str(" VALUES ");
            for row in 0..take {
                sql.push_str(if row == 0 { "(" } else { ",(" });
                placeholders(&mut sql, row * first.len() + 1, first.len());
                sql.push(')');
            }
            sql.push(' ');
            sql.push_str(tail);
            self.run(&sql, &now.concat()).await?;
        }
        Ok(())
    }

    /// `{before} IN ($1,…)`, which deletes; nothing without keys.
    pub(crate) async fn delete_in(&mut self, before: &str, keys: &[Value<'_>]) -> Result<(), StoreError> {
        self.select_in(before, keys, "RETURNING 1").await?;
        Ok(())
    }

    /// `{before} IN ($1,…) {after}`; the keys are padded with the last one.
    pub(crate) async fn select_in(
        &mut self,
        before: &str,
        keys: &[Value<'_>],
        after: &str,
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        for keys in keys.chunks(MOST_KEYS) {
            let (sql, padded) = among(before, keys, after);
            found.extend(self.rows(&sql, &padded).await?);
        }
        Ok(found)
    }
}

impl Pool {
    /// As [`Transaction::select_in`], outside a transaction.
    pub(crate) async fn select_in(
        &self,
        before: &str,
        keys: &[Value<'_>],
        after: &str,
    ) -> Result<Vec<Row>, StoreError> {
        let mut found = Vec::new();
        for keys in keys.chunks(MOST_KEYS) {
            let (sql, padded) = among(before, keys, after);
            found.extend(self.rows(&sql, &padded).await?);
        }
        Ok(found)
    }
}

/// The statement over these keys, and the keys padded with the last one.
fn among<'a>(before: &str, keys: &[Value<'a>], after: &str) -> (String, Vec<Value<'a>>) {
    let mut padded = keys.to_vec();
    if let Some(last) = keys.last() {
        padded.resize(keys.len().next_power_of_two(), *last);
    }
    let mut sql = format!("{before} IN (");
    placeholders(&mut sql, 1, padded.len());
    sql.push_str(") ");
    sql.push_str(after);
    (sql, padded)
}

fn placeholders(sql: &mut String, from: usize, count: usize) {
    for n in from..from + count {
        sql.push_str(if n == from { "$" } else { ",$" });
        sql.push_str(&n.to_string());
    }
}
