//! Rows out of the database and into it, a few megabytes at a time.

use std::collections::BTreeMap;

use super::lines::{Held, Line, Lines, Writer, held};
use super::tables::Kind;
use super::{BackupError, Table};
use crate::StoreError;
use crate::sql::{Row, Transaction, Value};

/// Most rows read or written at once.
const MOST_ROWS: usize = 256;

/// Most bytes of values read or written at once, unless one row alone has more.
const MOST_BYTES: usize = 4 << 20;

impl Transaction {
    /// Reads a table in the order of its key. Each statement is short, however large the table.
    pub(super) async fn copy_out(
        &mut self,
        table: &Table,
        writer: &mut Writer<'_>,
    ) -> Result<(), BackupError> {
        let places = table.key_places();
        let mut last: Option<Vec<Held>> = None;
        loop {
            let count = self.fitting(table, last.as_deref()).await?;
            if count == 0 {
                return Ok(());
            }
            let columns = Table::list(table.columns.iter().map(|column| &column.name));
            let rows = self.page(table, &columns, last.as_deref(), count).await?;
            for row in &rows {
                let row = read(row, table)?;
                writer.row(&row)?;
                last = Some(
                    places
                        .iter()
                        .filter_map(|place| row.get(*place).cloned())
                        .collect(),
                );
            }
            if rows.len() < count {
                return Ok(());
            }
        }
    }

    /// How many of the next rows may be read together, by their sizes; 0: there are none.
    async fn fitting(&mut self, table: &Table, last: Option<&[Held]>) -> Result<usize, StoreError> {
        let large = table
            .columns
            .iter()
            .filter(|column| column.kind == Kind::Bytes && !table.key.contains(&column.name));
        let lengths: Vec<_> = large
            .map(|column| format!("COALESCE(length({}), 0)", column.name))
            .collect();
        if lengths.is_empty() {
            return Ok(MOST_ROWS);
        }
        let sum = format!("CAST({} AS BIGINT)", lengths.join(" + "));
        let mut bytes = 0;
        let mut count = 0;
        for row in self.page(table, &sum, last, MOST_ROWS).await? {
            bytes += usize::try_from(row.int(0)?).unwrap_or(usize::MAX);
            if 0 < count && MOST_BYTES < bytes {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    async fn page(
        &mut self,
        table: &Table,
        what: &str,
        last: Option<&[Held]>,
        count: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let key = Table::list(table.key.iter());
        let places = Table::list((1..=table.key.len()).map(|n| format!("${n}")));
        let behind = last.map_or_else(String::new, |_| format!("WHERE ({key}) > ({places})"));
        let sql = format!(
            "SELECT {what} FROM {} {behind} ORDER BY {key} LIMIT {count}",
            table.name
        );
        let values: Vec<Value<'_>> = last.unwrap_or_default().iter().map(Held::value).collect();
        self.rows(&sql, &values).await
    }

    /// Writes every row that follows in the file; how many of each table.
    pub(super) async fn copy_in(
        &mut self,
        tables: &[Table],
        lines: &mut Lines,
    ) -> Result<BTreeMap<String, u64>, BackupError> {
        let mut counts = BTreeMap::new();
        let mut into: Option<&Table> = None;
        let (mut rows, mut bytes): (Vec<Vec<Held>>, usize) = (Vec::new(), 0);
        loop {
            let line = lines.next()?;
            let goes_on = matches!(line, Line::Row(_)) && rows.len() < MOST_ROWS && bytes < MOST_BYTES;
            if let Some(table) = into.filter(|_| !goes_on) {
                self.put(table, &rows).await?;
                (rows, bytes) = (Vec::new(), 0);
            }
            match (line, into) {
                (Line::Row(row), Some(table)) => {
                    let row = held(table, row)?;
                    bytes += row.iter().map(Held::size).sum::<usize>();
                    rows.push(row);
                    *counts.entry(table.name.clone()).or_default() += 1;
                }
                (Line::Row(_), None) => return Err(BackupError::Broken("a row stands before any table")),
                (Line::Table(name), _) => {
                    let table = tables.iter().find(|table| table.name == name);
                    let table = table.ok_or(BackupError::Broken("a table is not in its header"))?;
                    self.run(&format!("DELETE FROM {name}"), &[]).await?;
                    counts.insert(name, 0);
                    into = Some(table);
                }
                (Line::Account, _) => return Ok(counts),
            }
        }
    }

    async fn put(&mut self, table: &Table, rows: &[Vec<Held>]) -> Result<(), StoreError> {
        let columns = Table::list(table.columns.iter().map(|column| &column.name));
        let head = format!("INSERT INTO {} ({columns})", table.name);
        let rows: Vec<Vec<Value<'_>>> = rows
            .iter()
            .map(|row| row.iter().map(Held::value).collect())
            .collect();
        self.insert(&head, &rows, "").await
    }
}

fn read(row: &Row, table: &Table) -> Result<Vec<Held>, StoreError> {
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(place, column)| {
            let held = match column.kind {
                Kind::Int => row.maybe_int(place)?.map(Held::Int),
                Kind::Text => row.maybe_text(place)?.map(Held::Text),
                Kind::Bytes => row.maybe_bytes(place)?.map(Held::Bytes),
            };
            Ok(held.unwrap_or(Held::Null(column.kind)))
        })
        .collect()
}
