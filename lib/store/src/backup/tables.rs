//! Which tables there are, asked of the database: a migration needs no second list here.

use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::sql::Transaction;

/// A table as the backup names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) name: String,
    /// In their order.
    pub(super) columns: Vec<Column>,
    /// The primary key, by which the rows are in order.
    pub(super) key: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
}

/// The kinds of values both databases have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// 64 bits with sign.
    Int,
    Text,
    Bytes,
}

/// Table, column, type, place in the primary key from 1 (0: not in it).
const OF_SQLITE: &str =
    "SELECT t.name, c.name, c.type, c.pk FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND t.name <> '_sqlx_migrations'
    ORDER BY t.name, c.cid";

const OF_POSTGRES: &str = "SELECT CAST(t.relname AS TEXT), CAST(c.attname AS TEXT), CAST(format_type(c.atttypid, NULL) AS TEXT),
        CAST(COALESCE(array_position(CAST(k.indkey AS SMALLINT[]), c.attnum) + 1, 0) AS BIGINT)
    FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid
        LEFT JOIN pg_index AS k ON k.indrelid = t.oid AND k.indisprimary
    WHERE t.relnamespace = CAST(current_schema() AS REGNAMESPACE) AND t.relkind IN ('r', 'p') AND NOT t.relispartition
        AND c.attnum > 0 AND NOT c.attisdropped AND t.relname <> '_sqlx_migrations'
    ORDER BY CAST(t.relname AS TEXT) COLLATE \"C\", c.attnum";

impl Transaction {
    /// Every table of ours, by name.
    pub(super) async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let sql = match self {
            Self::Sqlite(_) => OF_SQLITE,
            Self::Postgres(_) | Self::Migrating(_) => OF_POSTGRES,
        };
        let mut tables: Vec<Table> = Vec::new();
        let mut key = Vec::new();
        for row in self.rows(sql, &[]).await? {
            let (name, column, place) = (row.text(0)?, row.text(1)?, row.int(3)?);
            let kind = kind(&row.text(2)?)?;
            if tables.last().is_none_or(|table| table.name != name) {
                tables.push(Table {
                    name,
                    columns: Vec::new(),
                    key: Vec::new(),
                });
                key = Vec::new();
            }
            if let Some(table) = tables.last_mut() {
                if 0 < place {
                    key.push((place, column.clone()));
                    key.sort();
                    table.key = key.iter().map(|(_, name)| name.clone()).collect();
                }
                table.columns.push(Column { name: column, kind });
            }
        }
        if tables.iter().any(|table| table.key.is_empty()) {
            return Err(StoreError::Unreadable("table without a primary key"));
        }
        Ok(tables)
    }

    /// The number of the last migration that was run.
    pub(super) async fn schema(&mut self) -> Result<i64, StoreError> {
        let row = self
            .row("SELECT MAX(version) FROM _sqlx_migrations WHERE success", &[])
            .await?;
        let version = row.map(|row| row.maybe_int(0)).transpose()?.flatten();
        version.ok_or(StoreError::Unreadable("number of its schema"))
    }

    /// Removes the list of migrations run, if it is there.
    pub(super) async fn forget_migrations(&mut self) -> Result<(), StoreError> {
        self.run("DROP TABLE IF EXISTS _sqlx_migrations", &[]).await?;
        Ok(())
    }
}

fn kind(declared: &str) -> Result<Kind, StoreError> {
    match declared.to_ascii_uppercase().as_str() {
        "BIGINT" => Ok(Kind::Int),
        "TEXT" => Ok(Kind::Text),
        "BLOB" | "BYTEA" => Ok(Kind::Bytes),
        _ => Err(StoreError::Unreadable("type of a column")),
    }
}

impl Table {
    /// `a, b, c` of these columns.
    pub(super) fn list(names: impl Iterator<Item = impl AsRef<str>>) -> String {
        let names: Vec<String> = names.map(|name| name.as_ref().to_owned()).collect();
        names.join(", ")
    }

    /// Places of the key's columns.
    pub(super) fn key_places(&self) -> Vec<usize> {
        let place = |name: &String| self.columns.iter().position(|column| column.name == *name);
        self.key.iter().filter_map(place).collect()
    }
}
