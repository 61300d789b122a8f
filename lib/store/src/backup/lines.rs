//! The file: JSON lines. The header; for each table its name, then its rows as arrays (bytes in Base64); the account.
//!
//! Anyone can read it with what every machine has; it costs a third more than the bytes themselves.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::tables::Kind;
use super::{BackupAccount, BackupError, Table};
use crate::sql::Value;

/// Writes lines and keeps the account.
pub(super) struct Writer<'a> {
    out: &'a mut (dyn Write + Send),
    hash: Sha256,
    rows: BTreeMap<String, u64>,
    table: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(out: &'a mut (dyn Write + Send)) -> Self {
        Self {
            out,
            hash: Sha256::new(),
            rows: BTreeMap::new(),
            table: String::new(),
        }
    }

    pub(super) fn line(&mut self, value: &impl Serialize) -> Result<(), BackupError> {
        let line = text(value)?;
        self.hash.update(&line);
        self.out.write_all(&line)?;
        Ok(())
    }

    /// Rows of this table follow.
    pub(super) fn begin(&mut self, table: &str) -> Result<(), BackupError> {
        table.clone_into(&mut self.table);
        self.rows.insert(self.table.clone(), 0);
        self.line(&table)
    }

    pub(super) fn row(&mut self, values: &[Held]) -> Result<(), BackupError> {
        let values: Vec<Json> = values.iter().map(Held::json).collect();
        if let Some(rows) = self.rows.get_mut(&self.table) {
            *rows += 1;
        }
        self.line(&values)
    }

    /// Writes the account.
    pub(super) fn finish(self) -> Result<BackupAccount, BackupError> {
        let account = BackupAccount {
            rows: self.rows,
            sha256: hex::encode(self.hash.finalize()),
        };
        self.out.write_all(&text(&account)?)?;
        self.out.flush()?;
        Ok(account)
    }
}

fn text(value: &impl Serialize) -> Result<Vec<u8>, BackupError> {
    let mut line = serde_json::to_vec(value).map_err(std::io::Error::from)?;
    line.push(b'\n');
    Ok(line)
}

/// A value on its way between database and file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Null(Kind),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Held {
    fn json(&self) -> Json {
        match self {
            Self::Null(_) => Json::Null,
            Self::Int(value) => (*value).into(),
            Self::Text(value) => value.clone().into(),
            Self::Bytes(value) => STANDARD.encode(value).into(),
        }
    }

    fn read(json: Json, kind: Kind) -> Option<Self> {
        Some(match (json, kind) {
            (Json::Null, kind) => Self::Null(kind),
            (Json::Number(number), Kind::Int) => Self::Int(number.as_i64()?),
            (Json::String(text), Kind::Text) => Self::Text(text),
            (Json::String(text), Kind::Bytes) => Self::Bytes(STANDARD.decode(text).ok()?),
            _ => return None,
        })
    }

    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Null(Kind::Int) => Value::Int(None),
            Self::Null(Kind::Text) => Value::Text(None),
            Self::Null(Kind::Bytes) => Value::Bytes(None),
            Self::Int(value) => Value::from(*value),
            Self::Text(value) => Value::from(value),
            Self::Bytes(value) => Value::from(&value[..]),
        }
    }

    /// About what it takes in memory.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Null(_) | Self::Int(_) => 8,
            Self::Text(value) => value.len(),
            Self::Bytes(value) => value.len(),
        }
    }
}

/// Reads lines.
pub(super) struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
}

/// What follows in a backup.
pub(super) enum Line {
    Table(String),
    Row(Vec<Json>),
    /// The account, which ends it.
    Account,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        Ok(Self {
            file: BufReader::with_capacity(1 << 20, File::open(path)?),
            line: Vec::new(),
        })
    }

    /// Reads the next line; false at the end of the file.
    fn advance(&mut self) -> Result<bool, BackupError> {
        self.line.clear();
        Ok(self.file.read_until(b'\n', &mut self.line)? != 0)
    }

    fn parse<T: DeserializeOwned>(&self, otherwise: &'static str) -> Result<T, BackupError> {
        serde_json::from_slice(&self.line).map_err(|_| BackupError::Broken(otherwise))
    }

    /// The first line.
    pub(super) fn header<T: DeserializeOwned>(&mut self) -> Result<T, BackupError> {
        self.advance()?;
        self.parse("its first line is no header")
    }

    /// Reads everything behind the header, and compares it with the account in the last line.
    pub(super) fn account(&mut self) -> Result<BackupAccount, BackupError> {
        let mut hash = Sha256::new();
        let mut before = std::mem::take(&mut self.line);
        while self.advance()? {
            hash.update(&before);
            std::mem::swap(&mut before, &mut self.line);
        }
        self.line = before;
        let account: BackupAccount = self.parse("it ends before its last line, the account")?;
        if account.sha256 == hex::encode(hash.finalize()) {
            Ok(account)
        } else {
            Err(BackupError::Broken("its SHA-256 is not the one in its last line"))
        }
    }

    pub(super) fn next(&mut self) -> Result<Line, BackupError> {
        self.advance()?;
        match self.parse("a line is no JSON")? {
            Json::String(table) => Ok(Line::Table(table)),
            Json::Array(row) => Ok(Line::Row(row)),
            _ => Ok(Line::Account),
        }
    }
}

/// A row's values by the kinds of the table's columns.
pub(super) fn held(table: &Table, row: Vec<Json>) -> Result<Vec<Held>, BackupError> {
    const UNFIT: BackupError = BackupError::Broken("a row does not fit its table");
    if row.len() != table.columns.len() {
        return Err(UNFIT);
    }
    let columns = row.into_iter().zip(&table.columns);
    let held: Option<_> = columns
        .map(|(json, column)| Held::read(json, column.kind))
        .collect();
    held.ok_or(UNFIT)
}
