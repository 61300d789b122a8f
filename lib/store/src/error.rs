//! What the database does to us, classified once: a condition of the station, or the data of one row.

/// The store could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The configuration names no database this crate knows.
    #[error("store.url must begin with sqlite: or postgres: (got scheme {0:?})")]
    Url(String),
    /// The schema's name could not stand in SQL.
    #[error("store.schema may hold a to z, 0 to 9 and _ only")]
    Schema,
    /// The database could not be opened.
    #[error("opening the store")]
    Open(#[source] sqlx::Error),
    /// The migrations could not be run.
    #[error("migrating the store")]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("asking the store")]
    Sql(#[from] sqlx::Error),
    /// A stored value is not what this program writes.
    #[error("the store holds an unreadable {0}")]
    Unreadable(&'static str),
    /// One row contradicts what the ledger knows of the same id.
    #[error("{0}")]
    Contradiction(&'static str),
}

impl StoreError {
    /// Whether waiting may help: everything but the data of a row (connection, lock, space, time-out, a database being
    /// set right by its operator).
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Url(_) | Self::Schema | Self::Unreadable(_) => false,
            Self::Open(_) | Self::Migrate(_) => true,
            Self::Sql(_) | Self::Contradiction(_) => !self.is_data(),
        }
    }

    /// Whether the database refused a row for what stands in it; the batch is then halved until that row is found.
    pub(crate) fn is_data(&self) -> bool {
        match self {
            Self::Contradiction(_) => true,
            Self::Sql(sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_)) => true,
            Self::Sql(sqlx::Error::Database(error)) => {
                let code = error.code().unwrap_or_default();
                if code.len() == 5 {
                    // SQLSTATE classes 22 (data exception) and 23 (integrity constraint), 54 (limit exceeded).
                    ["22", "23", "54"].iter().any(|class| code.starts_with(class))
                } else {
                    // SQLite: the low byte is the primary code: TOOBIG, CONSTRAINT, MISMATCH.
                    code.parse::<u32>()
                        .is_ok_and(|code| matches!(code & 0xFF, 18..=20))
                }
            }
            _ => false,
        }
    }

    /// What a parked row may say of it: ASCII, no text of the envelope.
    pub(crate) fn cause(&self) -> String {
        match self {
            Self::Sql(sqlx::Error::Database(error)) => format!(
                "database refuses the row: code {} constraint {}",
                error.code().unwrap_or_default(),
                error.constraint().unwrap_or("none")
            ),
            Self::Contradiction(what) => (*what).to_owned(),
            _ => "database refuses the row".to_owned(),
        }
    }
}
