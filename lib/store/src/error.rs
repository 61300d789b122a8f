//! What the database does to us, classified once: a condition of the station, or the data of one row. What is said of it
//! names the cause and never a value: the databases' own words quote what rows hold.

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
    #[error("opening the store: {}", class(.0))]
    Open(#[source] sqlx::Error),
    /// The migrations could not be run.
    #[error("migrating the store: {}", class_of_migration(.0))]
    Migrate(#[source] sqlx::migrate::MigrateError),
    /// A statement failed.
    #[error("asking the store: {}", class(.0))]
    Sql(#[from] sqlx::Error),
    /// The database was asked and said nothing for so long; whether it did what it was asked for is not known.
    #[error("the store has not answered for {} s", .0.as_secs())]
    Silent(std::time::Duration),
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
            Self::Open(_) | Self::Migrate(_) | Self::Silent(_) => true,
            Self::Sql(_) | Self::Contradiction(_) => !self.is_data(),
        }
    }

    /// Whether the database refused a row for what stands in it, or holds of it what this program cannot read (another
    /// release may have written it); the batch is then halved until that row is found.
    pub(crate) fn is_data(&self) -> bool {
        match self {
            Self::Contradiction(_) | Self::Unreadable(_) => true,
            Self::Sql(
                sqlx::Error::Encode(_)
                | sqlx::Error::InvalidArgument(_)
                | sqlx::Error::ColumnDecode { .. }
                | sqlx::Error::Decode(_),
            ) => true,
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
            Self::Sql(error @ sqlx::Error::Database(_)) => {
                format!("database refuses the row: {}", class(error))
            }
            Self::Contradiction(what) => (*what).to_owned(),
            Self::Unreadable(what) => format!("the ledger holds an unreadable {what} for it"),
            Self::Sql(sqlx::Error::ColumnDecode { index, .. }) => {
                format!("the ledger holds an unreadable column for it: {index}")
            }
            _ => "database refuses the row".to_owned(),
        }
    }
}

/// What kind of failure it is, in ASCII.
fn class(error: &sqlx::Error) -> String {
    let word = match error {
        sqlx::Error::Database(error) => {
            let (code, constraint) = (error.code().unwrap_or_default(), error.constraint());
            let constraint = constraint.map_or_else(String::new, |name| format!(" constraint {name}"));
            return match meaning(&code) {
                Some(meaning) => format!("{meaning} (code {code}){constraint}"),
                None => format!("code {code}{constraint}"),
            };
        }
        sqlx::Error::Io(error) => return format!("connection: {}", error.kind()),
        sqlx::Error::ColumnDecode { index, .. } => return format!("column {index} cannot be read"),
        sqlx::Error::ColumnNotFound(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => "no such column",
        sqlx::Error::Tls(_) => "TLS cannot be established",
        sqlx::Error::Configuration(_) => "url or options are wrong",
        sqlx::Error::Protocol(_) => "unexpected answer of the server",
        sqlx::Error::PoolTimedOut => "no free or new connection in time",
        sqlx::Error::PoolClosed => "closed",
        sqlx::Error::WorkerCrashed => "worker thread is gone",
        sqlx::Error::Encode(_) | sqlx::Error::InvalidArgument(_) => "a value cannot be written",
        sqlx::Error::Decode(_) | sqlx::Error::TypeNotFound { .. } => "a value cannot be read",
        _ => "driver",
    };
    word.to_owned()
}

/// What an operator can mend, by its code (PostgreSQL documentation: Appendix A; SQLite: Result and Error Codes).
fn meaning(code: &str) -> Option<&'static str> {
    if code.len() == 5 {
        return Some(match code {
            "53100" => "no space left on its disk",
            "53200" => "the server is out of memory",
            "53300" => "too many connections",
            "25006" => "it is read-only",
            "57P01" | "57P02" | "57P03" => "the server stops or starts",
            "40001" | "40P01" | "55P03" => "a row is locked by another",
            "28P01" | "28000" => "the password or user is wrong",
            "42501" => "the user lacks a permission",
            "3D000" => "no such database",
            _ => return None,
        });
    }
    // SQLite: the low byte is the primary code.
    Some(match code.parse::<u32>().ok()? & 0xFF {
        5 | 6 => "the file is locked by another program",
        8 => "the file is read-only",
        10 => "its disk fails",
        11 | 26 => "the file is damaged",
        13 => "no space left on its disk",
        14 => "the file cannot be opened",
        _ => return None,
    })
}

fn class_of_migration(error: &sqlx::migrate::MigrateError) -> String {
    use sqlx::migrate::MigrateError;
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => class(error),
        // Numbers of migrations and nothing else.
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::error::Error;
    use std::fmt;

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// A database's word, by its code.
    #[derive(Debug)]
    struct Word(&'static str);

    impl fmt::Display for Word {
        fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.0)
        }
    }

    impl Error for Word {}

    impl DatabaseError for Word {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(Cow::Borrowed(self.0))
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn what_an_operator_can_mend_is_said_in_words() {
        let said = |code| StoreError::Sql(sqlx::Error::Database(Box::new(Word(code)))).to_string();
        for (code, words) in [
            ("13", "asking the store: no space left on its disk (code 13)"),
            ("778", "asking the store: its disk fails (code 778)"),
            (
                "53100",
                "asking the store: no space left on its disk (code 53100)",
            ),
            ("23505", "asking the store: code 23505"),
        ] {
            assert_eq!(said(code), words);
        }
    }

    #[test]
    fn only_the_data_of_a_row_parks_it() {
        let word = |code| StoreError::Sql(sqlx::Error::Database(Box::new(Word(code))));
        // SQLite: check, unique, too big, mismatch. PostgreSQL: NUL in a text, check, unique, too many columns.
        for code in ["275", "2067", "18", "20", "22021", "23514", "23505", "54000"] {
            let error = word(code);
            assert!(error.is_data() && !error.is_transient(), "{code}");
            assert!(error.cause().is_ascii());
        }
        // SQLite: busy, locked, full, input/output, read-only. PostgreSQL: connection, disk full, shutdown, deadlock, lock,
        // read-only after a fail-over, a table that is not there.
        for code in [
            "5", "261", "6", "13", "10", "778", "8", "08006", "53100", "57P01", "40P01", "55P03", "25006",
            "42P01",
        ] {
            let error = word(code);
            assert!(!error.is_data() && error.is_transient(), "{code}");
        }
        for error in [
            sqlx::Error::PoolTimedOut,
            sqlx::Error::PoolClosed,
            sqlx::Error::WorkerCrashed,
        ] {
            assert!(StoreError::Sql(error).is_transient());
        }
    }

    #[test]
    fn what_is_said_of_a_failure_names_its_cause_and_no_value() {
        let said = |error| StoreError::Sql(error).to_string();
        let word = said(sqlx::Error::Database(Box::new(Word("XX000"))));
        assert_eq!(word, "asking the store: code XX000");
        let refused = std::io::Error::new(std::io::ErrorKind::ConnectionRefused, "10.0.0.1");
        assert_eq!(
            said(refused.into()),
            "asking the store: connection: connection refused"
        );
        let unreadable = sqlx::Error::ColumnDecode {
            index: "3".to_owned(),
            source: "値".into(),
        };
        assert_eq!(said(unreadable), "asking the store: column 3 cannot be read");
        for error in [
            sqlx::Error::Protocol("値".into()),
            sqlx::Error::Encode("値".into()),
            sqlx::Error::Decode("値".into()),
            sqlx::Error::PoolTimedOut,
        ] {
            let said = said(error);
            assert!(
                said.is_ascii() && "asking the store: ".len() < said.len(),
                "{said}"
            );
        }
        let error = sqlx::migrate::MigrateError::ExecuteMigration(sqlx::Error::PoolClosed, 1);
        assert_eq!(
            StoreError::Migrate(error).to_string(),
            "migrating the store: closed"
        );
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let host = folder.path().display();
        let config = crate::StoreConfig::at(format!("postgres:///relay?user=relay&host={host}"));
        let error = tokio::time::timeout(std::time::Duration::from_secs(20), crate::Store::open(&config));
        assert!(error.await.unwrap().unwrap_err().is_transient());
        let config = crate::StoreConfig::at(format!("sqlite:{host}/no/such/folder/store.db"));
        assert!(crate::Store::open(&config).await.unwrap_err().is_transient());
    }
}
